// Bidirectional: a recurrent layer in both directions.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/text.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/gemm/weight_gradient.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/recurrent_option.hpp>

namespace strata::inline STRATA_ISA {

/// A recurrent layer: `reversed` is the same layer in the other direction of time.
template <class Layer>
concept reversible_layer = layer_descriptor<Layer> && requires { typename Layer::reversed; };

namespace detail {

/// The twin of the layer inside a Bidirectional. A layer that is not reversible is its own: check refuses it.
template <class Inner>
struct other_direction {
    using type = Inner;
};
template <reversible_layer Inner>
struct other_direction<Inner> {
    using type = typename Inner::reversed;
};

}  // namespace detail

/// (steps, features) -> the outputs of Inner and of its twin, which goes backwards in time: side by side,
/// (..., 2 units), or added, multiplied or averaged. Weights: those of Inner, then its twin's. Keras:
/// `Bidirectional(layer)`. Schuster and Paliwal 1997.
template <class Inner, class... Options>  // strata: types, not values: Bidirectional<LSTM<8>>
    requires detail::says<"strata: options are types; fix: write Bidirectional<LSTM<8>>">
struct Bidirectional : layer<Bidirectional<Inner, Options...>, Options...> {
    using options = option_list<Options...>;
    using wrapped = Inner;
    template <class Other>
    using with_wrapped = Bidirectional<Other, Options...>;
    using twin = typename detail::other_direction<Inner>::type;
    using merge_option = typename options::template get<merge::concat>;

    static constexpr std::string_view type = "Bidirectional";
    static constexpr layer_config config() {
        constexpr bool is_sum = std::is_same_v<merge_option, merge::sum>,
                       is_mul = std::is_same_v<merge_option, merge::mul>;
        return {{"merge_mode", is_concat ? "concat"
                               : is_sum  ? "sum"
                               : is_mul  ? "mul"
                                         : "ave"},
                {"layer", &config_of<Inner>}};
    }
    static constexpr std::array takes{merge::concat::kind};

    static constexpr diagnostic check(const shape& in) {
        if (!reversible_layer<Inner>)
            return refuse("a recurrent layer inside", Inner::type, "write Bidirectional<LSTM<units>>");
        if (Inner::options::template has<go_backwards>)
            return refuse("a layer that reads steps forwards inside", "go_backwards",
                          "take go_backwards out of its options");
        if (Inner::options::template has<stateful>)
            return refuse("a layer that begins every sample at zero inside", "stateful",
                          "take stateful out of its options: the next batch does not come before this one");
        diagnostic inner = detail::check_options(typename Inner::options{}, Inner::takes);
        if (inner.ok) inner = Inner::check(in);
        return inner;
    }
    static constexpr shape output(const shape& in) {
        shape out = Inner::output(in);
        if (is_concat) out.back() *= 2;
        return out;
    }
    static constexpr parameter_table parameters(const shape& in) {
        parameter_table table;
        for (const std::string_view side : {std::string_view("forward_layer"), std::string_view("backward_layer")})
            for (parameter row : Inner::parameters(in)) {
                row.prefix = side;
                row.group = side == "forward_layer" ? forward_group : backward_group;
                row.trainable = row.trainable && !Inner::options::template has<frozen>;
                table.push_back(row);
            }
        return table;
    }
    static constexpr std::size_t flops(const shape& in) {
        return 2 * Inner::flops(in) + (is_concat ? 0 : Inner::output(in).size());
    }

    template <shape In>
    static constexpr stream_refusal refuse_stream() {
        return {.got = "Bidirectional, whose second layer begins with the last step of its input",
                .fix = "write the layer without Bidirectional, or call infer with all steps"};
    }

