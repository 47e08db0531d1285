// wavenet_array: an array of dilated convolutions over a tile of frames. van den Oord et al. 2016, as Neural Amp
// Modeler has it: each layer adds its activation to a sum for the head and passes x + W activation on.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/wavenet/frame_ring.hpp>
#include <strata/kernels/wavenet/time_product.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Memory of an array while a tile is computed; rows of channels, wavenet_tile elements apart.
template <class T>
struct wavenet_tile_call {
    std::size_t count = 0;      // frames, at most wavenet_tile
    const T* packed = nullptr;  // the weights of the array
    T* state = nullptr;
    const T* condition = nullptr;
    const T* x = nullptr;      // the array's input
    const T* head = nullptr;   // what the sum for the head begins with; null: zeros
    T* activations = nullptr;  // scratch: rows of all gates
    T* sum = nullptr;          // scratch: rows of channels
    T* next_x = nullptr;       // the output of the last layer; null where nothing reads it
    T* next_head = nullptr;    // the output of the head
};

/// Array has the constants `inputs`, `condition`, `channels`, `gates` (1, or 2 where tanh is multiplied by a sigmoid),
/// `outputs`, `head_taps`, `kernels` and `dilations` (arrays of one number a layer), and the functors `function` and
/// `gate_function`.
template <class Array, class T>
struct wavenet_array {
    static constexpr std::size_t L = lanes<T>, layers = Array::kernels.size(), channels = Array::channels;
    static constexpr std::size_t rows = Array::gates * channels;

    static constexpr std::size_t history(std::size_t layer) {
        return (Array::kernels[layer] - 1) * Array::dilations[layer];
    }
    static constexpr frame_ring<T> ring(std::size_t layer) { return {channels, history(layer)}; }
    static constexpr frame_ring<T> head_ring{channels, Array::head_taps - 1};

    static constexpr std::size_t most_taps =
        std::max(Array::head_taps, *std::max_element(Array::kernels.begin(), Array::kernels.end()));

    /// Frames before the present one that an output depends on.
    static constexpr std::size_t lookback = [] {
        std::size_t sum = Array::head_taps - 1;
        for (std::size_t i = 0; i < layers; ++i) sum += history(i);
        return sum;
    }();

    // State: the positions in the rings, then the rings.

    static constexpr std::size_t positions = whole_vectors<T>(layers + 1);
    static constexpr auto ring_offsets = [] {
        std::array<std::size_t, layers + 2> offsets{positions};
        for (std::size_t i = 0; i < layers; ++i) offsets[i + 1] = offsets[i] + ring(i).size();
        offsets[layers + 1] = offsets[layers] + (Array::head_taps > 1 ? head_ring.size() : 0);
        return offsets;
    }();
    static constexpr std::size_t state_size = ring_offsets.back();

    // Packed weights: input, then of each layer convolution, bias, condition, and output with its bias; then the head.

    static constexpr std::size_t convolution_size(std::size_t layer) { return Array::kernels[layer] * channels * rows; }
    static constexpr std::size_t layer_size(std::size_t layer) {
        return convolution_size(layer) + rows + Array::condition * rows + channels * channels + channels;
    }
    static constexpr std::size_t input_size = Array::inputs * channels;
    static constexpr std::size_t head_size = Array::head_taps * channels * Array::outputs + Array::outputs;
    static constexpr std::size_t packed_size = [] {
        std::size_t size = input_size + head_size;
        for (std::size_t i = 0; i < layers; ++i) size += layer_size(i);
        return size;
    }();

    /// Packs the weights of this array, in the order of the layer's table, and moves on to those after them.
    static constexpr void pack_weights(const T* const*& weights, T*& to) {
        const T* const rechannel = *weights++;
        const T* kernel = *weights++;
        const T* bias = *weights++;
        const T* mixin = *weights++;
        const T* pointwise = *weights++;
        const T* pointwise_bias = *weights++;
        const T* const head = *weights++;
        const auto product = [&to](const T* from, std::size_t products, std::size_t outputs) {
            pack_time_product(from, products, outputs, to);
            to += products * outputs;
        };
        const auto copy = [&to](const T*& from, std::size_t size) {
            to = std::copy_n(from, size, to);
            from += size;
        };
        product(rechannel, Array::inputs, channels);
        for (std::size_t i = 0; i < layers; ++i) {
            product(kernel, Array::kernels[i] * channels, rows);
            kernel += convolution_size(i);
            copy(bias, rows);
            copy(mixin, Array::condition * rows);
            product(pointwise, channels, channels);
            pointwise += channels * channels;
            copy(pointwise_bias, channels);
        }
        product(head, Array::head_taps * channels, Array::outputs);
        if constexpr (Array::has_head_bias) to = std::copy_n(*weights++, Array::outputs, to);
        else to = std::fill_n(to, Array::outputs, T(0));
    }

