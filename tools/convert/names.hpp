// names: C++ identifiers and literals from the names of a file.
#pragma once

#include <string>
#include <string_view>

namespace convert {

/// Whether a text is an identifier that a namespace may have in any program: no keyword, no reserved name, no macro of
/// the standard library or of compilers.
bool is_identifier(std::string_view text);

/// An identifier that resembles a text: `My model-2.keras` gives `My_model_2`, `4x` gives `net_4x`, `class` `class_`.
std::string identifier_from(std::string_view text);

/// A string literal with its quotes. All but letters, digits and a few signs is written as octal escapes, so that a
/// text from a file stays a text.
std::string literal(std::string_view text);

}  // namespace convert
