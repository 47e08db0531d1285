// onnx_import::expression: arithmetic of one value in a normal form, so that two ways to write a function compare
// equal.
#pragma once

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace convert::onnx_import {

/// The bound of a clip that has none on that side.
inline constexpr double infinity = std::numeric_limits<double>::infinity();

struct expression;

/// A base of a product and its power: `x`, a function of an expression, or a sum.
struct expression_part {
    std::string function;            // "x", "sum", "tanh", "clip 0 6", ...
    std::vector<expression> inputs;  // of a sum its terms, the number last
    double power = 1.0;

    std::string base_text() const;
};

/// factor * base^power * ..., the outermost form of every expression. Normal form: sums and products are flat and
/// ordered, and a sum has the number 1 or a first term of factor 1; the factor before it belongs to the product.
struct expression {
    double factor = 0.0;                   // alone, a number
    std::vector<expression_part> parts{};  // ordered by the texts of their bases

    bool is_number() const { return parts.empty(); }
    /// The normal form; numbers have six digits.
    std::string text() const;
};

expression number(double value);
expression variable();
/// A constant vector, by its name.
expression symbol(const std::string& name);
expression sum(const std::vector<expression>& terms);
expression product(const expression& a, const expression& b);
expression power(const expression& base, double exponent);
expression difference(const expression& a, const expression& b);
expression quotient(const expression& a, const expression& b);
/// f(x): `exp`, `log`, `tanh`, `erf`, `abs`, `sigmoid`, `softplus`, `mean`.
expression call(const std::string& function, const expression& of);
/// min(max(x, low), high); the bounds may be infinite.
expression clip(const expression& of, double low, double high);

/// strata's activation of that normal form; empty where there is none.
std::string activation_named(const expression& e);

/// A normalization over the last axis without weights.
struct normalization_form {
    bool is_found = false;
    bool subtracts_mean = false;  // LayerNormalization, else RMSNormalization
    double epsilon = 0.0;
};
normalization_form normalization_named(const expression& e);

}  // namespace convert::onnx_import
