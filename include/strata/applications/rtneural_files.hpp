// rtneural_files: weights of RTNeural's JSON files, as its Python script writes them, into models. Needs nlohmann-json.
#pragma once

#if !__has_include(<nlohmann/json.hpp>)
#error strata: files of RTNeural are read with nlohmann-json; install it (Debian: nlohmann-json3-dev)
#endif

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <strata/applications/rtneural_reader.hpp>
#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/graph/architecture.hpp>
#include <strata/io/architecture_text.hpp>
#include <strata/model/model.hpp>

namespace strata::inline STRATA_ISA {

namespace rtneural::detail {

/// Throws where the layers of a file are others than those of a net, in their types, settings or weights' shapes.
inline void compare(const rtneural_reader& reader, const architecture_outline& net) {
    const auto& rows = reader.rows();
    for (std::size_t i = 0; i < std::max(rows.size(), net.rows.size()); ++i) {
        const std::string in_net = i < net.rows.size() ? io::config_text(*net.rows[i].config) : "nothing";
        const bool is_chain = i >= net.rows.size() || (net.rows[i].input_count == 1 && net.rows[i].inputs[0] == i);
        if (i >= rows.size()) reader.fail("ends where the net has " + in_net);
        if (rows[i].text != in_net || !is_chain)
            reader.fail_in(rows[i].layer, "is " + rows[i].text + ", the net has " + in_net);
    }
    const auto& weights = reader.weights();
    for (std::size_t i = 0; i < std::min(weights.size(), net.weights.size()); ++i) {
        const shape& wanted = net.weights[i].parameter.extents;
        if (weights[i].values.size() != wanted.size() || !weights[i].may_have(wanted))
            reader.fail_in(weights[i].layer, "has a weight of the shape " + weights[i].shape_text() + ", the net's " +
                                                 net.weights[i].parameter.label().str() + " is " +
                                                 to_text(wanted).str());
    }
    if (weights.size() != net.weights.size())
        reader.fail("has " + std::to_string(weights.size()) + " weights, the net " +
                    std::to_string(net.weights.size()));
}

}  // namespace rtneural::detail

namespace rtneural {

/// Reads the weights of a .json file of RTNeural into a model of the same layers. A net means what RTNeural computes:
/// recurrent layers have return_sequences, Conv1D is padding::causal, Conv2D stands after a ZeroPadding2D in time.
/// Throws file_error, which names the first difference, and leaves the model as it was. strata-convert writes the net
/// of a file.
template <class Net, class T, class Storage>
void load(Model<Net, T, Storage>& model, const std::filesystem::path& file) {
    strata::internal::with_file_errors(file, [&] {
        const detail::rtneural_reader reader(file, Net::input_shape().rank());
        detail::compare(reader, architecture_outline_of<Net>);
        const auto weights = model.weights();
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const std::vector<double>& values = reader.weights()[i].values;
            weights[i].assign(std::vector<T>(values.begin(), values.end()));
        }
    });
}

}  // namespace rtneural

}  // namespace strata::inline STRATA_ISA
