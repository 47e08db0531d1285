// strata-convert: from a trained file to a C++ header.
#include <algorithm>
#include <exception>
#include <filesystem>
#include <iostream>
#include <sstream>

#include <CLI/CLI.hpp>

#include <strata/core/file_error.hpp>

#include "compiled.hpp"
#include "keras.hpp"
#include "names.hpp"
#include "nest.hpp"
#include "writer.hpp"

namespace {

using namespace convert;

constexpr int bad_file = 1, bad_usage = 2;

struct arguments {
    std::filesystem::path file;
    std::string weights, scalar = "float", input_shape, check, steps, net, compiler;
    named_net named;
    bool summarizes = false;
    reading_options reading;
    writing_options writing;
};

/// A mistake in the command line.
class usage_error : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

extents parse_shape(const std::string& text) {
    extents shape;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, ',');) {
        const bool is_number = !part.empty() && part.size() <= 9 &&
                               std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (!is_number || std::stoul(part) == 0)
            throw usage_error("--input-shape " + text + ": expected positive integers such as 224,224,3");
        shape.push_back(std::stoul(part));
    }
    if (shape.empty()) throw usage_error("--input-shape: expected positive integers such as 224,224,3");
    return shape;
}

/// Sets the length of sequences: a number or `any`.
void parse_steps(const std::string& text, reading_options& options) {
    options.has_any_length = text == "any";
    if (text.empty() || options.has_any_length) return;
    constexpr std::size_t most = 1 << 24;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const bool is_number = text.size() <= 8 && std::all_of(text.begin(), text.end(), is_digit);
    if (!is_number || std::stoul(text) == 0 || std::stoul(text) > most)
        throw usage_error("--steps " + printable(text) + ": expected 1 to " + std::to_string(most) + ", or any");
    options.steps = std::stoi(text);
}

/// Numbers of a text file, one row a line, commas between them.
array read_csv(const std::filesystem::path& file) {
    const std::string text = read_file(file);
    array result;
    const char* at = text.c_str();
    const char* const end = at + text.size();
    while (at < end) {
        char* next = nullptr;
        const double value = std::strtod(at, &next);
        if (next == at)
            throw problem(file.string() + " holds something that is no number; expected the csv of RTNeural's tests");
        result.doubles.push_back(value);
        at = next;
        while (at < end && (*at == ',' || *at == ' ' || *at == '\n' || *at == '\r' || *at == '\t' || *at == ';')) ++at;
    }
    result.shape = {result.doubles.size()};
    return result;
}

golden_values read_golden(const std::string& check) {
    if (const std::size_t comma = check.find(','); comma != std::string::npos)
        return {read_csv(check.substr(0, comma)), read_csv(check.substr(comma + 1))};
    std::vector<named_array> arrays;
    try {
        arrays = read_npz(check);
    } catch (const problem& found) {
        throw problem(check + " " + found.what());
    }
    const auto named = [&](std::initializer_list<const char*> names, std::size_t other) -> array& {
        for (named_array& each : arrays)
            for (const char* name : names)
                if (each.name == name) return each.values;
        if (arrays.size() == 2) return arrays[other].values;
        throw problem(check + " has no arrays x and y; write it with numpy.savez(file, x=inputs, y=outputs)");
    };
    golden_values result{named({"x", "input", "inputs"}, 0), named({"y", "output", "outputs"}, 1)};
    return result;
}

/// Samples whose axes are in the file's order, with those of the net: axis i of the net's `shape` is axis axes[i].
array in_net_order(const array& from, const extents& shape, const std::vector<std::size_t>& axes, std::size_t samples) {
    const std::size_t rank = shape.size(), size = element_count(shape);
    extents steps(rank, 1), file(rank);  // in the file
    for (std::size_t axis = 0; axis < rank; ++axis) file[axes[axis]] = shape[axis];
    for (std::size_t axis = rank; axis-- > 1;) steps[axis - 1] = steps[axis] * file[axis];
    array to{.shape = from.shape};
    for (std::size_t i = 0; i < samples * size; ++i) {
        std::size_t rest = i % size, offset = i - rest;
        for (std::size_t axis = rank; axis-- > 0; rest /= shape[axis]) offset += rest % shape[axis] * steps[axes[axis]];
        to.doubles.push_back(from[offset]);
    }
    return to;
}

