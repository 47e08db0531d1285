// thread_slice: the share of a piece of work that one thread of a pool does.
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

/// Thread number `index` of `count`.
struct thread_slice {
    std::size_t index = 0;
    std::size_t count = 1;

    /// This thread's share of `items`. Shares begin at multiples of split_multiple: code whose results depend on where
    /// groups of items begin gives the same results for any number of threads.
    constexpr item_range of(std::size_t items, std::size_t split_multiple = 1) const {
        const std::size_t groups = (items + split_multiple - 1) / split_multiple;
        return {.begin = std::min(groups * index / count * split_multiple, items),
                .end = std::min(groups * (index + 1) / count * split_multiple, items)};
    }
};

}  // namespace strata
