// Own layers: fits_vector without forward_in_vector.
// at: own (Own), layer 1 of 1
// expects: forward_in_vector<In, Fused>(x, forward_context)
// got: fits_vector alone
// fix: write it as layers/capabilities/register_resident.hpp says, or leave out fits_vector
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
    template <shape In, class Fused>
    static constexpr bool fits_vector() {
        return In.rank() == 1;
    }

#if !defined(REPAIR)
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#else
    template <shape In, class Fused, class V, class T>
    static V forward_in_vector(const V& x, const forward_context<T>&) {
        return x;
    }
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#endif
