// Average: the mean of two or more paths of one input.
#pragma once

#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/elementwise/merge.hpp>
#include <strata/net/branching.hpp>
#include <strata/net/merge.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

struct average_merge : elementwise_merge<average_merge, kernels::merge_mean> {
    static constexpr std::string_view type = "Average";
};

}  // namespace detail

/// (...) -> the mean of what its branches make of it. Shapes broadcast
/// as numpy's. Weights: those of the branches, in their order. Keras: `Average`.
template <class... Branches>
struct Average : detail::merging_layer<Average<Branches...>, detail::average_merge, Branches...> {
    constexpr Average() = default;
    constexpr explicit Average(Branches...)
        requires(sizeof...(Branches) > 0)
    {}

    static constexpr std::string_view type = "Average";
};

template <class... Branches>
Average(Branches...) -> Average<Branches...>;

}  // namespace strata::inline STRATA_ISA
