// Programs that are compiled and run.
#include "compiled.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include <stdlib.h>
#include <sys/wait.h>

#include "problem.hpp"
#include "source_file.hpp"

namespace convert {

namespace {

/// A folder of this process alone, removed at the end.
class temporary_folder {
public:
    temporary_folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "strata-convert-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr)
            throw problem("no temporary folder can be made in " + std::filesystem::temp_directory_path().string());
        path_ = pattern;
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::filesystem::path operator/(const char* name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

/// A word of a shell's command line.
std::string quoted(const std::string& word) {
    std::string result = "'";
    for (const char c : word) result += c == '\'' ? "'\\''" : std::string(1, c);
    return result + "'";
}

/// The first line that has an error, without what stands before the message; else the first line.
std::string first_error(const std::filesystem::path& messages) {
    constexpr std::size_t longest = 500;
    std::ifstream in(messages);
    std::string line, first;
    while (std::getline(in, line)) {
        if (first.empty()) first = line;
        if (line.starts_with("error: ")) return printable(line.substr(7), longest);
        if (line.find("error") != std::string::npos) return printable(line, longest);
    }
    return printable(first, longest);
}

/// The text of an #include: a path that the compiler finds without options.
std::string include_of(const std::filesystem::path& header) {
    const std::string text = std::filesystem::absolute(header).lexically_normal().string();
    if (text.find_first_of("\"\\\n") != std::string::npos)
        throw problem("the path " + printable(text) + " has signs that an #include cannot have; move the header");
    return "#include \"" + text + "\"\n";
}

/// Gives the type of `pick<NAME>()`, where NAME is a type or a constexpr variable.
constexpr const char* pick = R"(
template <class Net>
std::type_identity<Net> pick();
template <auto Net>
std::type_identity<std::remove_const_t<decltype(Net)>> pick();
)";

constexpr const char* sizes_program = R"(
#include <cstdio>

int main() {
    using model = strata::Model<Net, Scalar>;
    if (prints_table) std::printf("%s", Net::summary().str().c_str());
    std::printf("FLOPs of a sample: %zu (a multiply-add counts two)\narena: %zu bytes\n", Net::flops(), Net::arena_bytes<Scalar>());
    std::printf("weights in flash: %zu bytes, with packed forms and padding\n", model::parameter_block_size() * sizeof(Scalar));
}
)";

constexpr const char* weights_program = R"(
#include <cstdio>
#include <fstream>

static void print(const strata::shape& shape) {
    for (std::size_t axis = 0; axis < shape.rank(); ++axis) std::printf(" %zu", shape[axis]);
    std::printf("\n");
}

int main(int, char** words) try {
    auto model = Net::build<Scalar>();
    model.load_weights(words[1]);
    std::printf("input");
    print(Net::input_shape());
    std::printf("output");
    print(Net::output_shape());
    std::ofstream out(words[2], std::ios::binary);
    for (const auto weight : model.weights()) {
        std::printf("weight");
        print(weight.shape());
        const auto values = weight.to_vector();
        out.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(Scalar)));
    }
    return out.flush() ? 0 : 1;
} catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
}
)";

extents read_extents(std::istream& line) {
    extents shape;
    for (std::size_t extent = 0; line >> extent;) shape.push_back(extent);
    return shape;
}

}  // namespace

std::string compiler_command(const std::string& given) {
    if (!given.empty()) return given;
    const char* stated = std::getenv("CXX");
    std::string command = std::string(stated != nullptr && *stated != '\0' ? stated : "c++") + " -std=c++20";
    std::error_code error;
    const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
    const std::filesystem::path include = self.parent_path().parent_path() / "include";
    if (!error && std::filesystem::exists(include / "strata/infer.hpp", error))
        command += " -I" + quoted(include.string());
    return command;
}

std::string run_program(const std::string& compiler, const std::string& source,
                        const std::vector<std::string>& arguments) {
    const temporary_folder folder;
    const std::filesystem::path program = folder / "program", text = folder / "program.cpp",
                                messages = folder / "messages", output = folder / "output";
    std::ofstream(text) << source;
    const std::string to_messages = " 2>" + quoted(messages.string());
    const std::string compile = compiler + " -O0 " + quoted(text.string()) + " -o " + quoted(program.string());
    if (std::system((compile + to_messages).c_str()) != 0)
        throw problem("the compiler does not accept the net: " + first_error(messages) + "; its command was " +
                      compiler + ", give another one with --compiler \"g++ -std=c++20 -Istrata/include\"");
    std::string run = quoted(program.string());
    for (const std::string& argument : arguments) run += " " + quoted(argument);
    if (std::system((run + " >" + quoted(output.string()) + to_messages).c_str()) != 0)
        throw problem(first_error(messages));
    return read_file(output);
}

std::string measured_sizes(const std::string& compiler, const std::filesystem::path& header, const std::string& net,
                           const std::string& scalar, bool prints_table) {
    return run_program(compiler,
                       include_of(header) + "using Net = " + net + ";\nusing Scalar = " + scalar +
                           ";\nconstexpr bool prints_table = " + (prints_table ? "true" : "false") + ";\n" +
                           sizes_program,
                       {});
}

named_net parse_named_net(const std::string& text) {
    const std::size_t colon = text.find(':');
    const std::string name = colon == std::string::npos ? "" : text.substr(colon + 1);
    const auto is_plain = [](unsigned char c) { return std::isalnum(c) != 0 || std::strchr("_:<>, ", c) != nullptr; };
    if (colon == 0 || name.empty() || !std::all_of(name.begin(), name.end(), is_plain)) return {};
    return {text.substr(0, colon), name};
}

graph read_named_net(const named_net& net, const std::filesystem::path& weights, const std::string& compiler,
                     const reading_options& options) {
    const temporary_file values;
    const std::string source = "#include <strata/strata.hpp>\n" + include_of(net.header) + "#include <type_traits>\n" +
                               pick + "using Net = decltype(pick<" + net.name +
                               ">())::type;\nusing Scalar = " + (options.wants_doubles ? "double" : "float") + ";\n" +
                               weights_program;
    std::istringstream printed(
        run_program(compiler, source, {std::filesystem::absolute(weights).string(), values.path().string()}));
    const std::string bytes = read_file(values.path());
    graph g;
    node all{.name = "", .type = net.name, .op = identity{}, .inputs = {graph::source}};
    std::size_t offset = 0;
    const auto take = [&](auto& to, std::size_t count) {
        to.resize(count);
        if (offset + count * sizeof(to[0]) > bytes.size()) throw problem("its program ended early");
        std::memcpy(to.data(), bytes.data() + offset, count * sizeof(to[0]));
        offset += count * sizeof(to[0]);
    };
    for (std::string text; std::getline(printed, text);) {
        std::istringstream line(text);
        std::string word;
        line >> word;
        const extents shape = read_extents(line);
        if (word == "input") g.input = shape;
        if (word == "output") all.output = shape;
        if (word != "weight") continue;
        array weight{.shape = shape};
        std::size_t count = 1;
        for (const std::size_t extent : shape) count *= extent;
        if (options.wants_doubles) take(weight.doubles, count);
        else take(weight.floats, count);
        all.weights.push_back(std::move(weight));
    }
    g.nodes.push_back(std::move(all));
    g.output = 0;
    return g;
}

}  // namespace convert
