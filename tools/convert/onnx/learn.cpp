// Operators of the domain ai.onnx.ml, which skl2onnx writes: Scaler, LinearRegressor, LinearClassifier, and the tails of
// classifiers.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "operators.hpp"

namespace convert::onnx_import {

namespace {

std::vector<double> floats(reader& r, const char* name) {
    const auto* found = r.attribute(name);
    if (found == nullptr) return {};
    return {found->floats().begin(), found->floats().end()};
}

/// A sample of features.
value vector_input(reader& r) {
    const value in = r.input(0);
    if (in.order.size() != 1)
        throw problem("its input has the shape " + shape_text(r.shape(in)) + ", expected a vector");
    return in;
}

/// Dense of coefficients (outputs, features) and intercepts (outputs).
value linear(reader& r, const value& in, std::size_t outputs) {
    const std::vector<double> coefficients = floats(r, "coefficients"), intercepts = floats(r, "intercepts");
    const std::size_t features = r.shape(in).back();
    if (outputs == 0 || coefficients.size() % outputs != 0 || coefficients.size() / outputs != features ||
        (!intercepts.empty() && intercepts.size() != outputs))
        throw problem("has coefficients that do not fit its input and " + std::to_string(outputs) + " outputs");
    std::vector<array> weights;
    weights.push_back(r.as_array(permuted({{outputs, features}, coefficients}, {1, 0}), {features, outputs}));
    const dense d{.units = static_cast<int>(outputs), .has_bias = !intercepts.empty()};
    if (d.has_bias) weights.push_back(r.as_array({{outputs}, intercepts}, {outputs}));
    return r.like(in, r.add(d, {in.number}, std::move(weights)));
}

/// (x - offset) scale, as a BatchNormalization of mean 0 and a variance that gives a root of 1.
void read_scaler(reader& r) {
    const value in = vector_input(r);
    const std::size_t features = r.shape(in).back();
    r.budget().claim({4, features});
    std::vector<double> scale = floats(r, "scale"), offset = floats(r, "offset");
    for (std::vector<double>* each : {&scale, &offset}) {
        if (each->size() == 1) each->resize(features, each->front());
        if (each->empty()) each->assign(features, each == &scale ? 1.0 : 0.0);
        if (each->size() != features) throw problem("has a scale or offset that does not fit its input");
    }
    constexpr double epsilon = 1e-3;
    for (std::size_t i = 0; i < features; ++i) offset[i] *= -scale[i];
    std::vector<array> weights;
    for (const auto& values : {scale, offset}) weights.push_back(r.as_array({{features}, values}, {features}));
    weights.push_back(r.filled(0.0, features));
    weights.push_back(r.filled(1.0 - epsilon, features));
    r.give(r.like(in, r.add(batch_normalization{epsilon, true, true}, {in.number}, std::move(weights))));
}

void read_regressor(reader& r) {
    if (r.text("post_transform", "NONE") != "NONE") throw problem("has a post_transform; strata-convert reads none");
    r.give(linear(r, vector_input(r), static_cast<std::size_t>(std::max<std::int64_t>(r.integer("targets", 1), 0))));
}

void read_classifier(reader& r) {
    const value in = vector_input(r);
    const auto *integers = r.attribute("classlabels_ints"), *strings = r.attribute("classlabels_strings");
    const int labels = integers != nullptr ? integers->ints_size() : strings != nullptr ? strings->strings_size() : 0;
    r.ignore_attributes({"multi_class"});
    const std::string after = r.text("post_transform", "NONE");
    if (after != "NONE" && after != "SOFTMAX" && after != "LOGISTIC")
        throw problem("has post_transform=" + printable(after));
    if (r.op().output_size() < 2) throw problem("gives labels alone; strata's nets give probabilities");
    value out = linear(r, in, static_cast<std::size_t>(labels));
    if (after != "NONE") out.number = r.add(activation{after == "SOFTMAX" ? "Softmax" : "Sigmoid"}, {out.number});
    r.give(out, 1);
}

/// Over the sum of its values, which is 1 after a Softmax.
void read_normalizer(reader& r) {
    const value in = vector_input(r);
    const node* last = in.number == graph::source ? nullptr : &r.net().nodes[in.number];
    const auto* a = last == nullptr ? nullptr : std::get_if<activation>(&last->op);
    if (r.text("norm", "MAX") != "L1" || a == nullptr || a->function != "Softmax")
        throw problem("normalizes other values than those of a softmax; train the classifier with a softmax");
    r.give(in);
}

/// Probabilities with the names of their classes.
void read_zip_map(reader& r) {
    r.ignore_attributes({"classlabels_int64s", "classlabels_strings"});
    r.give(r.input(0));
}

}  // namespace

operator_function learning_function_of(const std::string& type) {
    static const std::map<std::string, operator_function> table{
        {"LinearClassifier", read_classifier}, {"LinearRegressor", read_regressor}, {"Normalizer", read_normalizer},
        {"Scaler", read_scaler},               {"ZipMap", read_zip_map},
    };
    const auto found = table.find(type);
    return found == table.end() ? nullptr : found->second;
}

}  // namespace convert::onnx_import
