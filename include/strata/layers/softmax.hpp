// Softmax and LogSoftmax: activations over the last axis.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/elementwise/elementwise_backward.hpp>
#include <strata/kernels/elementwise/softmax.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/layer.hpp>

namespace strata::inline STRATA_ISA {

/// An activation that needs a whole row. As an option it runs in place on the output of the layer's kernel.
template <class Activation>
concept row_activation = layer_descriptor<Activation> && Activation::acts_on_rows;

/// The base of activations over the last axis: any shape of rank 1 or more, unchanged.
template <class Self>
struct last_axis_activation : layer<Self> {
    static constexpr std::string_view kind = activation_kind;
    static constexpr bool acts_on_rows = true;
    using activation_option = Self;

    static constexpr diagnostic check(const shape& in) {
        if (in.rank() > 0) return {};
        return refuse("at least one axis", to_text(in), "give it rows, such as Dense<10>");
    }
    static constexpr layer_config config() { return activation_config<Self>(); }
    static constexpr std::size_t flops(const shape& in) { return 5 * in.size(); }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        Self::template apply_rows<N * In.rows(), In.back()>(s.x, s.y);
    }
    template <shape In>
    static constexpr streaming streams() {
        return each_step_of(In);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx != nullptr) Self::template rows_gradient<In.back()>(s.count * In.rows(), s.y, s.dy, s.dx);
    }
};

/// exp(x) / sum(exp(x)) over the last axis; the maximum is subtracted first. Keras: `softmax`.
struct Softmax : last_axis_activation<Softmax> {
    static constexpr std::string_view type = "Softmax";
    static constexpr std::string_view keras_activation = "softmax";

    template <std::size_t Rows, std::size_t Columns, class T>
    static constexpr void apply_rows(const T* x, T* y) {
        kernels::softmax<Rows, Columns>(x, y);
    }
    template <std::size_t Columns, class T>
    static void rows_gradient(std::size_t rows, const T* y, const T* dy, T* dx) {
        kernels::softmax_gradient(rows, Columns, y, dy, dx);
    }
};

/// x - log(sum(exp(x))) over the last axis. Keras: `log_softmax`.
struct LogSoftmax : last_axis_activation<LogSoftmax> {
    static constexpr std::string_view type = "LogSoftmax";
    static constexpr std::string_view keras_activation = "log_softmax";

    template <std::size_t Rows, std::size_t Columns, class T>
    static constexpr void apply_rows(const T* x, T* y) {
        kernels::log_softmax<Rows, Columns>(x, y);
    }
    template <std::size_t Columns, class T>
    static void rows_gradient(std::size_t rows, const T* y, const T* dy, T* dx) {
        kernels::log_softmax_gradient(rows, Columns, y, dy, dx);
    }
};

/// Runs a row-wise activation in place on a layer's output; elementwise ones ran in the kernel's epilogue.
template <class Activation, std::size_t Rows, std::size_t Columns, class T>
constexpr void finish_rows(T* y) {
    if constexpr (row_activation<Activation>) Activation::template apply_rows<Rows, Columns>(y, y);
}
/// The same of a number of rows known at run time.
template <class Activation, std::size_t Columns, class T>
void finish_rows(std::size_t rows, T* y) {
    if constexpr (row_activation<Activation>)
        for (std::size_t r = 0; r < rows; ++r)
            Activation::template apply_rows<1, Columns>(y + r * Columns, y + r * Columns);
}

}  // namespace strata::inline STRATA_ISA
