// windows_file: reading and replacing files through Windows' calls. No other header calls Windows for files.
#pragma once

#if defined(_WIN32)

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <strata/core/file_error.hpp>
#include <strata/core/part_name.hpp>
#include <strata/core/windows.hpp>

namespace strata::internal {

/// Owns an open file; closes it at the end.
class file_handle {
public:
    file_handle() = default;
    explicit file_handle(HANDLE id) : id_(id) {}
    file_handle(file_handle&& other) noexcept : id_(std::exchange(other.id_, INVALID_HANDLE_VALUE)) {}
    file_handle& operator=(file_handle&& other) noexcept {
        std::swap(id_, other.id_);
        return *this;
    }
    ~file_handle() { close(); }

    explicit operator bool() const { return id_ != INVALID_HANDLE_VALUE; }
    HANDLE id() const { return id_; }
    void close() {
        if (*this) ::CloseHandle(std::exchange(id_, INVALID_HANDLE_VALUE));
    }

private:
    HANDLE id_ = INVALID_HANDLE_VALUE;
};

/// The text of the last error of the system.
inline std::string last_error() {
    const auto code = static_cast<int>(::GetLastError());
    std::string text = std::error_code(code, std::system_category()).message();
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    return text;
}

/// Other processes may read, replace and remove the file meanwhile.
inline constexpr DWORD shared = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
/// The server of a named pipe learns nothing of this process.
inline constexpr DWORD anonymous = SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS;

/// A regular file, read at any offset. A pipe or a device (`NUL`, `CON`, `\\.\pipe\name`) is refused. Symbolic links
/// are followed.
class input_file {
public:
    /// `expected` says in messages what the file should be: `a .npz file`.
    input_file(const std::filesystem::path& file, std::string_view expected) : path_(file) {
        require_whole_path(file);
        const DWORD attributes = ::GetFileAttributesW(file.c_str());
        if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0)
            throw file_error(path_, "is a folder, expected " + std::string(expected));
        file_ = file_handle(::CreateFileW(file.c_str(), GENERIC_READ, shared, nullptr, OPEN_EXISTING,
                                          FILE_ATTRIBUTE_NORMAL | anonymous, nullptr));
        if (!file_) refuse_to_open();
        if (::GetFileType(file_.id()) != FILE_TYPE_DISK)
            throw file_error(path_, "is a FIFO, a socket or a device, expected " + std::string(expected));
        LARGE_INTEGER size{};
        if (::GetFileSizeEx(file_.id(), &size) == 0) refuse_to_open();
        size_ = static_cast<std::uint64_t>(size.QuadPart);
    }

    const std::filesystem::path& path() const { return path_; }
    /// The number of bytes when it was opened.
    std::uint64_t size() const { return size_; }
    HANDLE id() const { return file_.id(); }
    /// Reads `count` bytes from offset `begin` on. Throws file_error where there are fewer.
    void read(std::uint64_t begin, char* to, std::size_t count) const {
        while (count > 0) {
            constexpr std::size_t most = std::size_t{1} << 30;
            OVERLAPPED at{};
            at.Offset = static_cast<DWORD>(begin & 0xffffffffu);
            at.OffsetHigh = static_cast<DWORD>(begin >> 32);
            DWORD got = 0;
            const BOOL is_read = ::ReadFile(file_.id(), to, static_cast<DWORD>(std::min(count, most)), &got, &at);
            if (is_read == 0 || got == 0) throw file_error(path_, "cannot be read to its end");
            begin += got;
            to += got;
            count -= got;
        }
    }

private:
    [[noreturn]] void refuse_to_open() const {
        throw file_error(path_, "cannot be opened: does it exist, may it be read? (" + last_error() + ")");
    }

    std::filesystem::path path_;
    file_handle file_;
    std::uint64_t size_ = 0;
};

