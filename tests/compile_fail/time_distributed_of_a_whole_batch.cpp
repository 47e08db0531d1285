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
    using options = option_list<Options...>;
    static constexpr std::string_view type = "Centered";
#if !defined(REPAIR)
    static constexpr bool needs_whole_batch = true;
#else
    static constexpr bool needs_whole_batch = true, takes_strided_batches = true;
#endif
    static constexpr diagnostic check(const shape&) { return {}; }
    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const T* x, const T* const*, T* y, T*) {
        std::copy_n(x, N * In.size(), y);
    }
};

auto model = Sequential{Input<5, 3>{}, TimeDistributed<Centered<>>{}}.build();
