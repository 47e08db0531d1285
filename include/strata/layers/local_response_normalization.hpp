// LocalResponseNormalization: each value over the squares of its neighbouring channels.
#pragma once

#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/kernels/normalization/local_response.hpp>
#include <strata/layers/capabilities/rows.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/rank.hpp>

namespace strata::inline STRATA_ISA {

/// (..., channels), unchanged: x / (Bias + Alpha / Size * s)^Beta, where s is the sum of x^2 over Size channels around
/// each one. Of an even Size one channel more follows than precedes. No weights. Keras: no layer of this kind; ONNX has
/// `LRN`, PyTorch `LocalResponseNorm` (equal for odd sizes). Krizhevsky et al. 2012.
template <int Size, double Alpha = 1e-4, double Beta = 0.75, double Bias = 1.0, class... Options>  // strata: types
    requires detail::says<"strata: options are types; fix: write LocalResponseNormalization<5, 1e-4, 0.75, 1.0>">
struct LocalResponseNormalization : layer<LocalResponseNormalization<Size, Alpha, Beta, Bias, Options...>, Options...> {
    static constexpr kernels::local_response response{
        .size = Size > 0 ? static_cast<std::size_t>(Size) : 1, .alpha = Alpha, .beta = Beta, .bias = Bias};

    static constexpr std::string_view type = "LocalResponseNormalization";
    static constexpr layer_config config() {
        layer_config result{{"size", Size}, {"alpha", Alpha}, {"beta", Beta}, {"bias", Bias}};
        result.is_keras = false;
        return result;
    }

    static constexpr diagnostic check(const shape& in) {
        if (Size < 1)
            return refuse("a window of one channel or more", text<64>() << Size, "write LocalResponseNormalization<5>");
        if (!(Alpha >= 0.0 && Bias > 0.0 && Beta >= 0.0))
            return refuse("an alpha and beta of at least 0 and a positive bias", "another one, or NaN",
                          "write LocalResponseNormalization<5, 1e-4, 0.75, 1.0>");
        return check_has_axis(in);
    }
    static constexpr std::size_t flops(const shape& in) { return in.size() * (response.size + 6); }
    template <class T>
    static constexpr std::size_t scratch(const shape& in) {
        return kernels::padded_row<response>(in.back());
    }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        kernels::normalize_local_response<response>(N * In.rows(), In.back(), s.x, s.y, s.scratch);
    }
    template <shape In, class Fused>
    static constexpr row_window rows() {
        return In.rank() > 1 ? row_window{.span = 1} : row_window{};
    }
    template <shape In, class Fused, class T>
    static constexpr std::size_t row_scratch(std::size_t) {
        return kernels::padded_row<response>(In.back());
    }
    template <shape In, class Fused, class T>
    static void forward_rows(const forward_context<T>& s) {
        constexpr std::size_t row = In.size() / In[0];
        kernels::normalize_local_response<response>(s.range.size() * (row / In.back()), In.back(),
                                                    s.x + (s.range.begin - s.first_row) * row, s.y, s.scratch);
    }
    template <shape In>
    static constexpr streaming streams() {
        return each_step_of(In);
    }

    template <shape In, class Fused, class T>
    static constexpr std::size_t gradient_scratch(std::size_t) {
        return 2 * kernels::padded_row<response>(In.back());
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx != nullptr)
            kernels::local_response_gradient<response, T>(s.count * In.rows(), In.back(), s.x, s.dy, s.dx, s.scratch);
    }
};

}  // namespace strata::inline STRATA_ISA
