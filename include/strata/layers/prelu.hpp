// PReLU: a ReLU with a trained slope below zero.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/elementwise/prelu.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/layer.hpp>

namespace strata::inline STRATA_ISA {

/// Axes of a sample, counted from 1, along which a weight is the same. Keras: `shared_axes=`.
template <int... Axes>
struct shared_axes {
    static constexpr std::string_view kind = "shared_axes<...>";
    static constexpr std::array<int, sizeof...(Axes)> value{Axes...};
};

/// Any shape, unchanged: x where x > 0, else alpha x. Weights: alpha (the input's shape, 1 in the axes of
/// shared_axes<...>). Keras: `PReLU`. He et al. 2015.
template <class... Options>  // strata: types, not values: PReLU<shared_axes<1, 2>>
    requires detail::says<"strata: options are types; fix: write PReLU<shared_axes<1, 2>>">
struct PReLU : layer<PReLU<Options...>, Options...> {
    using shared_over = typename option_list<Options...>::template get<shared_axes<>>;

    static constexpr std::string_view type = "PReLU";
    static constexpr layer_config config() {
        return {{"shared_axes", config_value(shared_over::value, shared_over::value.size())}};
    }
    static constexpr std::array takes{shared_axes<>::kind};

    static constexpr diagnostic check(const shape& in) {
        for (const int axis : shared_over::value)
            if (axis < 1 || axis > static_cast<int>(in.rank()))
                return refuse(text<200>("shared_axes<...> of ") << to_text(in) << ", 1 to " << in.rank(),
                              text<64>("axis ") << axis, "count the axes of a sample from 1");
        return {};
    }
    static constexpr parameter_table parameters(const shape& in) {
        return parameter_table{}.push_back({.name = "alpha", .extents = slopes(in), .layout = weight_layout::plain});
    }
    static constexpr std::size_t flops(const shape& in) { return in.size(); }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        for (std::size_t n = 0; n < N; ++n)
            kernels::prelu<layout<In>>(s.x + n * In.size(), weight<PReLU, In, "alpha">(s), s.y + n * In.size());
    }
    /// Where all steps have the same slopes.
    template <shape In>
    static constexpr streaming streams() {
        return In.rank() > 1 && slopes(In)[0] == 1 ? streaming::each_step : streaming::none;
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx == nullptr) return;
        for (std::size_t n = 0; n < s.count; ++n)
            kernels::prelu_gradient<layout<In>>(s.x + n * In.size(), weight<PReLU, In, "alpha">(s),
                                                s.dy + n * In.size(), s.dx + n * In.size());
    }
    template <shape In, class Fused, class T>
    static void weight_gradients(const backward_context<T>& s, thread_slice part) {
        kernels::slope_gradient<layout<In>>(s.count, s.x, s.dy, gradient<PReLU, In, "alpha">(s), s.first, part);
    }

private:
    static constexpr shape slopes(shape in) {
        for (const int axis : shared_over::value) in[static_cast<std::size_t>(axis - 1)] = 1;
        return in;
    }
    template <shape In>
    static constexpr kernels::slope_layout layout{In, slopes(In)};
};

}  // namespace strata::inline STRATA_ISA