    template <shape In, class T>
    static constexpr std::size_t packed_size() {
        return 2 * rounded<T>(Inner::template packed_size<In, T>());
    }
    template <shape In, class T>
    static constexpr void pack_weights(const T* const* weights, T* to, thread_slice part) {
        Inner::template pack_weights<In>(weights, to, part);
        twin::template pack_weights<In>(weights + count<In>, to + rounded<T>(Inner::template packed_size<In, T>()),
                                        part);
    }
    template <class T>
    static constexpr std::size_t scratch(const shape& in) {
        return 2 * rounded<T>(Inner::output(in).size()) + Inner::template scratch<T>(in);
    }
    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        const T* x = s.x;
        T* y = s.y;
        constexpr std::size_t half = Inner::output(In).size();
        const auto own = weights_of<In>(s.weights, false), other = weights_of<In>(s.weights, true);
        for (std::size_t n = 0; n < N; ++n, x += In.size(), y += output(In).size()) {
            if (std::is_constant_evaluated()) {
                std::array<T, half> a{}, b{};
                Inner::template forward<In, 1, fused<>>(
                    forward_context<T>{.x = x, .weights = own.data(), .y = a.data(), .scratch = s.scratch});
                twin::template forward<In, 1, fused<>>(
                    forward_context<T>{.x = x, .weights = other.data(), .y = b.data(), .scratch = s.scratch});
                merge_outputs<In>(a.data(), b.data(), y);
            } else {
                T* a = s.scratch;
                T* b = a + rounded<T>(half);
                Inner::template forward<In, 1, fused<>>(
                    forward_context<T>{.x = x, .weights = own.data(), .y = a, .scratch = b + rounded<T>(half)});
                twin::template forward<In, 1, fused<>>(
                    forward_context<T>{.x = x, .weights = other.data(), .y = b, .scratch = b + rounded<T>(half)});
                merge_outputs<In>(a, b, y);
            }
        }
    }

    // The saved activations of a sample: those of both directions, then their outputs. Samples go one by one, as each
    // direction needs its saved activations next to each other.
    template <shape In, class Fused, class T>
    static constexpr std::size_t saved_size() {
        return 2 * (Inner::template saved_size<In, fused<>, T>() + Inner::output(In).size());
    }
    template <shape In, class T>
    static constexpr std::size_t backward_packed_size() {
        return 2 * rounded<T>(Inner::template backward_packed_size<In, T>());
    }
    template <shape In, class Fused, class T>
    static constexpr std::size_t gradient_scratch(std::size_t) {
        return 2 * gradient_size<In, T> + rounded<T>(In.size()) + Inner::template gradient_scratch<In, fused<>, T>(1);
    }
    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s) {
        constexpr std::size_t half = Inner::output(In).size(), size = Inner::template saved_size<In, fused<>, T>();
        const auto own = weights_of<In>(s.weights, false), other = weights_of<In>(s.weights, true);
        for (std::size_t n = 0; n < s.count; ++n) {
            forward_context<T> one = s;
            one.count = 1;
            one.x = s.x + n * In.size();
            one.saved = s.saved + n * saved_size<In, Fused, T>();
            T* a = one.saved + 2 * size;
            T* b = a + half;
            one.weights = own.data();
            one.y = a;
            Inner::template train_forward<In, fused<>>(one);
            one.saved += size;
            one.weights = other.data();
            one.y = b;
            twin::template train_forward<In, fused<>>(one);
            merge_outputs<In>(a, b, s.y + n * output(In).size());
        }
    }
    template <shape In, class T>
    static void pack_for_backward(const T* const* weights, T* transposed, thread_slice part) {
        Inner::template pack_for_backward<In>(weights, transposed, part);
        twin::template pack_for_backward<In>(
            weights + count<In>, transposed + rounded<T>(Inner::template backward_packed_size<In, T>()), part);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        constexpr std::size_t size = Inner::template saved_size<In, fused<>, T>();
        const auto own = weights_of<In>(s.weights, false), other = weights_of<In>(s.weights, true);
        T* a = s.scratch;
        T* b = a + gradient_size<In, T>;
        T* dx = b + gradient_size<In, T>;
        for (std::size_t n = 0; n < s.count; ++n) {
            backward_context<T> one = sample<In, Fused>(s, n);
            split<In>(s.dy + n * output(In).size(), one.saved + 2 * size, a, b);
            one.scratch = dx + rounded<T>(In.size());
            one.weights = own.data();
            one.dy = a;
            Inner::template backward<In, fused<>>(one);
            one.saved += size;
            one.weights = other.data();
            one.backward_weights += rounded<T>(Inner::template backward_packed_size<In, T>());
            one.dy = b;
            if (s.dx != nullptr) one.dx = dx;
            twin::template backward<In, fused<>>(one);
            if (s.dx == nullptr) continue;
            for (std::size_t i = 0; i < In.size(); ++i) s.dx[n * In.size() + i] += dx[i];
        }
    }
    template <shape In, class Fused, class T>
    static void weight_gradients(const backward_context<T>& s, thread_slice part) {
        for (std::size_t n = 0; n < s.count; ++n) {
            backward_context<T> one = sample<In, Fused>(s, n);
            one.first = s.first && n == 0;
            Inner::template weight_gradients<In, fused<>>(one, part);
            one.saved += Inner::template saved_size<In, fused<>, T>();
            one.gradients = s.gradients + count<In>;
            twin::template weight_gradients<In, fused<>>(one, part);
        }
    }

