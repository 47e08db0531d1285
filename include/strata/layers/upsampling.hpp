// RepeatVector, UpSampling1D and UpSampling2D: steps and pixels more than once, or values between pixels.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/window.hpp>
#include <strata/kernels/shape/bilinear.hpp>
#include <strata/kernels/shape/rearrange.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/rank.hpp>

namespace strata::inline STRATA_ISA {

/// The values that UpSampling2D puts between pixels. Keras: `interpolation=`.
namespace interpolation {

struct nearest {
    static constexpr std::string_view kind = "interpolation::...";
    static constexpr bool is_bilinear = false;
};
struct bilinear {
    static constexpr std::string_view kind = "interpolation::...";
    static constexpr bool is_bilinear = true;
};

}  // namespace interpolation

/// The base of layers that repeat cells: Self gives `geometry`. No weights.
template <class Self, class... Options>
struct repeated_cells : layer<Self, Options...> {
    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        constexpr auto g = Self::geometry(In);
        for (std::size_t n = 0; n < N; ++n) kernels::repeat_cells<g>(s.x + n * g.in_size(), s.y + n * g.out_size());
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx == nullptr) return;
        constexpr auto g = Self::geometry(In);
        for (std::size_t n = 0; n < s.count; ++n)
            kernels::sum_cells<g>(s.dy + n * g.out_size(), s.dx + n * g.in_size());
    }

protected:
    static constexpr diagnostic check_factor(window factor, std::string_view example) {
        if (!factor.is_size())
            return refuse("a factor of an integer, or of two", "three, a string or a real number",
                          "write window{height, width}, or one integer for both");
        if (factor.height >= 1 && factor.width >= 1) return {};
        return refuse("to repeat at least once", text<64>() << factor.height << "x" << factor.width,
                      text<64>("write ") << example);
    }
};

/// (features) -> (Count, features), the same vector in each step. Keras: `RepeatVector(n)`.
template <int Count, class... Options>  // strata: types, not values: RepeatVector<3>
    requires detail::says<"strata: options are types; fix: write RepeatVector<3>">
struct RepeatVector : repeated_cells<RepeatVector<Count, Options...>, Options...> {
    static constexpr std::string_view type = "RepeatVector";
    static constexpr layer_config config() { return {{"n", Count}}; }

    static constexpr diagnostic check(const shape& in) {
        const diagnostic vector = check_vector(in);
        return vector.ok ? RepeatVector::check_factor(Count, "RepeatVector<n>, n >= 1") : vector;
    }
    static constexpr shape output(const shape& in) { return {static_cast<std::size_t>(Count), in[0]}; }
    static constexpr kernels::upsampling_geometry geometry(const shape& in) {
        return {.channels = in[0], .up_width = static_cast<std::size_t>(Count)};
    }
};

/// (steps, channels) -> (steps Count, channels), each step Count times. Keras: `UpSampling1D(size)`.
template <int Count, class... Options>  // strata: types, not values: UpSampling1D<2>
    requires detail::says<"strata: options are types; fix: write UpSampling1D<2>">
struct UpSampling1D : repeated_cells<UpSampling1D<Count, Options...>, Options...> {
    static constexpr std::string_view type = "UpSampling1D";
    static constexpr layer_config config() { return {{"size", Count}}; }

    static constexpr diagnostic check(const shape& in) {
        const diagnostic sequence = check_sequence(in);
        return sequence.ok ? UpSampling1D::check_factor(Count, "UpSampling1D<n>, n >= 1") : sequence;
    }
    static constexpr shape output(const shape& in) { return {in[0] * static_cast<std::size_t>(Count), in[1]}; }
    static constexpr kernels::upsampling_geometry geometry(const shape& in) {
        return {.width = in[0], .channels = in[1], .up_width = static_cast<std::size_t>(Count)};
    }
};

/// (height, width, channels) -> (height h, width w, channels) for Factor = window{h, w}: each pixel repeated, or with
/// interpolation::bilinear the values between pixels. Keras: `UpSampling2D(size)`.
template <window Factor, class... Options>  // strata: types, not values: UpSampling2D<window{2, 2}>
    requires detail::says<"strata: options are types; fix: write UpSampling2D<window{2, 2}>">
struct UpSampling2D : repeated_cells<UpSampling2D<Factor, Options...>, Options...> {
    static constexpr bool is_bilinear = option_list<Options...>::template get<interpolation::nearest>::is_bilinear;

    static constexpr std::string_view type = "UpSampling2D";
    static constexpr layer_config config() {
        return {{"size", Factor}, {"interpolation", is_bilinear ? "bilinear" : "nearest"}};
    }
    static constexpr std::array takes{interpolation::nearest::kind};

    static constexpr diagnostic check(const shape& in) {
        const diagnostic image = check_image(in);
        return image.ok ? UpSampling2D::check_factor(Factor, "UpSampling2D<n>, n >= 1") : image;
    }
    static constexpr shape output(const shape& in) {
        const auto g = geometry(in);
        return {g.height * g.up_height, g.width * g.up_width, g.channels};
    }
    static constexpr kernels::upsampling_geometry geometry(const shape& in) {
        return {.height = in[0],
                .width = in[1],
                .channels = in[2],
                .up_height = static_cast<std::size_t>(Factor.height),
                .up_width = static_cast<std::size_t>(Factor.width)};
    }
    static constexpr std::size_t flops(const shape& in) { return is_bilinear ? 6 * output(in).size() : 0; }
    template <class T>
    static constexpr std::size_t scratch(const shape& in) {
        return is_bilinear ? geometry(in).in_line() : 0;
    }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        constexpr auto g = geometry(In);
        if constexpr (is_bilinear)
            for (std::size_t n = 0; n < N; ++n)
                kernels::bilinear<g>(s.x + n * g.in_size(), s.y + n * g.out_size(), s.scratch);
        else repeated_cells<UpSampling2D, Options...>::template forward<In, N, Fused>(s);
    }
    template <shape In, class Fused, class T>
    static constexpr std::size_t gradient_scratch(std::size_t) {
        return scratch<T>(In);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        constexpr auto g = geometry(In);
        if constexpr (!is_bilinear) repeated_cells<UpSampling2D, Options...>::template backward<In, Fused>(s);
        else if (s.dx != nullptr)
            for (std::size_t n = 0; n < s.count; ++n)
                kernels::bilinear_gradient<g>(s.dy + n * g.out_size(), s.dx + n * g.in_size(), s.scratch);
    }
};

}  // namespace strata::inline STRATA_ISA
