// hdf5_writer: an HDF5 file made in memory and then written in one piece.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <type_traits>
#include <vector>

#include <strata/core/atomic_file.hpp>
#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/shape.hpp>
#include <strata/io/hdf5_handle.hpp>

namespace strata::inline STRATA_ISA::io {

/// The same content gives the same bytes: no times are written. The file is made in memory, because HDF5 cannot close a
/// file cleanly after a failed write, as on a full disk. Lives inside an hdf5_session.
class hdf5_writer {
public:
    explicit hdf5_writer(const std::filesystem::path& file) : path_(file) {
        constexpr std::size_t increment = std::size_t{1} << 20;
        const hdf5_properties memory(H5Pcreate(H5P_FILE_ACCESS));
        check(H5Pset_fapl_core(memory.id(), increment, false));
        file_ = hdf5_file(H5Fcreate(internal::path_text(file).c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, memory.id()));
        check(file_.id());
        link_ = hdf5_properties(H5Pcreate(H5P_LINK_CREATE));
        check(H5Pset_create_intermediate_group(link_.id(), 1));
        check(H5Pset_char_encoding(link_.id(), H5T_CSET_UTF8));
        plain_ = hdf5_properties(H5Pcreate(H5P_DATASET_CREATE));
        check(H5Pset_obj_track_times(plain_.id(), false));
    }

    /// Adds values as little-endian float32 or float64, or int32; missing groups on the path are made.
    template <class T>
    void add(const std::string& dataset, const shape& extents, const std::vector<T>& values, bool is_integer = false) {
        static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>,
                      "strata: HDF5 files hold weights of float or double");
        constexpr bool is_single = std::is_same_v<T, float>;
        std::vector<hsize_t> sizes;
        for (std::size_t axis = 0; axis < extents.rank(); ++axis) sizes.push_back(extents[axis]);
        const hdf5_space space(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr));
        const hid_t stored = is_integer ? H5T_STD_I32LE : is_single ? H5T_IEEE_F32LE : H5T_IEEE_F64LE;
        const hdf5_dataset made(
            H5Dcreate2(file_.id(), dataset.c_str(), stored, space.id(), link_.id(), plain_.id(), H5P_DEFAULT));
        check(made.id());
        const hid_t memory = is_single ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
        check(H5Dwrite(made.id(), memory, hdf5_whole_space, hdf5_whole_space, H5P_DEFAULT, values.data()));
    }
    /// Gives a group ("" is the root; made where it is missing) a list of texts.
    void add_texts(const std::string& group, const std::string& name, const std::vector<std::string>& texts) {
        const hsize_t count = texts.size();
        add_attribute(group, name, hdf5_space(H5Screate_simple(1, &count, nullptr)), texts);
    }
    /// Gives a group one text.
    void add_text(const std::string& group, const std::string& name, const std::string& text) {
        add_attribute(group, name, hdf5_space(H5Screate(H5S_SCALAR)), {text});
    }

    /// Replaces the old file.
    void write() {
        const std::string bytes = image();
        replace_file_by(path_, bytes);
    }
    /// The bytes of the file.
    std::string image() {
        check(H5Fflush(file_.id(), H5F_SCOPE_GLOBAL));
        const ssize_t size = H5Fget_file_image(file_.id(), nullptr, 0);
        check(size);
        std::string bytes(static_cast<std::size_t>(size), '\0');
        check(H5Fget_file_image(file_.id(), bytes.data(), bytes.size()));
        return bytes;
    }

private:
    void check(long long result) const {
        if (result < 0)
            throw file_error(path_, "cannot be made" + hdf5_reason() + "; do the names of the layers differ?");
    }
    void add_attribute(const std::string& group, const std::string& name, const hdf5_space& space,
                       const std::vector<std::string>& texts) {
        const bool is_there = group.empty() || H5Lexists(file_.id(), group.c_str(), H5P_DEFAULT) > 0;
        const hdf5_object object(is_there
                                     ? H5Oopen(file_.id(), group.empty() ? "/" : group.c_str(), H5P_DEFAULT)
                                     : H5Gcreate2(file_.id(), group.c_str(), link_.id(), H5P_DEFAULT, H5P_DEFAULT));
        check(object.id());
        const hdf5_type type(H5Tcopy(H5T_C_S1));
        check(H5Tset_size(type.id(), hdf5_any_length));
        check(H5Tset_cset(type.id(), H5T_CSET_UTF8));
        const hdf5_attribute made(
            H5Acreate2(object.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT));
        check(made.id());
        std::vector<const char*> pointers;
        for (const std::string& text : texts) pointers.push_back(text.c_str());
        if (!texts.empty()) check(H5Awrite(made.id(), type.id(), pointers.data()));
    }

    std::filesystem::path path_;
    hdf5_file file_;
    hdf5_properties link_, plain_;
};

}  // namespace strata::inline STRATA_ISA::io