void check_golden(golden_values& golden, const graph& g, const std::string& check) {
    extents input = g.input, output = g.shape_of(g.output);
    if (g.has_open_length) {
        // One sequence, unless the array has an axis of sequences.
        const bool has_sequences = golden.inputs.shape.size() == 3 && golden.inputs.shape[0] > 0;
        golden.steps =
            golden.inputs.size() / element_count(input) / (has_sequences ? golden.inputs.shape[0] : 1);
        for (extents* each : {&input, &output}) (*each)[0] *= std::max<std::size_t>(golden.steps, 1);
    }
    const std::size_t in = element_count(input), out = element_count(output);
    golden.samples = golden.inputs.size() / in;
    if (golden.samples == 0 || golden.samples * in != golden.inputs.size() ||
        golden.samples * out != golden.outputs.size())
        throw problem(check + " has " + std::to_string(golden.inputs.size()) + " inputs and " +
                      std::to_string(golden.outputs.size()) + " outputs; the net takes " + shape_text(g.input) +
                      " and gives " + shape_text(g.shape_of(g.output)) +
                      "; give --steps or --input-shape of the inputs");
    if (!g.input_axes.empty()) golden.inputs = in_net_order(golden.inputs, input, g.input_axes, golden.samples);
    if (!g.output_axes.empty()) golden.outputs = in_net_order(golden.outputs, output, g.output_axes, golden.samples);
}

graph read_graph(const arguments& given, remarks& notes) {
    if (!given.named.name.empty())
        return read_named_net(given.named, given.file, compiler_command(given.compiler), given.reading);
    std::string ending = given.file.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (ending == ".keras") return read_keras_archive(given.file, given.reading, notes);
    if (ending == ".h5" || ending == ".hdf5") return read_keras_h5(given.file, given.reading, notes);
    if (ending == ".json") return read_rtneural(given.file, given.reading, notes);
    if (ending == ".nam") {
        if (!given.steps.empty() && given.steps != "any")
            throw problem("is for streams of any length; leave --steps out");
        return read_nam(given.file, given.reading);
    }
    if (ending == ".onnx") return read_onnx(given.file, given.reading, notes);
    if (ending == ".safetensors")
        throw problem(
            "has weights and no net; name the net with --net HEADER:NAME, such as --net net.hpp:product::net");
    throw problem(
        "has an ending that strata-convert does not read; expected .keras, .h5, .hdf5, .onnx, .nam, .safetensors, or "
        ".json of "
        "RTNeural");
}

void require_namespace(const std::string& text) {
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find("::"), rest.size());
        if (!is_identifier(rest.substr(0, end)))
            throw usage_error("--namespace " + printable(text) +
                              ": expected identifiers that are no keywords, such as product::nets");
        if (end + 2 == rest.size()) throw usage_error("--namespace " + printable(text) + ": it ends with ::");
        rest.remove_prefix(std::min(end + 2, rest.size()));
    }
}

void complete(arguments& given) {
    writing_options& o = given.writing;
    if (o.name.empty()) o.name = identifier_from(given.file.stem().string());
    else if (!is_identifier(o.name))
        throw usage_error("--name " + printable(o.name) + ": no name for a namespace; take " + identifier_from(o.name));
    require_namespace(o.outer_namespace);
    if (!given.weights.empty())
        o.weights = given.weights == "inline" ? weight_place::in_header
                    : given.weights == "file" ? weight_place::in_file
                                              : weight_place::in_object;
    o.uses_doubles = given.reading.wants_doubles = given.scalar == "double";
    if (!given.net.empty()) {
        given.named = parse_named_net(given.net);
        if (given.named.name.empty())
            throw usage_error("--net " + printable(given.net) + ": expected HEADER:NAME, such as net.hpp:product::net");
        if (given.file.extension() != ".safetensors")
            throw usage_error("--net: only a .safetensors file has no net of its own");
        const auto absolute = [](const std::filesystem::path& path) {
            return std::filesystem::absolute(path).lexically_normal();
        };
        // From where the header is written, so that a compiler finds it without options.
        o.net_header = absolute(given.named.header).lexically_relative(absolute(o.folder)).generic_string();
        o.net_name = given.named.name;
        if (o.net_header.find_first_of("\"\\\n") != std::string::npos)
            throw usage_error("--net: the path " + printable(o.net_header) + " cannot stand in an #include");
    }
    o.source = given.file.filename().string();
    parse_steps(given.steps, given.reading);
    if (!given.input_shape.empty()) given.reading.input = parse_shape(given.input_shape);
}

