// npy: one array of numpy: a header in Python's spelling, then the values (numpy.org, numpy.lib.format).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/extents_text.hpp>
#include <strata/core/number_as.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/where_used.hpp>
#include <strata/io/half.hpp>

namespace strata::inline STRATA_ISA::io {

static_assert(std::endian::native == std::endian::little, "strata: .npy files are read on little-endian machines");

/// The header of an array.
struct npy_header {
    std::string type;  // numpy's: `<f4`
    bool is_fortran = false;
    std::vector<std::size_t> extents;

    bool is_float() const { return type == "<f4" || type == "<f8" || type == "<f2"; }
    bool is_integer() const { return type == "<i4" || type == "<i8"; }
    /// Integers of one byte: the pixels of images.
    bool is_byte() const { return type == "|u1"; }
    /// Bytes of a value of a float, an integer or a byte.
    std::size_t width() const { return static_cast<std::size_t>(type[2] - '0'); }
    /// The shape as text: `(3, 5)`.
    std::string shape_text() const { return internal::extents_text(extents); }
    bool has_shape(const shape& wanted) const {
        bool same = extents.size() == wanted.rank();
        for (std::size_t axis = 0; same && axis < extents.size(); ++axis) same = extents[axis] == wanted[axis];
        return same;
    }
};

/// The number of bytes before the dictionary of a header: a magic string, a version of two bytes, the length of the
/// dictionary.
inline constexpr std::size_t npy_prefix = 10;
inline constexpr std::string_view npy_magic{"\x93NUMPY", 6};

/// Parses the dictionary of a header, `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5), }`; throws
/// std::invalid_argument with the reason.
template <class = internal::where_used>
class npy_parser {
public:
    explicit npy_parser(std::string_view dictionary) : text_(dictionary) {}

    npy_header parse() {
        npy_header header;
        bool type = false, order = false, extents = false;
        expect('{');
        while (!accept('}')) {
            const std::string key = quoted();
            expect(':');
            if (key == "descr" && !type) {
                type = true;
                header.type = quoted();
            } else if (key == "fortran_order" && !order) {
                order = true;
                header.is_fortran = truth();
            } else if (key == "shape" && !extents) {
                extents = true;
                header.extents = numbers();
            } else {
                fail("unexpected key " + key);
            }
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        if (!type || !order || !extents) fail("no descr, fortran_order or shape");
        space();
        if (at_ != text_.size()) fail("text after the header");
        return header;
    }

private:
    [[noreturn]] void fail(const std::string& reason) const {
        throw std::invalid_argument(reason + " at byte " + std::to_string(at_) + " of the header");
    }
    void space() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    }
    bool accept(char c) {
        space();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    void expect(char c) {
        if (!accept(c)) fail(std::string("expected '") + c + "'");
    }
    std::string quoted() {
        const char quote = accept('"') ? '"' : '\'';
        if (quote == '\'') expect('\'');
        const std::size_t end = text_.find(quote, at_);
        if (end == std::string_view::npos) fail("a text without an end");
        const std::string result(text_.substr(at_, end - at_));
        at_ = end + 1;
        return result;
    }
    bool truth() {
        space();
        for (const std::string_view word : {"True", "False"})
            if (text_.substr(at_).starts_with(word)) {
                at_ += word.size();
                return word == "True";
            }
        fail("expected True or False");
    }
    std::vector<std::size_t> numbers() {
        std::vector<std::size_t> result;
        expect('(');
        while (!accept(')')) {
            space();
            const std::size_t begin = at_;
            std::size_t value = 0;
            for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
                if (value > (SIZE_MAX - 9) / 10) fail("a number that is too large");
                value = value * 10 + static_cast<std::size_t>(text_[at_] - '0');
            }
            if (at_ == begin) fail("expected a number");
            result.push_back(value);
            if (!accept(',')) {
                expect(')');
                break;
            }
        }
        return result;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

/// The header of an array. `read(count)` gives its next bytes. Throws std::invalid_argument with the
/// reason where they are no array of numpy.
template <class Read>
npy_header read_npy_header(Read read) {
    constexpr std::size_t longest = std::size_t{1} << 16;  // numpy's own arrays of numbers need some hundred bytes
    std::string prefix(read(npy_prefix));
    const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(prefix[i])); };
    if (!std::string_view(prefix).starts_with(npy_magic) || byte(6) < 1 || byte(6) > 3)
        throw std::invalid_argument("is no array of numpy; load what numpy or strata wrote");
    std::size_t length = byte(8) + 256 * byte(9);
    if (byte(6) > 1) {
        prefix += read(2);
        length += 65536 * byte(10) + (byte(11) << 24);
    }
    if (length > longest)
        throw std::invalid_argument("has a header of " + std::to_string(length) +
                                    " bytes; load what numpy or strata wrote");
    try {
        return npy_parser<>(std::string(read(length))).parse();
    } catch (const std::invalid_argument& error) {
        throw std::invalid_argument(std::string("has a broken header: ") + error.what() + "; save it again");
    }
}

/// The values of an array in row-major order; `bytes` are exactly its values, of a type that is_float(),
/// is_integer() or is_byte(). Throws std::invalid_argument for a number that T, an integer, cannot hold.
template <class T>
std::vector<T> npy_values(const npy_header& header, std::string_view bytes) {
    const auto element = [&]<class Stored>(std::size_t i, Stored value) {
        std::memcpy(&value, bytes.data() + i * sizeof(Stored), sizeof(Stored));
        return value;
    };
    const auto value = [&](std::size_t i) {
        if (header.type == "<f4") return internal::number_as<T>(element(i, float{}));
        if (header.type == "<f8") return internal::number_as<T>(element(i, double{}));
        if (header.type == "<i4") return internal::number_as<T>(element(i, std::int32_t{}));
        if (header.type == "<i8") return internal::number_as<T>(element(i, std::int64_t{}));
        if (header.is_byte()) return internal::number_as<T>(element(i, std::uint8_t{}));
        return internal::number_as<T>(float_of_half(element(i, std::uint16_t{})));
    };
    std::vector<T> result(bytes.size() / header.width());
    for (std::size_t i = 0; i < result.size(); ++i) {
        std::size_t from = i;
        if (header.is_fortran) {  // the first axis varies fastest
            std::size_t rest = i, step = result.size();
            from = 0;
            for (std::size_t axis = header.extents.size(); axis-- > 0; rest /= header.extents[axis]) {
                step /= header.extents[axis];
                from += rest % header.extents[axis] * step;
            }
        }
        result[i] = value(from);
    }
    return result;
}

/// The bytes of a .npy file with these values in row-major order.
template <class = internal::where_used>
std::string npy_bytes(std::string_view type, const shape& extents, std::string_view values) {
    std::string header = "{'descr': '" + std::string(type) + "', 'fortran_order': False, 'shape': (";
    for (std::size_t axis = 0; axis < extents.rank(); ++axis)
        header += std::to_string(extents[axis]) + (axis + 1 < extents.rank() ? ", " : extents.rank() == 1 ? "," : "");
    header += "), }";
    // Values begin at a multiple of 64 bytes.
    header.resize((npy_prefix + header.size() + 1 + 63) / 64 * 64 - npy_prefix - 1, ' ');
    header += '\n';
    std::string result(npy_magic);
    result += {'\x01', '\x00', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
    return (result += header).append(values);
}

}  // namespace strata::inline STRATA_ISA::io
