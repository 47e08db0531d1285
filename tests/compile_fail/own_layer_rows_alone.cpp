// Own layers: rows without forward_rows.
// at: own (Own), layer 1 of 1
// expects: forward_rows<In, Fused>(forward_context)
// got: rows alone
// fix: write it as layers/capabilities/rows.hpp says, or leave out rows
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
    static constexpr row_window rows() {
        return {.span = 1};
    }

#if !defined(REPAIR)
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#else
    template <shape In, class Fused, class T>
    static void forward_rows(const forward_context<T>& s) {
        constexpr std::size_t row = In.size() / In[0];
        std::copy_n(s.x + (s.range.begin - s.first_row) * row, s.range.size() * row, s.y);
    }
};
auto model = Sequential{Input<4>{}, Own<>{}}.build();
#endif
