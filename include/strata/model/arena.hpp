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
    std::array<std::size_t, Count> order{}, placed{};  // by size; those that have a place, by offset
    for (std::size_t i = 0; i < used; ++i) order[i] = i;
    std::sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(used), [&](std::size_t a, std::size_t b) {
        return buffers[a].size != buffers[b].size ? buffers[a].size > buffers[b].size : a < b;
    });
    std::size_t total = 0, placed_count = 0;
    for (std::size_t i = 0; i < used; ++i) {
        arena_buffer& buffer = buffers[order[i]];
        buffer.offset = 0;
        if (buffer.size == 0) continue;
        buffer.size = (buffer.size + unit - 1) / unit * unit;
        for (std::size_t k = 0; k < placed_count; ++k) {
            const arena_buffer& other = buffers[placed[k]];
            if (other.begin > buffer.end || buffer.begin > other.end) continue;
            if (buffer.offset + buffer.size <= other.offset) break;
            if (buffer.offset < other.offset + other.size) buffer.offset = other.offset + other.size;
        }
        std::size_t at = placed_count++;
        for (; at > 0 && buffers[placed[at - 1]].offset > buffer.offset; --at) placed[at] = placed[at - 1];
        placed[at] = order[i];
        total = std::max(total, buffer.offset + buffer.size);
    }
    return total;
}

}  // namespace strata
