// Add: the sum of two or more paths of one input.
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

struct add_merge : elementwise_merge<add_merge, kernels::merge_sum> {
    static constexpr std::string_view type = "Add";
    static constexpr bool passes_gradient = true;
};

}  // namespace detail

/// (...) -> the sum of what its branches make of it. Shapes broadcast
/// as numpy's. Weights: those of the branches, in their order. Keras: `Add`.
template <class... Branches>
struct Add : detail::merging_layer<Add<Branches...>, detail::add_merge, Branches...> {
    constexpr Add() = default;
    constexpr explicit Add(Branches...)
        requires(sizeof...(Branches) > 0)
    {}

    static constexpr std::string_view type = "Add";
};

template <class... Branches>
Add(Branches...) -> Add<Branches...>;

}  // namespace strata::inline STRATA_ISA
