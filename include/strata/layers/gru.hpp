// GRU: gated recurrent units.
#pragma once

#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/recurrent/gru_reset_before_step.hpp>
#include <strata/kernels/recurrent/gru_reset_before_training.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/recurrent.hpp>

namespace strata::inline STRATA_ISA {

/// (steps, features) -> (Units), or (steps, Units) with return_sequences. Weights: kernel (features, 3 Units),
/// recurrent_kernel (Units, 3 Units), bias (2, 3 Units) for the input and for the output before, gates in the order
/// update, reset, candidate. Keras: `GRU`. With `reset_after<false>` the reset gate multiplies the last output before
/// the recurrent product, and the bias is (3 Units). Cho et al. 2014.
template <int Units, class... Options>  // strata: types, not values: GRU<8, return_sequences>
    requires detail::says<"strata: options are types; fix: write GRU<8, return_sequences>">
struct GRU : recurrent_layer<GRU<Units, Options...>, gru_cell_of<Options...>, Units, Options...> {
    using reversed = typename reversed_layer<GRU, Units, Options...>::type;

    static constexpr std::string_view type = "GRU";
    static constexpr auto takes = options_of_recurrent<reset_after<true>>;

    static constexpr shape bias_extents() {
        return option_list<Options...>::template get<reset_after<true>>::value ? shape{2, 3 * Units} : shape{3 * Units};
    }
    static constexpr initializer bias_values(const initializer& values) { return values; }
};

}  // namespace strata::inline STRATA_ISA
