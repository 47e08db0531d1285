// Writes headers, test programs and weights.
#include "writer.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>

#include "names.hpp"
#include "problem.hpp"
#include "source_file.hpp"

namespace convert {

namespace {

constexpr std::size_t most_in_header = 10'000;  // weights; more take compilers long
constexpr std::size_t widest_line = 110;

/// The path whose layers stand in a Residual itself; the other one is its shortcut.
std::size_t main_path(const item& each) { return each.paths[1].size() > each.paths[0].size() ? 1 : 0; }

/// The weights of items in the order of strata's `weights()`.
void append_weights(const std::vector<item>& items, std::vector<const array*>& to) {
    for (const item& each : items) {
        if (each.paths.empty()) {
            for (const array& weight : each.layer->weights) to.push_back(&weight);
        } else if (each.is_residual) {
            append_weights(each.paths[main_path(each)], to);
            append_weights(each.paths[1 - main_path(each)], to);
        } else {
            for (const std::vector<item>& path : each.paths) append_weights(path, to);
        }
    }
}

/// A shape, the number of steps as `any` where it is open.
std::string shown(const graph& g, const extents& shape) {
    const std::string text = shape_text(shape);
    return g.has_open_length ? "(any" + text.substr(std::min(text.find(','), text.size() - 1)) : text;
}

/// The lines of a net's type: one layer a line, its shape as a comment.
class type_writer {
public:
    explicit type_writer(const graph& g) : graph_(g) {}

    std::string write(const std::vector<item>& items, bool is_functional) {
        lines_.push_back(
            {0, std::string("using Net = strata::") + (is_functional ? "Functional<" : "Sequential<"), ""});
        const std::string shape = shown(graph_, graph_.input), prefix = graph_.has_open_length ? "strata::" : "";
        lines_.push_back({1, "strata::Input<" + prefix + shape.substr(1, shape.size() - 2) + ">,", ""});
        list(items, 1, ">;");
        std::string text;
        std::size_t width = 0;
        for (const line& each : lines_)
            if (!each.comment.empty())
                width = std::max(width, std::min<std::size_t>(80, 4 * each.depth + each.text.size()));
        for (const line& each : lines_) {
            std::string row = std::string(4 * each.depth, ' ') + each.text;
            if (!each.comment.empty())
                row += std::string(std::max<std::size_t>(2, width + 2 - std::min(width, row.size())), ' ') + "// " +
                       each.comment;
            text += row + "\n";
        }
        return text;
    }

private:
    struct line {
        std::size_t depth;
        std::string text, comment;
    };

