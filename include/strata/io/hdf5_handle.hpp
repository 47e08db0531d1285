// hdf5_handle: owners of identifiers of HDF5's C interface, and a session in the library.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <utility>

#include <hdf5.h>

#include <strata/core/config.hpp>

namespace strata::inline STRATA_ISA::io {

// These macros of HDF5 are C casts: -Wold-style-cast of a user would warn where they are used.
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#endif
inline constexpr hid_t hdf5_whole_space = H5S_ALL;
inline constexpr std::size_t hdf5_any_length = H5T_VARIABLE;
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

/// Owns an identifier; false where HDF5 gave none.
template <herr_t (*Close)(hid_t)>
class hdf5_handle {
public:
    hdf5_handle() = default;
    explicit hdf5_handle(hid_t id) : id_(id) {}
    hdf5_handle(hdf5_handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
    hdf5_handle& operator=(hdf5_handle&& other) noexcept {
        std::swap(id_, other.id_);
        return *this;
    }
    ~hdf5_handle() {
        if (id_ >= 0) Close(id_);
    }

    explicit operator bool() const { return id_ >= 0; }
    hid_t id() const { return id_; }

private:
    hid_t id_ = H5I_INVALID_HID;
};

using hdf5_file = hdf5_handle<H5Fclose>;
using hdf5_object = hdf5_handle<H5Oclose>;
using hdf5_dataset = hdf5_handle<H5Dclose>;
using hdf5_attribute = hdf5_handle<H5Aclose>;
using hdf5_space = hdf5_handle<H5Sclose>;
using hdf5_type = hdf5_handle<H5Tclose>;
using hdf5_properties = hdf5_handle<H5Pclose>;

/// While it lives, HDF5 prints no errors, and other threads that call HDF5 through strata wait: loading and saving is
/// safe from several threads with any build of the library. A program that calls HDF5 itself at the same time needs a
/// thread-safe build. The destructor restores the error printing of the program.
class hdf5_session {
public:
    hdf5_session() : lock_(mutex()) {
        is_silenced_ = H5Eget_auto2(H5E_DEFAULT, &print_, &data_) >= 0;
        if (is_silenced_) H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    }
    hdf5_session(const hdf5_session&) = delete;
    hdf5_session& operator=(const hdf5_session&) = delete;
    ~hdf5_session() {
        if (is_silenced_) H5Eset_auto2(H5E_DEFAULT, print_, data_);
    }

private:
    static std::mutex& mutex() {
        static std::mutex instance;
        return instance;
    }

    std::lock_guard<std::mutex> lock_;
    H5E_auto2_t print_ = nullptr;
    void* data_ = nullptr;
    bool is_silenced_ = false;
};

/// The reason why the last call failed, in HDF5's words and in brackets; empty where there is none.
inline std::string hdf5_reason() {
    std::string reason;
    const auto first = [](unsigned, const H5E_error2_t* error, void* result) -> herr_t {
        try {
            if (error->desc != nullptr)
                *static_cast<std::string*>(result) = std::string(" (HDF5: ") + error->desc + ")";
        } catch (...) {
            return -1;
        }
        return 1;
    };
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, first, &reason);
    return reason;
}

}  // namespace strata::inline STRATA_ISA::io
