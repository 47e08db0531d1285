// posix_file: reading and replacing files through POSIX. No other header calls POSIX for files.
#pragma once

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <strata/core/file_error.hpp>
#include <strata/core/part_name.hpp>
#include <strata/core/where_used.hpp>

namespace strata::internal {

// Templates, so that a program compiles them only where it reads or writes files.

/// Owns an open file; closes it at the end.
class file_descriptor {
public:
    file_descriptor() = default;
    explicit file_descriptor(int id) : id_(id) {}
    file_descriptor(file_descriptor&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
    file_descriptor& operator=(file_descriptor&& other) noexcept {
        std::swap(id_, other.id_);
        return *this;
    }
    ~file_descriptor() {
        if (id_ >= 0) ::close(id_);
    }

    explicit operator bool() const { return id_ >= 0; }
    int id() const { return id_; }

private:
    int id_ = -1;
};

/// The text of the last error of the system.
template <class = where_used>
std::string last_error() {
    return std::error_code(errno, std::generic_category()).message();
}

/// A regular file, read at any offset. Opening never waits: a FIFO, a socket or a device is refused.
template <class = where_used>
class basic_input_file {
public:
    /// `expected` says in messages what the file should be: `a .npz file`.
    basic_input_file(const std::filesystem::path& file, std::string_view expected) : path_(file) {
        require_whole_path(file);
        struct stat facts{};
        if (::stat(file.c_str(), &facts) != 0) refuse_to_open();
        require_regular(facts.st_mode, expected);
        // Another file may have the name by now, even a FIFO.
        file_ = file_descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
        if (!file_ || ::fstat(file_.id(), &facts) != 0) refuse_to_open();
        require_regular(facts.st_mode, expected);
        size_ = static_cast<std::uint64_t>(facts.st_size);
    }

    const std::filesystem::path& path() const { return path_; }
    /// The number of bytes when it was opened.
    std::uint64_t size() const { return size_; }
    int id() const { return file_.id(); }
    /// Reads `count` bytes from offset `begin` on. Throws file_error where there are fewer.
    void read(std::uint64_t begin, char* to, std::size_t count) const {
        while (count > 0) {
            constexpr std::size_t most = std::size_t{1} << 30;  // Linux and macOS read no more than 2 GB at once
            const ssize_t got = ::pread(file_.id(), to, std::min(count, most), static_cast<off_t>(begin));
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) throw file_error(path_, "cannot be read to its end");
            begin += static_cast<std::uint64_t>(got);
            to += got;
            count -= static_cast<std::size_t>(got);
        }
    }

private:
    [[noreturn]] void refuse_to_open() const {
        throw file_error(path_, "cannot be opened: does it exist, may it be read? (" + last_error() + ")");
    }
    void require_regular(mode_t mode, std::string_view expected) const {
        if (S_ISDIR(mode)) throw file_error(path_, "is a folder, expected " + std::string(expected));
        if (!S_ISREG(mode))
            throw file_error(path_, "is a FIFO, a socket or a device, expected " + std::string(expected));
    }

    std::filesystem::path path_;
    file_descriptor file_;
    std::uint64_t size_ = 0;
};
using input_file = basic_input_file<>;

/// All bytes of a file as memory that is only read. Pages are read when they are used first; processes that map one
/// file share them.
template <class = where_used>
class basic_file_mapping {
public:
    basic_file_mapping(const std::filesystem::path& file, std::string_view expected) {
        const input_file opened(file, expected);
        size_ = static_cast<std::size_t>(opened.size());
        if (size_ == 0) return;
        void* const mapped = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, opened.id(), 0);
        if (mapped == MAP_FAILED) throw file_error(file, "cannot be mapped into memory (" + last_error() + ")");
        data_ = mapped;
    }
    basic_file_mapping(const basic_file_mapping&) = delete;
    basic_file_mapping& operator=(const basic_file_mapping&) = delete;
    ~basic_file_mapping() {
        if (data_ != nullptr) ::munmap(data_, size_);
    }

    const void* data() const { return data_; }
    std::size_t size() const { return size_; }

private:
    void* data_ = nullptr;
    std::size_t size_ = 0;
};
using file_mapping = basic_file_mapping<>;

/// The time at which this process initialized its variables.
template <class = where_used>
inline const std::time_t process_begin = std::time(nullptr);

/// A file that is written under a temporary name, `<name>.part-<process>-<number>`, in the folder of its target, and
/// replaces the target at the end:
/// - The name is made exclusively. The file is locked while it is written.
/// - Where the target is a symbolic link, the file that it leads to is replaced, and the link stays.
/// - The target's mode is kept, and its owner where the process may set it.
/// - File and folder are synchronized to the disk before commit() returns.
/// - Temporary files of this target that dead processes left are removed.
template <class = where_used>
class basic_replacement_file {
public:
    explicit basic_replacement_file(const std::filesystem::path& file) : named_(file), target_(followed(file)) {
        if (target_.filename().empty()) throw file_error(file, "is a folder; give the name of a file");
        struct stat old{};
        const bool is_there = ::stat(target_.c_str(), &old) == 0;
        if (!is_there && errno != ENOENT) refuse("cannot be written");
        if (is_there && S_ISDIR(old.st_mode)) throw file_error(file, "is a folder; give the name of a file");
        if (is_there && !S_ISREG(old.st_mode))
            throw file_error(file, "is a FIFO, a socket or a device; give the name of a file");
        folder_ = target_.has_parent_path() ? target_.parent_path() : std::filesystem::path(".");
        std::error_code code;
        if (!std::filesystem::is_directory(folder_, code))
            throw file_error(file, "the folder " + folder_.string() + " does not exist; make it first");
        prefix_ = part_prefix(target_);
        remove_leftovers();
        create(is_there ? S_IRUSR | S_IWUSR : S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH);
        try {
            if (is_there) keep_owner_and_mode(old);
        } catch (...) {
            remove();
            throw;
        }
    }
    basic_replacement_file(const basic_replacement_file&) = delete;
    basic_replacement_file& operator=(const basic_replacement_file&) = delete;
    ~basic_replacement_file() { remove(); }

