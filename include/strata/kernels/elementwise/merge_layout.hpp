// merge_layout: how operands of several shapes lie beside the output that they are broadcast to.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// How operands of several shapes lie beside their broadcast output. An operand of lower rank has axes of extent 1
/// before its own. The output is rows of `columns` values; an operand has in a row either all of them or one value.
template <std::size_t K>
struct merge_layout {
    shape out{};
    std::size_t columns = 1;
    std::size_t rows = 1;        // of one sample
    std::size_t outer_axes = 0;  // the output's axes above its rows
    std::array<std::size_t, shape::max_rank> outer{};
    std::array<std::array<std::size_t, shape::max_rank>, K> strides{};  // of each operand along the outer axes
    std::array<bool, K> is_single{};                                    // one value a row
    std::array<std::size_t, K> sizes{};                                 // of one sample
    bool is_even = true;                                                // all operands have the output's shape
};

/// The broadcast shape of the operands; rank 0 where two extents differ and none of them is 1. Keras: the rule of its
/// merge layers, numpy's for shapes without the batch.
template <std::size_t K>
constexpr shape broadcast_shape(const std::array<shape, K>& operands) {
    std::size_t rank = 0;
    for (const shape& operand : operands) rank = std::max(rank, operand.rank());
    shape out;
    for (std::size_t axis = 0; axis < rank; ++axis) {
        std::size_t extent = 1;
        for (const shape& operand : operands) {
            const std::size_t missing = rank - operand.rank();
            const std::size_t own = axis < missing ? 1 : operand[axis - missing];
            if (own == 1 || own == extent) continue;
            if (extent != 1) return {};
            extent = own;
        }
        out.push_back(extent);
    }
    return out;
}

template <std::size_t K>
constexpr merge_layout<K> layout_of(const std::array<shape, K>& operands) {
    merge_layout<K> layout{.out = broadcast_shape(operands)};
    const std::size_t rank = layout.out.rank();
    const auto extent = [&](std::size_t k, std::size_t axis) {
        const std::size_t missing = rank - operands[k].rank();
        return axis < missing ? 1 : operands[k][axis - missing];
    };
    const auto is_full = [&](std::size_t axis) {
        for (std::size_t k = 0; k < K; ++k)
            if (extent(k, axis) != layout.out[axis]) return false;
        return true;
    };
    std::size_t inner = rank;  // the first axis inside a row
    while (inner > 0 && is_full(inner - 1)) layout.columns *= layout.out[--inner];
    if (inner == rank && rank > 0) {
        layout.columns = layout.out[--inner];
        for (std::size_t k = 0; k < K; ++k) layout.is_single[k] = extent(k, inner) != layout.columns;
    }
    layout.outer_axes = inner;
    for (std::size_t axis = 0; axis < inner; ++axis) layout.rows *= layout.outer[axis] = layout.out[axis];
    for (std::size_t k = 0; k < K; ++k) {
        layout.sizes[k] = operands[k].size();
        layout.is_even = layout.is_even && layout.sizes[k] == layout.out.size();
        std::size_t stride = layout.is_single[k] ? 1 : layout.columns;
        for (std::size_t axis = inner; axis-- > 0;) {
            layout.strides[k][axis] = extent(k, axis) == layout.out[axis] ? stride : 0;
            stride *= extent(k, axis);
        }
    }
    return layout;
}

namespace detail {

/// Walks the rows of a sample: `offsets` are those of the operands' values of the row.
template <const auto& Layout, std::size_t K>
struct merge_rows {
    std::array<std::size_t, K> offsets{};
    std::array<std::size_t, shape::max_rank> index{};

    constexpr explicit merge_rows(std::size_t row) {
        for (std::size_t axis = Layout.outer_axes; axis-- > 0; row /= Layout.outer[axis]) {
            index[axis] = row % Layout.outer[axis];
            for (std::size_t k = 0; k < K; ++k) offsets[k] += index[axis] * Layout.strides[k][axis];
        }
    }
    constexpr void next() {
        for (std::size_t axis = Layout.outer_axes; axis-- > 0;) {
            for (std::size_t k = 0; k < K; ++k) offsets[k] += Layout.strides[k][axis];
            if (++index[axis] < Layout.outer[axis]) return;
            for (std::size_t k = 0; k < K; ++k) offsets[k] -= Layout.strides[k][axis] * Layout.outer[axis];
            index[axis] = 0;
        }
    }
};

}  // namespace detail

}  // namespace strata::inline STRATA_ISA::kernels
