// Own layers: backward_packed_size without pack_for_backward.
// at: own (Own), layer 1 of 1
// expects: pack_for_backward<In>(weights, packed, thread_slice)
// got: backward_packed_size alone
// fix: write it as layers/capabilities/training.hpp says, or leave out backward_packed_size
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
    static constexpr std::size_t backward_packed_size() {
        return In.back();
    }

#if !defined(REPAIR)
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#else
    template <shape In, class T>
    static void pack_for_backward(const T* const*, T* packed, thread_slice part) {
        const item_range mine = part.of(In.back());
        std::fill(packed + mine.begin, packed + mine.end, T(1));
    }
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#endif