/// All bytes of a file as memory that is only read. Pages are read when they are used first; processes that map one
/// file share them.
class file_mapping {
public:
    file_mapping(const std::filesystem::path& file, std::string_view expected) {
        const input_file opened(file, expected);
        size_ = static_cast<std::size_t>(opened.size());
        if (size_ == 0) return;
        HANDLE const mapping = ::CreateFileMappingW(opened.id(), nullptr, PAGE_READONLY, 0, 0, nullptr);
        if (mapping != nullptr) data_ = ::MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
        const std::string reason = data_ == nullptr ? last_error() : std::string();
        if (mapping != nullptr) ::CloseHandle(mapping);  // the view keeps the mapping
        if (data_ == nullptr) throw file_error(file, "cannot be mapped into memory (" + reason + ")");
    }
    file_mapping(const file_mapping&) = delete;
    file_mapping& operator=(const file_mapping&) = delete;
    ~file_mapping() {
        if (data_ != nullptr) ::UnmapViewOfFile(data_);
    }

    const void* data() const { return data_; }
    std::size_t size() const { return size_; }

private:
    void* data_ = nullptr;
    std::size_t size_ = 0;
};

/// A file that is written under a temporary name, `<name>.part-<process>-<number>`, in the folder of its target, and
/// replaces the target at the end:
/// - The name is made exclusively. No other process can read or write the file meanwhile.
/// - A target that is a folder, a device, read-only, or a link or another reparse point is refused.
/// - The target's attributes and access control list are kept.
/// - The file is on the disk before it replaces the target, and the disk has the new name when commit() returns.
/// - Temporary files of this target that no process has open are removed.
class replacement_file {
public:
    explicit replacement_file(const std::filesystem::path& file) : target_(file) {
        require_whole_path(file);
        if (file.filename().empty()) throw file_error(file, "is a folder; give the name of a file");
        const DWORD old = ::GetFileAttributesW(file.c_str());
        const bool is_there = old != INVALID_FILE_ATTRIBUTES;
        const DWORD error = is_there ? ERROR_SUCCESS : ::GetLastError();
        require_no_device();
        if (is_there) require_replaceable(old);
        folder_ = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
        std::error_code code;
        if (!std::filesystem::is_directory(folder_, code))
            throw file_error(file, "the folder " + path_text(folder_) + " does not exist; make it first");
        ::SetLastError(error);
        if (!is_there && error != ERROR_FILE_NOT_FOUND) refuse("cannot be written");
        prefix_ = part_prefix(file);
        remove_leftovers();
        create(is_there ? old : FILE_ATTRIBUTE_NORMAL, is_there ? access_of_target() : std::vector<char>{});
    }
    replacement_file(const replacement_file&) = delete;
    replacement_file& operator=(const replacement_file&) = delete;
    ~replacement_file() { remove(); }

    /// Appends bytes.
    void write(const void* bytes, std::size_t count) {
        const char* from = static_cast<const char*>(bytes);
        while (count > 0) {
            constexpr std::size_t most = std::size_t{1} << 30;
            DWORD done = 0;
            const auto some = static_cast<DWORD>(std::min(count, most));
            if (::WriteFile(file_.id(), from, some, &done, nullptr) == 0 || done == 0)
                refuse("cannot be written: is the disk full, may the folder be written?");
            from += done;
            count -= done;
        }
    }
    /// Replaces the target by this file.
    void commit() {
        if (::FlushFileBuffers(file_.id()) == 0) refuse("cannot be written to the disk: is it full?");
        constexpr DWORD flags = MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH;
        // Virus scanners and indexers open files for a moment.
        constexpr int most = 20;
        constexpr DWORD pause = 25;  // milliseconds
        for (int attempt = 1; ::MoveFileExW(temporary_.c_str(), target_.c_str(), flags) == 0; ++attempt) {
            const DWORD error = ::GetLastError();
            const bool may_pass = error == ERROR_SHARING_VIOLATION || error == ERROR_ACCESS_DENIED;
            if (!may_pass || attempt == most) refuse("cannot be replaced: does a program have it open or mapped?");
            ::Sleep(pause);
        }
        temporary_.clear();
        file_.close();
    }

private:
    [[noreturn]] void refuse(const std::string& reason) const {
        throw file_error(target_, reason + " (" + last_error() + ")");
    }

