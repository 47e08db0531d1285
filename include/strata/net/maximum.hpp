// Maximum: the largest value of two or more paths of one input.
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

struct maximum_merge : elementwise_merge<maximum_merge, kernels::merge_maximum> {
    static constexpr std::string_view type = "Maximum";
};

}  // namespace detail

/// (...) -> the largest value that its branches make of it; NaN where one is NaN. Shapes broadcast
/// as numpy's. Weights: those of the branches, in their order. Keras: `Maximum`.
template <class... Branches>
struct Maximum : detail::merging_layer<Maximum<Branches...>, detail::maximum_merge, Branches...> {
    constexpr Maximum() = default;
    constexpr explicit Maximum(Branches...)
        requires(sizeof...(Branches) > 0)
    {}

    static constexpr std::string_view type = "Maximum";
};

template <class... Branches>
Maximum(Branches...) -> Maximum<Branches...>;

}  // namespace strata::inline STRATA_ISA
