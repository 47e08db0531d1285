// reference_recurrent: plain loops of recurrent layers. Tests compare the kernels with them; constant evaluation runs
// them.
#pragma once

#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/recurrent/gru_reset_before_cell.hpp>
#include <strata/kernels/recurrent/recurrent_cell.hpp>

namespace strata::inline STRATA_ISA::kernels::reference {

/// The sizes of a sequence: steps of `features` inputs, taken from the last to the first where is_reversed. Kernels are
/// in panels of `width` columns. returns_sequences: all outputs are written, not only the last.
struct recurrent_sequence {
    std::size_t steps = 0;
    std::size_t features = 0;
    std::size_t units = 0;
    std::size_t width = 0;
    bool is_reversed = false;
    bool returns_sequences = true;

    constexpr panels by_input(std::size_t gates) const {
        return {.rows = features, .columns = gates * units, .width = width};
    }
    constexpr panels by_output(std::size_t gates) const {
        return {.rows = units, .columns = gates * units, .width = width};
    }
};

/// One time step: next (units) from the input x (features) and the last outputs h (units). The carry is advanced in
/// place.
template <class Cell, class T>
constexpr void recurrent_step(const recurrent_sequence& s, const T* x, const recurrent_weights<T>& w, const T* h,
                              T* next, T* carry) {
    const panels by_input = s.by_input(Cell::gates), by_output = s.by_output(Cell::gates);
    for (std::size_t u = 0; u < s.units; ++u) {
        T z[Cell::sums]{};
        for (std::size_t g = 0; g < Cell::gates; ++g) {
            const std::size_t c = g * s.units + u;
            T input = w.bias != nullptr ? w.bias[c] : T(0);
            T recurrent = w.recurrent_bias != nullptr ? w.recurrent_bias[c] : T(0);
            for (std::size_t f = 0; f < s.features; ++f) input += x[f] * w.kernel[by_input.offset(f, c)];
            for (std::size_t k = 0; k < s.units; ++k) recurrent += h[k] * w.recurrent_kernel[by_output.offset(k, c)];
            z[Cell::input_sum(g)] += input;
            z[g] += recurrent;
        }
        next[u] = Cell::advance(z, h[u], carry[u]);
    }
}

/// The same for a cell that multiplies the last output by a gate before the recurrent product. The place of the carry
/// holds these products.
template <class Cell, class T>
    requires resets_before<Cell>
constexpr void recurrent_step(const recurrent_sequence& s, const T* x, const recurrent_weights<T>& w, const T* h,
                              T* next, T* reset) {
    const panels by_input = s.by_input(Cell::gates), by_output = s.by_output(Cell::gates);
    const auto sum = [&](std::size_t gate, std::size_t u, const T* last) {
        const std::size_t c = gate * s.units + u;
        T total = w.bias != nullptr ? w.bias[c] : T(0);
        for (std::size_t f = 0; f < s.features; ++f) total += x[f] * w.kernel[by_input.offset(f, c)];
        for (std::size_t k = 0; k < s.units; ++k) total += last[k] * w.recurrent_kernel[by_output.offset(k, c)];
        return total;
    };
    for (std::size_t u = 0; u < s.units; ++u) reset[u] = Cell::gate(sum(1, u, h)) * h[u];
    for (std::size_t u = 0; u < s.units; ++u) next[u] = Cell::output(Cell::gate(sum(0, u, h)), sum(2, u, reset), h[u]);
}

/// y = the outputs of all steps of x (steps, features), in the order in which they are computed, or the last one. The
/// state is zero before the first step.
template <class Cell, class T>
constexpr void recurrent(const recurrent_sequence& s, const T* x, const recurrent_weights<T>& w, T* y) {
    T* const memory = new T[3 * s.units]{};
    T *h = memory, *next = h + s.units, *carry = next + s.units;
    for (std::size_t t = 0; t < s.steps; ++t) {
        recurrent_step<Cell>(s, x + (s.is_reversed ? s.steps - 1 - t : t) * s.features, w, h, next, carry);
        std::swap(h, next);
        if (s.returns_sequences || t + 1 == s.steps)
            for (std::size_t u = 0; u < s.units; ++u) *y++ = h[u];
    }
    delete[] memory;
}

}  // namespace strata::inline STRATA_ISA::kernels::reference
