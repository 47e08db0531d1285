// compiled: small programs that strata-convert compiles and runs, since only a compiler knows all of a net.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "graph.hpp"

namespace convert {

/// A compiler with its options, such as `g++ -std=c++20 -Istrata/include`; without one that of CXX, else c++, and the
/// headers that are installed beside strata-convert.
std::string compiler_command(const std::string& given);

/// Compiles a program, runs it and gives the text that it prints. A problem has the compiler's first error.
std::string run_program(const std::string& compiler, const std::string& source,
                        const std::vector<std::string>& arguments);

/// FLOPs of a sample, bytes of the arena and of the weights in flash, as lines of text, of a net whose header was
/// written; before them Keras' table where it is asked for.
std::string measured_sizes(const std::string& compiler, const std::filesystem::path& header, const std::string& net,
                           const std::string& scalar, bool prints_table);

/// A net that a user wrote: `net.hpp:product::net`, a type or a constexpr variable.
struct named_net {
    std::filesystem::path header;
    std::string name;
};
/// Without a name where the text is none.
named_net parse_named_net(const std::string& text);

/// strata reads weights into a net of a header. The graph has one node with these weights and the net's output.
graph read_named_net(const named_net& net, const std::filesystem::path& weights, const std::string& compiler,
                     const reading_options& options);

}  // namespace convert
