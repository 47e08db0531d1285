// Own layers: a weight by a name that its table does not have.
// at: weight of a Gains
// expects: one of gains
// got: gain
// fix: read a weight that its parameters(in) lists
#include <strata/infer.hpp>

using namespace strata;

template <class... Options>
struct Gains : layer<Gains<Options...>, Options...> {
    static constexpr std::string_view type = "Gains";

    static constexpr parameter_table parameters(const shape& in) {
        return parameter_table{}.push_back({.name = "gains", .extents = shape{in.back()}});
    }
    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
#if !defined(REPAIR)
        const T* gains = weight<Gains, In, "gain">(s);
        for (std::size_t i = 0; i < N * In.size(); ++i) s.y[i] = s.x[i] * gains[i % In.back()];
    }
};
void infer(const forward_context<float>& s) { Gains<>::forward<shape{4}, 1, fused<>>(s); }
#else
        const T* gains = weight<Gains, In, "gains">(s);
        for (std::size_t i = 0; i < N * In.size(); ++i) s.y[i] = s.x[i] * gains[i % In.back()];
    }
};
void infer(const forward_context<float>& s) { Gains<>::forward<shape{4}, 1, fused<>>(s); }
#endif
