// Subtract: the difference of two paths of one input.
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

struct subtract_merge : elementwise_merge<subtract_merge, kernels::merge_difference> {
    static constexpr std::string_view type = "Subtract";
    static constexpr bool is_binary = true;
    static constexpr bool is_commutative = false;
};

}  // namespace detail

/// (...) -> what its first branch makes of it minus what its second one does. Shapes broadcast
/// as numpy's. Weights: those of the branches, in their order. Keras: `Subtract`.
template <class... Branches>
struct Subtract : detail::merging_layer<Subtract<Branches...>, detail::subtract_merge, Branches...> {
    constexpr Subtract() = default;
    constexpr explicit Subtract(Branches...)
        requires(sizeof...(Branches) > 0)
    {}

    static constexpr std::string_view type = "Subtract";
};

template <class... Branches>
Subtract(Branches...) -> Subtract<Branches...>;

}  // namespace strata::inline STRATA_ISA
