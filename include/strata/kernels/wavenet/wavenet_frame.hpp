// wavenet_frame: an array of dilated convolutions for one frame. Lanes are outputs, where those of wavenet_array are
// frames. Both have one state, the same packed weights and the same order of sums: their results are equal bit for bit.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/wavenet/frame_ring.hpp>
#include <strata/kernels/wavenet/time_product.hpp>
#include <strata/kernels/wavenet/wavenet_array.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The vectors of a frame's outputs. A row of outputs is read and written in whole vectors.
template <class T>
using frame_vector = simd_for<T, time_outputs>;

/// Elements of a row of `count` outputs: what is read and written of it.
template <class T>
constexpr std::size_t frame_row(std::size_t count) {
    return (count + time_outputs - 1) / time_outputs * time_outputs + frame_vector<T>::size;
}

/// to[i...] = value(i) for each vector of Count outputs.
template <std::size_t Count, class T, class Value>
STRATA_INLINE void set_frame(T* to, Value value) {
    STRATA_UNROLL
    for (std::size_t i = 0; i < Count; i += frame_vector<T>::size) value(i).store_unaligned(to + i);
}

/// Adds the products of all windows at their first frame, in the order of time_product. Weights are those of
/// pack_time_product; up to a vector of elements after them is read.
template <std::size_t Outputs, class T>
STRATA_INLINE void frame_product(const time_windows<T>& in, const T* w, T* sums) {
    using V = frame_vector<T>;
    constexpr std::size_t L = V::size, group = time_outputs, groups = Outputs / group, rest = Outputs % group;
    constexpr std::size_t vectors = (group + L - 1) / L, rest_vectors = (rest + L - 1) / L;
    const std::size_t length = in.tap_count * in.rows;
    const T* const rest_weights = w + groups * length * group;
    V all[groups * vectors + rest_vectors];
    STRATA_UNROLL
    for (std::size_t i = 0; i < groups * vectors + rest_vectors; ++i) all[i] = V::load_unaligned(sums + i * L);
    std::size_t row = 0;
    for (std::size_t k = 0; k < in.tap_count; ++k) {
        const T* x = in.taps[k];
        for (std::size_t i = 0; i < in.rows; ++i, ++row, x += in.stride) {
            STRATA_KEEP_LOOP(x);
            const V factor(*x);
            STRATA_UNROLL
            for (std::size_t g = 0; g < groups; ++g) {
                STRATA_UNROLL
                for (std::size_t v = 0; v < vectors; ++v) {
                    V& sum = all[g * vectors + v];
                    sum = multiply_add(V::load_unaligned(w + (g * length + row) * group + v * L), factor, sum);
                }
            }
            STRATA_UNROLL
            for (std::size_t v = 0; v < rest_vectors; ++v) {
                V& sum = all[groups * vectors + v];
                sum = multiply_add(V::load_unaligned(rest_weights + row * rest + v * L), factor, sum);
            }
        }
    }
    STRATA_UNROLL
    for (std::size_t i = 0; i < groups * vectors + rest_vectors; ++i) all[i].store_unaligned(sums + i * L);
}

/// One frame of an array. The constants and the state are those of wavenet_array.
template <class Array, class T>
struct wavenet_frame {
    using tile = wavenet_array<Array, T>;
    static constexpr std::size_t channels = tile::channels, rows = tile::rows, layers = tile::layers;

    /// x: the inputs of the array; condition: those of the layer. `sum` (channels) begins the sum for the head and
    /// receives it; `current` (channels) receives the output of the last layer, `head` (outputs) that of the head. They
    /// are rows of frame_row elements.
    static void run(const T* packed, T* state, const T* condition, const T* x, T* sum, T* current, T* head) {
        const T* w = packed;
        std::array<const T*, tile::most_taps> taps{x};
        set_frame<channels>(current, [](std::size_t) STRATA_INLINE_CALL { return V(T(0)); });
        frame_product<channels>(time_windows<T>{taps.data(), 1, Array::inputs, 1}, w, current);
        w += tile::input_size;
        alignas(alignment) T activations[frame_row<T>(rows)]{};
        for (std::size_t layer = 0; layer < layers; ++layer) {
            set_taps(tile::ring(layer), state, layer, current, Array::kernels[layer], Array::dilations[layer], taps);
            const T* const bias = w + tile::convolution_size(layer);
            const T* const mixin = bias + rows;
            set_frame<rows>(activations, [&](std::size_t i) STRATA_INLINE_CALL {
                V value = load(bias + i);
                STRATA_UNROLL
                for (std::size_t c = 0; c < Array::condition; ++c)
                    value = multiply_add(load(mixin + c * rows + i), V(condition[c]), value);
                return value;
            });
            frame_product<rows>(
                time_windows<T>{taps.data(), Array::kernels[layer], channels, tile::ring(layer).stride()}, w,
                activations);
            w = mixin + Array::condition * rows;
            set_frame<channels>(activations, [&](std::size_t i) STRATA_INLINE_CALL {
                V value = Array::function::apply(load(activations + i));
                if constexpr (Array::gates == 2)
                    value = value * Array::gate_function::apply(load(activations + i + channels));
                (load(sum + i) + value).store_unaligned(sum + i);
                return value;
            });
            const T* const own_bias = w + channels * channels;
            set_frame<channels>(
                current, [&](std::size_t i) STRATA_INLINE_CALL { return load(current + i) + load(own_bias + i); });
            taps[0] = activations;
            frame_product<channels>(time_windows<T>{taps.data(), 1, channels, 1}, w, current);
            w = own_bias + channels;
        }
        const T* const bias = w + Array::head_taps * channels * Array::outputs;
        set_frame<Array::outputs>(head, [&](std::size_t i) STRATA_INLINE_CALL { return load(bias + i); });
        std::size_t stride = 1;
        taps[0] = sum;
        if constexpr (Array::head_taps > 1) {
            set_taps(tile::head_ring, state, layers, sum, Array::head_taps, 1, taps);
            stride = tile::head_ring.stride();
        }
        frame_product<Array::outputs>(time_windows<T>{taps.data(), Array::head_taps, channels, stride}, w, head);
    }

private:
    using V = frame_vector<T>;
    static STRATA_INLINE V load(const T* p) { return V::load_unaligned(p); }

    /// Writes a frame into a ring, points `taps` at the windows, and moves the ring on.
    template <class Taps>
    static STRATA_INLINE void set_taps(const frame_ring<T>& ring, T* state, std::size_t number, const T* frame,
                                       std::size_t count, std::size_t dilation, Taps& taps) {
        T* const data = state + tile::ring_offsets[number];
        const auto position = static_cast<std::size_t>(state[number]);
        for (std::size_t c = 0; c < channels; ++c) data[c * ring.stride() + position] = frame[c];
        ring.copy_ends(data, position, 1);
        for (std::size_t k = 0; k < count; ++k) taps[k] = data + ring.before(position, (count - 1 - k) * dilation);
        state[number] = static_cast<T>(ring.after(position, 1));
    }
};

}  // namespace strata::inline STRATA_ISA::kernels
