// Activations on one value at a time: each is a layer, `ReLU{}`, and an option, `Dense<8, ReLU>`.
#pragma once

#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/elementwise/elementwise.hpp>
#include <strata/kernels/elementwise/elementwise_backward.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/layer.hpp>

namespace strata::inline STRATA_ISA {

/// The base of elementwise activations: any shape, unchanged. One FLOP a value is counted.
template <class Self, class Function>
struct elementwise_activation : layer<Self> {
    static constexpr std::string_view kind = activation_kind;
    using function = Function;
    using activation_option = Self;

    static constexpr layer_config config()
        requires requires { Self::keras_activation; }
    {
        return activation_config<Self>();
    }
    static constexpr std::size_t flops(const shape& in) { return in.size(); }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        kernels::elementwise<Function>(N * In.size(), s.x, s.y);
    }
    template <shape In>
    static constexpr streaming streams() {
        return each_step_of(In);
    }
    template <shape In, class Fused, class T>
    static void process(const forward_context<T>& s) {
        kernels::elementwise<Function>(s.count * In.size(), s.x, s.y);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx != nullptr)
            kernels::elementwise_gradient<Function>(s.count * In.size(), Function::derives_from_output ? s.y : s.x,
                                                    s.dy, s.dx);
    }
};

/// f(x) = x. Keras: `linear`.
struct Linear : elementwise_activation<Linear, kernels::linear> {
    static constexpr std::string_view type = "Linear";
    static constexpr std::string_view keras_activation = "linear";
    static constexpr bool is_identity = true;
    static constexpr std::size_t flops(const shape&) { return 0; }
};
/// max(x, 0). Keras: `relu`.
struct ReLU : elementwise_activation<ReLU, kernels::relu> {
    static constexpr std::string_view type = "ReLU";
    static constexpr std::string_view keras_activation = "relu";
};
/// min(max(x, 0), 6). Keras: `relu6`.
struct ReLU6 : elementwise_activation<ReLU6, kernels::relu6> {
    static constexpr std::string_view type = "ReLU6";
    static constexpr std::string_view keras_activation = "relu6";
};
/// x where x > 0, else Slope x. Keras: `LeakyReLU(negative_slope)`; its default is 0.3.
template <double Slope = 0.3>
struct LeakyReLU : elementwise_activation<LeakyReLU<Slope>, kernels::leaky_relu<Slope>> {
    static constexpr std::string_view type = "LeakyReLU";
    static constexpr layer_config config() { return {{"negative_slope", Slope}}; }
};
/// x where x > 0, else exp(x) - 1. Keras: `elu`. Clevert et al. 2015.
struct ELU : elementwise_activation<ELU, kernels::elu> {
    static constexpr std::string_view type = "ELU";
    static constexpr std::string_view keras_activation = "elu";
};
/// 1.0507 ELU with alpha 1.6733. Keras: `selu`. Klambauer et al. 2017.
struct SELU : elementwise_activation<SELU, kernels::selu> {
    static constexpr std::string_view type = "SELU";
    static constexpr std::string_view keras_activation = "selu";
};
/// x Phi(x), by erf. Keras: `gelu` (approximate=False). Hendrycks and Gimpel 2016.
struct GELU : elementwise_activation<GELU, kernels::gelu> {
    static constexpr std::string_view type = "GELU";
    static constexpr std::string_view keras_activation = "gelu";
};
/// x Phi(x), by tanh. Keras: `gelu(approximate=True)`.
struct GELUTanh : elementwise_activation<GELUTanh, kernels::gelu_tanh> {
    static constexpr std::string_view type = "GELUTanh";
};
/// x sigmoid(x). Keras: `silu`, `swish`.
struct SiLU : elementwise_activation<SiLU, kernels::silu> {
    static constexpr std::string_view type = "SiLU";
    static constexpr std::string_view keras_activation = "silu";
};
/// x hard_sigmoid(x). Keras: `hard_silu`, `hard_swish`.
struct HardSiLU : elementwise_activation<HardSiLU, kernels::hard_silu> {
    static constexpr std::string_view type = "HardSiLU";
    static constexpr std::string_view keras_activation = "hard_silu";
};
/// x tanh(softplus(x)). Keras: `mish`. Misra 2019.
struct Mish : elementwise_activation<Mish, kernels::mish> {
    static constexpr std::string_view type = "Mish";
    static constexpr std::string_view keras_activation = "mish";
};
struct ApproximateTanh;
struct ApproximateSigmoid;
/// 1 / (1 + exp(-x)). Keras: `sigmoid`.
struct Sigmoid : elementwise_activation<Sigmoid, kernels::sigmoid> {
    using approximate_form = ApproximateSigmoid;
    static constexpr std::string_view type = "Sigmoid";
    static constexpr std::string_view keras_activation = "sigmoid";
};
/// relu6(x + 3) / 6. Keras: `hard_sigmoid`.
struct HardSigmoid : elementwise_activation<HardSigmoid, kernels::hard_sigmoid> {
    static constexpr std::string_view type = "HardSigmoid";
    static constexpr std::string_view keras_activation = "hard_sigmoid";
};
/// tanh(x). Keras: `tanh`.
struct Tanh : elementwise_activation<Tanh, kernels::tanh> {
    using approximate_form = ApproximateTanh;
    static constexpr std::string_view type = "Tanh";
    static constexpr std::string_view keras_activation = "tanh";
};
/// Tanh with an error below 2e-4, in half its time. Its gradient is computed as that of Tanh. Keras: `tanh`.
struct ApproximateTanh : elementwise_activation<ApproximateTanh, kernels::approximate_tanh> {
    using exact_form = Tanh;
    static constexpr std::string_view type = "ApproximateTanh";
    static constexpr std::string_view keras_activation = "tanh";
};
/// Sigmoid with an error below 1e-4. Its gradient is computed as that of Sigmoid. Keras: `sigmoid`.
struct ApproximateSigmoid : elementwise_activation<ApproximateSigmoid, kernels::approximate_sigmoid> {
    using exact_form = Sigmoid;
    static constexpr std::string_view type = "ApproximateSigmoid";
    static constexpr std::string_view keras_activation = "sigmoid";
};
/// log(1 + exp(x)). Keras: `softplus`.
struct Softplus : elementwise_activation<Softplus, kernels::softplus> {
    static constexpr std::string_view type = "Softplus";
    static constexpr std::string_view keras_activation = "softplus";
};
/// x / (1 + |x|). Keras: `softsign`.
struct Softsign : elementwise_activation<Softsign, kernels::softsign> {
    static constexpr std::string_view type = "Softsign";
    static constexpr std::string_view keras_activation = "softsign";
};
/// exp(x). Keras: `exponential`.
struct Exponential : elementwise_activation<Exponential, kernels::exponential> {
    static constexpr std::string_view type = "Exponential";
    static constexpr std::string_view keras_activation = "exponential";
};

}  // namespace strata::inline STRATA_ISA
