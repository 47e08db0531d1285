// Own layers: saved_size without train_forward.
// at: own (Own), layer 1 of 1
// expects: train_forward<In, Fused>(forward_context)
// got: saved_size alone
// fix: write it as layers/capabilities/training.hpp says, or leave out saved_size
#include <algorithm>

#include <strata/infer.hpp>

using namespace strata;

template <class... Options>
struct Own : layer<Own<Options...>, Options...> {
    static constexpr std::string_view type = "Own";

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        std::copy_n(s.x, N * In.size(), s.y);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx != nullptr) std::copy_n(s.dy, s.count * In.size(), s.dx);
    }
    template <shape In, class Fused, class T>
    static constexpr std::size_t saved_size() {
        return In.size();
    }

#if !defined(REPAIR)
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#else
    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s) {
        std::copy_n(s.x, s.count * In.size(), s.saved);
        std::copy_n(s.x, s.count * In.size(), s.y);
    }
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#endif
