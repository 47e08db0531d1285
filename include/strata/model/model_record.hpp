// model_record: a model of any net as data, for code that is no template of the net and is compiled where it is used.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include <strata/core/config.hpp>
#include <strata/graph/architecture.hpp>
#include <strata/graph/weight_table.hpp>

namespace strata::inline STRATA_ISA {

namespace io {
struct net_outline;
}

/// The layers and the weights of a model; it refers to the model. One of `floats` and `doubles` is the model's block.
struct model_record {
    const io::net_outline* outline = nullptr;
    const architecture_outline* architecture = nullptr;
    std::span<const weight_row> rows{};
    const std::size_t* offsets = nullptr;  // of each weight in the block, in elements
    const float* floats = nullptr;
    const double* doubles = nullptr;
};

/// Saves the weights of a model_record; defined by strata/io/weights.hpp.
template <class Record>
struct record_files;

/// Reads the weights of a running fit.
using model_visitor = void (*)(const model_record& model, void* context);

/// Writes the weights of a running fit.
using weight_writer = void (*)(const model_record& model, const std::filesystem::path& file);

}  // namespace strata::inline STRATA_ISA
