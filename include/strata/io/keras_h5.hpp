// The layout of Keras 3's .weights.h5: a group for each layer by class and number, its weights numbered from 0.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include <strata/core/file_error.hpp>
#include <strata/core/shape.hpp>
#include <strata/io/hdf5_reader.hpp>
#include <strata/io/hdf5_writer.hpp>
#include <strata/io/record.hpp>

namespace strata::io {

/// `layers/conv2d_1/vars/0`. The group is called by the layer's class, never by its name.
inline std::string keras_dataset(const weight_record& record) {
    return record.group + "/vars/" + std::to_string(record.number);
}

/// The values of all records, in their order. What is not a weight is passed over: the optimizer's state, seeds of
/// Dropout.
template <class T>
std::vector<std::vector<T>> load_keras_h5(const hdf5_reader& reader, std::span<const weight_record> wanted) {
    std::vector<std::vector<T>> values;
    std::set<std::string> known;
    for (const weight_record& record : wanted) {
        const std::string dataset = keras_dataset(record);
        if (!reader.has_dataset(dataset))
            throw file_error(reader.file(), record.where() + ": expected shape " + to_text(record.extents).str() +
                                                " in " + dataset +
                                                ", found no such weight; load a file that was saved from the same "
                                                "architecture");
        values.push_back(reader.values<T>(dataset, record));
        known.insert(dataset);
    }
    for (const std::string& dataset : reader.datasets())
        if (dataset.starts_with("layers/") && dataset.find("/seed_generator/") == std::string::npos &&
            !known.contains(dataset))
            throw file_error(reader.file(), "expected " + std::to_string(wanted.size()) + " weights, found one more: " +
                                                dataset + " of shape " + reader.shape_text(dataset) +
                                                "; load a file that was saved from the same architecture");
    return values;
}

/// Adds all records; Keras' `load_weights` reads them.
template <class T>
void save_keras_h5(hdf5_writer& writer, std::span<const weight_record> records,
                   std::span<const std::vector<T>> values) {
    for (std::size_t i = 0; i < records.size(); ++i)
        writer.add(keras_dataset(records[i]), records[i].extents, values[i], records[i].is_integer);
}

}  // namespace strata::io
