// conversion: from a graph that a front end read to the header, as strata-convert goes on.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <strata/core/file_error.hpp>

#include "fuzz.hpp"
#include "keras.hpp"
#include "nest.hpp"
#include "writer.hpp"

namespace fuzz {

/// A header is lines of printable characters. Of preprocessor lines it has those that the writer knows.
inline void require_plain(const std::string& text) {
    const auto is_plain = [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); };
    if (!std::all_of(text.begin(), text.end(), is_plain)) fail("a header has a character that is not printable");
    if (text.find("\\\n") != std::string::npos || text.find("?\?") != std::string::npos)
        fail("a header has a joined line or a trigraph");
    for (std::size_t at = 0; at < text.size(); at = std::min(text.find('\n', at), text.size() - 1) + 1) {
        const std::string_view line = std::string_view(text).substr(at, 12);
        if (line.starts_with("#") && !line.starts_with("#include <") && !line.starts_with("#pragma once"))
            fail("a header has a line of the preprocessor that is not its own");
    }
}

inline void convert_graph(const convert::graph& g) {
    convert::remarks notes;
    const auto items = convert::nest(g, notes);
    if (items.empty()) return;
    convert::writing_options options;
    options.folder = folder();
    options.name = "net";
    options.source = "net.keras";
    options.weights = convert::weight_place::in_header;
    convert::summary_table(items);
    convert::write_net(g, items, options);
    std::ifstream in(options.folder / "net.hpp", std::ios::binary);
    require_plain({std::istreambuf_iterator<char>(in), {}});
}

/// Reads a file by a front end and converts it.
template <class Read>
void convert_or_refuse(Read read) {
    read_or_refuse<convert::problem, strata::file_error, convert::json::exception>([&] { convert_graph(read()); });
}

}  // namespace fuzz
