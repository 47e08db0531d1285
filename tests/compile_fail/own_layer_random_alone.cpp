// Own layers: is_random without train_forward.
// at: own (Own), layer 1 of 1
// expects: train_forward<In, Fused>(forward_context)
// got: is_random alone
// fix: write it as layers/capabilities/training.hpp says, or leave out is_random
#include <algorithm>

#include <strata/infer.hpp>

using namespace strata;

template <class... Options>
struct Own : layer<Own<Options...>, Options...> {
    static constexpr std::string_view type = "Own";

    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx != nullptr) std::copy_n(s.dy, s.count * In.size(), s.dx);
    }
    static constexpr bool is_identity = true, is_random = true;

#if !defined(REPAIR)
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#else
    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s) {
        for (std::size_t i = 0; i < s.count * In.size(); ++i)
            s.y[i] = s.random.uniform(static_cast<std::uint32_t>(i)) < 0.5f ? T(0) : s.x[i];
    }
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#endif
