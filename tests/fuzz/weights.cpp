// The model that files of weights are read into, and its trainer.
#include "weights.hpp"

#include <array>
#include <iterator>
#include <type_traits>

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

/// Of weights that lie in memory as in a file.
using plain_net = strata::Sequential<strata::Input<16>, strata::LayerNormalization<>>;

template <class Net>
void bind(const std::filesystem::path& file) {
    const auto model = Net::bind(strata::mapped_file(file));
    const std::array<float, Net::input_shape().size()> x{};
    model.predict(x);
}

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

void bind_weights(const std::filesystem::path& file) {
    read_or_refuse<strata::file_error>([&] { bind<std::remove_const_t<decltype(net)>>(file); });
    read_or_refuse<strata::file_error>([&] { bind<plain_net>(file); });
}

const std::string& good_block() {
    static const std::string bytes = [] {
        const auto file = folder() / "good.block";
        strata::save_block(strata::Model<plain_net>(strata::build_options{.seed = 1}), file);
        return bytes_of(file);
    }();
    return bytes;
}

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
        return bytes_of(file);
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
