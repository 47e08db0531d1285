// weight_shapes: the shapes of the weights in a file, for messages about files that fit no net.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/text.hpp>
#include <strata/core/where_used.hpp>
#include <strata/io/record.hpp>
#include <strata/io/safetensors.hpp>
#include <strata/io/weights.hpp>
#if defined(STRATA_WITH_HDF5)
#include <strata/io/hdf5.hpp>
#endif
#if defined(STRATA_WITH_LIBZIP)
#include <strata/io/npz.hpp>
#endif

namespace strata::inline STRATA_ISA::io {

/// The shapes of all weights of a file as texts, sorted. Throws file_error where it cannot be read.
template <class = internal::where_used>
std::vector<std::string> weight_shapes(const std::filesystem::path& file) {
    const std::string extension = extension_of(file);
    std::vector<std::string> shapes;
    bool is_known = extension == ".safetensors";
    if (extension == ".safetensors") {
        const safetensors_file tensors(file);
        for (const header_entry& entry : tensors.entries())
            shapes.push_back(to_text(safetensors_file::shape_of(entry)).str());
    }
#if defined(STRATA_WITH_HDF5)
    if (extension == ".h5" || extension == ".hdf5") {
        is_known = true;
        const hdf5_session session;
        const hdf5_reader reader(file);
        for (const std::string& dataset : reader.datasets()) shapes.push_back(reader.shape_text(dataset));
    }
#endif
#if defined(STRATA_WITH_LIBZIP)
    if (extension == ".npz") {
        is_known = true;
        const zip_reader archive(file);
        const std::vector<std::string> names = archive.names();
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i] == architecture_member()) continue;
            zip_reader::member member(archive, i, names[i]);
            shapes.push_back(read_npy_header(archive, member, names[i]).shape_text());
        }
    }
#endif
#if defined(STRATA_WITH_HDF5) && defined(STRATA_WITH_LIBZIP)
    if (extension == ".keras") {
        is_known = true;
        // Keras does not compress; the weights of all nets were no more than a load allows.
        const std::size_t most = (std::size_t{1} << 26) +
                                 16 * static_cast<std::size_t>(internal::input_file(file, "a .keras archive").size());
        const std::string bytes = keras_weights(file, most);
        const hdf5_session session;
        const hdf5_reader reader(file, bytes);
        for (const std::string& dataset : reader.datasets()) shapes.push_back(reader.shape_text(dataset));
    }
#endif
    if (!is_known) refuse_extension(file);
    std::sort(shapes.begin(), shapes.end());
    return shapes;
}

/// How many shapes of a net's weights a file lacks, and how many it has that the net lacks.
template <class = internal::where_used>
std::size_t shape_distance(const std::vector<std::string>& in_file, const weight_list& list) {
    std::vector<std::string> wanted, different;
    for (const weight_record& record : list.records) wanted.push_back(to_text(record.extents).str());
    std::sort(wanted.begin(), wanted.end());
    std::set_symmetric_difference(in_file.begin(), in_file.end(), wanted.begin(), wanted.end(),
                                  std::back_inserter(different));
    return different.size();
}

}  // namespace strata::inline STRATA_ISA::io
