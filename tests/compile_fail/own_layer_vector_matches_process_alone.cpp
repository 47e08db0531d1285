// Own layers: vector_matches_process without forward_of_lanes.
// at: own (Own), layer 1 of 1
// expects: forward_of_lanes<In, Fused>(x, y, forward_context)
// got: vector_matches_process alone
// fix: write it as layers/capabilities/register_resident.hpp says, or leave out vector_matches_process
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
    template <shape In, class T>
    static constexpr bool vector_matches_process() {
        return true;
    }

#if !defined(REPAIR)
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#else
    template <shape In, class Fused, class V, class T>
    static void forward_of_lanes(const V* x, V* y, const forward_context<T>&) {
        std::copy_n(x, In.size(), y);
    }
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#endif
