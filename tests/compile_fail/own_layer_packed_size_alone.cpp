// Own layers: packed_size without pack_weights.
// at: own (Own), layer 1 of 1
// expects: pack_weights<In>(weights, packed, thread_slice)
// got: packed_size alone
// fix: write it as layers/capabilities/packed_weights.hpp says, or leave out packed_size
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
    static constexpr parameter_table parameters(const shape& in) {
        return parameter_table{}.push_back({.name = "gains", .extents = shape{in.back()}});
    }
    template <shape In, class T>
    static constexpr std::size_t packed_size() {
        return In.back();
    }

#if !defined(REPAIR)
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#else
    template <shape In, class T>
    static constexpr void pack_weights(const T* const* weights, T* packed, thread_slice part) {
        const item_range mine = part.of(In.back());
        for (std::size_t c = mine.begin; c < mine.end; ++c) packed[c] = 2 * weights[0][c];
    }
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#endif
