// Concatenate: two or more paths of one input, joined along the last axis.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/elementwise/merge.hpp>
#include <strata/net/branching.hpp>
#include <strata/net/merge.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

struct concatenate_merge : merge_node<concatenate_merge, kernels::concatenated_values> {
    static constexpr std::string_view type = "Concatenate";
    static constexpr bool is_commutative = false;
    static constexpr bool may_overwrite = false;

    template <std::size_t Count>
    static constexpr diagnostic check_inputs(const std::array<shape, Count>& inputs) {
        bool fits = inputs[0].rank() > 0;
        for (shape each : inputs) {
            fits = fits && each.rank() == inputs[0].rank();
            if (fits) each.back() = inputs[0].back();
            fits = fits && each == inputs[0];
        }
        if (fits) return {};
        return refuse("paths whose shapes differ in the last axis alone", list_of_shapes(inputs),
                      "give the paths one height and width, or one number of steps");
    }
    template <std::size_t Count>
    static constexpr shape merged_shape(const std::array<shape, Count>& inputs) {
        shape out = inputs[0];
        for (std::size_t k = 1; k < Count; ++k) out.back() += inputs[k].back();
        return out;
    }
    template <std::size_t Count>
    static constexpr std::size_t merge_flops(const std::array<shape, Count>&) {
        return 0;
    }
};

}  // namespace detail

/// (...) -> (..., the sum of the last extents): what its branches make of it, joined along the last axis. Weights:
/// those of the branches, in their order. Keras: `Concatenate(axis=-1)`.
template <class... Branches>
struct Concatenate : detail::merging_layer<Concatenate<Branches...>, detail::concatenate_merge, Branches...> {
    constexpr Concatenate() = default;
    constexpr explicit Concatenate(Branches...)
        requires(sizeof...(Branches) > 0)
    {}

    static constexpr std::string_view type = "Concatenate";
};

template <class... Branches>
Concatenate(Branches...) -> Concatenate<Branches...>;

}  // namespace strata::inline STRATA_ISA
