// Recurrent steps against the reference kernels: numbers of units around whole vectors, every cell, hoisted or not; the
// tables of their activations.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/math/tanh_table.hpp>
#include <strata/kernels/recurrent/gru_reset_before_step.hpp>
#include <strata/kernels/recurrent/recurrent.hpp>
#include <strata/kernels/reference/reference_recurrent.hpp>

#include "../catch.hpp"
#include "guarded.hpp"

namespace {

using namespace strata;
using namespace strata::kernels;

/// The outputs of all steps by the plain loops; weights: kernel, recurrent kernel, bias, recurrent bias.
template <class Cell>
std::vector<double> plain_steps(const reference::recurrent_sequence& sequence, const double* x,
                                const std::vector<double> (&weights)[4]) {
    std::vector<double> y(sequence.steps * sequence.units);
    const double* own_bias = Cell::sums == Cell::gates ? nullptr : weights[3].data();
    reference::recurrent<Cell>(sequence, x, {weights[0].data(), weights[1].data(), weights[2].data(), own_bias},
                               y.data());
    return y;
}

/// A kernel as sizes and functions, so that what follows is compiled once for each T.
template <class T>
struct kernel_of {
    std::size_t features, units, columns, state_size, packed_size;
    bool has_own_bias, is_hoisted;
    panels products;  // of the inputs, where they are made before
    void (*pack_weights)(const recurrent_weights<T>&, T*, thread_slice);
    void (*run)(const T*, const T*, T*, T*);
    std::vector<double> (*plain)(const reference::recurrent_sequence&, const double*, const std::vector<double> (&)[4]);
};

template <class Cell, std::size_t Features, std::size_t Units, class T, bool IsHoisted,
          class Step = recurrent_step<Cell, Features, Units, T>>
inline constexpr kernel_of<T> kernel{
    .features = Features,
    .units = Units,
    .columns = Cell::gates * Units,
    .state_size = Step::state_size,
    .packed_size = Step::packed_size,
    .has_own_bias = Cell::sums != Cell::gates,
    .is_hoisted = IsHoisted,
    .products = Step::kernel,
    .pack_weights = Step::pack_weights,
    .run = Step::template run < IsHoisted ? recurrent_input::products : recurrent_input::values >,
    .plain = plain_steps<Cell>};

template <class T>
struct layer_of {
    kernel_of<T> step;
    panels by_input{.rows = step.features, .columns = step.columns, .width = panel_width<T>(step.columns)};
    panels by_output{.rows = step.units, .columns = step.columns, .width = by_input.width};
    guarded<T> kernel{by_input.stored(), T(0)}, recurrent{by_output.stored(), T(0)};
    guarded<T> bias{step.columns}, own_bias{step.columns};
    guarded<T> packed{step.packed_size};

