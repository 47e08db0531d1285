// Own layers: process_scratch without process.
// at: own (Own), layer 1 of 1
// expects: process<In, Fused>(forward_context)
// got: process_scratch alone
// fix: write it as layers/capabilities/streaming.hpp says, or leave out process_scratch
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
        return each_step_of(In);
    }
    template <shape In, class T>
    static constexpr std::size_t process_scratch(std::size_t steps) {
        return steps;
    }

#if !defined(REPAIR)
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#else
    template <shape In, class Fused, class T>
    static void process(const forward_context<T>& s) {
        std::copy_n(s.x, s.count * In.size(), s.y);
    }
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#endif