private:
    static constexpr bool is_concat = std::is_same_v<merge_option, merge::concat>;
    static constexpr std::string_view forward_group = "forward_layer/cell";
    static constexpr std::string_view backward_group = "backward_layer/cell";
    template <class T>
    static constexpr std::size_t rounded(std::size_t elements) {
        return (elements + alignment / sizeof(T) - 1) / (alignment / sizeof(T)) * (alignment / sizeof(T));
    }
    template <shape In>
    static constexpr std::size_t count = Inner::parameters(In).size();
    template <shape In, class T>
    static constexpr std::size_t gradient_size = rounded<T>(Inner::output(In).size() + kernels::gradient_slack<T>);

    /// The weights of one direction and their packed form.
    template <shape In, class T>
    static constexpr auto weights_of(const T* const* weights, bool is_twin) {
        std::array<const T*, count<In> + 1> result{};
        for (std::size_t i = 0; i < count<In>; ++i) result[i] = weights[i + (is_twin ? count<In> : 0)];
        result[count<In>] = weights[2 * count<In>] + (is_twin ? rounded<T>(Inner::template packed_size<In, T>()) : 0);
        return result;
    }
    template <shape In, class Fused, class T>
    static backward_context<T> sample(const backward_context<T>& s, std::size_t n) {
        backward_context<T> one = s;
        one.count = 1;
        one.x = s.x + n * In.size();
        one.saved = s.saved + n * saved_size<In, Fused, T>();
        one.dx = s.dx == nullptr ? nullptr : s.dx + n * In.size();
        return one;
    }
    /// Calls use(place in y, place in both directions' outputs) for each value; the twin's last step is the first.
    template <shape In, class Use>
    static constexpr void each_value(Use use) {
        constexpr shape half = Inner::output(In);
        constexpr std::size_t steps = half.rank() > 1 ? half[0] : 1, units = half.back(), width = output(In).back();
        for (std::size_t t = 0; t < steps; ++t)
            for (std::size_t u = 0; u < units; ++u) use(t * width + u, t * units + u, (steps - 1 - t) * units + u);
    }
    template <shape In, class T>
    static constexpr void merge_outputs(const T* a, const T* b, T* y) {
        each_value<In>([&](std::size_t at, std::size_t i, std::size_t k) {
            if constexpr (is_concat) {
                y[at] = a[i];
                y[at + Inner::output(In).back()] = b[k];
            } else if constexpr (std::is_same_v<merge_option, merge::mul>) {
                y[at] = a[i] * b[k];
            } else {
                y[at] = (a[i] + b[k]) * scale<T>;
            }
        });
    }
    /// The gradients of both outputs. The outputs follow each other at `outputs`.
    template <shape In, class T>
    static void split(const T* dy, const T* outputs, T* da, T* db) {
        const T* other = outputs + Inner::output(In).size();
        each_value<In>([&](std::size_t at, std::size_t i, std::size_t k) {
            if constexpr (is_concat) {
                da[i] = dy[at];
                db[k] = dy[at + Inner::output(In).back()];
            } else if constexpr (std::is_same_v<merge_option, merge::mul>) {
                da[i] = dy[at] * other[k];
                db[k] = dy[at] * outputs[i];
            } else {
                da[i] = db[k] = dy[at] * scale<T>;
            }
        });
    }
    template <class T>
    static constexpr T scale = std::is_same_v<merge_option, merge::ave> ? T(0.5) : T(1);
};

}  // namespace strata::inline STRATA_ISA
