// wavenet: all arrays of a WaveNet over frames of one channel or several.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/type_list.hpp>
#include <strata/kernels/wavenet/wavenet_array.hpp>
#include <strata/kernels/wavenet/wavenet_frame.hpp>

namespace strata::inline STRATA_ISA::kernels {

template <class Arrays, class T>
struct wavenet;

/// Arrays have the constants that kernels::wavenet_array reads.
template <class... Arrays, class T>
struct wavenet<type_list<Arrays...>, T> {
    static constexpr std::size_t count = sizeof...(Arrays);
    static constexpr std::size_t inputs = type_at<0, type_list<Arrays...>>::condition;
    static constexpr std::size_t outputs = type_at<count - 1, type_list<Arrays...>>::outputs;

    /// The packed weights of all arrays, then the scale of the head, then zeros that vectors may read.
    static constexpr std::size_t scale_at = (wavenet_array<Arrays, T>::packed_size + ...);
    static constexpr std::size_t packed_size = scale_at + 1 + time_outputs;
    static constexpr std::size_t state_size = (wavenet_array<Arrays, T>::state_size + ...);
    static constexpr std::size_t lookback = (wavenet_array<Arrays, T>::lookback + ...);
    static constexpr std::size_t widest = std::max({(Arrays::gates * Arrays::channels)..., Arrays::outputs...});
    /// Elements from one piece of a tile's memory to the next: not a multiple of 4 KB, at which a processor takes a
    /// load for one of a store before it.
    static constexpr std::size_t part = widest * wavenet_tile + 5 * (alignment / sizeof(T));
    /// Memory of a tile: the input, activations, the sum for the head, and what goes from array to array.
    static constexpr std::size_t tile_size = inputs * wavenet_tile + 5 * part;

    /// Weights in the order of the layer's table.
    static constexpr void pack_weights(const T* const* weights, T* to) {
        (wavenet_array<Arrays, T>::pack_weights(weights, to), ...);
        *to = **weights;
        std::fill_n(to + 1, time_outputs, T(0));
    }

    /// `frames` frames of x; y gets their outputs. Allocates nothing. Frames are computed in tiles, a few that are left
    /// one by one.
    static void run(std::size_t frames, const T* x, const T* packed, T* state, T* y, T* scratch) {
        for (std::size_t n = 0; frames > 0; frames -= n, x += n * inputs, y += n * outputs) {
            n = std::min(frames, wavenet_tile);
            const std::size_t rest = n % lanes<T>;
            if (n <= most_single_frames) {
                n = 1;
                run_frame(x, packed, state, y);
            } else {
                if (rest <= most_single_frames) n -= rest;
                run_frames(n, x, packed, state, y, scratch);
            }
        }
    }

private:
    /// Frames that take less time one by one than as a vector.
    static constexpr std::size_t most_single_frames = lanes<T> / 8;

    static void run_frame(const T* x, const T* packed, T* state, T* y) {
        alignas(alignment) T first[frame_row<T>(widest)]{}, second[frame_row<T>(widest)], third[frame_row<T>(widest)];
        T *sum = first, *head = second, *current = third;
        const T *from = x, *w = packed;
        alignas(alignment) T passed_on[widest];
        const auto run_array = [&]<class Array>() {
            wavenet_frame<Array, T>::run(w, state, x, from, sum, current, head);
            w += wavenet_array<Array, T>::packed_size;
            state += wavenet_array<Array, T>::state_size;
            from = std::copy_n(current, Array::channels, passed_on) - Array::channels;
            std::swap(sum, head);
        };
        (run_array.template operator()<Arrays>(), ...);
        for (std::size_t c = 0; c < outputs; ++c) y[c] = *w * sum[c];
    }

    static void run_frames(std::size_t n, const T* x, const T* packed, T* state, T* y, T* scratch) {
        const T scale = packed[scale_at];
        T* const condition = scratch;
        for (std::size_t c = 0; c < inputs; ++c)
            for (std::size_t f = 0; f < n; ++f) condition[c * wavenet_tile + f] = x[f * inputs + c];
        const T* const head = run_tile(n, packed, state, condition, scratch + inputs * wavenet_tile);
        for (std::size_t c = 0; c < outputs; ++c)
            for (std::size_t f = 0; f < n; ++f) y[f * outputs + c] = scale * head[c * wavenet_tile + f];
    }
    static const T* run_tile(std::size_t n, const T* packed, T* state, const T* condition, T* memory) {
        wavenet_tile_call<T> call{.count = n,
                                  .packed = packed,
                                  .state = state,
                                  .condition = condition,
                                  .x = condition,
                                  .activations = memory,
                                  .sum = memory + part,
                                  .next_x = memory + 2 * part,
                                  .next_head = memory + 3 * part};
        std::size_t number = 0;
        const auto run_array = [&]<class Array>() {
            if (++number == count) call.next_x = nullptr;
            wavenet_array<Array, T>::run(call);
            call.packed += wavenet_array<Array, T>::packed_size;
            call.state += wavenet_array<Array, T>::state_size;
            call.x = memory + 2 * part;
            call.head = call.next_head;
            call.next_head = memory + 4 * part;
        };
        (run_array.template operator()<Arrays>(), ...);
        return call.head;
    }
};

}  // namespace strata::inline STRATA_ISA::kernels
