// gradients: where the gradients of the trained weights lie, and which ranges of the parameter block the optimizer
// walks.
#pragma once

#include <array>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/storage.hpp>
#include <strata/graph/weight_table.hpp>

namespace strata::inline STRATA_ISA {

/// A range of the parameter block that is trained, and its place in the block of gradients, which holds nothing of
/// frozen weights.
struct trained_range {
    std::size_t parameter = 0;
    std::size_t gradient = 0;
    std::size_t size = 0;
    std::size_t first_weight = 0;
    std::size_t weight_count = 0;
};

/// Where each weight's gradient begins, frozen ones left out; at the end the size of the block. In elements.
template <class Net, class T>
inline constexpr auto gradient_offsets_of = [] {
    constexpr std::size_t count = weight_rows_of<Net>.size();
    std::array<std::size_t, count + 1> offsets{};
    for (std::size_t i = 0; i < count; ++i)
        offsets[i + 1] = offsets[i] + (weight_rows_of<Net>[i].trainable ? weight_sizes_of<Net, T>[i] : 0);
    return offsets;
}();

namespace detail {

/// Whether a range of trained weights begins at weight i: what lies before it is frozen or no weight.
template <class Net, class T>
constexpr bool begins_range(std::size_t i) {
    if (!weight_rows_of<Net>[i].trainable) return false;
    return i == 0 || !weight_rows_of<Net>[i - 1].trainable ||
           weight_offsets_of<Net, T>[i] != weight_offsets_of<Net, T>[i - 1] + weight_sizes_of<Net, T>[i - 1];
}

template <class Net, class T>
constexpr std::size_t trained_range_count() {
    std::size_t count = 0;
    for (std::size_t i = 0; i < weight_rows_of<Net>.size(); ++i) count += begins_range<Net, T>(i) ? 1u : 0u;
    return count;
}

}  // namespace detail

/// The trained weights as whole ranges: neighbours are one range, frozen ones and packed forms lie between.
template <class Net, class T>
inline constexpr auto trained_ranges_of = [] {
    std::array<trained_range, detail::trained_range_count<Net, T>()> ranges{};
    std::size_t used = 0;
    for (std::size_t i = 0; i < weight_rows_of<Net>.size(); ++i) {
        if (!weight_rows_of<Net>[i].trainable) continue;
        if (detail::begins_range<Net, T>(i))
            ranges[used++] = {.parameter = weight_offsets_of<Net, T>[i],
                              .gradient = gradient_offsets_of<Net, T>[i],
                              .first_weight = i};
        ranges[used - 1].size += gradient_offsets_of<Net, T>[i + 1] - gradient_offsets_of<Net, T>[i];
        ++ranges[used - 1].weight_count;
    }
    return ranges;
}();

}  // namespace strata::inline STRATA_ISA
