// Shared by the parts of the program: plain C++, nothing of strata, so that it means the same in every file.
#pragma once

#include <memory>
#include <span>

/// A net for one instruction set.
class classifier {
public:
    virtual ~classifier() = default;
    virtual const char* instruction_set() const = 0;
    virtual void infer(std::span<const float, 64> in, std::span<float, 10> out) noexcept = 0;
};

// One function a level; net.cpp is compiled once for each.
std::unique_ptr<classifier> make_classifier_v1(std::span<const float> weights);
std::unique_ptr<classifier> make_classifier_v2(std::span<const float> weights);
std::unique_ptr<classifier> make_classifier_v3(std::span<const float> weights);
std::unique_ptr<classifier> make_classifier_v4(std::span<const float> weights);
