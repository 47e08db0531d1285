// Xception's weights from a file: read and packed, and bound where they lie in a block. Linux only: the memory of two
// processes that bind one file is read from /proc/self/smaps.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <strata/strata.hpp>

using namespace strata;

namespace {

using net = applications::Xception<299, 299>;

template <class F>
double milliseconds(F f) {
    const auto begin = std::chrono::steady_clock::now();
    f();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

/// kB of one line of the mappings of a file in this process.
long kilobytes(const std::string& file, const std::string& key) {
    std::ifstream maps("/proc/self/smaps");
    long total = 0;
    bool is_ours = false;
    for (std::string line; std::getline(maps, line);) {
        if (line.find('-') < line.find(' ')) is_ours = line.ends_with(file);
        else if (is_ours && line.starts_with(key + ":")) total += std::stol(line.substr(key.size() + 1));
    }
    return total;
}

/// Binds the block, infers once, and prints what it cost.
void infer_over(const std::filesystem::path& block, const std::vector<float>& x, float expected, const char* label) {
    std::optional<mapped_file> file;
    const double mapping = milliseconds([&] { file.emplace(block); });
    std::optional<decltype(net::bind(*file))> model;
    const double binding = milliseconds([&] { model.emplace(net::bind(*file)); });
    std::vector<float> y;
    const double first = milliseconds([&] { y = model->predict(x); });
    const std::string name = block.filename().string();
    std::printf(
        "%s: mapped and bound in %.3f ms, first inference %.0f ms, %s; Rss %ld kB, Pss %ld kB, Shared_Clean %ld kB\n",
        label, mapping + binding, first, y[0] == expected ? "equal" : "DIFFERENT", kilobytes(name, "Rss"),
        kilobytes(name, "Pss"), kilobytes(name, "Shared_Clean"));
    std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
    const std::filesystem::path folder = count > 1 ? arguments[1] : std::filesystem::temp_directory_path();
    const auto block = folder / "xception.block", values = folder / "xception.safetensors";
    const std::vector<float> x(net::input_shape().size(), 0.25f);
    float expected = 0.0f;
    {
        auto model = net::build({.seed = 1});
        save_block(model, block);
        model.save_weights(values);
        expected = model.predict(x)[0];
        double least = 1e9;
        for (int i = 0; i < 3; ++i) least = std::min(least, milliseconds([&] { model.load_weights(values); }));
        std::printf("%zu weights, %.1f MB; load_weights of .safetensors %.0f ms; block %.1f MB\n",
                    net::parameter_count(), static_cast<double>(net::parameter_count()) * 4e-6, least,
                    static_cast<double>(std::filesystem::file_size(block)) * 1e-6);
    }
    infer_over(block, x, expected, "one process");
    // The parent keeps its pages while the child looks at its own.
    const mapped_file kept(block);
    const auto model = net::bind(kept);
    static_cast<void>(model.predict(x));
    std::fflush(stdout);
    if (const pid_t child = ::fork(); child == 0) {
        infer_over(block, x, expected, "a second process");
        ::_exit(0);
    } else {
        int status = 0;
        ::waitpid(child, &status, 0);
    }
    return 0;
}
