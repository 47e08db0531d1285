// Own layers: step without state_size.
// at: own (Own), layer 1 of 1
// expects: state_size<In, T>()
// got: step alone
// fix: write it as layers/capabilities/streaming.hpp says, or leave out step
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
    template <shape In>
    static constexpr streaming streams() {
        return In.rank() > 1 ? streaming::with_state : streaming::none;
    }
    template <shape In>
    static constexpr std::size_t lookback() {
        return 1;
    }
    template <shape In, class Fused, class T>
    static void step(const forward_context<T>& s) {
        std::copy_n(s.state, In.back(), s.y);
        std::copy_n(s.x, In.back(), s.state);
    }

#if !defined(REPAIR)
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#else
    template <shape In, class T>
    static constexpr std::size_t state_size() {
        return In.back();
    }
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#endif