    /// Appends bytes.
    void write(const void* bytes, std::size_t count) {
        const char* from = static_cast<const char*>(bytes);
        while (count > 0) {
            constexpr std::size_t most = std::size_t{1} << 30;
            const ssize_t done = ::write(file_.id(), from, std::min(count, most));
            if (done < 0 && errno == EINTR) continue;
            if (done <= 0) refuse("cannot be written: is the disk full, may the folder be written?");
            from += done;
            count -= static_cast<std::size_t>(done);
        }
    }
    /// Replaces the target by this file.
    void commit() {
        if (!synchronize(file_.id())) refuse("cannot be written to the disk: is it full?");
        ::flock(file_.id(), LOCK_UN);  // HDF5 refuses to read a file that is locked
        if (::rename(temporary_.c_str(), target_.c_str()) != 0) refuse("cannot be replaced");
        temporary_.clear();
        // Without this a crash of the machine may bring the old file back.
        const file_descriptor folder(::open(folder_.c_str(), O_RDONLY | O_CLOEXEC));
        if (folder && !synchronize(folder.id())) refuse("was written, but its folder cannot be synchronized");
    }

private:
    [[noreturn]] void refuse(const std::string& reason) const {
        throw file_error(named_, reason + " (" + last_error() + ")");
    }

    /// The file that a chain of symbolic links leads to, whether it is there or not.
    static std::filesystem::path followed(const std::filesystem::path& file) {
        require_whole_path(file);
        std::filesystem::path target = file;
        std::error_code code;
        for (int links = 0; std::filesystem::is_symlink(std::filesystem::symlink_status(target, code)); ++links) {
            const std::filesystem::path next = std::filesystem::read_symlink(target, code);
            constexpr int most = 40;  // as Linux follows
            if (code || links == most) throw file_error(file, "is a link that leads nowhere; give another name");
            target = next.is_absolute() ? next : target.parent_path() / next;
        }
        return target;
    }

    /// Makes the file under a name that no other file has.
    void create(mode_t mode) {
        static std::atomic<unsigned> serial{0};
        for (int attempt = 0; attempt < 1000; ++attempt) {
            temporary_ = folder_ / (prefix_ + std::to_string(::getpid()) + "-" + std::to_string(++serial));
            constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
            file_ = file_descriptor(::open(temporary_.c_str(), flags, mode));
            if (!file_ && errno == EEXIST) continue;
            if (!file_) break;
            // Another process may have removed the new file as a leftover before it was locked.
            struct stat facts{};
            const bool is_locked = ::flock(file_.id(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
            if (is_locked && ::fstat(file_.id(), &facts) == 0 && facts.st_nlink > 0) return;
        }
        temporary_.clear();
        refuse("cannot be written: may the folder be written?");
    }
    void keep_owner_and_mode(const struct stat& old) const {
        constexpr mode_t bits = 07777;
        struct stat now{};
        if (::fstat(file_.id(), &now) != 0) refuse("cannot be written");
        // Only a privileged process may change the owner; for others the file belongs to the user who saves.
        if (old.st_uid != now.st_uid || old.st_gid != now.st_gid)
            static_cast<void>(::fchown(file_.id(), old.st_uid, old.st_gid) == 0);
        if ((old.st_mode & bits) != (now.st_mode & bits) && ::fchmod(file_.id(), old.st_mode & bits) != 0)
            refuse("its mode cannot be kept");
    }
    void remove() noexcept {
        if (!temporary_.empty()) ::unlink(temporary_.c_str());
        temporary_.clear();
    }
    /// Whether the disk has what was written; true where the file system has no such call.
    static bool synchronize(int id) {
#if defined(F_FULLFSYNC)
        if (::fcntl(id, F_FULLFSYNC) == 0) return true;
#endif
        while (::fsync(id) != 0)
            if (errno != EINTR) return errno == EINVAL || errno == ENOTSUP || errno == EROFS;
        return true;
    }

    void remove_leftovers() const {
        std::error_code code;
        std::filesystem::directory_iterator entry(folder_, code), end;
        for (; !code && entry != end; entry.increment(code)) {
            const std::string name = entry->path().filename().string();
            if (name.starts_with(prefix_) && is_leftover(entry->path(), std::string_view(name).substr(prefix_.size())))
                ::unlink(entry->path().c_str());
        }
    }
    /// Whether no process writes the temporary file with this ending, `<process>-<number>`: its process has ended, and
    /// the file is not locked, not by another machine either. An older process may have had the number of this one.
    static bool is_leftover(const std::filesystem::path& file, std::string_view ending) {
        const std::optional<int> named = part_process(ending);
        if (!named) return false;
        const pid_t process = *named;
        const file_descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
        struct stat facts{};
        if (!opened || ::fstat(opened.id(), &facts) != 0 || !S_ISREG(facts.st_mode)) return false;
        const bool is_gone =
            process == ::getpid() ? facts.st_mtime < process_begin<> : ::kill(process, 0) != 0 && errno == ESRCH;
        return is_gone && (::flock(opened.id(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK);
    }

    std::filesystem::path named_, target_, folder_, temporary_;
    std::string prefix_;
    file_descriptor file_;
};
using replacement_file = basic_replacement_file<>;

}  // namespace strata::internal
