// weights: saves and loads the weights of a model. The file's extension chooses the format.
#pragma once

#include <cctype>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/where_used.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/graph/weight_view.hpp>
#include <strata/io/architecture_text.hpp>
#include <strata/io/keras_config.hpp>
#include <strata/io/record.hpp>
#include <strata/io/safetensors.hpp>
#include <strata/io/weight_lists.hpp>
#include <strata/model/model.hpp>
#include <strata/model/model_record.hpp>
#if defined(STRATA_WITH_HDF5)
#include <strata/io/hdf5.hpp>
#endif
#if defined(STRATA_WITH_LIBZIP)
#include <strata/io/npz.hpp>
#endif
#if defined(STRATA_WITH_HDF5) && defined(STRATA_WITH_LIBZIP)
#include <strata/io/keras_archive.hpp>
#endif

namespace strata::inline STRATA_ISA {

namespace io {

/// The last extension of a file in small letters.
template <class = internal::where_used>
std::string extension_of(const std::filesystem::path& file) {
    std::string extension = internal::path_text(file.extension());
    for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return extension;
}

template <class = internal::where_used>
[[noreturn]] void refuse_extension(const std::filesystem::path& file) {
    [[maybe_unused]] const std::string extension = extension_of(file);
#if !defined(STRATA_WITH_LIBZIP)
    if (extension == ".npz")
        throw file_error(file,
                         "this program was built without libzip; define STRATA_WITH_LIBZIP and link zip (the Meson "
                         "dependency does where it finds libzip), or use .safetensors");
#endif
#if !defined(STRATA_WITH_HDF5)
    if (extension == ".h5" || extension == ".hdf5")
        throw file_error(file,
                         "this program was built without HDF5; define STRATA_WITH_HDF5 and link hdf5 (the Meson "
                         "dependency does where it finds HDF5), or use .safetensors");
#endif
#if !defined(STRATA_WITH_HDF5) || !defined(STRATA_WITH_LIBZIP)
    if (extension == ".keras")
        throw file_error(file,
                         "this program was built without HDF5 or without libzip, which .keras archives need; define "
                         "STRATA_WITH_HDF5 and STRATA_WITH_LIBZIP, or use .safetensors");
#else
    if (extension == ".keras")
        throw file_error(file, "is a whole model; save it with save(file), or save_weights to another extension");
#endif
    throw file_error(file, "has an unknown extension; known are .weights.h5, .h5, .npz, .keras and .safetensors");
}

/// The architecture that a file states; empty where it states none.
template <class = internal::where_used>
std::string stated_architecture(const std::filesystem::path& file) {
    [[maybe_unused]] const std::string extension = extension_of(file);
    if (extension == ".safetensors") {
        const safetensors_file tensors(file);
        const auto found = tensors.metadata().find(std::string(architecture_key));
        return found == tensors.metadata().end() ? std::string() : found->second;
    }
#if defined(STRATA_WITH_HDF5)
    if (extension == ".h5" || extension == ".hdf5") return hdf5_architecture(file);
#endif
#if defined(STRATA_WITH_LIBZIP)
    if (extension == ".npz") return npz_architecture(file);
#endif
#if defined(STRATA_WITH_HDF5) && defined(STRATA_WITH_LIBZIP)
    if (extension == ".keras") return keras_architecture(file);
#endif
    return {};
}

/// The values of all weights, in the net's order; `lists` as weight_lists() gives them. The extension chooses the
/// format.
template <class T>
std::vector<std::vector<T>> read_weights(const std::filesystem::path& file, const std::vector<weight_list>& lists) {
    const std::string extension = extension_of(file);
    if (extension == ".safetensors") return load_safetensors<T>(file, lists);
#if defined(STRATA_WITH_HDF5)
    if (extension == ".h5" || extension == ".hdf5") return load_hdf5<T>(file, lists);
#endif
#if defined(STRATA_WITH_LIBZIP)
    if (extension == ".npz") return load_npz<T>(file, lists);
#endif
#if defined(STRATA_WITH_HDF5) && defined(STRATA_WITH_LIBZIP)
    if (extension == ".keras") return load_keras<T>(file, lists);
#endif
    refuse_extension(file);
}
/// The same of a file that states no other architecture than the net's.
template <class T>
std::vector<std::vector<T>> read_weights(const std::filesystem::path& file, const std::vector<weight_list>& lists,
                                         const architecture_outline& net) {
    std::vector<std::vector<T>> values = read_weights<T>(file, lists);
    compare_architecture(file, stated_architecture(file), net);
    return values;
}

/// Writes the weights in `block`, which is laid out as the model's record describes. The extension chooses the format.
template <class T>
void save_weights(const model_record& model, const T* block, const std::filesystem::path& file) {
    const auto lists = weight_lists_of(model.outline, model.rows);
    const std::string extension = extension_of(file);
    const bool is_hdf5 = extension == ".h5" || extension == ".hdf5";
    const weight_list& list = lists[is_hdf5 && lists.size() > 1 ? 1u : 0u];
    std::vector<std::vector<T>> values;
    for (const std::size_t place : list.places)
        values.push_back(weight_view<const T>(model.rows[place], block + model.offsets[place]).to_vector());
    const std::string architecture = architecture_text(*model.architecture);
    if (extension == ".safetensors") return save_safetensors<T>(file, list.records, values, architecture);
#if defined(STRATA_WITH_HDF5)
    if (is_hdf5) return save_hdf5<T>(file, list.records, values, architecture, list.orders);
#endif
#if defined(STRATA_WITH_LIBZIP)
    if (extension == ".npz") return save_npz<T>(file, list.records, values, architecture);
#endif
    refuse_extension(file);
}

/// Writes a .keras archive of a model, whose weights lie in `block`.
template <class T>
void save_archive(const model_record& model, const T* block, const keras_net& net, const std::string& name,
                  const std::filesystem::path& file) {
    if (extension_of(file) != ".keras")
        throw file_error(file, "save writes archives of Keras; give it the extension .keras, or call save_weights");
#if defined(STRATA_WITH_HDF5) && defined(STRATA_WITH_LIBZIP)
    net_tree tree;
    std::size_t count = 0;
    grow_tree(tree, model.outline, count);
    const auto lists = weight_lists_of(model.outline, model.rows);
    const weight_list& list = lists.back();  // the layers of branching layers as layers of their models
    std::vector<std::vector<T>> values;
    for (const std::size_t place : list.places)
        values.push_back(weight_view<const T>(model.rows[place], block + model.offsets[place]).to_vector());
    save_keras<T>(file, keras_config(net).model(tree, name), list.records, values,
                  architecture_text(*model.architecture), list.orders);
#else
    static_cast<void>(model), static_cast<void>(block), static_cast<void>(net), static_cast<void>(name);
    refuse_extension(file);
#endif
}

}  // namespace io

struct weight_file_name {
    std::filesystem::path path;
};

template <class Record>
struct record_files {
    /// Saves the weights of a running fit.
    template <class Control>
    static void save(const Control& control, const std::filesystem::path& file) {
        control.write_weights(weight_file_name{file}, &write);
    }
    static void write(const Record& model, const weight_file_name& file) {
        internal::with_file_errors(file.path, [&] {
            if (model.floats != nullptr) io::save_weights(model, model.floats, file.path);
            else io::save_weights(model, model.doubles, file.path);
        });
    }
};

template <class Model>
struct weight_files {
    using value_type = typename Model::value_type;

