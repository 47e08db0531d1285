// thread_slice: which share of a piece of work a thread of a team does.
#pragma once

#include <algorithm>
#include <cstddef>

namespace strata {

/// The half-open range of items begin to end.
struct item_range {
    std::size_t begin = 0;
    std::size_t end = 0;

    constexpr std::size_t size() const { return end - begin; }
    friend constexpr bool operator==(const item_range&, const item_range&) = default;
};

/// Thread number `index` of `count`. Shares depend on the counts alone, so that work can be cut where results do not.
struct thread_slice {
    std::size_t index = 0;
    std::size_t count = 1;

    /// This thread's share of `items`, cut at multiples of `unit`.
    constexpr item_range of(std::size_t items, std::size_t unit = 1) const {
        const std::size_t units = (items + unit - 1) / unit;
        return {.begin = std::min(units * index / count * unit, items),
                .end = std::min(units * (index + 1) / count * unit, items)};
    }
};

}  // namespace strata