    static std::string options(const item& each) {
        std::string text;
        if (!each.name.empty()) text += ", strata::name<" + literal(each.name) + ">";
        const bool has_weights = !each.layer->weights.empty() || std::holds_alternative<nested>(each.layer->op);
        if (each.layer->is_frozen && has_weights) text += ", strata::frozen";
        return text;
    }
    void list(const std::vector<item>& items, std::size_t depth, const std::string& end) {
        for (std::size_t i = 0; i < items.size(); ++i) write_item(items[i], depth, i + 1 == items.size() ? end : ",");
    }
    void write_item(const item& each, std::size_t depth, const std::string& end) {
        const std::string shape = shown(graph_, each.layer->output), given = options(each);
        if (const auto* op = std::get_if<wavenet>(&each.layer->op)) return arrays(*op, given, shape, depth, end);
        if (each.paths.empty()) {
            const std::string text = spelled(each.layer->op);
            const bool is_first = text.back() == '<' && !given.empty();
            lines_.push_back({depth, text + (is_first ? given.substr(2) : given) + ">" + end, shape});
            return;
        }
        const bool is_model = std::holds_alternative<nested>(each.layer->op);
        const std::string name = is_model ? "Sequential" : each.is_residual ? "Residual" : type_name(each.layer->op);
        lines_.push_back({depth, "strata::" + name + "<", ""});
        const std::string last = given.empty() ? ">" + end : ",";
        if (is_model) {
            list(each.paths[0], depth + 1, last);
        } else if (each.is_residual) {
            const std::vector<item>& other = each.paths[1 - main_path(each)];
            list(each.paths[main_path(each)], depth + 1, other.empty() ? last : ",");
            if (!other.empty()) path(other, "shortcut", depth + 1, last);
        } else {
            for (std::size_t i = 0; i < each.paths.size(); ++i)
                path(each.paths[i], "branch", depth + 1, i + 1 == each.paths.size() ? last : ",");
        }
        if (!given.empty()) lines_.push_back({depth + 1, given.substr(2) + ">" + end, shape});
    }
    void arrays(const wavenet& op, const std::string& given, const std::string& shape, std::size_t depth,
                const std::string& end) {
        lines_.push_back({depth, "strata::WaveNet<", ""});
        for (const wavenet::part& part : op.arrays) {
            const bool is_last = &part == &op.arrays.back();
            lines_.push_back(
                {depth + 1, spelled(part) + (is_last ? ">" + given + ">" + end : ">,"), is_last ? shape : ""});
        }
    }
    void path(const std::vector<item>& items, const char* name, std::size_t depth, const std::string& end) {
        lines_.push_back({depth, std::string("strata::") + name + "<" + (items.empty() ? ">" + end : ""), ""});
        list(items, depth + 1, ">" + end);
    }

    const graph& graph_;
    std::vector<line> lines_;
};

std::uint64_t fnv_1a(const std::string& text) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return hash;
}

void write_file(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream out(file, std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) throw problem("cannot write " + file.string() + "; does the folder exist, is the disk full?");
}

template <class T>
void append_bytes(std::string& to, T value) {
    static_assert(std::endian::native == std::endian::little);
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    to.append(bytes, sizeof(T));
}

/// The header of a weight file: 64 bytes, of which the program compares the first 32.
std::string file_header(std::size_t count, bool uses_doubles, std::uint64_t architecture) {
    std::string bytes = "STRATAW1";
    append_bytes(bytes, std::uint64_t{count});
    append_bytes(bytes, std::uint32_t{uses_doubles ? 8u : 4u});
    append_bytes(bytes, std::uint32_t{0});
    append_bytes(bytes, architecture);
    bytes.resize(64, '\0');
    return bytes;
}

void append_values(std::string& bytes, const array& values, bool uses_doubles) {
    if (!uses_doubles && values.doubles.empty()) {
        bytes.append(reinterpret_cast<const char*>(values.floats.data()), values.floats.size() * sizeof(float));
        return;
    }
    for (std::size_t i = 0; i < values.size(); ++i)
        if (uses_doubles) append_bytes(bytes, values[i]);
        else append_bytes(bytes, static_cast<float>(values[i]));
}

std::string constant_text(double value, bool uses_doubles) {
    const std::string type = uses_doubles ? "double" : "float";
    if (std::isnan(value)) return "std::numeric_limits<" + type + ">::quiet_NaN()";
    if (std::isinf(value)) return (value < 0 ? "-" : "") + ("std::numeric_limits<" + type + ">::infinity()");
    return uses_doubles ? number_text(value) : number_text(static_cast<float>(value));
}

/// Commas and line breaks between constants.
std::string constants(const std::vector<const array*>& weights, bool uses_doubles) {
    std::string text, line = "   ";
    for (const array* weight : weights)
        for (std::size_t i = 0; i < weight->size(); ++i) {
            const std::string value = " " + constant_text((*weight)[i], uses_doubles) + ",";
            if (line.size() + value.size() > widest_line) {
                text += line + "\n";
                line = "   ";
            }
            line += value;
        }
    return text + line;
}

using words = std::vector<std::pair<std::string, std::string>>;

/// A template with words replaced in the order of `words`. A value may contain later words, which are replaced too.
std::string replaced(std::string text, const words& given) {
    for (const auto& [word, value] : given)
        for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += value.size())
            text.replace(at, word.size(), value);
    return text;
}
/// The same in one pass, for values that a user or a file names: no word is sought in them. Of two words that begin
/// alike the longer one stands first.
std::string filled(const std::string& text, const words& given) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const auto found = std::find_if(given.begin(), given.end(), [&](const auto& each) {
            return text.compare(at, each.first.size(), each.first) == 0;
        });
        result += found == given.end() ? text.substr(at, 1) : found->second;
        at += found == given.end() ? 1 : found->first.size();
    }
    return result;
}

