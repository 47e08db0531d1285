// GlobalMaxPooling2D and GlobalAveragePooling2D.
#pragma once

#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/pooling/pooling.hpp>
#include <strata/kernels/pooling/pooling_backward.hpp>
#include <strata/layers/layer.hpp>

namespace strata::inline STRATA_ISA {

/// The base of the two: (height, width, channels) -> (channels). No weights.
template <class Self, class... Options>
struct global_pooling2d : layer<Self, Options...> {
    static constexpr diagnostic check(const shape& in) {
        if (in.rank() == 3) return {};
        return refuse("(height, width, channels)", to_text(in), "put it after a layer that gives an image");
    }
    static constexpr shape output(const shape& in) { return shape{in[2]}; }
    static constexpr std::size_t flops(const shape& in) { return in.size(); }

protected:
    template <class Scatter, shape In, class T>
    static void scatter(const backward_context<T>& s) {
        if (s.dx == nullptr) return;
        constexpr std::size_t channels = In.back();
        for (std::size_t n = 0; n < s.count; ++n)
            kernels::global_pooling_gradient<Scatter, In.rows(), channels>(s.x + n * In.size(), s.y + n * channels,
                                                                           s.dy + n * channels, s.dx + n * In.size());
    }
};

/// The maximum of each channel. Keras: `GlobalMaxPooling2D`.
template <class... Options>  // strata: types, not values: GlobalMaxPooling2D<>
    requires detail::says<"strata: options are types; fix: write GlobalMaxPooling2D<>">
struct GlobalMaxPooling2D : global_pooling2d<GlobalMaxPooling2D<Options...>, Options...> {
    static constexpr std::string_view type = "GlobalMaxPooling2D";
    static constexpr layer_config config() { return {}; }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        for (std::size_t n = 0; n < N; ++n)
            kernels::global_max_pooling<In.rows(), In.back()>(s.x + n * In.size(), s.y + n * In.back());
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        GlobalMaxPooling2D::template scatter<kernels::to_all_maxima, In>(s);
    }
};

/// The mean of each channel. Keras: `GlobalAveragePooling2D`.
template <class... Options>  // strata: types, not values: GlobalAveragePooling2D<>
    requires detail::says<"strata: options are types; fix: write GlobalAveragePooling2D<>">
struct GlobalAveragePooling2D : global_pooling2d<GlobalAveragePooling2D<Options...>, Options...> {
    static constexpr std::string_view type = "GlobalAveragePooling2D";
    static constexpr layer_config config() { return {}; }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        for (std::size_t n = 0; n < N; ++n)
            kernels::global_average_pooling<In.rows(), In.back()>(s.x + n * In.size(), s.y + n * In.back());
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        GlobalAveragePooling2D::template scatter<kernels::to_all_cells, In>(s);
    }
};

}  // namespace strata::inline STRATA_ISA
