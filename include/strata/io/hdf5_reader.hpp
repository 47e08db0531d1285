// hdf5_reader: an HDF5 file whose names, types and shapes are checked before its values are read.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/extents_text.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/native_file.hpp>
#include <strata/core/shape.hpp>
#include <strata/io/hdf5_handle.hpp>
#include <strata/io/hdf5_heap_check.hpp>
#include <strata/io/record.hpp>

namespace strata::inline STRATA_ISA::io {

/// Follows hard links only: soft and external links may lead out of the file or nowhere. Paths do not begin with a
/// slash. It lives inside an hdf5_session. HDF5 itself has to find damage in its own structures, and version 1.10 may
/// crash on it: use .safetensors for files from untrusted sources.
class hdf5_reader {
public:
    /// Throws file_error for anything but a readable HDF5 file.
    explicit hdf5_reader(const std::filesystem::path& file) : path_(file) {
        const internal::input_file bytes(file, "an HDF5 file");
        size_ = bytes.size();
        if (size_ == 0) throw file_error(file, "is empty, expected an HDF5 file; save it again");
        const std::string name = internal::path_text(file);
        const htri_t known = H5Fis_hdf5(name.c_str());
        if (known < 0) throw file_error(file, "cannot be opened: may it be read?" + hdf5_reason());
        if (known == 0) throw file_error(file, "is no HDF5 file; load a .weights.h5 or .h5 file of Keras or strata");
        if (!hdf5_heap_check(bytes).passes()) refuse_damaged();
        file_ = hdf5_file(H5Fopen(name.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
        if (!file_) refuse_damaged();
        list_objects();
    }

    /// The same of an HDF5 file in memory, which is a part of `file`; HDF5 takes a copy of it.
    hdf5_reader(const std::filesystem::path& file, std::string_view bytes) : path_(file), size_(bytes.size()) {
        if (bytes.empty() || !hdf5_heap_check(file_in_memory(bytes)).passes()) refuse_damaged();
        constexpr std::size_t increment = std::size_t{1} << 16;
        const hdf5_properties memory(H5Pcreate(H5P_FILE_ACCESS));
        // HDF5 does not write to the bytes.
        if (H5Pset_fapl_core(memory.id(), increment, false) < 0 ||
            H5Pset_file_image(memory.id(), const_cast<char*>(bytes.data()), bytes.size()) < 0)
            refuse_damaged();
        file_ = hdf5_file(H5Fopen("weights", H5F_ACC_RDONLY, memory.id()));
        if (!file_) refuse_damaged();
        list_objects();
    }

    const std::filesystem::path& file() const { return path_; }
    bool has_group(const std::string& path) const { return groups_.contains(path); }
    bool has_dataset(const std::string& path) const { return datasets_.contains(path); }
    /// All groups and all datasets, sorted by path.
    const std::set<std::string>& groups() const { return groups_; }
    const std::set<std::string>& datasets() const { return datasets_; }

    /// Whether a group ("" is the root) has a list of texts, whole or in parts `<name>0`, `<name>1`, ...
    bool has_texts(const std::string& group, const std::string& name) const {
        const hdf5_object object = open(group);
        return has_attribute(object, name) || has_attribute(object, name + "0");
    }
    /// A list of texts; Keras cuts a long one into parts.
    std::vector<std::string> texts(const std::string& group, const std::string& name) const {
        const hdf5_object object = open(group);
        std::vector<std::string> result;
        if (has_attribute(object, name)) append_texts(object, name, result);
        else
            for (std::size_t part = 0; has_attribute(object, name + std::to_string(part)); ++part)
                append_texts(object, name + std::to_string(part), result);
        return result;
    }

    /// The only text of an attribute. Throws file_error where it has none, or several.
    std::string text(const std::string& group, const std::string& name) const {
        std::vector<std::string> all = texts(group, name);
        if (all.size() == 1) return std::move(all.front());
        throw file_error(path_, "attribute " + name + " of " + (group.empty() ? "the root" : group) +
                                    ": expected one text, found " + std::to_string(all.size()) +
                                    "; the file is damaged, save it again");
    }

    /// Whether there is a dataset of that shape.
    bool has_shape(const std::string& dataset, const shape& wanted) const {
        if (!has_dataset(dataset)) return false;
        return is_shape(extents_of(hdf5_space(H5Dget_space(open_dataset(dataset).id()))), wanted);
    }
    /// The shape as text, `(3, 5)`, or the kind of object that it is instead of a dataset.
    std::string shape_text(const std::string& dataset) const {
        const hdf5_dataset opened = open_dataset(dataset);
        return internal::extents_text(extents_of(hdf5_space(H5Dget_space(opened.id()))));
    }
    /// The values of a dataset for a weight, from floats or integers of any width. Its type and shape are checked
    /// before memory is allocated.
    template <class T>
    std::vector<T> values(const std::string& dataset, const weight_record& wanted) const {
        static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>,
                      "strata: HDF5 files hold weights of float or double");
        const hdf5_dataset opened = open_dataset(dataset);
        const hdf5_type type(H5Dget_type(opened.id()));
        const H5T_class_t kind = H5Tget_class(type.id());
        if (kind != H5T_FLOAT && !(wanted.is_integer && kind == H5T_INTEGER))
            throw file_error(path_, wanted.where() + ": expected values of type float16, float32 or float64, found " +
                                        type_name(type.id()) + " in " + dataset + "; save the model in float32");
        constexpr std::size_t widest = 16;
        if (H5Tget_size(type.id()) > widest) refuse_damaged(dataset);
        const hdf5_space space(H5Dget_space(opened.id()));
        if (!is_shape(extents_of(space), wanted.extents))
            refuse_shape(path_, wanted, shape_text(dataset) + " in " + dataset);
        // It has no axes, as a single value has, and no value: reading it would leave a zero.
        if (H5Sget_simple_extent_type(space.id()) == H5S_NULL) refuse_damaged(dataset);
        const hdf5_properties layout(H5Dget_create_plist(opened.id()));
        if (H5Pget_layout(layout.id()) == H5D_VIRTUAL || H5Pget_external_count(layout.id()) != 0)
            throw file_error(path_, wanted.where() + ": the values of " + dataset +
                                        " lie in another file; load a file that holds its values");
        if (H5Pget_layout(layout.id()) == H5D_CHUNKED)
            check_chunks(layout, wanted.extents.size() * H5Tget_size(type.id()), dataset);
        std::vector<T> result(wanted.extents.size());
        const hid_t memory = std::is_same_v<T, float> ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
        if (H5Dread(opened.id(), memory, hdf5_whole_space, hdf5_whole_space, H5P_DEFAULT, result.data()) < 0)
            refuse_damaged(dataset);
        return result;
    }

private:
    [[noreturn]] void refuse_damaged(const std::string& where = {}) const {
        throw file_error(path_, (where.empty() ? where : where + " ") +
                                    "cannot be read: the file is truncated or damaged" + hdf5_reason() +
                                    "; save it again");
    }

    /// Refuses chunks and filters: HDF5 allocates memory for a whole chunk, and for the output of its filters, before
    /// it reads a value. Keras writes neither.
    void check_chunks(const hdf5_properties& layout, std::size_t dataset_bytes, const std::string& dataset) const {
        std::array<hsize_t, H5S_MAX_RANK> extents{};
        const int rank = H5Pget_chunk(layout.id(), H5S_MAX_RANK, extents.data());
        const std::size_t most = std::max(std::size_t{1} << 20, 2 * dataset_bytes);
        std::size_t elements = 1;
        for (int axis = 0; axis < rank; ++axis) {
            const hsize_t extent = extents[static_cast<std::size_t>(axis)];
            if (extent == 0 || extent > most / elements) refuse_damaged(dataset);
            elements *= static_cast<std::size_t>(extent);
        }
        for (int i = 0; i < H5Pget_nfilters(layout.id()); ++i) {
            unsigned flags = 0;
            std::size_t count = 0;
            const H5Z_filter_t filter =
                H5Pget_filter2(layout.id(), static_cast<unsigned>(i), &flags, &count, nullptr, 0, nullptr, nullptr);
            if (filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32)
                throw file_error(path_, "the values of " + dataset +
                                            " are compressed; save them as Keras does, without compression");
        }
    }

    /// Whether a group whose links are messages of its header has enough messages for its number of links: version 1.10
    /// frees uninitialized memory where messages are missing.
    static bool has_its_links(hid_t root, const char* group, unsigned messages) {
        H5G_info_t facts{};
        if (H5Gget_info_by_name(root, group, &facts, H5P_DEFAULT) < 0) return false;
        return facts.storage_type != H5G_STORAGE_TYPE_COMPACT || facts.nlinks <= messages;
    }

    void list_objects() {
        const auto visit = [](hid_t root, const char* name, const auto* info, void* self) -> herr_t {
            try {
                // Nested groups: without a limit the length of all paths grows with the square of the size of the file.
                constexpr std::size_t longest = 2048;
                constexpr std::ptrdiff_t deepest = 64;
                const std::string_view path(name);
                if (path.size() > longest || std::count(path.begin(), path.end(), '/') > deepest) return -1;
                if (info->type == H5O_TYPE_GROUP && !has_its_links(root, name, info->hdr.nmesgs)) return -1;
                hdf5_reader& reader = *static_cast<hdf5_reader*>(self);
                if (info->type == H5O_TYPE_GROUP) reader.groups_.insert(name);
                if (info->type == H5O_TYPE_DATASET) reader.datasets_.insert(name);
            } catch (...) {  // no exception may pass through C
                return -1;
            }
            return 0;
        };
        if (H5Ovisit2(file_.id(), H5_INDEX_NAME, H5_ITER_INC, visit, this, H5O_INFO_BASIC | H5O_INFO_HDR) < 0)
            refuse_damaged();
    }
    hdf5_object open(const std::string& group) const {
        hdf5_object object(H5Oopen(file_.id(), group.empty() ? "/" : group.c_str(), H5P_DEFAULT));
        if (!object) refuse_damaged(group);
        return object;
    }
    hdf5_dataset open_dataset(const std::string& path) const {
        hdf5_dataset dataset(H5Dopen2(file_.id(), path.c_str(), H5P_DEFAULT));
        if (!dataset) refuse_damaged(path);
        return dataset;
    }
    static std::vector<hsize_t> extents_of(const hdf5_space& space) {
        const int rank = H5Sget_simple_extent_ndims(space.id());
        std::vector<hsize_t> extents(rank > 0 ? static_cast<std::size_t>(rank) : 0);
        H5Sget_simple_extent_dims(space.id(), extents.data(), nullptr);
        return extents;
    }
    static bool is_shape(const std::vector<hsize_t>& extents, const shape& wanted) {
        bool same = extents.size() == wanted.rank();
        for (std::size_t axis = 0; same && axis < extents.size(); ++axis) same = extents[axis] == wanted[axis];
        return same;
    }
    static bool has_attribute(const hdf5_object& object, const std::string& name) {
        return H5Aexists(object.id(), name.c_str()) > 0;
    }

    void append_texts(const hdf5_object& object, const std::string& name, std::vector<std::string>& result) const {
        const hdf5_attribute attribute(H5Aopen(object.id(), name.c_str(), H5P_DEFAULT));
        const hdf5_type type(attribute ? H5Aget_type(attribute.id()) : H5I_INVALID_HID);
        const hdf5_space space(attribute ? H5Aget_space(attribute.id()) : H5I_INVALID_HID);
        if (!type || !space) refuse_damaged("attribute " + name);
        const hssize_t count = H5Sget_simple_extent_npoints(space.id());
        if (count == 0) return;  // Keras gives an empty list the type float64
        if (H5Tget_class(type.id()) != H5T_STRING)
            throw file_error(path_, "attribute " + name + ": expected texts, found " + type_name(type.id()) +
                                        "; load a file of Keras or strata");
        const std::size_t size = H5Tget_size(type.id()), number = static_cast<std::size_t>(count);
        // Attributes are not compressed; a text of variable length is a reference of 16 bytes in them.
        const bool is_variable = H5Tis_variable_str(type.id()) > 0;
        if (count < 0 || size == 0 || number > size_ / (is_variable ? 16 : size))
            throw file_error(path_,
                             "attribute " + name + " is too large for a list of names; load a file of Keras or strata");
        if (is_variable) {
            std::vector<char*> pointers(number);
            if (H5Aread(attribute.id(), type.id(), pointers.data()) < 0) refuse_damaged("attribute " + name);
            for (const char* text : pointers) result.emplace_back(text == nullptr ? "" : text);
            H5Dvlen_reclaim(type.id(), space.id(), H5P_DEFAULT, pointers.data());
        } else {
            std::string chars(number * size, '\0');
            if (H5Aread(attribute.id(), type.id(), chars.data()) < 0) refuse_damaged("attribute " + name);
            for (std::size_t i = 0; i < number; ++i) {
                const std::string text = chars.substr(i * size, size);
                result.push_back(text.substr(0, text.find('\0')));
            }
        }
    }

    /// numpy's name of a type: `int32`, `string`.
    static std::string type_name(hid_t type) {
        const std::string bits = std::to_string(8 * H5Tget_size(type));
        switch (H5Tget_class(type)) {
            case H5T_FLOAT:
                return "float" + bits;
            case H5T_INTEGER:
                return (H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int") + bits;
            case H5T_STRING:
                return "string";
            case H5T_ENUM:
                return "enumeration";
            case H5T_COMPOUND:
                return "compound";
            case H5T_OPAQUE:
                return "opaque of " + bits + " bits";
            default:
                return "a type that is no number";
        }
    }

    std::filesystem::path path_;
    std::uint64_t size_ = 0;  // of the file, in bytes
    hdf5_file file_;
    std::set<std::string> groups_, datasets_;
};

}  // namespace strata::inline STRATA_ISA::io
