// split: a dataset in two parts, one to train with and one to test with.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/random.hpp>
#include <strata/core/shape.hpp>
#include <strata/train/dataset.hpp>

namespace strata::inline STRATA_ISA {

/// Names and defaults of scikit-learn's train_test_split.
struct split_options {
    /// The share of samples in the second part, more than 0 and less than 1. Their number is rounded up.
    double test_size = 0.25;
    bool shuffle = true;
    std::uint64_t seed = 0;
    /// Whether both parts have the same shares of the classes, to one sample each.
    bool stratify = false;
};

template <class Data>
struct split_dataset {
    Data train, test;
};

namespace detail {

/// Positions in a random order (Fisher and Yates).
inline void shuffle_positions(std::vector<std::size_t>& positions, random_engine& random) {
    for (std::size_t i = positions.size(); i > 1; --i) {
        const auto other = static_cast<std::size_t>(random.uniform() * static_cast<double>(i));
        std::swap(positions[i - 1], positions[std::min(other, i - 1)]);
    }
}

/// How many samples of each class go to the test: the share of each, rounded down, and one more for those with the
/// largest remainders until `wanted` is reached.
inline std::vector<std::size_t> stratified_counts(const std::vector<std::size_t>& sizes, std::size_t wanted) {
    const std::size_t all = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
    std::vector<std::size_t> counts(sizes.size()), order(sizes.size());
    std::vector<double> remainders(sizes.size());
    std::size_t sum = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const double share = static_cast<double>(sizes[i]) * static_cast<double>(wanted) / static_cast<double>(all);
        counts[i] = static_cast<std::size_t>(share);
        remainders[i] = share - static_cast<double>(counts[i]);
        order[i] = i;
        sum += counts[i];
    }
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return remainders[a] != remainders[b] ? remainders[a] > remainders[b] : a < b;
    });
    for (std::size_t i = 0; sum < wanted && i < order.size(); ++i, ++sum) ++counts[order[i]];
    return counts;
}

}  // namespace detail

/// Two datasets with copies of the samples. The same seed gives the same parts on every machine. With stratify the
/// labels are classes. Throws std::invalid_argument where a part would be empty, and with stratify where a class has
/// only one sample. scikit-learn: train_test_split.
template <class T, shape Sample, class Label, shape Target>
split_dataset<Dataset<T, Sample, Label, Target>> train_test_split(const Dataset<T, Sample, Label, Target>& data,
                                                                  split_options options = {}) {
    if (!internal::is_finite(options.test_size) || options.test_size <= 0 || options.test_size >= 1)
        throw std::invalid_argument("strata: train_test_split: test_size is " + std::to_string(options.test_size) +
                                    "; expected more than 0 and less than 1");
    const auto test_count = static_cast<std::size_t>(std::ceil(options.test_size * static_cast<double>(data.size())));
    if (test_count == 0 || test_count >= data.size())
        throw std::invalid_argument(
            internal::message({"strata: train_test_split: ", data.size(), " samples leave ",
                               data.size() - std::min(data.size(), test_count), " for training and ", test_count,
                               " for the test; fix: give more samples, or another test_size"}));
    std::vector<bool> is_test(data.size());
    std::vector<std::size_t> order(data.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    random_engine random(options.seed);
    if (options.shuffle) detail::shuffle_positions(order, random);
    if (options.stratify) {
        std::map<std::vector<Label>, std::vector<std::size_t>> groups;
        for (const std::size_t at : order) groups[{data.label(at).begin(), data.label(at).end()}].push_back(at);
        std::vector<std::size_t> sizes;
        for (const auto& [label, members] : groups) {
            if (members.size() < 2)
                throw std::invalid_argument(
                    "strata: train_test_split: with stratify each class needs at least two samples, "
                    "one has only one; fix: remove its sample, or leave stratify out");
            sizes.push_back(members.size());
        }
        const std::vector<std::size_t> counts = detail::stratified_counts(sizes, test_count);
        std::size_t group = 0;
        for (const auto& [label, members] : groups) {
            for (std::size_t i = 0; i < counts[group]; ++i) is_test[members[i]] = true;
            ++group;
        }
    } else {
        // The last part, as scikit-learn takes it where nothing is shuffled.
        for (std::size_t i = data.size() - test_count; i < data.size(); ++i) is_test[order[i]] = true;
    }
    split_dataset<Dataset<T, Sample, Label, Target>> result;
    result.test.reserve(test_count);
    result.train.reserve(data.size() - test_count);
    for (const std::size_t at : order)
        (is_test[at] ? result.test : result.train).push_back(data.input(at), data.label(at));
    return result;
}

}  // namespace strata::inline STRATA_ISA