    explicit layer_of(const kernel_of<T>& of, T scale = T(1)) : step(of) {
        numbers source(7);
        const T size = scale / std::sqrt(static_cast<T>(step.units));
        for (std::size_t c = 0; c < step.columns; ++c) {
            for (std::size_t f = 0; f < step.features; ++f)
                kernel[by_input.offset(f, c)] = source.next<T>(-scale, scale);
            for (std::size_t k = 0; k < step.units; ++k)
                recurrent[by_output.offset(k, c)] = source.next<T>(-size, size);
            bias[c] = source.next<T>();
            own_bias[c] = source.next<T>();
        }
        const T* second = step.has_own_bias ? own_bias.data() : nullptr;
        for (std::size_t part = 0; part < 3; ++part)
            step.pack_weights({kernel.data(), recurrent.data(), bias.data(), second}, packed.data(), {part, 3});
    }
    /// Steps of the kernel in T and of the plain loops in double.
    void compare(std::size_t steps, T bound) const {
        const std::size_t features = step.features, units = step.units;
        const guarded<T> x = numbers(11).array<T>(steps * features, T(-2), T(2));
        guarded<T> state(step.state_size, T(0)), y(units), expected(units), products(step.products.columns);
        const auto wide = [](const guarded<T>& from) {
            return std::vector<double>(from.data(), from.data() + from.size());
        };
        const std::vector<double> plain =
            step.plain({.steps = steps, .features = features, .units = units, .width = by_input.width}, wide(x).data(),
                       {wide(kernel), wide(recurrent), wide(bias), wide(own_bias)});
        for (std::size_t t = 0; t < steps; ++t) {
            const T* inputs = x.data() + t * features;
            for (std::size_t c = 0; step.is_hoisted && c < products.size(); ++c) {
                products[c] = T(0);
                for (std::size_t f = 0; f < features; ++f)
                    products[c] += inputs[f] * packed[step.products.offset(f, c)];
            }
            step.run(step.is_hoisted ? products.data() : inputs, packed.data(), state.data(), y.data());
            for (std::size_t u = 0; u < units; ++u) expected[u] = static_cast<T>(plain[t * units + u]);
            CAPTURE(units, features, t, step.is_hoisted);
            require_close(y, expected, bound);
            REQUIRE(state.is_intact());
            // Lanes after the last unit have weights of 0, so that they hold no NaN and no subnormal number.
            REQUIRE(std::none_of(state.data(), state.data() + state.size(), is_nan<T>));
        }
    }
};

template <class T>
constexpr T bound_of = sizeof(T) == 4 ? T(2e-6) : T(1e-13);

template <class T>
void compare_steps(const kernel_of<T>& kernel, std::size_t steps, T scale, T bound) {
    layer_of<T>(kernel, scale).compare(steps, bound);
}
template <class Cell, std::size_t Features, std::size_t Units, class T, bool IsHoisted = false>
void compare(std::size_t steps, T scale = T(1), T bound = bound_of<T>) {
    compare_steps<T>(kernel<Cell, Features, Units, T, IsHoisted>, steps, scale, bound);
}

template <class Cell, class T, bool IsHoisted, std::size_t... U>
void units(std::index_sequence<U...>) {
    (compare<Cell, IsHoisted ? 3 : 1, U + 1, T, IsHoisted>(4), ...);
}

template <class Cell>
void sweep_units() {
    units<Cell, float, false>(sweep_sequence<float>{});
    units<Cell, double, false>(sweep_sequence<double>{});
    units<Cell, float, true>(end_sequence<float>{});
    units<Cell, double, true>(end_sequence<double>{});
    compare<Cell, 5, 64, float>(9);
    compare<Cell, 2, 72, float, true>(5);
    compare<Cell, 1, 130, float>(4);
    compare<Cell, 1, 70, double>(5);
}

}  // namespace

TEST_CASE("steps of LSTM equal the plain loops at every count of units") {
    sweep_units<lstm_cell<kernels::tanh, sigmoid>>();
}

TEST_CASE("steps of GRU equal the plain loops at every count of units") {
    sweep_units<gru_cell<kernels::tanh, sigmoid>>();
}

TEST_CASE("steps of GRU that resets before the product equal the plain loops") {
    using cell = gru_reset_before_cell<kernels::tanh, sigmoid>;
    compare<cell, 1, 1, float>(4);
    compare<cell, 3, 7, float>(4);
    compare<cell, 1, 8, float, true>(4);
    compare<cell, 3, 16, float>(4);
    compare<cell, 5, 33, float>(9);
    compare<cell, 2, 72, float, true>(5);
    compare<cell, 1, 9, double>(4);
    compare<cell, 3, 70, double, true>(5);
    compare<gru_reset_before_cell<softsign, hard_sigmoid>, 3, 19, float>(4);
    compare<cell, 2, 18, float>(6, 200.0f, 1e-5f);
}

TEST_CASE("steps of a simple cell equal the plain loops at every count of units") {
    sweep_units<simple_cell<kernels::tanh>>();
}

TEST_CASE("steps with other activations equal the plain loops") {
    compare<lstm_cell<relu, hard_sigmoid>, 3, 19, float>(4, 0.3f);
    compare<gru_cell<softsign, sigmoid>, 3, 19, float>(4);
    compare<gru_cell<kernels::tanh, hard_sigmoid>, 3, 19, double>(4);
    compare<simple_cell<linear>, 3, 19, float>(4, 0.3f);
}

