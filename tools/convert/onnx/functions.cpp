// Functions of one value without an activation of their own, as function objects.
#include "functions.hpp"

#include <cmath>
#include <limits>

#include "expression.hpp"
#include "operators.hpp"

namespace convert::onnx_import {

std::string constant_text(double number) {
    if (std::isnan(number) || std::isinf(number)) throw problem("has a number that is not finite");
    return "strata::math::constant<decltype(x)>(" + number_text(number) + ")";
}

value applied(reader& r, const value& in, const std::string& name, const std::string& body) {
    return r.like(in, r.add(function_object{r.function_name(name, body), body}, {in.number}));
}

value clipped(reader& r, const value& in, double low, double high) {
    const auto plain = [&](const char* name) { return r.like(in, r.add(activation{name}, {in.number})); };
    if (low == 0.0 && high == 6.0) return plain("ReLU6");
    if (low == 0.0 && high == infinity) return plain("ReLU");
    if (low == -infinity && high == infinity) return in;
    std::string body = "x";
    if (low > -infinity) body = "strata::math::max(" + body + ", " + constant_text(low) + ")";
    if (high < infinity) body = "strata::math::min(" + body + ", " + constant_text(high) + ")";
    return applied(r, in, "clip", body);
}

value bounded(reader& r, const value& in, bool is_max, double limit) {
    return is_max ? clipped(r, in, limit, infinity) : clipped(r, in, -infinity, limit);
}

value raised(reader& r, const value& in, double exponent) {
    if (exponent == 1.0) return in;
    if (exponent == 0.5) return applied(r, in, "root", "strata::math::sqrt(x)");
    if (exponent == -0.5) return applied(r, in, "inverse_root", constant_text(1.0) + " / strata::math::sqrt(x)");
    constexpr double most = 8.0;
    if (exponent != std::floor(exponent) || exponent == 0.0 || std::fabs(exponent) > most)
        throw problem("has the exponent " + number_text(exponent) +
                      "; strata-convert reads whole ones up to 8, and 0.5");
    std::string body = "x";
    for (double i = 1.0; i < std::fabs(exponent); i += 1.0) body += " * x";
    return applied(r, in, "power", exponent > 0.0 ? body : constant_text(1.0) + " / (" + body + ")");
}

void read_function(reader& r) {
    const std::string& type = r.op().op_type();
    const value in = r.any_input(0);
    const std::string zero = constant_text(0.0), one = constant_text(1.0);
    const auto select = [](const std::string& mask, const std::string& a, const std::string& b) {
        return "strata::math::select(" + mask + ", " + a + ", " + b + ")";
    };
    const std::string negative_exp = "strata::math::exp(strata::math::min(x, " + zero + "))";
    const auto give = [&](const std::string& name, const std::string& body) { r.give(applied(r, in, name, body)); };
    if (type == "Abs") return give("absolute", "strata::math::abs(x)");
    if (type == "Sqrt") return r.give(raised(r, in, 0.5));
    if (type == "Reciprocal") return give("reciprocal", one + " / x");
    if (type == "Log") return give("logarithm", "strata::math::log(x)");
    if (type == "Sin") return give("sine", "strata::math::sin(x)");
    if (type == "Cos") return give("cosine", "strata::math::cos(x)");
    if (type == "Sign")
        return give("sign", select("x > " + zero, one, select("x < " + zero, constant_text(-1.0), zero + " * x")));
    if (type == "Celu" || type == "Elu") {
        const double alpha = r.real("alpha", 1.0);
        if (type == "Elu" && alpha == 1.0) return r.give(r.like(in, r.add(activation{"ELU"}, {in.number})));
        const std::string a = constant_text(alpha);
        const std::string inner = type == "Elu" ? "x" : "x / " + a;
        const std::string below =
            a + " * (strata::math::exp(strata::math::min(" + inner + ", " + zero + ")) - " + one + ")";
        return give(type == "Elu" ? "elu" : "celu", select("x > " + zero, "x", below));
    }
    if (type == "Selu") {
        const auto is_near = [](double a, double b) { return std::fabs(a - b) <= 1e-6 * std::fabs(b); };
        if (is_near(r.real("alpha", 1.67326319217681884765625), 1.6732632) &&
            is_near(r.real("gamma", 1.05070102214813232421875), 1.050701))
            return r.give(r.like(in, r.add(activation{"SELU"}, {in.number})));
        const std::string alpha = constant_text(r.real("alpha", 1.67326319217681884765625)),
                          gamma = constant_text(r.real("gamma", 1.05070102214813232421875));
        return give("selu",
                    gamma + " * " + select("x > " + zero, "x", alpha + " * (" + negative_exp + " - " + one + ")"));
    }
    if (type == "ThresholdedRelu")
        return give("thresholded", select("x > " + constant_text(r.real("alpha", 1.0)), "x", zero));
    if (type == "HardSigmoid") {
        if (std::fabs(r.real("alpha", 0.2) - 1.0 / 6) < 1e-7 && r.real("beta", 0.5) == 0.5)
            return r.give(r.like(in, r.add(activation{"HardSigmoid"}, {in.number})));
        const std::string line = constant_text(r.real("alpha", 0.2)) + " * x + " + constant_text(r.real("beta", 0.5));
        return give("hard_sigmoid", "strata::math::min(strata::math::max(" + line + ", " + zero + "), " + one + ")");
    }
    if (type == "Shrink") {
        const double limit = r.real("lambd", 0.5);
        const std::string bias = constant_text(r.real("bias", 0.0));
        return give("shrink", select("x < " + constant_text(-limit), "x + " + bias,
                                     select("x > " + constant_text(limit), "x - " + bias, zero)));
    }
    throw problem("is a function that strata-convert does not read");
}

void read_clip(reader& r) {
    const auto bound = [&](int i, double usual) {
        if (!r.has_input(i)) return usual;
        const constant& c = r.require_constant(i, "bound");
        if (c.values.size() != 1) throw problem("has a bound that is not one number");
        // The largest number of a type is no bound.
        constexpr double most = std::numeric_limits<float>::max();
        return std::fabs(c.values[0]) >= most && (c.values[0] > 0.0) == (usual > 0.0) ? usual : c.values[0];
    };
    r.give(clipped(r, r.any_input(0), bound(1, -infinity), bound(2, infinity)));
}

}  // namespace convert::onnx_import