constexpr const char* weights_in_header = R"(
/// All weights in the order of Net::weights(), each in Keras' order.
inline constexpr std::array<SCALAR, COUNT> weights{
CONSTANTS
};

/// The model. `constexpr auto m = NAMESPACE::model();` at namespace scope puts its weights into read-only memory.
RETURN
)";

constexpr const char* weights_over_bytes = R"(
static_assert(std::endian::native == std::endian::little, "NAME: the weight file has little-endian numbers");

namespace detail {

/// The begin of the weight file of this net: a mark, the number of weights, their size, a hash of the net.
inline constexpr unsigned char file_mark[]{MARK};
inline constexpr std::size_t header_size = 64;

inline strata::Model<Net, SCALAR> model_of(std::span<const SCALAR> values) {
    auto result = Net::build<SCALAR>();
    for (const auto weight : result.weights()) {
        weight.assign(values.first(weight.size()));
        values = values.subspan(weight.size());
    }
    return result;
}

}  // namespace detail
)";

constexpr const char* weights_in_file = R"(
/// The model with the weights of a file, which is mapped while they are read. Throws strata::file_error, a
/// std::runtime_error, where it cannot be read or belongs to another net.
inline auto model(const std::filesystem::path& file = "NAME.bin") {
    const strata::mapped_file map(file);
    if (map.size() < detail::header_size || std::memcmp(map.data(), detail::file_mark, sizeof(detail::file_mark)) != 0)
        throw strata::file_error(file, "is not the weight file of this net; convert the model again");
    const auto values = map.values<SCALAR>(detail::header_size, COUNT);
    RETURN
}
)";

constexpr const char* weights_in_object = R"(
/// The weights, from NAME_weights.S. The object holds NAME.bin.
extern "C" const unsigned char SYMBOL[];

/// The model with the weights of the object. Throws std::runtime_error where that belongs to another net.
inline auto model() {
    if (std::memcmp(SYMBOL, detail::file_mark, sizeof(detail::file_mark)) != 0)
        throw std::runtime_error("NAME: the object is not the weight file of this net; convert the model again");
    const auto* values = reinterpret_cast<const SCALAR*>(SYMBOL + detail::header_size);
    RETURN
}
)";

constexpr const char* assembly =
    R"(// SYMBOL: the bytes of NAME.bin in read-only memory. The assembler looks for the file in the folders of -I (GCC:
// -Wa,-IFOLDER).
#define STRATA_JOIN_(a, b) a##b
#define STRATA_JOIN(a, b) STRATA_JOIN_(a, b)
#define STRATA_SYMBOL STRATA_JOIN(__USER_LABEL_PREFIX__, SYMBOL)
#if defined(__APPLE__)
    .section __TEXT,__const
#elif defined(_WIN32)
    .section .rdata,"dr"
#else
    .section .rodata
#endif
    .globl STRATA_SYMBOL
    .balign 64
STRATA_SYMBOL:
    .incbin "NAME.bin"
#if defined(__ELF__)
    .section .note.GNU-stack,"",%progbits
#endif
)";

constexpr const char* test_program = R"(// Made by strata-convert from SOURCE. PURPOSE
// usage: NAME_test [FOLDER | --summary]; FOLDER holds the files beside this one, . without it.
// STRATA_CONVERT_NO_MAIN leaves main out, for programs of several nets that call the function NAME_test.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "NAME.hpp"

