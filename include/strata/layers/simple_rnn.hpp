// SimpleRNN: a recurrent layer without gates.
#pragma once

#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/recurrent/recurrent_cell.hpp>
#include <strata/layers/recurrent.hpp>

namespace strata::inline STRATA_ISA {

/// (steps, features) -> (Units), or (steps, Units) with return_sequences. Weights: kernel (features, Units),
/// recurrent_kernel (Units, Units), bias (Units). Keras: `SimpleRNN`. Elman 1990.
template <int Units, class... Options>  // strata: types, not values: SimpleRNN<8, return_sequences>
    requires detail::says<"strata: options are types; fix: write SimpleRNN<8, return_sequences>">
struct SimpleRNN : recurrent_layer<SimpleRNN<Units, Options...>, simple_cell_of<Options...>, Units, Options...> {
    using reversed = typename reversed_layer<SimpleRNN, Units, Options...>::type;

    static constexpr std::string_view type = "SimpleRNN";

    static constexpr shape bias_extents() { return shape{Units}; }
    static constexpr initializer bias_values(const initializer& values) { return values; }
};

}  // namespace strata::inline STRATA_ISA
