// event_wire: the bytes of TensorBoard's event files: protobuf's wire format, and records with CRC32C.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/redundancy_check.hpp>
#include <strata/core/where_used.hpp>

namespace strata::inline STRATA_ISA::detail {

/// A message of protobuf while it is written, field by field. See protobuf's "Encoding".
class wire_message {
public:
    /// A whole number, an enumeration or a truth value.
    wire_message& number(std::uint32_t field, std::uint64_t value) {
        key(field, 0);
        varint(value);
        return *this;
    }
    /// A text, bytes, or a message of its own.
    wire_message& bytes(std::uint32_t field, std::string_view value) {
        key(field, 2);
        varint(value.size());
        bytes_ += value;
        return *this;
    }
    wire_message& message(std::uint32_t field, const wire_message& value) { return bytes(field, value.bytes_); }
    wire_message& real(std::uint32_t field, double value) {
        key(field, 1);
        fixed(std::bit_cast<std::uint64_t>(value));
        return *this;
    }
    /// Packed numbers: floats as they lie in memory of a little-endian machine.
    wire_message& packed_float(std::uint32_t field, float value) {
        key(field, 2);
        varint(sizeof(value));
        fixed(std::bit_cast<std::uint32_t>(value));
        return *this;
    }

    const std::string& bytes() const { return bytes_; }

    /// A number of fixed size, the lowest byte first.
    template <class Number>
    static void append_fixed(std::string& bytes, Number value) {
        for (std::size_t i = 0; i < sizeof(Number); ++i) bytes += static_cast<char>((value >> (8 * i)) & 0xff);
    }

private:
    void key(std::uint32_t field, std::uint32_t type) { varint(field << 3 | type); }
    void varint(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>((value & 0x7f) | 0x80);
        bytes_ += static_cast<char>(value);
    }
    template <class Number>
    void fixed(Number value) {
        append_fixed(bytes_, value);
    }

    std::string bytes_;
};

/// The checksum CRC-32C (Castagnoli) of RFC 3720.
template <class = internal::where_used>
std::uint32_t crc32c(std::string_view bytes) {
    using check = internal::redundancy_check<std::uint32_t, 0x82f63b78u>;
    return ~check::after(check::begin, bytes.data(), bytes.size());
}

/// A record of TensorFlow's TFRecord format: length, its checksum, data, its checksum; checksums are masked.
template <class = internal::where_used>
std::string tf_record(std::string_view data) {
    const auto masked = [](std::uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; };
    std::string result;
    wire_message::append_fixed(result, static_cast<std::uint64_t>(data.size()));
    wire_message::append_fixed(result, masked(crc32c(std::string_view(result))));
    result += data;
    wire_message::append_fixed(result, masked(crc32c(data)));
    return result;
}

}  // namespace strata::inline STRATA_ISA::detail
