// Layers: TimeDistributed around a layer of one's own that needs the whole batch at once.
// at: time_distributed/Centered inside a TimeDistributed
// expects: a layer that can take each time step as a batch of its own
// got: one that needs the whole batch at once
// fix: give it takes_strided_batches, or use it without TimeDistributed
#include <algorithm>

#include <strata/infer.hpp>

using namespace strata;

template <class... Options>
struct Centered : layer<Centered<Options...>, Options...> {
    static constexpr std::string_view type = "Centered";

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        std::copy_n(s.x, N * In.size(), s.y);
    }
    template <shape In, class T>
    static constexpr std::size_t shared_size() {
        return In.back();
    }
    template <shape In, class Fused, class T>
    static void collect(const forward_context<T>&) {}
    template <shape In, class Fused, class T>
    static void combine(const forward_context<T>&, thread_slice) {}
    template <shape In, class Fused, class T>
    static void batch_forward(const forward_context<T>&) {}
    template <shape In, class Fused, class T>
    static void collect_gradient(const backward_context<T>&) {}
    template <shape In, class Fused, class T>
    static void combine_gradient(const backward_context<T>&, thread_slice) {}
    template <shape In, class Fused, class T>
    static void batch_backward(const backward_context<T>&) {}

#if !defined(REPAIR)
};
auto model = Sequential{Input<5, 3>{}, TimeDistributed<Centered<>>{}}.build();
#else
    static constexpr bool takes_strided_batches = true;
};
auto model = Sequential{Input<5, 3>{}, TimeDistributed<Centered<>>{}}.build();
#endif
