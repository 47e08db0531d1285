// channel_function: the base of layers that map each value by itself, with weights for each channel.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/math/dual.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/rank.hpp>

namespace strata::inline STRATA_ISA {

/// Any shape of rank 1 or more, unchanged: y = Self::value(x, a, b, ...), where a, b, ... are the weights of the
/// value's channel, the last axis. Self writes `parameters`, with a channel_weight for each of them, and `static auto
/// value(auto x, auto a, auto b)`, which takes anything with arithmetic and calls the functions of strata::math.
/// Gradients come from dual numbers. Values go one by one: a layer that must be fast has a kernel.
template <class Self, class... Options>
struct channel_function : layer<Self, Options...> {
    static constexpr diagnostic check(const shape& in) {
        const diagnostic axes = check_has_axis(in);
        if (!axes.ok) return axes;
        for (const parameter& row : Self::parameters(in))
            if (row.extents != shape{in.back()} || row.layout != weight_layout::plain)
                return refuse("weights of one value for each channel", text<200>("another one, ") << row.name,
                              "write channel_weight(name, in)");
        return {};
    }

    template <shape In, std::size_t N, class Fused, class T>
    static void forward(const forward_context<T>& s) {
        for (std::size_t i = 0; i < N * In.size(); ++i)
            s.y[i] = with_weights<In>([&](auto... w) { return Self::value(s.x[i], s.weights[w][i % In.back()]...); });
    }
    template <shape In>
    static constexpr streaming streams() {
        return each_step_of(In);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx == nullptr) return;
        for (std::size_t i = 0; i < s.count * In.size(); ++i)
            s.dx[i] = s.dy[i] * slope<In>(s, i, weight_count<Self, In>);
    }
    template <shape In, class Fused, class T>
    static void weight_gradients(const backward_context<T>& s, thread_slice part) {
        const item_range mine = part.of(In.back());
        for (std::size_t k = 0; k < weight_count<Self, In>; ++k) {
            if (s.gradients[k] == nullptr) continue;
            for (std::size_t c = mine.begin; c < mine.end; ++c) {
                T sum = s.first ? T(0) : s.gradients[k][c];
                for (std::size_t i = c; i < s.count * In.size(); i += In.back()) sum += s.dy[i] * slope<In>(s, i, k);
                s.gradients[k][c] = sum;
            }
        }
    }

private:
    /// Calls f with the place of each weight.
    template <shape In, class F>
    static auto with_weights(F f) {
        return [&]<std::size_t... W>(std::index_sequence<W...>) {
            return f(std::integral_constant<std::size_t, W>{}...);
        }(std::make_index_sequence<weight_count<Self, In>>{});
    }
    /// The derivative of value number i by weight k, or by the input where k is the number of weights.
    template <shape In, class T>
    static T slope(const backward_context<T>& s, std::size_t i, std::size_t k) {
        const auto number = [&](const T& value, std::size_t place) {
            return math::dual<T>(value, place == k ? T(1) : T(0));
        };
        return with_weights<In>([&](auto... w) {
            return Self::value(number(s.x[i], weight_count<Self, In>), number(s.weights[w][i % In.back()], w)...).slope;
        });
    }
};

}  // namespace strata::inline STRATA_ISA
