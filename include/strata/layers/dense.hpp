// Dense: y = activation(x kernel + bias) on the last axis.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/shape.hpp>
#include <strata/kernels/dense.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/softmax.hpp>

namespace strata {

/// (..., features) -> (..., Units). Weights: kernel (features, Units), bias (Units). Keras: `Dense`.
template <int Units, class... Options>
struct Dense : layer<Dense<Units, Options...>, Options...> {
    using options = option_list<Options...>;
    using activation = typename options::template get<Linear>;

    static constexpr std::string_view type = "Dense";
    static constexpr std::array takes{activation_kind, no_bias::kind, kernel_initializer<Zeros>::kind,
                                      bias_initializer<Zeros>::kind};

    static constexpr report check(const shape& in) {
        if (Units < 1)
            return refuse("at least 1 unit", text<64>() << "Dense<" << Units << ">", "write Dense<units>, units >= 1");
        if (in.rank() < 1) return refuse("(features)", to_text(in), "give it at least one axis");
        return {};
    }
    static constexpr shape output(shape in) {
        in.back() = static_cast<std::size_t>(Units);
        return in;
    }
    static constexpr parameter_table parameters(const shape& in) {
        return kernel_and_bias<options>(shape{in.back(), static_cast<std::size_t>(Units)});
    }
    static constexpr std::size_t flops(const shape& in) {
        const shape out = output(in);
        return out.size() * (2 * in.back() + (options::template has<no_bias> ? 0 : 1)) + activation::flops(out);
    }

    /// An elementwise activation behind a linear Dense.
    template <shape In, class... Next>
    static constexpr bool fuses() {
        return sizeof...(Next) == 1 && activation::is_identity && (elementwise_layer<Next> && ...);
    }

    template <shape In, std::size_t N, class... Next, class T>
    static constexpr void run(const T* x, const T* const* weights, T* y, fused<Next...>) {
        using final_activation = type_at<0, type_list<Next..., activation>>;
        constexpr std::size_t rows = N * In.rows(), units = static_cast<std::size_t>(Units);
        const T* bias = nullptr;
        if constexpr (!options::template has<no_bias>) bias = weights[1];
        kernels::dense<rows, In.back(), units, typename activation_function<final_activation>::type>(x, weights[0], bias,
                                                                                                     y);
        finish_rows<final_activation, rows, units>(y);
    }
    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const T* x, const T* const* weights, T* y, T*) {
        run<In, N>(x, weights, y, Fused{});
    }
};

}  // namespace strata
