// The normal form of expressions, and the functions that are recognised.
#include "expression.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>

namespace convert::onnx_import {

namespace {

std::string six_digits(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6g", value == 0.0 ? 0.0 : value);
    return text.data();
}
bool is_near(double a, double b) { return std::fabs(a - b) <= 1e-6 * std::fabs(b); }
bool is_whole(double value) { return value == std::floor(value); }

expression of_part(expression_part part) { return {1.0, {std::move(part)}}; }

void order_parts(std::vector<expression_part>& parts) {
    std::vector<expression_part> merged;
    for (expression_part& each : parts) {
        const std::string base = each.base_text();
        const auto same =
            std::find_if(merged.begin(), merged.end(), [&](const auto& other) { return other.base_text() == base; });
        if (same == merged.end()) merged.push_back(std::move(each));
        else same->power += each.power;
    }
    std::erase_if(merged, [](const auto& each) { return each.power == 0.0; });
    std::sort(merged.begin(), merged.end(), [](const auto& a, const auto& b) { return a.base_text() < b.base_text(); });
    parts = std::move(merged);
}

}  // namespace

std::string expression_part::base_text() const {
    std::string text = function;
    if (inputs.empty()) return text;
    text += "(";
    for (std::size_t i = 0; i < inputs.size(); ++i) text += (i > 0 ? ", " : "") + inputs[i].text();
    return text + ")";
}

std::string expression::text() const {
    std::string text = six_digits(factor);
    for (const expression_part& each : parts) text += " " + each.base_text() + "^" + six_digits(each.power);
    return text;
}

expression number(double value) { return {value, {}}; }
expression variable() { return of_part({"x", {}, 1.0}); }
expression symbol(const std::string& name) { return of_part({"vector " + name, {}, 1.0}); }

expression product(const expression& a, const expression& b) {
    expression result{a.factor * b.factor, a.parts};
    if (result.factor == 0.0) return number(0.0);
    result.parts.insert(result.parts.end(), b.parts.begin(), b.parts.end());
    order_parts(result.parts);
    // 1 / (1 + exp(-x)) is a sigmoid.
    for (expression_part& each : result.parts) {
        if (each.function != "sum" || each.power != -1.0 || each.inputs.size() != 2) continue;
        const expression &term = each.inputs[0], &one = each.inputs[1];
        if (one.is_number() && one.factor == 1.0 && term.factor == 1.0 && term.parts.size() == 1 &&
            term.parts[0].function == "exp" && term.parts[0].power == 1.0 && term.parts[0].inputs[0].factor < 0.0)
            each = {"sigmoid", {product(number(-1.0), term.parts[0].inputs[0])}, 1.0};
    }
    order_parts(result.parts);
    return result;
}

expression power(const expression& base, double exponent) {
    if (exponent == 1.0) return base;
    if (base.is_number()) return number(std::pow(base.factor, exponent));
    const bool splits =
        is_whole(exponent) || (base.factor > 0.0 && base.parts.size() == 1 && base.parts[0].power == 1.0);
    if (!splits) return of_part({"root", {base}, exponent});
    expression result{std::pow(base.factor, exponent), base.parts};
    for (expression_part& each : result.parts) each.power *= exponent;
    return product(number(1.0), result);
}

expression sum(const std::vector<expression>& terms) {
    double alone = 0.0;
    std::vector<expression> flat;
    const auto append = [&](const expression& term) {
        if (term.is_number()) {
            alone += term.factor;
            return;
        }
        for (expression& other : flat)
            if (expression{1.0, other.parts}.text() == expression{1.0, term.parts}.text()) {
                other.factor += term.factor;
                return;
            }
        flat.push_back(term);
    };
    for (const expression& term : terms) {
        const bool is_sum = term.parts.size() == 1 && term.parts[0].function == "sum" && term.parts[0].power == 1.0;
        if (!is_sum) append(term);
        else
            for (const expression& inner : term.parts[0].inputs) append(product(number(term.factor), inner));
    }
    std::erase_if(flat, [](const expression& term) { return term.factor == 0.0; });
    if (flat.empty()) return number(alone);
    if (flat.size() == 1 && alone == 0.0) return flat[0];
    std::sort(flat.begin(), flat.end(), [](const expression& a, const expression& b) {
        return expression{1.0, a.parts}.text() < expression{1.0, b.parts}.text();
    });
    const double scale = alone != 0.0 ? alone : flat[0].factor;
    for (expression& term : flat) term.factor /= scale;
    if (alone != 0.0) flat.push_back(number(1.0));
    return {scale, {{"sum", flat, 1.0}}};
}

expression difference(const expression& a, const expression& b) { return sum({a, product(number(-1.0), b)}); }
expression quotient(const expression& a, const expression& b) { return product(a, power(b, -1.0)); }

expression call(const std::string& function, const expression& of) {
    if (of.is_number()) {
        static const std::map<std::string, double (*)(double)> functions{
            {"exp", std::exp}, {"log", std::log}, {"tanh", std::tanh}, {"erf", std::erf}, {"abs", std::fabs}};
        if (const auto found = functions.find(function); found != functions.end())
            return number(found->second(of.factor));
    }
    // Odd functions.
    if ((function == "erf" || function == "tanh") && of.factor < 0.0)
        return product(number(-1.0), call(function, product(number(-1.0), of)));
    // log(1 + exp(x)) is a softplus.
    if (function == "log" && of.factor == 1.0 && of.parts.size() == 1 && of.parts[0].function == "sum" &&
        of.parts[0].power == 1.0 && of.parts[0].inputs.size() == 2) {
        const expression &term = of.parts[0].inputs[0], &one = of.parts[0].inputs[1];
        if (one.is_number() && term.factor == 1.0 && term.parts.size() == 1 && term.parts[0].function == "exp" &&
            term.parts[0].power == 1.0)
            return of_part({"softplus", {term.parts[0].inputs[0]}, 1.0});
    }
    return of_part({function, {of}, 1.0});
}

expression clip(const expression& of, double low, double high) {
    if (of.factor > 0.0 && of.parts.size() == 1 && of.parts[0].power == 1.0) {
        const expression_part& inner = of.parts[0];
        const double k = of.factor;
        if (inner.function.starts_with("clip ")) {
            double inner_low = 0.0, inner_high = 0.0;
            if (std::sscanf(inner.function.c_str(), "clip %lf %lf", &inner_low, &inner_high) == 2 &&
                low / k < inner_high && high / k > inner_low)
                return product(number(k),
                               clip(inner.inputs[0], std::max(low / k, inner_low), std::min(high / k, inner_high)));
        }
        if (k != 1.0) return product(number(k), clip({1.0, of.parts}, low / k, high / k));
    }
    return of_part({"clip " + six_digits(low) + " " + six_digits(high), {of}, 1.0});
}

std::string activation_named(const expression& e) {
    const expression x = variable(), one = number(1.0);
    const auto gelu_tanh = [&](const expression& inner) {
        return product(product(number(0.5), x),
                       sum({one, call("tanh", product(number(std::sqrt(2.0 / 3.14159265358979323846)), inner))}));
    };
    static const std::map<std::string, std::string> table = [&] {
        std::map<std::string, std::string> names;
        const auto add = [&](const expression& form, const char* name) { names[form.text()] = name; };
        add(product(product(number(0.5), x), sum({one, call("erf", product(number(std::sqrt(0.5)), x))})), "GELU");
        add(gelu_tanh(sum({x, product(number(0.044715), power(x, 3.0))})), "GELUTanh");
        add(gelu_tanh(product(x, sum({one, product(number(0.044715), power(x, 2.0))}))), "GELUTanh");
        add(product(x, call("sigmoid", x)), "SiLU");
        add(call("sigmoid", x), "Sigmoid");
        add(call("softplus", x), "Softplus");
        add(product(x, call("tanh", call("softplus", x))), "Mish");
        add(product(number(1.0 / 6.0), product(x, clip(sum({x, number(3.0)}), 0.0, 6.0))), "HardSiLU");
        add(product(number(1.0 / 6.0), clip(sum({x, number(3.0)}), 0.0, 6.0)), "HardSigmoid");
        add(clip(x, 0.0, 6.0), "ReLU6");
        add(clip(x, 0.0, infinity), "ReLU");
        add(quotient(x, sum({one, call("abs", x)})), "Softsign");
        return names;
    }();
    const auto found = table.find(e.text());
    return found == table.end() ? "" : found->second;
}

normalization_form normalization_named(const expression& e) {
    const expression x = variable(), centred = difference(x, call("mean", x));
    const expression squares = call("mean", power(x, 2.0));
    const std::string variance = call("mean", power(centred, 2.0)).text(),
                      moments = difference(squares, power(call("mean", x), 2.0)).text(),
                      bounded = clip(difference(squares, power(call("mean", x), 2.0)), 0.0, infinity).text();
    if (e.parts.size() != 2) return {};
    for (const bool subtracts : {false, true}) {
        const expression& numerator = subtracts ? centred : x;
        for (std::size_t i = 0; i < 2; ++i) {
            const expression_part &top = e.parts[i], &bottom = e.parts[1 - i];
            if (expression{numerator.factor, {top}}.text() != numerator.text() || bottom.function != "sum" || bottom.power != -0.5 ||
                bottom.inputs.empty() || !bottom.inputs.back().is_number())
                continue;
            // 1 + term / epsilon, whose root is multiplied by that of epsilon.
            std::vector<expression> terms(bottom.inputs.begin(), bottom.inputs.end() - 1);
            expression mean = sum(terms);
            const double epsilon = 1.0 / mean.factor;
            mean.factor = 1.0;
            const std::string found = mean.text();
            const bool is_known = subtracts ? found == variance || found == moments || found == bounded : found == squares.text();
            if (is_known && epsilon > 0.0 && is_near(e.factor, numerator.factor * std::pow(epsilon, -0.5)))
                return {true, subtracts, epsilon};
        }
    }
    return {};
}

}  // namespace convert::onnx_import
