// model_record: a model of any net as data, for code that is no template of the net and is compiled where it is used.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/graph/architecture.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/model/net_outline.hpp>

namespace strata::inline STRATA_ISA {

/// The layers and the weights of a model; it refers to the model. One of `floats` and `doubles` is the model's block.
struct model_record {
    const net_outline* outline = nullptr;
    const architecture_outline* architecture = nullptr;
    std::span<const weight_row> rows{};
    const std::size_t* offsets = nullptr;  // of each weight in the block, in elements
    const float* floats = nullptr;
    const double* doubles = nullptr;
};

/// The record of a model, which must live longer.
template <class Model>
model_record model_record_of(const Model& model) {
    using net = typename Model::net_type;
    using T = typename Model::value_type;
    model_record result{.outline = outline_of<net>,
                        .architecture = &architecture_outline_of<net>,
                        .rows = weight_rows_of<net>,
                        .offsets = weight_offsets_of<net, T>.data()};
    if constexpr (std::is_same_v<T, float>) result.floats = model.parameters();
    else result.doubles = model.parameters();
    return result;
}

/// The name of a file of weights; defined by strata/io/weights.hpp, since only files include std::filesystem.
struct weight_file_name;

/// Saves the weights of a model_record; defined by strata/io/weights.hpp.
template <class Record>
struct record_files;

/// Reads the weights of a running fit.
using model_visitor = void (*)(const model_record& model, void* context);

/// Writes the weights of a running fit.
using weight_writer = void (*)(const model_record& model, const weight_file_name& file);

}  // namespace strata::inline STRATA_ISA