/// Exit code 0 where all outputs are right.
inline int NAME_test([[maybe_unused]] const std::filesystem::path& folder) {
    using NAMESPACE::Net;
    static_assert(Net::input_shape() == strata::shape{INPUT});
    static_assert(Net::output_shape() == strata::shape{OUTPUT});
    static_assert(Net::parameter_count() == COUNT);
    const auto model = NAMESPACE::model(FILE);
BODY
}

#if !defined(STRATA_CONVERT_NO_MAIN)
int main(int count, char** words) try {
    if (count > 1 && std::string_view(words[1]) == "--summary") {
        using NAMESPACE::Net;
        std::printf("%s", Net::summary().str().c_str());
        std::printf("FLOPs of a sample: %zu\narena: %zu bytes\n", Net::flops(), Net::arena_bytes<SCALAR>());
        std::printf("weights as in the file: %zu bytes; with packed forms and padding: %zu bytes\n", Net::parameter_count() * sizeof(SCALAR),
                    strata::Model<Net, SCALAR>::parameter_block_size() * sizeof(SCALAR));
        return 0;
    }
    return NAME_test(count > 1 ? words[1] : ".");
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
#endif
)";

constexpr const char* compare_with_golden =
    R"(    constexpr std::size_t samples = SAMPLES, steps = STEPS, inputs = samples * steps * Net::input_shape().size(),
                          outputs = samples * steps * Net::output_shape().size();
    std::vector<SCALAR> golden(inputs + outputs);
    std::ifstream in(folder / "NAME_golden.bin", std::ios::binary);
    if (!in.read(reinterpret_cast<char*>(golden.data()), static_cast<std::streamsize>(golden.size() * sizeof(SCALAR))))
        throw std::runtime_error("NAME: cannot read " + (folder / "NAME_golden.bin").string());
    const std::vector<SCALAR> x(golden.begin(), golden.begin() + static_cast<std::ptrdiff_t>(inputs));
PREDICT
    double largest = 0.0, difference = 0.0;
    for (std::size_t i = 0; i < outputs; ++i) {
        const double expected = double{golden[inputs + i]}, error = std::fabs(double{y[i]} - expected);
        largest = std::max(largest, std::fabs(expected));
        // NaN equals NaN alone.
        if (!(error <= difference) && !(std::isnan(expected) && std::isnan(y[i])) && expected != double{y[i]}) difference = error;
    }
    const bool is_equal = difference <= 1e-5 * largest;
    std::printf("NAME: %zu samples, outputs differ by %.2g of the largest: %s\n", samples, difference / (largest > 0 ? largest : 1),
                is_equal ? "equal" : "WRONG");
    return is_equal ? 0 : 1;)";

constexpr const char* print_outputs =
    R"(    [[maybe_unused]] constexpr std::size_t samples = 1, steps = STEPS, outputs = steps * Net::output_shape().size();
    std::vector<SCALAR> x(steps * Net::input_shape().size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = FORMULA;
PREDICT
    std::printf("NAME: no reference values; made without --check, so that nothing is compared. Outputs of one sample:\n");
    for (std::size_t i = 0; i < std::min<std::size_t>(y.size(), 20); ++i) std::printf("%.7g\n", double{y[i]});
    return 0;)";

constexpr const char* predict_samples = "    const std::vector<SCALAR> y = model.predict(x);";
constexpr const char* predict_by_streams = R"(    std::vector<SCALAR> y(outputs);
    for (std::size_t i = 0; i < samples; ++i) {
        auto stream = BEGIN;
        const std::size_t in = steps * Net::input_shape().size(), out = steps * Net::output_shape().size();
        stream.process(std::span(x).subspan(i * in, in), std::span(y).subspan(i * out, out), steps);
    })";

constexpr const char* begin_of_stream = R"(
/// In Hz.
inline constexpr double sample_rate = RATE;

