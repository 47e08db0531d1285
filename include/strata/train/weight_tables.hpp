// weight_tables: where the weights of a net and their gradients lie, for code that is no template of the net.
#pragma once

#include <cstddef>
#include <span>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/runtime/gradient_layout.hpp>
#include <strata/runtime/packing.hpp>

namespace strata::inline STRATA_ISA::detail {

/// The constants of a net's weights. T: the type of their elements.
template <class T>
struct weight_tables {
    using pack_function = void (*)(T* parameters, thread_slice part);

    std::span<const weight_row> rows;
    const std::size_t* sizes;             // of each weight, in elements
    const std::size_t* offsets;           // of each weight in the block of parameters
    const std::size_t* gradient_offsets;  // of each weight in the block of gradients; then the size of that block
    std::span<const trained_range> ranges;
    pack_function pack_all;      // makes the packed forms of all weights; null where there are none
    pack_function pack_trained;  // the same of the layers that are trained

    std::size_t gradients_size() const { return gradient_offsets[rows.size()]; }
    void pack(T* parameters) const {
        if (pack_all != nullptr) pack_all(parameters, {});
    }
};

template <class Net, class T, bool OnlyTrained>
constexpr typename weight_tables<T>::pack_function pack_function_of() {
    if constexpr (prepares_weights<Net, T>) return &pack_all_weights<Net, OnlyTrained, T>;
    else return nullptr;
}

template <class Net, class T>
inline constexpr weight_tables<T> weight_tables_of{.rows = weight_rows_of<Net>,
                                                   .sizes = weight_sizes_of<Net, T>.data(),
                                                   .offsets = weight_offsets_of<Net, T>.data(),
                                                   .gradient_offsets = gradient_offsets_of<Net, T>.data(),
                                                   .ranges = trained_ranges_of<Net, T>,
                                                   .pack_all = pack_function_of<Net, T, false>(),
                                                   .pack_trained = pack_function_of<Net, T, true>()};

/// Whether a weight that is trained has a regularizer.
template <class Net>
inline constexpr bool has_penalties = [] {
    for (const weight_row& row : weight_rows_of<Net>)
        if (row.trainable && !row.parameter.penalty.is_none()) return true;
    return false;
}();

}  // namespace strata::inline STRATA_ISA::detail
