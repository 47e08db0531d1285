// reference_recurrent: plain loops of recurrent layers; the oracle of their kernels, and what constant evaluation runs.
#pragma once

#include <array>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/gemm/panels.hpp>

namespace strata::inline STRATA_ISA::kernels::reference {

/// h and the carry of one sequence, zero at first.
template <std::size_t Units, class T>
struct recurrent_state {
    std::array<T, Units> h{};
    std::array<T, Units> carry{};
};

/// One step: the state of a Cell after x. Kernels in panels of gates * Units columns, gate by gate; biases as in Keras,
/// or null.
template <class Cell, std::size_t Units, class T>
constexpr void recurrent_step(std::size_t features, std::size_t width, const T* x, const T* kernel, const T* recurrent,
                              const T* bias, const T* recurrent_bias, recurrent_state<Units, T>& state) {
    const panels by_input{.rows = features, .columns = Cell::gates * Units, .width = width};
    const panels by_output{.rows = Units, .columns = Cell::gates * Units, .width = width};
    const std::array<T, Units> h = state.h;
    for (std::size_t u = 0; u < Units; ++u) {
        T z[Cell::sums]{};
        for (std::size_t g = 0; g < Cell::gates; ++g) {
            const std::size_t c = g * Units + u;
            T input = bias != nullptr ? bias[c] : T(0), own = recurrent_bias != nullptr ? recurrent_bias[c] : T(0);
            for (std::size_t f = 0; f < features; ++f) input += x[f] * kernel[by_input.offset(f, c)];
            for (std::size_t k = 0; k < Units; ++k) own += h[k] * recurrent[by_output.offset(k, c)];
            z[Cell::input_sum(g)] += input;
            z[g] += own;
        }
        state.h[u] = Cell::advance(z, h[u], state.carry[u]);
    }
}

/// y: all outputs of a sequence in the order of the walk, or the last one.
template <class Cell, std::size_t Units, class T>
constexpr void recurrent(std::size_t steps, std::size_t features, std::size_t width, bool back, bool sequences,
                         const T* x, const T* kernel, const T* recurrent_kernel, const T* bias, const T* recurrent_bias,
                         T* y) {
    recurrent_state<Units, T> state;
    for (std::size_t t = 0; t < steps; ++t) {
        recurrent_step<Cell>(features, width, x + (back ? steps - 1 - t : t) * features, kernel, recurrent_kernel, bias,
                             recurrent_bias, state);
        if (sequences || t + 1 == steps)
            for (std::size_t u = 0; u < Units; ++u) *y++ = state.h[u];
    }
}

}  // namespace strata::inline STRATA_ISA::kernels::reference
