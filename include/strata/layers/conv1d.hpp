// Conv1D: a convolution over the steps of a sequence.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include <strata/core/border.hpp>
#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/window.hpp>
#include <strata/kernels/conv/causal_frames.hpp>
#include <strata/kernels/conv/causal_step.hpp>
#include <strata/layers/capabilities/fusion_hooks.hpp>
#include <strata/layers/conv2d.hpp>
#include <strata/layers/convolution_options.hpp>
#include <strata/layers/sequence.hpp>
#include <strata/layers/sliding.hpp>
#include <strata/layers/softmax.hpp>

namespace strata::inline STRATA_ISA {

/// (steps, channels) -> (outputs, Filters), outputs as the width of Conv2D; causal: ceil(steps / stride), and no output
/// sees a later step. Weights: kernel (k, channels / groups, Filters), bias (Filters). Keras: `Conv1D`.
template <int Filters, int Kernel, class... Options>  // strata: types, not values: Conv1D<8, 3, ReLU>
    requires detail::says<"strata: options are types; fix: write Conv1D<8, 3, ReLU>">
struct Conv1D : sequence_layer<Conv1D<Filters, Kernel, Options...>,
                               Conv2D<Filters, window{1, Kernel}, along_width<Options>...>, Options...> {
    using options = option_list<Options...>;

    static constexpr std::string_view type = "Conv1D";
    static constexpr layer_config config() {
        return {{"filters", Filters}, {"kernel_size", config_value::one_size(Kernel)}};
    }

    static constexpr diagnostic check(const shape& in) {
        if (const diagnostic own = check_filters<options>(type, Filters); !own.ok) return own;
        if (const diagnostic window = check_sequence<options>(in, Kernel, 1, true); !window.ok) return window;
        return check_groups<options>(in.back(), Filters);
    }

    // Hooks for optimize: capabilities/fusion_hooks.hpp
    template <class... Others>
    using with_options = Conv1D<Filters, Kernel, Others...>;
    static constexpr padding_mode padding_for(const shape& in, const border& edges) {
        constexpr window_options rows = window_options_of<options>(window{1, Kernel}, window{1});
        const border sides{0, 0, edges.top, edges.bottom};
        const padding_mode same = padding_of_windows(rows, image_of(in), sides);
        return same == padding_mode::same ? same : padding_of_windows(rows, image_of(in), sides, padding_mode::causal);
    }

    /// With a state; not where strides and padding::same make the padding depend on the length.
    template <shape In>
    static constexpr streaming streams() {
        const bool depends_on_length = windows.mode == padding_mode::same && windows.stride.width > 1;
        return depends_on_length ? streaming::none : streaming::with_state;
    }
    template <shape In>
    static constexpr stream_refusal refuse_stream() {
        return {.got = "Conv1D with strides and padding::same, whose padding depends on the length",
                .fix = "write padding::causal, or call infer with all steps"};
    }
    /// The window of the first output ends `skip` steps after the first input.
    template <shape In>
    static constexpr stream_rate output_rate() {
        const sliding_axis steps = windows.width(image_of(In));
        return {.skip = steps.span() - 1 - steps.before, .stride = steps.stride};
    }
    template <shape In>
    static constexpr std::size_t lookback() {
        return static_cast<std::size_t>((Kernel - 1) * windows.dilation.width);
    }
    template <shape In, class T>
    static constexpr std::size_t state_size() {
        return count * step_of<In, T>::state_size;
    }
    template <shape In, class Fused, class T>
    static STRATA_INLINE void step(const forward_context<T>& s) {
        using last = typename final_activation<Fused, typename options::template get<Linear>>::type;
        step_of_groups<In, typename activation_function<last>::type>(s, s.x, s.y);
        finish_rows<last, 1, static_cast<std::size_t>(Filters)>(s.y);
    }
    /// The sums, as far as they have come, of the present output and of those after it: a ring for each group.
    template <shape In, class T>
    static auto state_parts(T* state) {
        std::array<state_part<T>, count> parts{};
        for (std::size_t g = 0; g < count; ++g)
            parts[g] = {"sums", std::span(state + g * step_of<In, T>::state_size, step_of<In, T>::sums_size)};
        return parts;
    }
    template <shape In, class Fused, class T>
    static void process(const forward_context<T>& s) {
        using last = typename final_activation<Fused, typename options::template get<Linear>>::type;
        using function = typename activation_function<last>::type;
        if constexpr (count == 1) {
            const T* bias = optional_weight<Conv1D, In, "bias">(s);
            kernels::causal_frames<step_of<In, T>, function>::run(s.count, s.x, weight<Conv1D, In, "kernel">(s), bias,
                                                                  s.state, s.y);
        } else {
            for (std::size_t t = 0; t < s.count; ++t)
                step_of_groups<In, function>(s, s.x + t * In[1], s.y + t * static_cast<std::size_t>(Filters));
        }
        finish_rows<last, static_cast<std::size_t>(Filters)>(s.count, s.y);
    }

private:
    static constexpr window_options windows = window_options_of<options>(Kernel, 1);
    static constexpr std::size_t count = static_cast<std::size_t>(
        options::template get<groups<1>>::value < 1 ? 1 : options::template get<groups<1>>::value);
    static constexpr std::size_t own_filters = static_cast<std::size_t>(Filters) / count;
    /// Of one group.
    template <shape In, class T>
    using step_of =
        kernels::causal_step<static_cast<std::size_t>(Kernel), static_cast<std::size_t>(windows.dilation.width),
                             In[1] / count, own_filters, T>;

    /// One step of each group, whose weights and states follow each other.
    template <shape In, class Function, class T>
    static STRATA_INLINE void step_of_groups(const forward_context<T>& s, const T* x, T* y) {
        using one = step_of<In, T>;
        constexpr std::size_t bias_size = kernels::panels{.columns = own_filters, .width = one::layout.width}.stored();
        const T* kernel = weight<Conv1D, In, "kernel">(s);
        const T* bias = optional_weight<Conv1D, In, "bias">(s);
        for (std::size_t g = 0; g < count; ++g)
            one::template run<Function>(x + g * one::channels, kernel + g * one::layout.stored(),
                                        bias == nullptr ? nullptr : bias + g * bias_size, s.state + g * one::state_size,
                                        y + g * own_filters);
    }
};

}  // namespace strata::inline STRATA_ISA
