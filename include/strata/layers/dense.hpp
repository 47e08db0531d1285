// Dense: y = activation(x kernel + bias) on the last axis.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/gemm/dense.hpp>
#include <strata/kernels/gemm/dense_backward.hpp>
#include <strata/kernels/gemm/frames_product.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/capabilities/fusion_hooks.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/softmax.hpp>
#include <strata/layers/trained_activation.hpp>

namespace strata::inline STRATA_ISA {

/// (..., features) -> (..., Units). Weights: kernel (features, Units), bias (Units). Keras: `Dense`.
template <int Units, class... Options>  // strata: types, not values: Dense<32, ReLU>
    requires detail::says<"strata: options are types; fix: write Dense<32, ReLU>">
struct Dense : layer<Dense<Units, Options...>, Options...> {
    using options = option_list<Options...>;
    using activation = typename options::template get<Linear>;

    static constexpr std::string_view type = "Dense";
    static constexpr layer_config config() { return {{"units", Units}}; }
    static constexpr std::array takes{activation_kind,
                                      no_bias::kind,
                                      kernel_initializer<Zeros>::kind,
                                      bias_initializer<Zeros>::kind,
                                      kernel_regularizer<L1<>>::kind,
                                      bias_regularizer<L1<>>::kind};

    static constexpr diagnostic check(const shape& in) {
        if (Units < 1)
            return refuse("at least 1 unit", text<64>() << "Dense<" << Units << ">", "write Dense<units>, units >= 1");
        if (in.rank() < 1) return refuse("(features)", to_text(in), "give it at least one axis");
        return check_regularizers<options>();
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

    /// The kernel of a single unit without the padding of panels. One row times it is a dot product.
    template <shape In, class T>
    static constexpr std::size_t packed_size() {
        return features == 1 ? In.back() : 0;
    }
    template <shape In, class T>
    static constexpr void pack_weights(const T* const* weights, T* column, thread_slice part) {
        constexpr kernels::panels layout{.rows = In.back(), .columns = 1, .width = kernels::panel_width<T>(1)};
        const item_range mine = part.of(In.back());
        const T* kernel = weights[weight_index<Dense, In, "kernel">];
        for (std::size_t k = mine.begin; k < mine.end; ++k) column[k] = kernel[layout.offset(k, 0)];
    }

    template <shape In, class T>
    static constexpr text<48> algorithm_name() {
        return features == 1 ? "dot product" : "product with panels";
    }

    /// An elementwise activation after a linear Dense.
    template <shape In, class... Next>
    static constexpr bool fuses() {
        return identity_at_inference<activation> && is_one_elementwise<Next...>;
    }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        using last = typename final_activation<Fused, activation>::type;
        using function = typename activation_function<last>::type;
        constexpr std::size_t rows = N * In.rows();
        const T* bias = optional_weight<Dense, In, "bias">(s);
        if constexpr (features == 1 && rows == 1)
            if (!std::is_constant_evaluated()) {
                *s.y = kernels::row_times_column<In.back(), function>(s.x, packed_weights<Dense, In>(s), bias);
                return finish_rows<last, rows, features>(s.y);
            }
        kernels::dense<rows, In.back(), features, function>(s.x, weight<Dense, In, "kernel">(s), bias, s.y);
        finish_rows<last, rows, features>(s.y);
    }

    template <shape In>
    static constexpr streaming streams() {
        return each_step_of(In);
    }
    template <shape In, class Fused, class T>
    static void process(const forward_context<T>& s) {
        using last = typename final_activation<Fused, activation>::type;
        using function = typename activation_function<last>::type;
        const T* bias = optional_weight<Dense, In, "bias">(s);
        if constexpr (In.rows() > 1) {
            process_by_forward<Dense, In, Fused>(s);
        } else if constexpr (features == 1) {
            kernels::column_frames<In.back(), function>(s.count, s.x, packed_weights<Dense, In>(s), bias, s.y);
            finish_rows<last, features>(s.count, s.y);
        } else {
            kernels::dense_frames<In.back(), features, function>(s.count, s.x, weight<Dense, In, "kernel">(s), bias,
                                                                 s.y);
            finish_rows<last, features>(s.count, s.y);
        }
    }

