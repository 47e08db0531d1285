// path_template: Keras' names of checkpoints, as `{epoch:02d}-{val_loss:.2f}.weights.h5`.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/decimal.hpp>
#include <strata/train/scores.hpp>

namespace strata::inline STRATA_ISA::detail {

/// `name:[0][width][.precision][d|e|f|g]`, the part of Python's format that names of files use.
struct placeholder {
    std::string_view name;
    bool has_zeros = false;
    std::size_t width = 0;
    std::optional<int> precision;
    char kind = '\0';  // none: as Python's str

    template <class = internal::where_used>
    explicit placeholder(std::string_view field) : name(field.substr(0, field.find(':'))) {
        if (name.empty()) throw std::invalid_argument(internal::message({"{", field, "} has no name"}));
        std::string_view format = field.substr(std::min(field.size(), name.size() + 1));
        if (format.starts_with('0')) {
            has_zeros = true;
            format.remove_prefix(1);
        }
        width = number(format).value_or(0);
        if (format.starts_with('.')) {
            format.remove_prefix(1);
            const auto digits = number(format);
            if (!digits) refuse(field);
            precision = static_cast<int>(*digits);
        }
        if (!format.empty() && std::string_view("defg").find(format.front()) != std::string_view::npos) {
            kind = format.front();
            format.remove_prefix(1);
        }
        if (!format.empty() || (kind == 'd' && precision)) refuse(field);
    }

    template <class = internal::where_used>
    std::string text(double value, bool is_count) const {
        const int digits = precision.value_or(6);
        std::string result;
        if (kind == 'f') result = internal::decimal(value, digits);
        else if (kind == 'e') result = internal::decimal(value, digits, std::chars_format::scientific);
        else if (kind == 'g' || precision) result = internal::decimal(value, digits, std::chars_format::general);
        else result = is_count ? internal::decimal(value, 0) : internal::shortest(value);
        const std::size_t missing = width - std::min(width, result.size());
        const bool is_negative = has_zeros && result.starts_with('-');
        return result.insert(is_negative ? 1u : 0u, missing, has_zeros ? '0' : ' ');
    }

private:
    /// Reads the number at the begin, at most 300.
    template <class = internal::where_used>
    static std::optional<std::size_t> number(std::string_view& format) {
        std::size_t value = 0;
        const auto [end, error] = std::from_chars(format.data(), format.data() + format.size(), value);
        if (error != std::errc() || value > 300) return std::nullopt;
        format.remove_prefix(static_cast<std::size_t>(end - format.data()));
        return value;
    }
    template <class = internal::where_used>
    [[noreturn]] static void refuse(std::string_view field) {
        throw std::invalid_argument(internal::message(
            {"{", field,
             "} is no format; known are forms such as {epoch:02d}, {val_loss:.2f}, {loss:.3e}, {accuracy:.4g}"}));
    }
};

/// Reads a template from left to right: calls plain(text) for literal text and field(placeholder) for each placeholder.
/// {{ and }} are braces.
template <class Plain, class Field>
void for_each_part(std::string_view path, Plain plain, Field field) {
    while (!path.empty()) {
        const std::size_t brace = std::min(path.find_first_of("{}"), path.size());
        plain(path.substr(0, brace));
        path.remove_prefix(brace);
        if (path.empty()) return;
        if (path.starts_with("{{") || path.starts_with("}}")) {
            plain(path.substr(0, 1));
            path.remove_prefix(2);
            continue;
        }
        const std::size_t end = path.find('}');
        if (path.front() == '}' || end == path.npos)
            throw std::invalid_argument("a brace without its partner; write {{ or }} for a brace in the name");
        field(placeholder(path.substr(1, end - 1)));
        path.remove_prefix(end + 1);
    }
}

/// The name with everything filled in; epoch and batch count from one. Throws std::invalid_argument for an unknown
/// name.
template <class = internal::where_used>
std::string fill_path(std::string_view path, std::size_t epoch, std::optional<std::size_t> batch,
                      const Scores& scores) {
    std::string result;
    const auto field = [&](const placeholder& part) {
        const bool is_batch = part.name == "batch" && batch;
        if (part.name == "epoch" || is_batch) {
            result += part.text(static_cast<double>(is_batch ? *batch : epoch), true);
            return;
        }
        if (!scores.contains(part.name))
            throw std::invalid_argument(internal::message(
                {"{", part.name, "} is no score; ", scores.known_names(), ", and epoch", batch ? ", batch" : ""}));
        if (part.kind == 'd')
            throw std::invalid_argument(
                internal::message({"{", part.name, "} is no integer; use a format such as .2f"}));
        result += part.text(scores[part.name], false);
    };
    for_each_part(path, [&](std::string_view text) { result += text; }, field);
    return result;
}

}  // namespace strata::inline STRATA_ISA::detail