    /// Any failure throws file_error and leaves the old file.
    static void save(const Model& model, const std::filesystem::path& file) {
        internal::with_file_errors(file, [&] { io::save_weights(model_record_of(model), model.parameters(), file); });
    }
    /// A .keras archive; any failure throws file_error and leaves the old file.
    static void save_archive(const Model& model, const std::filesystem::path& file) {
        using net = typename Model::net_type;
        internal::with_file_errors(file, [&] {
            io::keras_net facts{.input = net::input_shape(),
                                .has_open_length = detail::has_open_length<net>(),
                                .dtype = sizeof(value_type) == 4 ? "float32" : "float64",
                                .weights = weight_rows_of<net>};
            for (const flat_node& node : flat_nodes_of<net>) {
                facts.inputs.push_back(node.in);
                facts.is_trainable.push_back(!node.is_frozen);
            }
            io::save_archive(model_record_of(model), model.parameters(), facts, std::string(net::model_name()), file);
        });
    }
    /// Any failure throws file_error and leaves the model as it was.
    static void load(Model& model, const std::filesystem::path& file) {
        internal::with_file_errors(file, [&] {
            using net = typename Model::net_type;
            const auto values =
                io::read_weights<value_type>(file, io::weight_lists<net>(), architecture_outline_of<net>);
            const auto weights = model.weights();
            for (std::size_t i = 0; i < weights.size(); ++i) weights[i].assign(values[i]);
        });
    }
};

}  // namespace strata::inline STRATA_ISA
