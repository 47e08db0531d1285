// Own layers: process without streams.
// at: own (Own), layer 1 of 1
// expects: streams<In>()
// got: process alone
// fix: write it as layers/capabilities/streaming.hpp says, or leave out process
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
    static void process(const forward_context<T>& s) {
        std::copy_n(s.x, s.count * In.size(), s.y);
    }

#if !defined(REPAIR)
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#else
    template <shape In>
    static constexpr streaming streams() {
        return each_step_of(In);
    }
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#endif