/// Begins a stream of the model anew as Neural Amp Modeler does: STATES_TEXTthen zeros go in.
template <class Stream>
void reset(Stream& stream) noexcept {
    stream.reset();STATES
    stream.prewarm(ZEROS);
}

/// A stream that has begun.
template <class Model>
auto stream(const Model& model) {
    auto result = model.stream();
    NAMESPACE::reset(result);
    return result;
}
)";

std::string list_of_bytes(const std::string& bytes) {
    std::string text;
    for (const char c : bytes) text += (text.empty() ? "" : ", ") + std::to_string(static_cast<unsigned char>(c));
    return text;
}
std::string inside_brackets(const extents& shape) {
    const std::string text = shape_text(shape);
    return text.substr(1, text.size() - 2);
}
/// The net that a user wrote, and that it is the one whose weights these are.
std::string named_net_text(const writing_options& o, std::size_t count) {
    return filled(
        R"(namespace detail {
template <class Net>
std::type_identity<Net> pick();
template <auto Net>
std::type_identity<std::remove_const_t<decltype(Net)>> pick();
}  // namespace detail

using Net = decltype(detail::pick<GIVEN>())::type;
static_assert(Net::parameter_count() == COUNT, "the net was changed after its weights were converted");
)",
        {{"GIVEN", (o.net_name.starts_with("::") ? "" : "::") + o.net_name}, {"COUNT", std::to_string(count)}});
}
std::string stream_text(const stream_begin& begin, const std::string& scope) {
    const bool has_states = !begin.states.empty();
    std::string states;
    if (has_states) {
        const array values{.shape = {begin.states.size()}, .floats = begin.states};
        states = "\n    constexpr float states[]{\n    " + constants({&values}, false) +
                 "\n    };\n    const float* from = states;\n    for (const auto& part : stream.state())\n"
                 "        for (auto& value : part.values) value = *from++;";
    }
    return filled(begin_of_stream,
                  {{"RATE", number_text(begin.sample_rate)},
                   {"STATES_TEXT", has_states ? "its layers get the states of the file, " : ""},
                   {"STATES", states},
                   {"ZEROS", begin.zeros > 0 ? std::to_string(begin.zeros) : "Stream::receptive_field"},
                   {"NAMESPACE", scope}});
}
/// The function objects of Elementwise layers, by their names.
void append_functions(const std::vector<item>& items, std::map<std::string, std::string>& to) {
    for (const item& each : items) {
        if (const auto* found = std::get_if<function_object>(&each.layer->op)) to[found->name] = found->body;
        for (const std::vector<item>& path : each.paths) append_functions(path, to);
    }
}
std::string function_objects(const std::vector<item>& items) {
    std::map<std::string, std::string> functions;
    append_functions(items, functions);
    if (functions.empty()) return "";
    std::string text = "/// Functions of the file that strata has no layer for.\nnamespace functions {\n\n";
    for (const auto& [name, body] : functions)
        text += "struct " + name + " {\n    constexpr auto operator()(auto x) const { return " + body + "; }\n};\n";
    return text + "\n}  // namespace functions\n\n";
}
int vocabulary_of(const std::vector<item>& items) {
    if (items.empty()) return 0;
    if (const auto* table = std::get_if<embedding>(&items[0].layer->op)) return table->vocabulary;
    return items[0].paths.empty() ? 0 : vocabulary_of(items[0].paths[0]);
}

}  // namespace

