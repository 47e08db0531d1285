// channel_groups: the channels of a group, gathered into a map of their own, and scattered back.
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// to (pixels, Channels) = group number `group` of x (pixels, Groups Channels).
template <std::size_t Groups, std::size_t Channels, class T>
constexpr void gather_group(std::size_t pixels, std::size_t group, const T* x, T* to) {
    x += group * Channels;
    for (std::size_t i = 0; i < pixels; ++i) std::copy_n(x + i * Groups * Channels, Channels, to + i * Channels);
}

/// Group number `group` of y (pixels, Groups Channels) = x (pixels, Channels).
template <std::size_t Groups, std::size_t Channels, class T>
constexpr void scatter_group(std::size_t pixels, std::size_t group, const T* x, T* y) {
    y += group * Channels;
    for (std::size_t i = 0; i < pixels; ++i) std::copy_n(x + i * Channels, Channels, y + i * Groups * Channels);
}

}  // namespace strata::inline STRATA_ISA::kernels
