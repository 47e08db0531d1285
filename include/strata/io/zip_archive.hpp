// zip_archive: reading and writing .zip archives through libzip.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <zip.h>

#include <strata/core/atomic_file.hpp>
#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/native_file.hpp>

namespace strata::inline STRATA_ISA::io {

/// An archive to read. Memory is allocated for the bytes that a caller reads, never for a size that the archive states.
class zip_reader {
public:
    /// Throws file_error for anything but a readable archive; messages say what it should be, and what writes such
    /// files.
    explicit zip_reader(const std::filesystem::path& file, std::string_view expected = "a .npz file",
                        std::string_view writer = "numpy's savez")
        : path_(file), archive_(nullptr, zip_discard) {
        if (internal::input_file(file, expected).size() == 0)
            throw file_error(file, "is empty, expected " + std::string(expected) + "; save it again");
        int error = 0;
        archive_.reset(zip_open(internal::path_text(file).c_str(), ZIP_RDONLY, &error));
        if (archive_) return;
        if (error == ZIP_ER_OPEN) throw file_error(file, "cannot be opened: may it be read?");
        throw file_error(file, "is no " + std::string(expected.substr(expected.find('.'))) +
                                   (error == ZIP_ER_NOZIP ? "" : ", or it is damaged (" + reason(error) + ")") +
                                   "; load what " + std::string(writer) + " or strata wrote");
    }

    const std::filesystem::path& file() const { return path_; }
    /// The names of all members, in their order.
    std::vector<std::string> names() const {
        std::vector<std::string> result;
        const zip_int64_t count = zip_get_num_entries(archive_.get(), 0);
        for (zip_int64_t i = 0; i < count; ++i) {
            const char* name = zip_get_name(archive_.get(), static_cast<zip_uint64_t>(i), ZIP_FL_ENC_GUESS);
            if (name == nullptr) refuse_damaged(std::to_string(i));
            result.emplace_back(name);
        }
        return result;
    }

    /// A member, read from its begin to its end.
    class member {
    public:
        member(const zip_reader& archive, std::size_t index, std::string name)
            : archive_(archive),
              name_(std::move(name)),
              file_(zip_fopen_index(archive.archive_.get(), index, 0), zip_fclose) {
            if (!file_) archive_.refuse_damaged(name_);
        }
        /// Exactly `count` bytes more; throws file_error where there are fewer, or they are damaged.
        std::string read(std::size_t count) {
            std::string bytes(count, '\0');
            std::size_t done = 0;
            while (done < count) {
                const zip_int64_t got = zip_fread(file_.get(), bytes.data() + done, count - done);
                if (got <= 0) archive_.refuse_damaged(name_);
                done += static_cast<std::size_t>(got);
            }
            return bytes;
        }
        /// All bytes; throws file_error where there are more than `most`, or they are damaged.
        std::string read_all(std::size_t most) {
            std::string bytes;
            std::vector<char> part(std::size_t{1} << 16);
            for (zip_int64_t got = 0; (got = zip_fread(file_.get(), part.data(), part.size())) != 0;) {
                if (got < 0) archive_.refuse_damaged(name_);
                bytes.append(part.data(), static_cast<std::size_t>(got));
                if (bytes.size() > most)
                    throw file_error(archive_.path_, name_ + " has more than " + std::to_string(most) +
                                                         " bytes, more than the weights of the net can need");
            }
            return bytes;
        }
        /// Throws file_error where there are more bytes, or the checksum differs.
        void expect_end() {
            char more = 0;
            if (zip_fread(file_.get(), &more, 1) != 0) archive_.refuse_damaged(name_);
        }

    private:
        const zip_reader& archive_;
        std::string name_;
        std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file_;
    };

    [[noreturn]] void refuse_damaged(const std::string& name) const {
        throw file_error(path_, name + " cannot be read: the file is truncated, damaged or locked; save it again");
    }

private:
    static std::string reason(int code) {
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        std::string text = zip_error_strerror(&error);
        zip_error_fini(&error);
        return text;
    }

    std::filesystem::path path_;
    std::unique_ptr<zip_t, void (*)(zip_t*)> archive_;
};

/// An archive to write. It is made in memory: a failed write leaves the old file. It has no times: the same content
/// gives the same bytes.
class zip_writer {
public:
    explicit zip_writer(const std::filesystem::path& file)
        : path_(file), memory_(nullptr, zip_source_free), archive_(nullptr, zip_discard) {
        zip_error_t error;
        zip_error_init(&error);
        memory_.reset(zip_source_buffer_create(nullptr, 0, 0, &error));
        if (memory_) archive_.reset(zip_open_from_source(memory_.get(), ZIP_TRUNCATE, &error));
        zip_error_fini(&error);
        if (!archive_) refuse();
        zip_source_keep(memory_.get());  // one reference for the archive, one for memory_
    }

    /// Adds a member, not compressed: weights are nearly random.
    void add(const std::string& name, std::string bytes) {
        contents_.push_back(std::make_unique<std::string>(std::move(bytes)));
        const std::string& kept = *contents_.back();
        zip_source_t* source = zip_source_buffer(archive_.get(), kept.data(), kept.size(), 0);
        if (source == nullptr) refuse();
        const zip_int64_t index = zip_file_add(archive_.get(), name.c_str(), source, ZIP_FL_ENC_UTF_8);
        if (index < 0) {
            zip_source_free(source);
            refuse();
        }
        const auto member = static_cast<zip_uint64_t>(index);
        constexpr zip_uint16_t first_of_january_1980 = 0x21;
        if (zip_set_file_compression(archive_.get(), member, ZIP_CM_STORE, 0) != 0 ||
            zip_file_set_dostime(archive_.get(), member, 0, first_of_january_1980, 0) != 0)
            refuse();
    }
    /// Replaces the old file.
    void write() {
        if (contents_.empty()) return replace_file_by(path_, empty_archive);
        if (zip_close(archive_.get()) != 0) refuse();
        static_cast<void>(archive_.release());
        if (zip_source_open(memory_.get()) != 0) refuse();
        std::string bytes;
        char part[1 << 14];
        for (zip_int64_t got = 0; (got = zip_source_read(memory_.get(), part, sizeof(part))) != 0;) {
            if (got < 0) refuse();
            bytes.append(part, static_cast<std::size_t>(got));
        }
        zip_source_close(memory_.get());
        replace_file_by(path_, bytes);
    }

private:
    // libzip would remove an archive without members.
    static constexpr std::string_view empty_archive{"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22};

    [[noreturn]] void refuse() const {
        throw file_error(path_, "cannot be made: do the names of the layers differ, is there memory?");
    }

    std::filesystem::path path_;
    std::unique_ptr<zip_source_t, void (*)(zip_source_t*)> memory_;
    std::vector<std::unique_ptr<std::string>> contents_;
    std::unique_ptr<zip_t, void (*)(zip_t*)> archive_;
};

}  // namespace strata::inline STRATA_ISA::io