    static void run(const wavenet_tile_call<T>& s) {
        const std::size_t frames = whole_vectors<T>(s.count);
        const T* w = s.packed;
        std::array<const T*, most_taps> taps{};
        const auto store_row = [](T* to, std::size_t stride) {
            return [=](std::size_t o, std::size_t frame, const simd<T>& v)
                       STRATA_INLINE_CALL { store<T>(to + o * stride + frame, v); };
        };
        const auto zero = [](std::size_t, std::size_t) STRATA_INLINE_CALL { return broadcast(T(0)); };

        std::size_t position = position_of(s.state, 0);
        T* current = s.state + ring_offsets[0] + position;
        taps[0] = s.x;
        time_product<channels>(time_windows<T>{taps.data(), 1, Array::inputs, wavenet_tile}, w, frames, zero,
                               store_row(current, ring(0).stride()));
        w += input_size;

        T* sum = s.sum;
        std::size_t sum_stride = wavenet_tile;
        if constexpr (Array::head_taps > 1) {
            sum = s.state + ring_offsets[layers] + position_of(s.state, layers);
            sum_stride = head_ring.stride();
        }
        begin_sum(s, frames, sum, sum_stride);

        for (std::size_t layer = 0; layer < layers; ++layer) {
            const frame_ring<T> from = ring(layer);
            T* const data = s.state + ring_offsets[layer];
            from.copy_ends(data, position, frames);
            const std::size_t kernel = Array::kernels[layer];
            for (std::size_t k = 0; k < kernel; ++k)
                taps[k] = data + from.before(position, (kernel - 1 - k) * Array::dilations[layer]);
            activate(s, {taps.data(), kernel, channels, from.stride()}, w, convolution_size(layer), frames, sum,
                     sum_stride);
            w += convolution_size(layer) + rows + Array::condition * rows;

            const bool is_last = layer + 1 == layers;
            if (!is_last || s.next_x != nullptr) {
                const frame_ring<T> to = ring(is_last ? layer : layer + 1);
                const std::size_t next = is_last ? 0 : position_of(s.state, layer + 1);
                T* const out = is_last ? s.next_x : s.state + ring_offsets[layer + 1] + next;
                const T* const bias = w + channels * channels;
                taps[0] = s.activations;
                time_product<channels>(
                    time_windows<T>{taps.data(), 1, channels, wavenet_tile}, w, frames,
                    [&](std::size_t o, std::size_t frame)
                        STRATA_INLINE_CALL { return load(current + o * from.stride() + frame) + broadcast(bias[o]); },
                    store_row(out, is_last ? wavenet_tile : to.stride()));
                current = out;
                set_position(s.state, layer, from.after(position, s.count));
                position = next;
            } else {
                set_position(s.state, layer, from.after(position, s.count));
            }
            w += channels * channels + channels;
        }

        taps[0] = sum;
        if constexpr (Array::head_taps > 1) {
            T* const data = s.state + ring_offsets[layers];
            const std::size_t at = position_of(s.state, layers);
            head_ring.copy_ends(data, at, frames);
            for (std::size_t k = 0; k < Array::head_taps; ++k)
                taps[k] = data + head_ring.before(at, Array::head_taps - 1 - k);
            set_position(s.state, layers, head_ring.after(at, s.count));
        }
        const T* const bias = w + Array::head_taps * channels * Array::outputs;
        time_product<Array::outputs>(
            time_windows<T>{taps.data(), Array::head_taps, channels, sum_stride}, w, frames,
            [&](std::size_t o, std::size_t) STRATA_INLINE_CALL { return broadcast(bias[o]); },
            store_row(s.next_head, wavenet_tile));
    }

private:
    /// Positions are numbers of T: small integers, exact, and 0 in a state of zeros.
    static std::size_t position_of(const T* state, std::size_t ring) { return static_cast<std::size_t>(state[ring]); }
    static void set_position(T* state, std::size_t ring, std::size_t position) {
        state[ring] = static_cast<T>(position);
    }

    static void begin_sum(const wavenet_tile_call<T>& s, std::size_t frames, T* sum, std::size_t stride) {
        for (std::size_t row = 0; row < channels; ++row)
            for (std::size_t f = 0; f < frames; f += L)
                store<T>(sum + row * stride + f,
                         s.head == nullptr ? broadcast(T(0)) : load(s.head + row * wavenet_tile + f));
    }

    /// The activations of one layer, which are also added to the sum for the head.
    static void activate(const wavenet_tile_call<T>& s, const time_windows<T>& in, const T* w, std::size_t bias_at,
                         std::size_t frames, T* sum, std::size_t sum_stride) {
        const T* const bias = w + bias_at;
        const T* const mixin = bias + rows;
        const auto begin = [&](std::size_t o, std::size_t frame) STRATA_INLINE_CALL {
            simd<T> value = broadcast(bias[o]);
            STRATA_UNROLL
            for (std::size_t c = 0; c < Array::condition; ++c)
                value =
                    multiply_add(broadcast(mixin[c * rows + o]), load(s.condition + c * wavenet_tile + frame), value);
            return value;
        };
        const auto finish = [&](std::size_t row, std::size_t frame, const simd<T>& value) STRATA_INLINE_CALL {
            T* const to = sum + row * sum_stride + frame;
            store<T>(s.activations + row * wavenet_tile + frame, value);
            store<T>(to, load(to) + value);
        };
        if constexpr (Array::gates == 1) {
            // In registers: the activations of some outputs overlap the products of the next ones.
            time_product<rows>(in, w, frames, begin,
                               [&](std::size_t o, std::size_t frame, const simd<T>& v)
                                   STRATA_INLINE_CALL { finish(o, frame, Array::function::apply(v)); });
        } else {
            time_product<rows>(in, w, frames, begin,
                               [&](std::size_t o, std::size_t frame, const simd<T>& v)
                                   STRATA_INLINE_CALL { store<T>(s.activations + o * wavenet_tile + frame, v); });
            for (std::size_t row = 0; row < channels; ++row)
                for (std::size_t f = 0; f < frames; f += L) {
                    const T* const from = s.activations + row * wavenet_tile + f;
                    finish(row, f,
                           Array::function::apply(load(from)) *
                               Array::gate_function::apply(load(from + channels * wavenet_tile)));
                }
        }
    }
};

}  // namespace strata::inline STRATA_ISA::kernels
