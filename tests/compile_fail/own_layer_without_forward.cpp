// Own layers: a layer without forward.
// at: own (Own), layer 1 of 1
// expects: forward<In, N, Fused>(const forward_context<T>&)
// got: a layer without it
// fix: write it as docs/own_layers.md says
#include <algorithm>

#include <strata/infer.hpp>

using namespace strata;

template <class... Options>
struct Own : layer<Own<Options...>, Options...> {
    static constexpr std::string_view type = "Own";

    static constexpr std::size_t flops(const shape& in) { return in.size(); }

#if !defined(REPAIR)
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#else
    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        std::copy_n(s.x, N * In.size(), s.y);
    }
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#endif