/// Keras' table, and the sizes that a compiler says.
void print_summary(const arguments& given, const std::vector<item>& items, bool is_named) {
    const writing_options& o = given.writing;
    if (!is_named) std::cout << summary_table(items);
    const std::string scope = o.outer_namespace.empty() ? o.name : o.outer_namespace + "::" + o.name;
    try {
        std::cout << measured_sizes(compiler_command(given.compiler), o.folder / (o.name + ".hpp"), scope + "::Net",
                                    given.scalar, is_named);
    } catch (const problem& found) {
        std::cerr << given.file.string() << ": remark: no FLOPs, arena and flash: " << found.what() << '\n';
    }
}

int convert_file(arguments& given) {
    remarks notes;
    const auto print_notes = [&] {
        for (const std::string& note : notes) std::cerr << given.file.string() << ": remark: " << note << '\n';
    };
    try {
        if (!given.check.empty()) given.writing.golden = read_golden(given.check);
        const graph g = read_graph(given, notes);
        const bool is_named = !given.named.name.empty();
        const std::vector<item> items = is_named ? std::vector{item{.layer = &g.nodes.front()}} : nest(g, notes);
        if (items.empty()) throw problem("has no layer that changes its input; there is nothing to convert");
        if (given.writing.golden) check_golden(*given.writing.golden, g, given.check);
        std::filesystem::create_directories(given.writing.folder);
        const std::vector<std::string> files = write_net(g, items, given.writing);
        print_notes();
        if (given.summarizes) print_summary(given, items, is_named);
        std::cout << "wrote";
        for (const std::string& file : files) std::cout << ' ' << (given.writing.folder / file).string();
        std::cout << '\n' << build_lines(given.writing, files);
        return 0;
    } catch (const strata::file_error& error) {
        print_notes();
        std::cerr << "error: " << std::string_view(error.what()).substr(8) << '\n';
    } catch (const std::bad_alloc&) {
        std::cerr << given.file.string() << ": error: needs more memory than there is\n";
    } catch (const json::exception& error) {
        std::cerr << given.file.string() << ": error: its config is damaged (" << printable(error.what())
                  << "); save the model again\n";
    } catch (const std::exception& error) {
        print_notes();
        std::cerr << given.file.string() << ": error: " << error.what() << '\n';
    }
    return bad_file;
}

}  // namespace

int main(int count, char** words) {
    CLI::App app("Turns a trained file (.keras, .h5, .onnx, .nam, or .json of RTNeural) into a C++ header of strata.",
                 "strata-convert");
    arguments given;
    app.add_option("FILE", given.file, "the trained file")->required();
    app.add_option("-o", given.writing.folder, "the folder of the files that are written")->required();
    app.add_option("--name", given.writing.name, "the namespace and the files' name; without it that of FILE");
    app.add_option("--namespace", given.writing.outer_namespace, "the namespace around it, such as product::nets");
    app.add_option(
           "--weights", given.weights,
           "where weights lie: constants, a file that is read, an object of the linker; without it inline up to 10000")
        ->check(CLI::IsMember({"inline", "file", "object"}));
    app.add_option("--scalar", given.scalar, "the type of weights and values")
        ->check(CLI::IsMember({"float", "double"}));
    app.add_option("--steps", given.steps,
                   "the length of sequences where the file leaves it open (64); any: a net for streams");
    app.add_option("--submodel", given.reading.submodel,
                   "the number of a model in a .nam file of several; the last one")
        ->check(CLI::Range(0, 1 << 20));
    app.add_option("--input-shape", given.input_shape,
                   "the shape of a sample, such as 224,224,3, where the file leaves it open");
    app.add_option("--output", given.reading.output, "of an ONNX file with several outputs, the one that is converted");
    app.add_option("--check", given.check,
                   "inputs and outputs of the source runtime: an .npz with x and y, or X.csv,Y.csv; the test program "
                   "compares them");
    app.add_flag("--summary", given.summarizes,
                 "prints Keras' table, FLOPs, bytes of the arena and of weights in flash");
    app.add_option("--net", given.net, "HEADER:NAME, the net of a .safetensors file: a type or a constexpr variable");
    app.add_option("--compiler", given.compiler,
                   "for --summary and --net, which need a compiler: such as \"g++ -std=c++20 -Istrata/include\"");
    app.add_flag("--optimize", given.writing.is_optimized, "model() gives strata::optimize of the model");
    try {
        app.parse(count, words);
        complete(given);
    } catch (const CLI::Success& asked) {
        return app.exit(asked);
    } catch (const CLI::Error& error) {
        std::cerr << "strata-convert: " << error.what() << "; see strata-convert --help\n";
        return bad_usage;
    } catch (const usage_error& error) {
        std::cerr << "strata-convert: " << error.what() << '\n';
        return bad_usage;
    }
    return convert_file(given);
}
