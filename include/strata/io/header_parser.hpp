// header_parser: the JSON header of a .safetensors file. The header is a small fixed subset of JSON, an object of
// objects of three fields: strata needs no JSON package for it. Everything outside the subset is refused.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/where_used.hpp>

namespace strata::inline STRATA_ISA::io {

/// One tensor as a header describes it; offsets count from the first byte after the header.
struct header_entry {
    std::string name;
    std::string dtype;
    std::vector<std::size_t> extents;
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// Parses a header; throws std::invalid_argument with the reason and the position.
template <class = internal::where_used>
class basic_header_parser {
public:
    explicit basic_header_parser(std::string_view json) : json_(json) {}

    std::vector<header_entry> parse() {
        std::vector<header_entry> entries;
        members([&](std::string name) {
            if (name != "__metadata__") {
                entries.push_back(entry(std::move(name)));
                return;
            }
            members([&](std::string key) {
                std::string value = string();
                if (!metadata_.emplace(key, std::move(value)).second) fail("the key " + key + " twice");
            });
        });
        space();
        if (at_ != json_.size()) fail("text after the header");
        std::vector<std::string_view> names;
        for (const header_entry& each : entries) names.push_back(each.name);
        std::sort(names.begin(), names.end());
        const auto twice = std::adjacent_find(names.begin(), names.end());
        if (twice != names.end()) fail("the name " + std::string(*twice) + " twice");
        return entries;
    }
    /// The entries of `__metadata__`, after parse().
    const std::map<std::string, std::string>& metadata() const { return metadata_; }

private:
    static constexpr std::size_t most_numbers = 64;  // above any rank: a longer list was made to take memory

    [[noreturn]] void fail(const std::string& reason) const {
        throw std::invalid_argument(reason + " at byte " + std::to_string(at_) + " of the header");
    }
    void space() {
        while (at_ < json_.size() &&
               (json_[at_] == ' ' || json_[at_] == '\n' || json_[at_] == '\t' || json_[at_] == '\r'))
            ++at_;
    }
    bool accept(char c) {
        space();
        if (at_ >= json_.size() || json_[at_] != c) return false;
        ++at_;
        return true;
    }
    void expect(char c) {
        if (!accept(c)) fail(std::string("expected '") + c + "'");
    }
    template <class Member>
    void members(Member member) {
        expect('{');
        if (accept('}')) return;
        do {
            std::string name = string();
            expect(':');
            member(std::move(name));
        } while (accept(','));
        expect('}');
    }
    header_entry entry(std::string name) {
        header_entry result;
        result.name = std::move(name);
        bool dtype = false, shape = false, offsets = false;
        members([&](const std::string& key) {
            if (key == "dtype" && !dtype) {
                dtype = true;
                result.dtype = string();
            } else if (key == "shape" && !shape) {
                shape = true;
                result.extents = numbers();
            } else if (key == "data_offsets" && !offsets) {
                offsets = true;
                const auto both = numbers();
                if (both.size() != 2) fail("data_offsets are two numbers");
                result.begin = both[0];
                result.end = both[1];
            } else {
                fail("unexpected key " + key);
            }
        });
        if (!dtype || !shape || !offsets) fail("a tensor without dtype, shape or data_offsets");
        return result;
    }
    std::vector<std::size_t> numbers() {
        std::vector<std::size_t> result;
        expect('[');
        if (accept(']')) return result;
        do {
            space();
            if (at_ >= json_.size() || json_[at_] < '0' || json_[at_] > '9') fail("expected a number");
            std::size_t value = 0;
            for (; at_ < json_.size() && json_[at_] >= '0' && json_[at_] <= '9'; ++at_) {
                if (value > (SIZE_MAX - 9) / 10) fail("a number that is too large");
                value = value * 10 + static_cast<std::size_t>(json_[at_] - '0');
            }
            if (result.size() == most_numbers) fail("a list of too many numbers");
            result.push_back(value);
        } while (accept(','));
        expect(']');
        return result;
    }
    std::string string() {
        expect('"');
        std::string result;
        while (at_ < json_.size() && json_[at_] != '"') {
            char c = json_[at_++];
            if (static_cast<unsigned char>(c) < 0x20) fail("a control character in a string");
            if (c == '\\') {
                if (at_ >= json_.size()) break;
                c = json_[at_++];
                if (c == 'u') {
                    append_unicode(result);
                    continue;
                }
                constexpr std::string_view from = "\"\\/bfnrt", to = "\"\\/\b\f\n\r\t";
                const std::size_t which = from.find(c);
                if (which == std::string_view::npos) fail("an unknown escape");
                c = to[which];
            }
            result += c;
        }
        expect('"');
        return result;
    }
    /// \uXXXX as UTF-8; surrogates are refused: no name of a weight needs them.
    void append_unicode(std::string& result) {
        unsigned code = 0;
        for (int i = 0; i < 4; ++i, ++at_) {
            const std::size_t digit = at_ < json_.size() ? std::string_view("0123456789abcdefABCDEF").find(json_[at_])
                                                         : std::string_view::npos;
            if (digit == std::string_view::npos) fail("a bad \\u escape");
            code = code * 16 + static_cast<unsigned>(digit >= 16 ? digit - 6 : digit);
        }
        if (code >= 0xd800 && code < 0xe000) fail("a surrogate in a string");
        if (code < 0x80) {
            result += static_cast<char>(code);
        } else if (code < 0x800) {
            result += static_cast<char>(0xc0 | (code >> 6));
            result += static_cast<char>(0x80 | (code & 0x3f));
        } else {
            result += static_cast<char>(0xe0 | (code >> 12));
            result += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
            result += static_cast<char>(0x80 | (code & 0x3f));
        }
    }

    std::string_view json_;
    std::map<std::string, std::string> metadata_;
    std::size_t at_ = 0;
};
using header_parser = basic_header_parser<>;

}  // namespace strata::inline STRATA_ISA::io
