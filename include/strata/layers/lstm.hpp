// LSTM: long short-term memory.
#pragma once

#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/recurrent/recurrent_cell.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/recurrent.hpp>

namespace strata::inline STRATA_ISA {

/// (steps, features) -> (Units), or (steps, Units) with return_sequences. Weights: kernel (features, 4 Units),
/// recurrent_kernel (Units, 4 Units), bias (4 Units), gates in the order input, forget, candidate, output. Keras:
/// `LSTM`. Hochreiter and Schmidhuber 1997.
template <int Units, class... Options>  // strata: types, not values: LSTM<8, return_sequences>
    requires detail::says<"strata: options are types; fix: write LSTM<8, return_sequences>">
struct LSTM : recurrent_layer<LSTM<Units, Options...>, lstm_cell_of<Options...>, Units, Options...> {
    using reversed = typename reversed_layer<LSTM, Units, Options...>::type;

    static constexpr std::string_view type = "LSTM";
    static constexpr auto takes = options_of_recurrent<unit_forget_bias<true>>;

    static constexpr shape bias_extents() { return shape{4 * Units}; }
    /// The bias of the forget gate is one at first: the cell remembers.
    static constexpr initializer bias_values(initializer values) {
        if (!option_list<Options...>::template get<unit_forget_bias<true>>::value) return values;
        values.ones_begin = static_cast<std::size_t>(Units);
        values.ones_end = 2 * values.ones_begin;
        return values;
    }
};

}  // namespace strata::inline STRATA_ISA
