// Own layers: backward without weight_gradients, where a weight is trained.
// at: own (Own), layer 1 of 1
// expects: weight_gradients<In, Fused>(backward_context, thread_slice)
// got: backward alone, and a trained weight gains
// fix: write it as layers/capabilities/training.hpp says, or set .trainable = false
#include <algorithm>

#include <strata/infer.hpp>

using namespace strata;

template <class... Options>
struct Own : layer<Own<Options...>, Options...> {
    static constexpr std::string_view type = "Own";

    static constexpr parameter_table parameters(const shape& in) {
        return parameter_table{}.push_back({.name = "gains", .extents = shape{in.back()}});
    }
    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        std::copy_n(s.x, N * In.size(), s.y);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx != nullptr) std::copy_n(s.dy, s.count * In.size(), s.dx);
    }

#if !defined(REPAIR)
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#else
    template <shape In, class Fused, class T>
    static void weight_gradients(const backward_context<T>& s, thread_slice part) {
        T* dgains = gradient<Own, In, "gains">(s);
        const item_range mine = part.of(In.back());
        for (std::size_t c = mine.begin; c < mine.end; ++c) dgains[c] = T(0);
    }
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#endif
