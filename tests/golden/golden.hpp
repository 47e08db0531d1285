// Helpers of golden.cpp, which compares one family of golden values.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <strata/io/safetensors.hpp>
#include <strata/strata.hpp>

#include "../catch.hpp"
#include "../model/one_by_one.hpp"

namespace {

using namespace strata;

/// Writes the case's weights; as many as the model has. Not a template of the net: there are hundreds.
void assign_weights(const io::safetensors_file& file, const std::string& name,
                    std::span<const weight_view<float>> weights) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const auto* entry = file.find(name + "/w" + std::to_string(i));
        REQUIRE(entry != nullptr);
        REQUIRE(io::safetensors_file::shape_of(*entry) == weights[i].shape());
        weights[i].assign(file.values<float>(*entry));
    }
    REQUIRE(file.find(name + "/w" + std::to_string(weights.size())) == nullptr);
}

void compare_outputs(const io::safetensors_file& file, const std::string& name, const std::vector<float>& y) {
    const auto expected = file.values<float>(*file.find(name + "/y"));
    REQUIRE(y.size() == expected.size());
    float largest = 0.0f, worst = 0.0f;
    for (std::size_t i = 0; i < y.size(); ++i) {
        largest = std::max(largest, std::fabs(expected[i]));
        const float difference = std::fabs(y[i] - expected[i]);
        if (!(difference <= worst)) worst = difference;
    }
    INFO("worst " << worst << ", largest " << largest);
    REQUIRE(worst <= 1e-5f * std::max(largest, 1e-3f));
}

template <class Net>
void compare(const io::safetensors_file& file, const std::string& name, Net) {
    INFO(name);
    Model<Net> model;
    assign_weights(file, name, model.weights());
    compare_outputs(file, name, outputs_of(model, file.values<float>(*file.find(name + "/x"))));
}

}  // namespace

#define GOLDEN_CASE(name, ...) compare(file, #name, __VA_ARGS__);
