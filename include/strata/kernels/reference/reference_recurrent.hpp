// reference_recurrent: plain loops of recurrent layers. Tests compare the kernels with them; constant evaluation runs
// them.
#pragma once

#include <array>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/recurrent/gru_reset_before_cell.hpp>
#include <strata/kernels/recurrent/recurrent_cell.hpp>

namespace strata::inline STRATA_ISA::kernels::reference {

/// The output h and the carry of one sequence; zero before the first step.
template <std::size_t Units, class T>
struct recurrent_state {
    std::array<T, Units> h{};
    std::array<T, Units> carry{};
};

/// One time step: advances the state of a Cell by the input x (features). Kernels are in panels of `width` columns.
template <class Cell, std::size_t Units, class T>
constexpr void recurrent_step(std::size_t features, std::size_t width, const T* x, const recurrent_weights<T>& w,
                              recurrent_state<Units, T>& state) {
    const panels by_input{.rows = features, .columns = Cell::gates * Units, .width = width};
    const panels by_output{.rows = Units, .columns = Cell::gates * Units, .width = width};
    const std::array<T, Units> h = state.h;
    for (std::size_t u = 0; u < Units; ++u) {
        T z[Cell::sums]{};
        for (std::size_t g = 0; g < Cell::gates; ++g) {
            const std::size_t c = g * Units + u;
            T input = w.bias != nullptr ? w.bias[c] : T(0);
            T recurrent = w.recurrent_bias != nullptr ? w.recurrent_bias[c] : T(0);
            for (std::size_t f = 0; f < features; ++f) input += x[f] * w.kernel[by_input.offset(f, c)];
            for (std::size_t k = 0; k < Units; ++k) recurrent += h[k] * w.recurrent_kernel[by_output.offset(k, c)];
            z[Cell::input_sum(g)] += input;
            z[g] += recurrent;
        }
        state.h[u] = Cell::advance(z, h[u], state.carry[u]);
    }
}

/// The same for a cell that multiplies the last output by a gate before the recurrent product.
template <class Cell, std::size_t Units, class T>
    requires resets_before<Cell>
constexpr void recurrent_step(std::size_t features, std::size_t width, const T* x, const recurrent_weights<T>& w,
                              recurrent_state<Units, T>& state) {
    const panels by_input{.rows = features, .columns = Cell::gates * Units, .width = width};
    const panels by_output{.rows = Units, .columns = Cell::gates * Units, .width = width};
    const auto sum = [&](std::size_t gate, std::size_t u, const std::array<T, Units>& last) {
        const std::size_t c = gate * Units + u;
        T total = w.bias != nullptr ? w.bias[c] : T(0);
        for (std::size_t f = 0; f < features; ++f) total += x[f] * w.kernel[by_input.offset(f, c)];
        for (std::size_t k = 0; k < Units; ++k) total += last[k] * w.recurrent_kernel[by_output.offset(k, c)];
        return total;
    };
    const std::array<T, Units> h = state.h;
    std::array<T, Units> reset{};
    for (std::size_t u = 0; u < Units; ++u) reset[u] = Cell::gate(sum(1, u, h)) * h[u];
    for (std::size_t u = 0; u < Units; ++u) state.h[u] = Cell::output(Cell::gate(sum(0, u, h)), sum(2, u, reset), h[u]);
}

/// The sizes of a sequence: steps of `features` inputs, taken from the last to the first where is_reversed. Kernels are
/// in panels of `width` columns. returns_sequences: all outputs are written, not only the last.
struct recurrent_sequence {
    std::size_t steps = 0;
    std::size_t features = 0;
    std::size_t width = 0;
    bool is_reversed = false;
    bool returns_sequences = true;
};

/// y = the outputs of all steps of x (steps, features), in the order in which they are computed, or the last one.
template <class Cell, std::size_t Units, class T>
constexpr void recurrent(const recurrent_sequence& s, const T* x, const recurrent_weights<T>& w, T* y) {
    recurrent_state<Units, T> state;
    for (std::size_t t = 0; t < s.steps; ++t) {
        recurrent_step<Cell>(s.features, s.width, x + (s.is_reversed ? s.steps - 1 - t : t) * s.features, w, state);
        if (s.returns_sequences || t + 1 == s.steps)
            for (std::size_t u = 0; u < Units; ++u) *y++ = state.h[u];
    }
}

}  // namespace strata::inline STRATA_ISA::kernels::reference
