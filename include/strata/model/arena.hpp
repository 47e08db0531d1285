// arena: the pass that gives buffers their places in one block of memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace strata {

/// A buffer of the arena: it lives from step `begin` to step `end`, both included.
struct arena_buffer {
    std::size_t size = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t offset = 0;
};

/// The pass that places buffers: largest first, each at the lowest offset where nothing lives at the same time. Gives
/// the arena's size; offsets are multiples of `unit`.
template <std::size_t Count>
constexpr std::size_t place_buffers(std::array<arena_buffer, Count>& buffers, std::size_t used, std::size_t unit) {
    std::array<std::size_t, Count> order{};
    for (std::size_t i = 0; i < used; ++i) order[i] = i;
    std::sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(used), [&](std::size_t a, std::size_t b) {
        return buffers[a].size != buffers[b].size ? buffers[a].size > buffers[b].size : a < b;
    });
    std::size_t total = 0;
    for (std::size_t i = 0; i < used; ++i) {
        arena_buffer& buffer = buffers[order[i]];
        buffer.size = (buffer.size + unit - 1) / unit * unit;
        buffer.offset = 0;
        for (bool moved = buffer.size > 0; moved;) {
            moved = false;
            for (std::size_t placed = 0; placed < i; ++placed) {
                const arena_buffer& other = buffers[order[placed]];
                const bool lives_with = other.begin <= buffer.end && buffer.begin <= other.end;
                if (lives_with && buffer.offset < other.offset + other.size &&
                    other.offset < buffer.offset + buffer.size) {
                    buffer.offset = other.offset + other.size;
                    moved = true;
                }
            }
        }
        total = std::max(total, buffer.offset + buffer.size);
    }
    return total;
}

}  // namespace strata
