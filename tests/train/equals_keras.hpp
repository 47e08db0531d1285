// Helpers of equals_keras.cpp, which compares one family of trainings.
//
// Bounds in float: a weight may differ by 1e-4 of the largest change of its tensor and 1e-6 of the tensor's largest
// value, which is what some twenty steps round; a score by 1e-5 of the largest of its series. In double
// (-DGOLDEN_SCALAR=double): 2e-7 of each, as Keras in double still rounds to float in places (the mean of a loss), and
// its values are committed as floats. A frozen weight may not change at all.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/io/safetensors.hpp>
#include <strata/strata.hpp>

#include "../catch.hpp"

#ifndef GOLDEN_SCALAR
#define GOLDEN_SCALAR float
#endif

namespace {

using namespace strata;
using scalar = GOLDEN_SCALAR;
constexpr bool is_exact = std::is_same_v<scalar, double>;
constexpr double change_bound = is_exact ? 2e-7 : 1e-4;
constexpr double value_bound = is_exact ? 2e-7 : 1e-6;
constexpr double score_bound = is_exact ? 2e-7 : 1e-5;
using series = std::map<std::string, std::vector<double>>;

/// The tensors of one case; what all cases share is stored once.
class keras_case {
public:
    keras_case(const io::safetensors_file& file, std::string name) : file_(file), name_(std::move(name)) {}

    const io::header_entry* find(const std::string& key) const {
        const auto* own = file_.find(name_ + "/" + key);
        return own != nullptr ? own : file_.find("shared/" + key);
    }
    std::vector<scalar> values(const std::string& key) const {
        const auto* entry = find(key);
        INFO(key);
        REQUIRE(entry != nullptr);
        return file_.values<scalar>(*entry);
    }
    shape extents(const std::string& key) const { return io::safetensors_file::shape_of(*find(key)); }
    /// The series below a prefix.
    series all(const std::string& prefix) const {
        series result;
        const std::string begin = name_ + "/" + prefix;
        for (const auto& entry : file_.entries())
            if (entry.name.starts_with(begin)) result[entry.name.substr(begin.size())] = file_.values<double>(entry);
        return result;
    }
    /// Weights of samples; none where the case has none.
    std::vector<double> weights(const std::string& key) const {
        if (find(key) == nullptr) return {};
        const std::vector<scalar> found = values(key);
        return {found.begin(), found.end()};
    }
    const std::string& name() const { return name_; }

private:
    const io::safetensors_file& file_;
    std::string name_;
};

template <class Net, class Loss>
using dataset_for =
    std::conditional_t<Loss::targets == target_kind::class_index, Dataset<scalar, Net::input_shape(), int>,
                       Dataset<scalar, Net::input_shape(), scalar, Net::output_shape()>>;

/// The inputs of all samples, sample after sample, and their targets in the same order.
struct keras_samples {
    std::vector<scalar> x, y;

    void require(std::size_t inputs, std::size_t targets) const {
        REQUIRE(x.size() >= inputs);
        REQUIRE(y.size() >= targets);
    }
};

/// Samples [first, first + count).
template <class Data>
Data samples(const keras_samples& all, std::size_t first, std::size_t count) {
    constexpr std::size_t in = Data::sample_size, out = Data::label_size;
    all.require((first + count) * in, (first + count) * out);
    Data data;
    for (std::size_t i = first; i < first + count; ++i) {
        const std::span sample(all.x.data() + i * in, in);
        if constexpr (std::is_same_v<typename Data::label_type, int>)
            data.push_back(sample, static_cast<int>(all.y[i]));
        else data.push_back(sample, std::span(all.y.data() + i * out, out));
    }
    return data;
}

/// The weights of a model. What takes them is no template of its net: there are hundreds.
using weight_list = std::span<const weight_view<scalar>>;

void begin_as(const keras_case& keras, weight_list weights) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const std::vector<scalar> begin = keras.values("w" + std::to_string(i));
        REQUIRE(keras.extents("w" + std::to_string(i)) == weights[i].shape());
        weights[i].assign(begin);
    }
    REQUIRE(keras.find("end" + std::to_string(weights.size())) == nullptr);
}

/// What follows the batches without an optimizer, where its layer is not frozen.
bool is_statistic(std::string_view name) { return name.find("/moving_") != std::string_view::npos; }

void compare_weights(const keras_case& keras, weight_list weights) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const std::vector<scalar> begin = keras.values("w" + std::to_string(i));
        const std::vector<scalar> end = keras.values("end" + std::to_string(i)), got = weights[i].to_vector();
        if (!weights[i].trainable() && (end == begin || !is_statistic(weights[i].name()))) {
            INFO(weights[i].name() << " is frozen");
            CHECK(got == begin);
            CHECK(end == begin);
            continue;
        }
        double change = 0.0, largest = 0.0, worst = 0.0;
        for (std::size_t k = 0; k < end.size(); ++k) {
            change = std::max(change, std::fabs(double{end[k]} - begin[k]));
            largest = std::max(largest, std::fabs(double{end[k]}));
            const double difference = std::fabs(double{end[k]} - got[k]);
            if (!(difference <= worst)) worst = difference;
        }
        INFO(weights[i].name() << ": largest change " << change << ", largest value " << largest);
        REQUIRE(change > 0.0);
        CHECK(worst <= change_bound * change + value_bound * largest);
    }
}

void add(series& all, const Scores& scores) {
    for (const auto& [name, value] : scores) all[name].push_back(value);
}

