// Conv1DTranspose: the transposed convolution over the steps of a sequence.
#pragma once

#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/layers/conv2d_transpose.hpp>
#include <strata/layers/convolution_options.hpp>
#include <strata/layers/sequence.hpp>

namespace strata::inline STRATA_ISA {

/// (steps, channels) -> (outputs, Filters), outputs as the width of Conv2DTranspose. Weights: kernel (k, Filters,
/// channels), bias (Filters). Keras: `Conv1DTranspose`.
template <int Filters, int Kernel, class... Options>  // strata: types, not values: Conv1DTranspose<8, 3, ReLU>
    requires detail::says<"strata: options are types; fix: write Conv1DTranspose<8, 3, ReLU>">
struct Conv1DTranspose
    : sequence_layer<Conv1DTranspose<Filters, Kernel, Options...>,
                     Conv2DTranspose<Filters, window{1, Kernel}, along_width<Options>...>, Options...> {
    using options = option_list<Options...>;

    static constexpr std::string_view type = "Conv1DTranspose";
    static constexpr layer_config config() {
        return {{"filters", Filters}, {"kernel_size", config_value::one_size(Kernel)}};
    }

    static constexpr diagnostic check(const shape& in) {
        if (const diagnostic own = check_filters<options>(type, Filters); !own.ok) return own;
        return check_sequence_sizes<options>(in, Kernel, 1);
    }

    // Hooks for optimize: capabilities/fusion_hooks.hpp
    template <class... Others>
    using with_options = Conv1DTranspose<Filters, Kernel, Others...>;
};

}  // namespace strata::inline STRATA_ISA
