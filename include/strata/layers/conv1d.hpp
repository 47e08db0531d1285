// Conv1D: a convolution over the steps of a sequence.
#pragma once

#include <array>
#include <string_view>

#include <strata/core/border.hpp>
#include <strata/core/report.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/window.hpp>
#include <strata/layers/conv2d.hpp>
#include <strata/layers/convolution_options.hpp>
#include <strata/layers/folding.hpp>
#include <strata/layers/sequence.hpp>
#include <strata/layers/sliding.hpp>

namespace strata {

/// (steps, channels) -> (outputs, Filters), outputs as the width of Conv2D; causal: ceil(steps / stride), and no output
/// sees a step behind its own. Weights: kernel (k, channels, Filters), bias (Filters). Keras: `Conv1D`.
template <int Filters, int Kernel, class... Options>
struct Conv1D : sequence_layer<Conv1D<Filters, Kernel, Options...>,
                               Conv2D<Filters, window{1, Kernel}, along_width<Options>...>, Options...> {
    using options = option_list<Options...>;

    static constexpr std::string_view type = "Conv1D";
    static constexpr std::array takes{activation_kind,
                                      strides<1>::kind,
                                      padding::valid::kind,
                                      dilation<1>::kind,
                                      algorithm::direct::kind,
                                      no_bias::kind,
                                      kernel_initializer<Zeros>::kind,
                                      bias_initializer<Zeros>::kind,
                                      kernel_regularizer<L1<>>::kind,
                                      bias_regularizer<L1<>>::kind};

    static constexpr report check(const shape& in) {
        if (const report own = check_filters(type, Filters); !own.ok) return own;
        if (const report penalties = check_regularizers<options>(); !penalties.ok) return penalties;
        return check_sequence<options>(in, Kernel, 1, true);
    }

    /// Folding: folding.hpp tells what this is.
    template <class... Others>
    using with_options = Conv1D<Filters, Kernel, Others...>;
    static constexpr padding_mode padding_for(const shape& in, const border& edges) {
        constexpr window_options windows = window_options_of<options>(window{1, Kernel}, window{1});
        const border sides{0, 0, edges.top, edges.bottom};
        const padding_mode same = padding_of_windows(windows, image_of(in), sides);
        return same == padding_mode::same ? same : padding_of_windows(windows, image_of(in), sides, padding_mode::causal);
    }
};

}  // namespace strata
