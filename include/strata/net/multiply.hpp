// Multiply: the product of two or more paths of one input.
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

struct multiply_merge : elementwise_merge<multiply_merge, kernels::merge_product> {
    static constexpr std::string_view type = "Multiply";
};

}  // namespace detail

/// (...) -> the product of what its branches make of it. Shapes broadcast
/// as numpy's. Weights: those of the branches, in their order. Keras: `Multiply`.
template <class... Branches>
struct Multiply : detail::merging_layer<Multiply<Branches...>, detail::multiply_merge, Branches...> {
    constexpr Multiply() = default;
    constexpr explicit Multiply(Branches...)
        requires(sizeof...(Branches) > 0)
    {}

    static constexpr std::string_view type = "Multiply";
};

template <class... Branches>
Multiply(Branches...) -> Multiply<Branches...>;

}  // namespace strata::inline STRATA_ISA
