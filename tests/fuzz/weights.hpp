// weights: files into a small model of strata. weights.cpp compiles the model once for all programs.
#pragma once

#include <filesystem>
#include <string>

#include "fuzz.hpp"

namespace fuzz {

/// Loads a file, or refuses it. A refused file leaves the model as it was.
void load_weights(const std::filesystem::path& file);
/// Binds a file that is mapped to a model, or refuses it; a model that it is bound to computes.
void bind_weights(const std::filesystem::path& file);
/// A block of the model that bind_weights binds last.
const std::string& good_block();
/// A checkpoint of a trainer of the model.
const std::string& good_checkpoint();
/// Loads a checkpoint; false where it is refused. A refused one leaves the model as it was.
bool load_checkpoint(const std::filesystem::path& file);

}  // namespace fuzz
