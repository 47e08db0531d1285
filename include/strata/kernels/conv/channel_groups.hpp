// channel_groups: gathers the channels of one group into a contiguous map, and scatters such a map back.
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// to (pixels, Channels) = the channels of group `group` of x (pixels, Groups Channels).
template <std::size_t Groups, std::size_t Channels, class T>
constexpr void gather_group(std::size_t pixels, std::size_t group, const T* x, T* to) {
    x += group * Channels;
    for (std::size_t i = 0; i < pixels; ++i) std::copy_n(x + i * Groups * Channels, Channels, to + i * Channels);
}

/// The channels of group `group` of y (pixels, Groups Channels) = x (pixels, Channels).
template <std::size_t Groups, std::size_t Channels, class T>
constexpr void scatter_group(std::size_t pixels, std::size_t group, const T* x, T* y) {
    y += group * Channels;
    for (std::size_t i = 0; i < pixels; ++i) std::copy_n(x + i * Channels, Channels, y + i * Groups * Channels);
}

}  // namespace strata::inline STRATA_ISA::kernels