TEST_CASE("steps with approximate activations are close to the plain loops of them") {
    using lstm = lstm_cell<approximate_tanh, approximate_sigmoid>;
    using gru = gru_cell<approximate_tanh, approximate_sigmoid>;
    compare<lstm, 1, 16, float>(20, 1.0f, 1e-3f);
    compare<lstm, 3, 27, float>(20, 1.0f, 1e-3f);
    compare<gru, 1, 16, float>(20, 1.0f, 1e-3f);
    compare<gru, 3, 27, float, true>(20, 1.0f, 1e-3f);
    compare<gru, 1, 64, float>(20, 1.0f, 1e-3f);
}

#if defined(STRATA_HAS_TABLES)
namespace {

/// The largest errors of a table of tanh, and of its value, from -12 to 12.
template <class Pieces>
std::pair<double, double> errors_of_table() {
    constexpr double width = static_cast<double>(Pieces::width_numerator) / Pieces::width_denominator;
    double error = 0, relative = 0;
    for (float u = static_cast<float>(-12 / width); u < 12 / width; u += 0.00037f) {
        const double expected = std::tanh(width * static_cast<double>(u));
        const auto value = static_cast<double>(_mm512_cvtss_f32(tanh_table<Pieces>::apply(_mm512_set1_ps(u))));
        const double difference = std::fabs(value - expected);
        error = std::max(error, difference);
        relative = std::max(relative, difference / std::fabs(expected));
    }
    return {error, relative};
}

}  // namespace

TEST_CASE("tables of tanh have the stated error, and stay 1 beyond it") {
    const auto [exact, exact_relative] = errors_of_table<exact_tanh_pieces>();
    const auto [approximate, approximate_relative] = errors_of_table<approximate_tanh_pieces>();
    CAPTURE(exact, exact_relative, approximate, approximate_relative);
    REQUIRE((exact < 1.7e-7 && exact_relative < 8e-7));
    REQUIRE((approximate < 4e-5 && approximate_relative < 2e-4));
    const auto half_of = [](float u) {
        return _mm512_cvtss_f32(tanh_table<exact_tanh_pieces, 1, 2>::apply(_mm512_set1_ps(u)));
    };
    for (const float u : {15.5f, 16.0f, 31.0f, 33.0f, 1e9f, 3e38f})
        REQUIRE((half_of(u) == 0.5f && half_of(-u) == -0.5f));
    if constexpr (!has_non_finite) return;
    REQUIRE(half_of(std::numeric_limits<float>::infinity()) == 0.5f);
    REQUIRE(is_nan(half_of(strata::internal::not_a_number<float>)));
}

TEST_CASE("powers of two from a table have the stated error") {
    double error = 0;
    for (float t = -60.0f; t < largest_gate_exponent; t += 0.00113f) {
        const auto value = static_cast<double>(_mm512_cvtss_f32(power_of_two_plus(simd<float>(t), simd<float>(0.0f))));
        error = std::max(error, std::fabs(value / std::exp2(static_cast<double>(t)) - 1));
    }
    CAPTURE(error);
    REQUIRE(error < 2.5e-7);
    for (const float t : {-1e3f, -1e30f})
        REQUIRE(_mm512_cvtss_f32(power_of_two_plus(simd<float>(t), simd<float>(1.0f))) == 1.0f);
}
#endif

TEST_CASE("gates that are driven far keep to their limits, and NaN stays NaN") {
    compare<lstm_cell<kernels::tanh, sigmoid>, 2, 18, float>(6, 200.0f, 1e-5f);
    compare<gru_cell<kernels::tanh, sigmoid>, 2, 18, float>(6, 200.0f, 1e-5f);
    if constexpr (!has_non_finite) return;
    const layer_of<float> gru(kernel<gru_cell<kernels::tanh, sigmoid>, 1, 5, float, false>);
    guarded<float> state(gru.step.state_size, 0.0f), y(5);
    const float x = strata::internal::not_a_number<float>;
    gru.step.run(&x, gru.packed.data(), state.data(), y.data());
    for (std::size_t u = 0; u < 5; ++u) REQUIRE(is_nan(y[u]));
    REQUIRE(y.is_intact());
}