    /// Opens the target without access to its content: `CON.txt` is a device in some versions of Windows.
    void require_no_device() const {
        const file_handle opened(::CreateFileW(target_.c_str(), 0, shared, nullptr, OPEN_EXISTING,
                                               FILE_FLAG_BACKUP_SEMANTICS | anonymous, nullptr));
        if (opened && ::GetFileType(opened.id()) != FILE_TYPE_DISK)
            throw file_error(target_, "is a FIFO, a socket or a device; give the name of a file");
    }
    void require_replaceable(DWORD attributes) const {
        if ((attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0)
            throw file_error(target_, "is a link or another reparse point; give the name of the file that it leads to");
        if ((attributes & FILE_ATTRIBUTE_DIRECTORY) != 0)
            throw file_error(target_, "is a folder; give the name of a file");
        if ((attributes & FILE_ATTRIBUTE_READONLY) != 0)
            throw file_error(target_, "is read-only; make it writable, or give another name");
    }
    /// The descriptor with the target's access control list; empty where the file system has none.
    std::vector<char> access_of_target() const {
        DWORD size = 0;
        ::GetFileSecurityW(target_.c_str(), DACL_SECURITY_INFORMATION, nullptr, 0, &size);
        std::vector<char> descriptor(size);
        const BOOL is_read =
            ::GetFileSecurityW(target_.c_str(), DACL_SECURITY_INFORMATION, descriptor.data(), size, &size);
        if (is_read == 0) descriptor.clear();
        return descriptor;
    }

    /// Makes the file under a name that no other file has. Only removing and renaming are shared: commit() renames the
    /// file while it is open, so that no other process takes it for a leftover.
    void create(DWORD old, std::vector<char> access) {
        static std::atomic<unsigned> serial{0};
        constexpr DWORD kept =
            FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_ARCHIVE | FILE_ATTRIBUTE_NOT_CONTENT_INDEXED;
        const DWORD attributes = (old & kept) != 0 ? old & kept : FILE_ATTRIBUTE_NORMAL;
        SECURITY_ATTRIBUTES security{};
        security.nLength = sizeof(security);
        security.lpSecurityDescriptor = access.data();
        for (int attempt = 0; attempt < 1000; ++attempt) {
            const std::string ending = std::to_string(::GetCurrentProcessId()) + "-" + std::to_string(++serial);
            temporary_ = folder_ / (prefix_ + std::filesystem::path(ending).native());
            file_ = file_handle(::CreateFileW(temporary_.c_str(), GENERIC_WRITE | DELETE, FILE_SHARE_DELETE,
                                              access.empty() ? nullptr : &security, CREATE_NEW,
                                              attributes | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
            if (file_) return;
            if (::GetLastError() != ERROR_FILE_EXISTS && ::GetLastError() != ERROR_ALREADY_EXISTS) break;
        }
        temporary_.clear();
        refuse("cannot be written: may the folder be written?");
    }
    void remove() noexcept {
        file_.close();
        if (!temporary_.empty()) ::DeleteFileW(temporary_.c_str());
        temporary_.clear();
    }

    void remove_leftovers() const {
        std::error_code code;
        std::filesystem::directory_iterator entry(folder_, code), end;
        for (; !code && entry != end; entry.increment(code)) {
            const std::wstring name = entry->path().filename().native();
            if (name.starts_with(prefix_) && part_process(path_text(name.substr(prefix_.size()))))
                remove_leftover(entry->path());
        }
    }
    /// Removes a regular file that no process has open, on another machine either.
    static void remove_leftover(const std::filesystem::path& file) {
        const file_handle opened(::CreateFileW(file.c_str(), DELETE | FILE_READ_ATTRIBUTES, 0, nullptr, OPEN_EXISTING,
                                               FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
        BY_HANDLE_FILE_INFORMATION facts{};
        if (!opened || ::GetFileInformationByHandle(opened.id(), &facts) == 0) return;
        if ((facts.dwFileAttributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT)) != 0) return;
        FILE_DISPOSITION_INFO removed{};
        removed.DeleteFile = TRUE;
        ::SetFileInformationByHandle(opened.id(), FileDispositionInfo, &removed, sizeof(removed));
    }

    std::filesystem::path target_, folder_, temporary_;
    std::filesystem::path::string_type prefix_;
    file_handle file_;
};

}  // namespace strata::internal

#endif
