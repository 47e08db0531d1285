// writer: the files of a converted net: NAME.hpp, NAME_test.cpp, and NAME.bin with NAME_weights.S where weights lie
// outside the header.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "graph.hpp"
#include "nest.hpp"

namespace convert {

/// Where the weights lie: as constants in the header, in a file that the program reads, in an object that the linker
/// makes of that file.
enum class weight_place { in_header, in_file, in_object };

/// Inputs of the source runtime and its outputs, samples one after the other.
struct golden_values {
    array inputs, outputs;
    std::size_t samples = 0;
    std::size_t steps = 0;  // of each sample, where the net leaves their number open
};

struct writing_options {
    std::filesystem::path folder;
    std::string name;
    std::string outer_namespace;  // `product::nets`, or empty
    std::string source;           // the file's name, for comments
    std::optional<weight_place> weights;
    bool uses_doubles = false;
    bool is_optimized = false;
    std::optional<golden_values> golden;
    std::string net_header;  // of a net that the user wrote: the text of its #include
    std::string net_name;    // and its name there, a type or a constexpr variable
};

/// Writes all files and gives their names.
std::vector<std::string> write_net(const graph& g, const std::vector<item>& items, const writing_options& options);

/// Keras' table.
std::string summary_table(const std::vector<item>& items);

/// A line of Meson and of CMake that builds the test program.
std::string build_lines(const writing_options& options, const std::vector<std::string>& files);

}  // namespace convert
