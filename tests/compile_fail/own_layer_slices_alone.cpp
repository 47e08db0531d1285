// Own layers: slice_count without forward_slices.
// at: own (Own), layer 1 of 1
// expects: forward_slices<In, Fused>(forward_context)
// got: slice_count alone
// fix: write it as layers/capabilities/slices.hpp says, or leave out slice_count
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
    static constexpr std::size_t slice_count() {
        return In.size();
    }

#if !defined(REPAIR)
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#else
    template <shape In, class Fused, class T>
    static void forward_slices(const forward_context<T>& s) {
        std::copy(s.x + s.range.begin, s.x + s.range.end, s.y + s.range.begin);
    }
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#endif