std::vector<std::string> write_net(const graph& g, const std::vector<item>& items, const writing_options& o) {
    std::vector<const array*> weights;
    append_weights(items, weights);
    std::size_t count = 0;
    for (const array* weight : weights) count += weight->size();
    const weight_place place =
        o.weights.value_or(count <= most_in_header ? weight_place::in_header : weight_place::in_file);
    const std::string scope = o.outer_namespace.empty() ? o.name : o.outer_namespace + "::" + o.name;
    const std::string scalar = o.uses_doubles ? "double" : "float";
    const bool has_merges =
        std::any_of(g.nodes.begin(), g.nodes.end(), [](const node& n) { return n.inputs.size() > 1; });
    const bool is_named = !o.net_name.empty();
    const std::string net =
        is_named ? named_net_text(o, count) : type_writer(g).write(items, g.is_functional && has_merges);
    std::string architecture = net;
    if (is_named)
        for (const array* weight : weights) architecture += shape_text(weight->shape);
    const std::string mark = file_header(count, o.uses_doubles, fnv_1a(architecture));
    std::string symbol = o.outer_namespace.empty() ? o.name : o.outer_namespace + "_" + o.name;
    symbol = replaced(symbol, {{"::", "_"}}) + "_weights";

    const auto returns = [&](const std::string& value) {
        return o.is_optimized ? "return strata::optimize(" + value + ");" : "return " + value + ";";
    };
    const words names{{"NAMESPACE", scope},
                      {"NAME", o.name},
                      {"SCALAR", scalar},
                      {"COUNT", std::to_string(count)},
                      {"MARK", list_of_bytes(mark.substr(0, 32))},
                      {"SYMBOL", symbol},
                      {"SOURCE", literal(o.source)}};
    const auto with = [&](const char* text, const words& parts) { return filled(replaced(text, parts), names); };

    const std::string shape = shown(g, g.shape_of(g.output));
    std::string text = "// Made by strata-convert from " + literal(o.source) + ".\n#pragma once\n\n#include <array>\n";
    if (place != weight_place::in_header) text += "#include <bit>\n";
    text += "#include <cstddef>\n";
    if (place != weight_place::in_header) text += "#include <cstring>\n";
    if (place == weight_place::in_file) text += "#include <filesystem>\n";
    if (place == weight_place::in_header) text += "#include <limits>\n";
    if (place != weight_place::in_header) text += "#include <span>\n";
    if (place == weight_place::in_object) text += "#include <stdexcept>\n";
    if (is_named) text += "#include <type_traits>\n";
    if (place == weight_place::in_file) text += "\n#include <strata/core/mapped_file.hpp>";
    text += "\n#include <strata/infer.hpp>\n" + (is_named ? "\n#include \"" + o.net_header + "\"\n" : "") +
            "\nnamespace " + scope + " {\n\n" + function_objects(items) + "/// " + shown(g, g.input) + " -> " + shape +
            ", " + std::to_string(count) + " weights.\n" + net;
    std::vector<std::string> files{o.name + ".hpp", o.name + "_test.cpp"};
    if (place == weight_place::in_header) {
        text += with(weights_in_header, {{"CONSTANTS", constants(weights, o.uses_doubles)},
                                         {"RETURN", std::string(o.is_optimized ? "inline" : "constexpr") +
                                                        " auto model() { " + returns("Net::bind(weights)") + " }"}});
    } else {
        std::string bytes = mark;
        bytes.reserve(mark.size() + count * (o.uses_doubles ? sizeof(double) : sizeof(float)));
        progress shown("converting weights", count * sizeof(float));
        for (const array* weight : weights) {
            append_values(bytes, *weight, o.uses_doubles);
            shown.advance(weight->size() * sizeof(float));
        }
        write_file(o.folder / (o.name + ".bin"), bytes);
        files.push_back(o.name + ".bin");
        text += with(weights_over_bytes, {});
        if (place == weight_place::in_file) {
            text += with(weights_in_file, {{"RETURN", returns("detail::model_of(values)")}});
        } else {
            text += with(weights_in_object, {{"RETURN", returns("detail::model_of({values, COUNT})")}});
            write_file(o.folder / (o.name + "_weights.S"), with(assembly, {}));
            files.push_back(o.name + "_weights.S");
        }
    }
    if (g.begin) text += stream_text(*g.begin, scope);
    text += "\n}  // namespace " + scope + "\n";
    write_file(o.folder / (o.name + ".hpp"), text);

    if (o.golden) {
        std::string bytes;
        append_values(bytes, o.golden->inputs, o.uses_doubles);
        append_values(bytes, o.golden->outputs, o.uses_doubles);
        write_file(o.folder / (o.name + "_golden.bin"), bytes);
        files.push_back(o.name + "_golden.bin");
    }
    const int vocabulary = vocabulary_of(items);
    const std::string formula = vocabulary > 0 ? "static_cast<SCALAR>(i % " + std::to_string(vocabulary) + ")"
                                               : "static_cast<SCALAR>(std::sin(0.7 * static_cast<double>(i)))";
    constexpr std::size_t usual_steps = 20;  // that the test program prints
    const std::size_t steps = !g.has_open_length ? 1 : o.golden ? o.golden->steps : usual_steps;
    const std::string body = o.golden ? compare_with_golden : print_outputs;
    write_file(
        o.folder / (o.name + "_test.cpp"),
        with(test_program, {{"BODY", body},
                            {"PREDICT", g.has_open_length ? predict_by_streams : predict_samples},
                            {"STEPS", std::to_string(steps)},
                            {"BEGIN", g.begin ? "NAMESPACE::stream(model)" : "model.stream()"},
                            {"FORMULA", formula},
                            {"SAMPLES", std::to_string(o.golden ? o.golden->samples : 0)},
                            {"PURPOSE", o.golden ? "It compares the net's outputs with those of the source runtime."
                                                 : "It prints the net's outputs: there are no reference values."},
                            {"FILE", place == weight_place::in_file ? "folder / \"NAME.bin\"" : ""},
                            {"INPUT", inside_brackets(g.input)},
                            {"OUTPUT", inside_brackets(g.shape_of(g.output))}}));
    return files;
}

