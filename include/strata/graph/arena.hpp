// arena: the pass that gives buffers their places in one block of memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <strata/core/config.hpp>

namespace strata::inline STRATA_ISA {

/// A buffer of the arena: it lives from step `begin` to step `end`, both included.
struct arena_buffer {
    std::size_t size = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t offset = 0;
};

namespace detail {

/// Finds the placed buffers that live at the same time as another one. Buffers that live long are in a list of their
/// own, so that a search visits few of the others: compilers limit the steps of a constant.
template <std::size_t Count>
class lifetimes {
public:
    constexpr lifetimes(const std::array<arena_buffer, Count>& buffers, std::size_t used) : buffers_(buffers) {
        for (std::size_t i = 0; i < used; ++i) {
            if (buffers[i].size == 0) continue;
            if (is_long(i)) {
                long_[long_count_++] = i;
                continue;
            }
            std::size_t at = short_count_++;  // they come nearly in order
            for (; at > 0 && buffers[short_[at - 1]].begin > buffers[i].begin; --at) short_[at] = short_[at - 1];
            short_[at] = i;
        }
        for (std::size_t at = 0; at < short_count_; ++at) rank_[short_[at]] = at;
        for (std::size_t k = 0; k < long_count_; ++k) {  // before the short ones that begin at the same step
            std::size_t begin = 0, end = short_count_;
            while (begin < end) {
                const std::size_t middle = (begin + end) / 2;
                if (buffers[short_[middle]].begin < buffers[long_[k]].begin) begin = middle + 1;
                else end = middle;
            }
            rank_[long_[k]] = begin;
        }
    }
    constexpr void place(std::size_t buffer) { is_placed_[buffer] = true; }

    /// The placed ones that live when a buffer does, by their offsets; gives their number.
    constexpr std::size_t beside(std::size_t buffer, std::array<std::size_t, Count>& found) const {
        const arena_buffer& own = buffers_[buffer];
        std::size_t count = 0;
        const auto look_at = [&](std::size_t i) {
            const arena_buffer& other = buffers_[i];
            if (!is_placed_[i] || other.begin > own.end || own.begin > other.end) return;
            std::size_t at = count++;
            for (; at > 0 && buffers_[found[at - 1]].offset > other.offset; --at) found[at] = found[at - 1];
            found[at] = i;
        };
        for (std::size_t k = 0; k < long_count_; ++k) look_at(long_[k]);
        for (std::size_t at = rank_[buffer]; at-- > 0 && buffers_[short_[at]].begin + few_steps >= own.begin;)
            look_at(short_[at]);
        for (std::size_t at = rank_[buffer]; at < short_count_ && buffers_[short_[at]].begin <= own.end; ++at)
            look_at(short_[at]);
        return count;
    }

private:
    static constexpr std::size_t few_steps = 8;
    constexpr bool is_long(std::size_t i) const { return buffers_[i].end - buffers_[i].begin > few_steps; }

    const std::array<arena_buffer, Count>& buffers_;
    std::array<std::size_t, Count> short_{}, long_{}, rank_{};
    bool is_placed_[Count]{};
    std::size_t short_count_ = 0, long_count_ = 0;
};

}  // namespace detail

/// The pass that places buffers: largest first, each at the lowest offset where nothing lives at the same time. Gives
/// the arena's size; offsets are multiples of `unit`.
template <std::size_t Count>
constexpr std::size_t place_buffers(std::array<arena_buffer, Count>& buffers, std::size_t used, std::size_t unit) {
    detail::lifetimes<Count> times(buffers, used);
    std::array<std::size_t, Count> order{}, beside{};  // by size; what lives at the same time, by offset
    std::size_t count = 0, total = 0;
    for (std::size_t i = 0; i < used; ++i) {
        buffers[i].offset = 0;
        if (buffers[i].size > 0) order[count++] = i;
    }
    for (std::size_t run = 1; run < count; run *= 2) {  // merges; of equal sizes the first stays first
        const auto sorted = order;
        for (std::size_t begin = 0; begin < count; begin += 2 * run) {
            std::size_t a = begin, b = std::min(begin + run, count);
            const std::size_t a_end = b, b_end = std::min(begin + 2 * run, count);
            for (std::size_t k = begin; k < b_end; ++k)
                order[k] = b == b_end || (a < a_end && buffers[sorted[a]].size >= buffers[sorted[b]].size)
                               ? sorted[a++]
                               : sorted[b++];
        }
    }
    for (std::size_t i = 0; i < count; ++i) {
        arena_buffer& buffer = buffers[order[i]];
        buffer.size = (buffer.size + unit - 1) / unit * unit;
        const std::size_t others = times.beside(order[i], beside);
        for (std::size_t k = 0; k < others; ++k) {
            const arena_buffer& other = buffers[beside[k]];
            if (buffer.offset + buffer.size <= other.offset) break;
            if (buffer.offset < other.offset + other.size) buffer.offset = other.offset + other.size;
        }
        times.place(order[i]);
        total = std::max(total, buffer.offset + buffer.size);
    }
    return total;
}

}  // namespace strata::inline STRATA_ISA