    /// Slices of a vector's output: panels of the kernel.
    template <shape In, class Fused, class T>
    static constexpr std::size_t slice_count() {
        const bool divides = In.rank() == 1 && elementwise_layer<typename final_activation<Fused, activation>::type>;
        return divides ? (features + kernels::panel_width<T>(features) - 1) / kernels::panel_width<T>(features) : 1;
    }
    template <shape In, class Fused, class T>
    static void forward_slices(const forward_context<T>& s) {
        using last = typename final_activation<Fused, activation>::type;
        const T* bias = optional_weight<Dense, In, "bias">(s);
        kernels::dense_panels<In.back(), features, typename activation_function<last>::type>(
            s.x, weight<Dense, In, "kernel">(s), bias, s.y, s.range);
    }
    template <shape In, std::size_t N, class Fused, class T>
    static void forward_batch_slices(const forward_context<T>& s) {
        using last = typename final_activation<Fused, activation>::type;
        kernels::dense_panels_of_rows<N, In.back(), features, typename activation_function<last>::type>(
            s.x, weight<Dense, In, "kernel">(s), optional_weight<Dense, In, "bias">(s), s.y, s.range);
    }
    template <shape In, class Fused>
    static constexpr bool fits_vector() {
        return In.rows() == 1 && elementwise_layer<typename final_activation<Fused, activation>::type>;
    }
    template <shape In, class T>
    static constexpr bool vector_matches_process() {
        return features > 1 || kernels::column_in_lanes_matches<In.back(), T>;
    }
    template <shape In, class Fused, class V, class T>
    static STRATA_INLINE V forward_in_vector(const V& x, const forward_context<T>& s) {
        using last = typename final_activation<Fused, activation>::type;
        using function = typename activation_function<last>::type;
        const T* bias = optional_weight<Dense, In, "bias">(s);
        if constexpr (features == 1)
            return kernels::lanes_times_column<In.back(), function>(x, packed_weights<Dense, In>(s), bias);
        else
            return kernels::lanes_times_panel<In.back(), function>(x, weight<Dense, In, "kernel">(s),
                                                                   kernels::panel_width<T>(features), bias);
    }

    template <shape In, class Fused, class V, class T>
    static STRATA_INLINE void forward_of_lanes(const V* x, V* y, const forward_context<T>& s) {
        using last = typename final_activation<Fused, activation>::type;
        using function = typename activation_function<last>::type;
        const T* bias = optional_weight<Dense, In, "bias">(s);
        if constexpr (features == 1)
            *y = kernels::lanes_of_frames_times_column<In.back(), function>(x, packed_weights<Dense, In>(s), bias);
        else
            kernels::lanes_of_frames_times_panel<In.back(), features, function>(
                x, weight<Dense, In, "kernel">(s), kernels::panel_width<T>(features), bias, y);
    }

    /// The same with the sample in memory.
    template <shape In, class Fused, class V, class T>
        requires(Units > 1)
    static STRATA_INLINE V forward_into_vector(const forward_context<T>& s) {
        using last = typename final_activation<Fused, activation>::type;
        return kernels::elements_times_panel<In.back(), typename activation_function<last>::type, V>(
            kernels::element_source<V>(s.x), weight<Dense, In, "kernel">(s), kernels::panel_width<T>(features),
            optional_weight<Dense, In, "bias">(s));
    }

    template <shape In, class Fused, class T>
    static constexpr std::size_t saved_size() {
        return trained<Fused>::keeps_input ? output(In).size() : 0;
    }
    template <shape In, class T>
    static constexpr std::size_t backward_packed_size() {
        return kernels::transposed_panels<In.back(), features, T>().stored();
    }
    template <shape In, class Fused, class T>
    static constexpr std::size_t gradient_scratch(std::size_t samples) {
        return kernels::dense_gradient_scratch<In.back(), features, T>(samples * In.rows());
    }
    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s) {
        using act = trained<Fused>;
        T* linear = act::keeps_input ? s.saved : s.y;
        const std::size_t rows = s.count * In.rows();
        const T* bias = optional_weight<Dense, In, "bias">(s);
        kernels::dense_batch<In.back(), features, typename act::in_kernel>(rows, s.x, weight<Dense, In, "kernel">(s),
                                                                           bias, linear);
        act::template finish<features>(rows, linear, s.y);
    }
    template <shape In, class T>
    static void pack_for_backward(const T* const* weights, T* transposed, thread_slice part) {
        kernels::transpose_weights<In.back(), features>(weights[weight_index<Dense, In, "kernel">], transposed, part);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        const std::size_t rows = s.count * In.rows();
        trained<Fused>::template through<features>(rows, s.y, s.saved, s.dy);
        if (s.dx != nullptr) kernels::dense_data_gradient<In.back(), features>(rows, s.dy, s.backward_weights, s.dx);
    }
    template <shape In, class Fused, class T>
    static void weight_gradients(const backward_context<T>& s, thread_slice part) {
        const std::size_t rows = s.count * In.rows();
        const T* dy = s.dy;
        kernels::dense_weight_gradient<In.back(), features>(rows, s.x, dy, gradient<Dense, In, "kernel">(s), s.first,
                                                            part, s.scratch);
        if constexpr (!options::template has<no_bias>)
            kernels::bias_gradient<features>(rows, dy, gradient<Dense, In, "bias">(s), s.first, part);
    }

    // Hooks for optimize: capabilities/fusion_hooks.hpp
    template <class... Others>
    using with_options = Dense<Units, Others...>;
    static constexpr bool is_linear = identity_at_inference<activation>;
    static constexpr void absorb(const shape& in, const channel_affine& map, double* const* weights) {
        absorb_into_kernel(parameters(in), "kernel", 1, map, weights);
    }

private:
    static constexpr std::size_t features = static_cast<std::size_t>(Units);
    template <class Fused>
    using trained = trained_activation<typename final_activation<Fused, activation>::type>;
};

}  // namespace strata::inline STRATA_ISA
