// Minimum: the smallest value of two or more paths of one input.
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

struct minimum_merge : elementwise_merge<minimum_merge, kernels::merge_minimum> {
    static constexpr std::string_view type = "Minimum";
};

}  // namespace detail

/// (...) -> the smallest value that its branches make of it; NaN where one is NaN. Shapes broadcast
/// as numpy's. Weights: those of the branches, in their order. Keras: `Minimum`.
template <class... Branches>
struct Minimum : detail::merging_layer<Minimum<Branches...>, detail::minimum_merge, Branches...> {
    constexpr Minimum() = default;
    constexpr explicit Minimum(Branches...)
        requires(sizeof...(Branches) > 0)
    {}

    static constexpr std::string_view type = "Minimum";
};

template <class... Branches>
Minimum(Branches...) -> Minimum<Branches...>;

}  // namespace strata::inline STRATA_ISA
