// state: what model/ and io/ agree on: named arrays, and the names of what reads and writes files.
#pragma once

#include <string>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>

namespace strata::inline STRATA_ISA {

/// One array of the state of a training, in Keras' order: the weight `name` of the layer `path`, or its slots.
template <class T>
struct state_array {
    std::string path;
    std::string name;
    shape extents;
    std::vector<T> values;
};

/// One fact about a training, such as `optimizer` and `Adam`: a checkpoint is refused where one of its facts differs.
struct state_fact {
    std::string key;
    std::string value;
};

/// Writes and reads arrays of T; defined by strata/io/state.hpp. `load` fills the values of arrays whose names and
/// shapes are given, and throws where the file has others. With facts the file is a checkpoint: it holds them, a
/// version and a checksum, and `load` throws where one of them is another. `require` throws where a condition is false.
template <class T>
struct state_files;

/// Saves and loads the weights of a model; defined by strata/io/weights.hpp.
template <class Model>
struct weight_files;

/// Models over mapped files; defined by strata/io/mapped_weights.hpp.
template <class Net, class T>
struct mapped_weights;

}  // namespace strata::inline STRATA_ISA
