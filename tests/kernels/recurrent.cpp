// Recurrent steps against their plain loops: every count of units around those of vectors, every cell, hoisted or not.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <strata/kernels/activation.hpp>
#include <strata/kernels/recurrent.hpp>
#include <strata/kernels/reference_recurrent.hpp>

#include "../catch.hpp"
#include "guarded.hpp"

namespace {

using namespace strata;
using namespace strata::kernels;

template <class Cell, std::size_t Features, std::size_t Units, class T>
struct layer_of {
    using step = recurrent_step<Cell, Features, Units, T>;
    static constexpr std::size_t columns = Cell::gates * Units;
    static constexpr panels by_input{.rows = Features, .columns = columns, .width = panel_width<T>(columns)};
    static constexpr panels by_output{.rows = Units, .columns = columns, .width = panel_width<T>(columns)};

    guarded<T> kernel{by_input.stored(), T(0)}, recurrent{by_output.stored(), T(0)};
    guarded<T> bias{columns}, own_bias{columns};
    guarded<T> prepared{step::prepared_size};

    explicit layer_of(T scale = T(1)) {
        numbers source(7);
        const T size = scale / std::sqrt(static_cast<T>(Units));
        for (std::size_t c = 0; c < columns; ++c) {
            for (std::size_t f = 0; f < Features; ++f) kernel[by_input.offset(f, c)] = source.next<T>(-scale, scale);
            for (std::size_t k = 0; k < Units; ++k) recurrent[by_output.offset(k, c)] = source.next<T>(-size, size);
            bias[c] = source.next<T>();
            own_bias[c] = source.next<T>();
        }
        const T* second = Cell::sums == Cell::gates ? nullptr : own_bias.data();
        for (std::size_t part = 0; part < 3; ++part)
            step::prepare(kernel.data(), recurrent.data(), bias.data(), second, prepared.data(), {part, 3});
    }
    /// Steps of the kernel and of the plain loops, in T and in double.
    void compare(std::size_t steps, bool is_hoisted, T bound) const {
        const guarded<T> x = numbers(11).array<T>(steps * Features, T(-2), T(2));
        guarded<T> state(step::state_size, T(0)), y(Units), expected(Units);
        reference::recurrent_state<Units, double> plain;
        const auto wide = [](const guarded<T>& from) {
            std::vector<double> to(from.size());
            for (std::size_t i = 0; i < to.size(); ++i) to[i] = static_cast<double>(from[i]);
            return to;
        };
        const auto k = wide(kernel), r = wide(recurrent), b = wide(bias), o = wide(own_bias), inputs = wide(x);
        for (std::size_t t = 0; t < steps; ++t) {
            if (is_hoisted) {
                std::vector<T> products(step::columns);
                for (std::size_t c = 0; c < step::columns; ++c)
                    for (std::size_t f = 0; f < Features; ++f)
                        products[c] += x[t * Features + f] * prepared[step::kernel.offset(f, c)];
                step::template run<true>(products.data(), prepared.data(), state.data(), y.data());
            } else {
                step::template run<false>(x.data() + t * Features, prepared.data(), state.data(), y.data());
            }
            reference::recurrent_step<Cell>(Features, by_input.width, inputs.data() + t * Features, k.data(), r.data(),
                                            b.data(), Cell::sums == Cell::gates ? nullptr : o.data(), plain);
            for (std::size_t u = 0; u < Units; ++u) expected[u] = static_cast<T>(plain.h[u]);
            CAPTURE(Units, Features, t, is_hoisted, step::L, step::turns, step::holds_all);
            require_close(y, expected, bound);
            REQUIRE(state.is_intact());
        }
    }
};

template <class T>
constexpr T bound_of = sizeof(T) == 4 ? T(2e-6) : T(1e-13);

template <class Cell, class T, std::size_t... U>
void units(std::index_sequence<U...>) {
    (layer_of<Cell, 1, U + 1, T>().compare(4, false, bound_of<T>), ...);
    (layer_of<Cell, 3, U + 1, T>().compare(3, true, bound_of<T>), ...);
}

template <class Cell>
void sweep_units() {
    units<Cell, float>(sweep_sequence<float>{});
    units<Cell, double>(sweep_sequence<double>{});
    layer_of<Cell, 5, 64, float>().compare(9, false, bound_of<float>);
    layer_of<Cell, 2, 72, float>().compare(5, true, bound_of<float>);
    layer_of<Cell, 1, 130, float>().compare(4, false, bound_of<float>);
    layer_of<Cell, 1, 70, double>().compare(5, false, bound_of<double>);
}

}  // namespace

TEST_CASE("steps of LSTM equal the plain loops at every count of units") {
    sweep_units<lstm_cell<kernels::tanh, sigmoid>>();
}

TEST_CASE("steps of GRU equal the plain loops at every count of units") {
    sweep_units<gru_cell<kernels::tanh, sigmoid>>();
}

TEST_CASE("steps of a simple cell equal the plain loops at every count of units") {
    sweep_units<simple_cell<kernels::tanh>>();
}

TEST_CASE("steps with other activations equal the plain loops") {
    layer_of<lstm_cell<relu, hard_sigmoid>, 3, 19, float>(0.3f).compare(4, false, bound_of<float>);
    layer_of<gru_cell<softsign, sigmoid>, 3, 19, float>().compare(4, false, bound_of<float>);
    layer_of<gru_cell<kernels::tanh, hard_sigmoid>, 3, 19, double>().compare(4, false, bound_of<double>);
    layer_of<simple_cell<linear>, 3, 19, float>(0.3f).compare(4, false, bound_of<float>);
}

TEST_CASE("gates that are driven far keep to their limits, and NaN stays NaN") {
    layer_of<lstm_cell<kernels::tanh, sigmoid>, 2, 18, float>(200.0f).compare(6, false, 1e-5f);
    layer_of<gru_cell<kernels::tanh, sigmoid>, 2, 18, float>(200.0f).compare(6, false, 1e-5f);
    const layer_of<gru_cell<kernels::tanh, sigmoid>, 1, 5, float> gru;
    using step = decltype(gru)::step;
    guarded<float> state(step::state_size, 0.0f), y(5);
    const float x = std::numeric_limits<float>::quiet_NaN();
    step::run<false>(&x, gru.prepared.data(), state.data(), y.data());
    for (std::size_t u = 0; u < 5; ++u) REQUIRE(std::isnan(y[u]));
    REQUIRE(y.is_intact());
}