namespace {

void append_rows(const std::vector<item>& items, std::size_t depth, std::vector<std::array<std::string, 3>>& rows) {
    for (const item& each : items) {
        for (const std::vector<item>& path : each.paths) append_rows(path, depth + 1, rows);
        std::size_t count = 0;
        for (const array& weight : each.layer->weights) count += weight.size();
        std::string shape = shape_text(each.layer->output);
        rows.push_back({std::string(2 * depth, ' ') + printable(each.name.empty() ? "-" : each.name) + " (" +
                            type_name(each.layer->op) + ")",
                        "(None, " + shape.substr(1), std::to_string(count)});
    }
}

}  // namespace

std::string summary_table(const std::vector<item>& items) {
    std::vector<std::array<std::string, 3>> rows{{"Layer (type)", "Output Shape", "Param #"}};
    append_rows(items, 0, rows);
    std::array<std::size_t, 3> widths{};
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    std::string text;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) text += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
        text.erase(text.find_last_not_of(' ') + 1);
        text += "\n";
    }
    std::vector<const array*> weights;
    append_weights(items, weights);
    std::size_t count = 0;
    for (const array* weight : weights) count += weight->size();
    return text + "Total params: " + std::to_string(count) + "\n";
}

std::string build_lines(const writing_options& o, const std::vector<std::string>& files) {
    const bool has_object = std::find(files.begin(), files.end(), o.name + "_weights.S") != files.end();
    const std::string test = o.name + "_test", object = o.name + "_weights.S";
    return "Meson:  executable('" + test + "', '" + test + ".cpp'" +
           (has_object ? ", '" + object +
                             "', c_args: '-Wa,-I' + meson.current_source_dir(), cpp_args: '-Wa,-I' + "
                             "meson.current_source_dir()"
                       : "") +
           ", dependencies: dependency('strata'))\nCMake:  add_executable(" + test + " " + test + ".cpp" +
           (has_object ? " " + object : "") + ")  target_link_libraries(" + test + " PRIVATE strata::strata)" +
           (has_object ? "  set_source_files_properties(" + object +
                             " PROPERTIES COMPILE_OPTIONS -Wa,-I${CMAKE_CURRENT_SOURCE_DIR})"
                       : "") +
           "\n";
}

}  // namespace convert
