// keras: the front end for Keras' files: .keras archives of Keras 3, and .h5 files of Keras 2 and 3 with a config.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "config_reader.hpp"
#include "graph.hpp"
#include "problem.hpp"
#include "source_file.hpp"

namespace convert {

/// The architecture in a config of Keras: nodes without weights.
class keras_config {
public:
    keras_config(const reading_options& options, bool is_keras_2, remarks& notes)
        : options_(options), is_keras_2_(is_keras_2), notes_(notes) {}

    /// A model; `config` has class_name and config. Depth counts models inside models.
    graph model(const json& config, int depth = 0);

private:
    graph sequential(const json& config, int depth);
    graph functional(const json& config, int depth);
    operation layer(const json& entry, config_reader& config, int depth);
    operation array_operation(config_reader& config, std::size_t inputs, std::optional<double> number,
                              bool is_number_first);
    static int stated_axis(const json& config);
    std::optional<operation> weighted(const std::string& type, config_reader& config);
    std::optional<operation> windowed(const std::string& type, config_reader& config);
    std::optional<operation> shaping(const std::string& type, config_reader& config);
    std::optional<operation> normalizing(const std::string& type, config_reader& config);
    std::optional<operation> activating(const std::string& type, config_reader& config);
    operation bidirectional_layer(config_reader& config, int depth);
    recurrent recurrent_layer(const std::string& type, config_reader& config);

    std::string activation_of(config_reader& config, const std::string& key, const char* usual);
    std::string function_of(const json& value, config_reader& config, const std::string& key);
    /// Whether the layer is quantized. Refuses types that strata does not compute in.
    bool read_dtype(config_reader& config);
    void read_common(config_reader& config, node& to);
    extents input_shape(const json& batch_shape, const config_reader& config) const;
    void add_shortened(graph& g, std::vector<node> nodes) const;

    const reading_options& options_;
    bool is_keras_2_;
    remarks& notes_;
};

graph read_keras_archive(const std::filesystem::path& file, const reading_options& options, remarks& notes);
graph read_keras_h5(const std::filesystem::path& file, const reading_options& options, remarks& notes);

/// RTNeural's JSON.
graph read_rtneural(const std::filesystem::path& file, const reading_options& options, remarks& notes);

/// A .nam file of Neural Amp Modeler.
graph read_nam(const std::filesystem::path& file, const reading_options& options);

/// ONNX, where the converter is built with its schema.
graph read_onnx(const std::filesystem::path& file, const reading_options& options, remarks& notes);

}  // namespace convert
