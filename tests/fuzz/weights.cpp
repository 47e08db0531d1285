// The model that files of weights are read into, and its trainer.
#include "weights.hpp"

#include <iterator>

#include <strata/strata.hpp>

namespace fuzz {

namespace {

constexpr auto net = strata::Sequential{strata::Input<6, 2>{}, strata::Conv1D<3, 2>{}, strata::BatchNormalization<>{},
                                        strata::Flatten<>{}, strata::Dense<2>{}};

struct training {
    decltype(net.build()) model = net.build({.seed = 1});
    decltype(strata::compile(model, strata::SGD{.momentum = 0.5}, strata::MeanSquaredError{})) trainer =
        strata::compile(model, strata::SGD{.momentum = 0.5}, strata::MeanSquaredError{});
};

}  // namespace

void load_weights(const std::filesystem::path& file) {
    static const auto before = net.build({.seed = 1});
    auto model = before;
    bool is_loaded = false;
    read_or_refuse<strata::file_error>([&] {
        model.load_weights(file);
        is_loaded = true;
    });
    if (!is_loaded && !(model == before)) fail("a refused file changed the model");
}

const std::string& good_checkpoint() {
    static const std::string bytes = [] {
        training made;
        const auto file = folder() / "good.safetensors";
        made.trainer.save_checkpoint(file);
        std::ifstream in(file, std::ios::binary);
        return std::string{std::istreambuf_iterator<char>(in), {}};
    }();
    return bytes;
}

bool load_checkpoint(const std::filesystem::path& file) {
    static training made;
    const auto before = made.model;
    const bool is_comparable = made.model == before;  // weights that were loaded may be NaN
    bool is_loaded = false;
    read_or_refuse<strata::file_error>([&] {
        made.trainer.load_checkpoint(file);
        is_loaded = true;
    });
    if (!is_loaded && is_comparable && !(made.model == before)) fail("a refused checkpoint changed the model");
    return is_loaded;
}

}  // namespace fuzz