/// The same names, and the same values of each.
void compare_series(const series& expected, const series& got) {
    REQUIRE(!expected.empty());
    for (const auto& [name, values] : got) {
        INFO(name << ", which Keras does not have");
        CHECK(expected.contains(name));
    }
    for (const auto& [name, values] : expected) {
        INFO(name);
        REQUIRE(got.contains(name));
        const std::vector<double>& own = got.at(name);
        REQUIRE(own.size() == values.size());
        double largest = 1e-3;
        for (const double value : values) largest = std::max(largest, std::fabs(value));
        for (std::size_t i = 0; i < values.size(); ++i) {
            INFO("number " << i << ": " << own[i] << ", of Keras " << values[i]);
            CHECK(std::fabs(own[i] - values[i]) <= score_bound * largest);
        }
    }
}

/// The steps of a case, and what they gave. No template of the net either.
class case_steps {
public:
    case_steps(const keras_case& keras, bool is_weighted)
        : keras_(keras),
          all_{keras.values("x"), keras.values("y")},
          weights_(keras.weights("sample_weight")),
          count_(keras.extents("x")[0]),
          batch_(keras.extents("x")[1]) {
        REQUIRE(weights_.empty() != is_weighted);
    }

    std::size_t count() const { return count_; }
    template <class Data>
    Data batch(std::size_t step) const {
        return samples<Data>(all_, step * batch_, batch_);
    }
    batch_options options(std::size_t step) const {
        if (weights_.empty()) return {};
        return {.sample_weight = std::span(weights_).subspan(step * batch_, batch_)};
    }
    void add(const Scores& scores) { ::add(got_, scores); }
    void compare(weight_list weights) const {
        compare_series(keras_.all("scores/"), got_);
        compare_weights(keras_, weights);
    }

private:
    const keras_case& keras_;
    keras_samples all_;
    std::vector<double> weights_;
    std::size_t count_, batch_;
    series got_;
};

[[maybe_unused]] void compare_one(const keras_case& keras, const char* prefix, const Scores& scores) {
    series got;
    add(got, scores);
    compare_series(keras.all(prefix), got);
}

/// Steps without weights of samples: what takes weights is compiled where a case has them.
template <bool IsWeighted, class Net, class Optimizer, class Loss, class... Metrics>
void compare_steps(const keras_case& keras, Net, Optimizer optimizer, Loss loss, Metrics... metrics) {
    INFO(keras.name());
    using data_type = dataset_for<Net, Loss>;
    Model<Net, scalar> model;
    begin_as(keras, model.weights());
    auto trainer = compile(model, optimizer, loss, metrics...);
    case_steps steps(keras, IsWeighted);
    for (std::size_t step = 0; step < steps.count(); ++step)
        steps.add(trainer.train_on_batch(steps.batch<data_type>(step), steps.options(step)));
    steps.compare(model.weights());
    if constexpr (IsWeighted)
        compare_one(keras, "test_on_batch/", trainer.test_on_batch(steps.batch<data_type>(0), steps.options(0)));
}

/// The data of a case of fit.
struct fit_data {
    keras_samples training, validation;
    std::size_t count, validation_count = 0;
    std::vector<double> weights, validation_weights;

    explicit fit_data(const keras_case& keras)
        : training{keras.values("x"), keras.values("y")},
          count(keras.extents("x")[0]),
          weights(keras.weights("sample_weight")),
          validation_weights(keras.weights("validation_weight")) {
        if (keras.find("validation_x") == nullptr) return;
        validation = {keras.values("validation_x"), keras.values("validation_y")};
        validation_count = keras.extents("validation_x")[0];
    }
};

[[maybe_unused]] void compare_history(const keras_case& keras, const History& history) {
    series got;
    for (const auto& name : history.names())
        for (const double value : history[name])
            if (!std::isnan(value)) got[std::string(name)].push_back(value);  // NaN: an epoch without validation
    compare_series(keras.all("history/"), got);
}

template <class Fit, class Net, class Optimizer, class Loss, class... Metrics>
void compare_fit(const keras_case& keras, Fit fit, Net, Optimizer optimizer, Loss loss, Metrics... metrics) {
    INFO(keras.name());
    using data_type = dataset_for<Net, Loss>;
    Model<Net, scalar> model;
    begin_as(keras, model.weights());
    auto trainer = compile(model, optimizer, loss, metrics...);
    const fit_data all(keras);
    const data_type data = samples<data_type>(all.training, 0, all.count);
    const data_type validation = samples<data_type>(all.validation, 0, all.validation_count);
    compare_history(keras, fit(trainer, data, validation, all.weights, all.validation_weights));
    compare_weights(keras, model.weights());
    compare_one(keras, "evaluate/", trainer.evaluate(data, {.batch_size = 4}));
    if (all.weights.empty()) return;
    compare_one(keras, "evaluate_weighted/",
                trainer.evaluate(data, {.batch_size = 4, .sample_weight = all.weights, .steps = 3}));
}

}  // namespace

#define TRAINING_CASE(name, ...) compare_steps<false>(keras_case(file, #name), __VA_ARGS__);
#define WEIGHTED_CASE(name, ...) compare_steps<true>(keras_case(file, #name), __VA_ARGS__);
// The options stand in parentheses, as they hold commas.
#define OPTIONS(...) __VA_ARGS__
#define FIT_CASE(name, options, ...)                                                 \
    compare_fit(                                                                     \
        keras_case(file, #name),                                                     \
        [](auto& trainer, const auto& data, [[maybe_unused]] const auto& validation, \
           [[maybe_unused]] const std::vector<double>& sample_weight,                \
           [[maybe_unused]] const std::vector<double>& validation_weight) {          \
            return trainer.fit(data, OPTIONS options);                               \
        },                                                                           \
        __VA_ARGS__);
