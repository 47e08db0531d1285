// wavenet_array: the sizes and options of one array of a WaveNet.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/core/type_list.hpp>
#include <strata/kernels/simd/constexpr_math.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/initializer.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/parameter.hpp>

namespace strata::inline STRATA_ISA {

/// The distance of taps of each layer of an array, first to last.
template <int... Steps>
struct dilations {
    static constexpr std::string_view kind = "dilations<...>";
    static constexpr std::array<int, sizeof...(Steps)> value{Steps...};
};
/// Taps of a kernel: one number for all layers of an array, or one for each.
template <int... Taps>
struct kernel_sizes {
    static constexpr std::string_view kind = "kernel_sizes<...>";
    static constexpr std::array<int, sizeof...(Taps)> value{Taps...};
};
/// Each activation is multiplied by a sigmoid of as many further sums. It is ApproximateSigmoid for ApproximateTanh.
struct gated {
    static constexpr std::string_view kind = "gated";
};
/// The head adds a bias.
struct head_bias {
    static constexpr std::string_view kind = "head_bias";
};
/// Taps of the head's kernel; 1 without it.
template <int Taps>
struct head_kernel {
    static constexpr std::string_view kind = "head_kernel<...>";
    static constexpr int value = Taps;
};

namespace detail {

inline constexpr std::array wavenet_names{"array_0", "array_1"};

/// One number for each layer. `values` has one for each layer, or one for all. Numbers below 1 are refused by check().
template <std::size_t Layers, std::size_t Count>
constexpr auto each_layer(const std::array<int, Count>& values) {
    std::array<std::size_t, Layers> result{};
    for (std::size_t i = 0; i < Layers; ++i) {
        const int value = values[Count == Layers ? i : 0];
        result[i] = value < 1 ? 1 : static_cast<std::size_t>(value);
    }
    return result;
}

}  // namespace detail

/// One array: a dilated convolution, an activation and a pointwise convolution for each of its dilations. Options:
/// `dilations<1, 2, 4, ...>` (needed), `kernel_sizes<3>`, an activation (Tanh), `gated`, `head_bias`,
/// `head_kernel<16>`.
template <int Channels, int Outputs, class... Options>
struct wavenet_array {
    using options = option_list<Options...>;
    static constexpr std::array takes{dilations<>::kind, strata::kernel_sizes<>::kind, activation_kind, gated::kind,
                                      head_bias::kind,   head_kernel<1>::kind};
    static constexpr std::size_t channels = Channels < 1 ? 1 : static_cast<std::size_t>(Channels);
    static constexpr std::size_t outputs = Outputs < 1 ? 1 : static_cast<std::size_t>(Outputs);
    static constexpr std::size_t gates = options::template has<gated> ? 2 : 1;
    static constexpr bool has_head_bias = options::template has<head_bias>;
    static constexpr std::size_t head_taps =
        static_cast<std::size_t>(std::max(1, options::template get<head_kernel<1>>::value));
    static constexpr auto steps = options::template get<dilations<>>::value;
    static constexpr auto taps = options::template get<strata::kernel_sizes<3>>::value;
    static constexpr std::size_t layers = steps.size();
    /// Of each layer.
    static constexpr auto kernel_sizes = detail::each_layer<layers>(taps);
    static constexpr auto distances = detail::each_layer<layers>(steps);
    using activation = typename options::template get<Tanh>;
    using default_activations = type_list<Tanh>;
    static constexpr bool is_approximate = std::is_same_v<activation, ApproximateTanh>;

    /// The constants that the kernels read. Inputs are those of the array, Condition those of the whole layer.
    template <std::size_t Inputs, std::size_t Condition>
    struct sizes {
        static constexpr std::size_t inputs = Inputs, condition = Condition, channels = wavenet_array::channels,
                                     gates = wavenet_array::gates, outputs = wavenet_array::outputs,
                                     head_taps = wavenet_array::head_taps;
        static constexpr bool has_head_bias = wavenet_array::has_head_bias;
        static constexpr auto kernels = wavenet_array::kernel_sizes;
        static constexpr auto dilations = wavenet_array::distances;
        using function = typename activation_function<activation>::type;
        using gate_function =
            typename activation_function<std::conditional_t<is_approximate, ApproximateSigmoid, Sigmoid>>::type;
    };

    static constexpr diagnostic check() {
        if (const diagnostic own = detail::check_options(options{}, takes); !own.ok) return own;
        if (Channels < 1 || Outputs < 1)
            return refuse("at least 1 channel and 1 output",
                          text<64>() << "wavenet_array<" << Channels << ", " << Outputs << ", ...>",
                          "write wavenet_array<channels, outputs, dilations<1, 2, 4>>");
        if (layers == 0 || *std::min_element(steps.begin(), steps.end()) < 1)
            return refuse("dilations of at least 1", layers == 0 ? "none" : "one below 1", "write dilations<1, 2, 4>");
        if ((taps.size() != 1 && taps.size() != layers) || *std::min_element(taps.begin(), taps.end()) < 1)
            return refuse("one kernel size of at least 1, or one for each dilation",
                          text<64>() << taps.size() << " sizes for " << layers << " dilations",
                          "write kernel_sizes<3>");
        if (!elementwise_layer<activation>)
            return refuse("an activation of single values, such as Tanh", "one that is none, such as Softmax",
                          "take Tanh or LeakyReLU<0.01>");
        return {};
    }

    static constexpr void push_parameters(parameter_table& table, std::size_t number, std::size_t inputs,
                                          std::size_t condition) {
        const auto add = [&](std::string_view name, const shape& extents, std::size_t fan_in) {
            // PyTorch's initializer of convolutions: uniform in +-1 / sqrt(fan_in).
            table.push_back({.name = name,
                             .extents = extents,
                             .initializer = {distribution::uniform, -bound_of(fan_in), bound_of(fan_in)},
                             .layout = weight_layout::plain,
                             .prefix = detail::wavenet_names[number]});
        };
        const std::size_t rows = gates * channels, fan_in = all_taps() / std::max<std::size_t>(layers, 1) * channels;
        add("rechannel", shape{inputs, channels}, inputs);
        add("kernel", shape{all_taps(), channels, rows}, fan_in);
        add("bias", shape{layers, rows}, fan_in);
        add("mixin", shape{layers, condition, rows}, condition);
        add("pointwise", shape{layers, channels, channels}, channels);
        add("pointwise_bias", shape{layers, channels}, channels);
        add("head", shape{head_taps, channels, outputs}, head_taps * channels);
        if (has_head_bias) add("head_bias", shape{outputs}, head_taps * channels);
    }
    /// Operations of one step: products, biases, and 1 for each activation.
    static constexpr std::size_t flops(std::size_t inputs, std::size_t condition) {
        const std::size_t rows = gates * channels;
        return 2 * (inputs * channels + all_taps() * channels * rows + head_taps * channels * outputs) +
               layers * (2 * condition * rows + 2 * rows + channels + 2 * channels * channels + 2 * channels);
    }

private:
    static constexpr std::size_t all_taps() {
        std::size_t sum = 0;
        for (const std::size_t k : kernel_sizes) sum += k;
        return sum;
    }
    static constexpr double bound_of(std::size_t fan_in) {
        return 1.0 / kernels::constexpr_math::sqrt(static_cast<double>(std::max<std::size_t>(fan_in, 1)));
    }
};

}  // namespace strata::inline STRATA_ISA
