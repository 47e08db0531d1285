// frame_ring: the last frames of several channels in a ring, so that windows of a tile of frames can be read at any
// distance back. The folder holds the kernels of WaveNet. Lanes of its vectors are frames that follow each other, and
// each channel has a row of its own: no lane is empty, whatever the number of channels.
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/storage.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Frames that a WaveNet computes at once, if it is given so many.
inline constexpr std::size_t wavenet_tile = 64;

/// Frames rounded up to whole vectors: of the frames after the last one nothing is used.
template <class T>
constexpr std::size_t whole_vectors(std::size_t frames) {
    return (frames + lanes<T> - 1) / lanes<T> * lanes<T>;
}

/// A ring of Rows channels that remembers History frames beside the tile that is written. Its slots are followed by a
/// copy of the first ones, so that a window of a tile may begin at any slot. Positions are slots.
template <class T>
struct frame_ring {
    std::size_t rows = 0;
    std::size_t history = 0;

    /// Slots of a row.
    constexpr std::size_t length() const { return whole_vectors<T>(history + wavenet_tile); }
    /// Elements from row to row: an odd number of cache lines, so that rows do not share the sets of a cache.
    constexpr std::size_t stride() const {
        constexpr std::size_t line = alignment / sizeof(T);
        const std::size_t lines = (length() + wavenet_tile + line - 1) / line;
        return (lines + (lines + 1) % 2) * line;
    }
    constexpr std::size_t size() const { return rows * stride(); }

    /// The slot `steps` frames before a position; steps <= history.
    constexpr std::size_t before(std::size_t position, std::size_t steps) const {
        return position >= steps ? position - steps : position + length() - steps;
    }
    constexpr std::size_t after(std::size_t position, std::size_t steps) const {
        const std::size_t next = position + steps;
        return next >= length() ? next - length() : next;
    }
    /// Makes the slots and their copies equal after `count` frames, in whole vectors, were written at a position.
    void copy_ends(T* data, std::size_t position, std::size_t count) const {
        const std::size_t first = length(), end = position + count;
        if (position >= wavenet_tile && end <= first) return;
        for (std::size_t row = 0; row < rows; ++row, data += stride()) {
            if (end > first) std::copy(data + first, data + end, data);
            if (position < wavenet_tile)
                std::copy(data + position, data + std::min(end, wavenet_tile), data + first + position);
        }
    }
};

}  // namespace strata::inline STRATA_ISA::kernels
