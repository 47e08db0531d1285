// Own layers: combine without collect_gradient.
// at: own (Own), layer 1 of 1
// expects: collect_gradient<In, Fused>(backward_context)
// got: combine alone
// fix: write it as layers/capabilities/whole_batch.hpp says, or leave out combine
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
    static void combine_gradient(const backward_context<T>&, thread_slice) {}
    template <shape In, class Fused, class T>
    static void batch_backward(const backward_context<T>&) {}

#if !defined(REPAIR)
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#else
    template <shape In, class Fused, class T>
    static void collect_gradient(const backward_context<T>&) {}
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#endif
