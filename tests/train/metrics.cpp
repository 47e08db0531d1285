// Metrics against Keras' scores after each of several updates (tests/golden/losses.py), and their edges.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include <strata/io/safetensors.hpp>
#include <strata/train/losses.hpp>
#include <strata/train/metric_names.hpp>
#include <strata/train/metrics.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

constexpr std::size_t updates[] = {5, 4, 3};  // samples in each

template <class Metric>
void prepare(Metric& metric, std::size_t columns) {
    if constexpr (requires { metric.prepare(columns); }) metric.prepare(columns);
}

/// The data of one golden case.
template <class T>
struct golden {
    std::vector<T> y, target, weights;
    std::size_t batch, rows, columns;

    golden(const io::safetensors_file& file, const std::string& prefix)
        : y(file.values<T>(*file.find(prefix + "y"))),
          target(file.values<T>(*file.find(prefix + "target"))),
          weights(file.values<T>(*file.find(prefix + "weights"))) {
        const shape extents = io::safetensors_file::shape_of(*file.find(prefix + "y"));
        batch = extents[0];
        columns = extents.back();
        rows = extents.rows() / batch;
    }
    /// The samples of one update.
    template <class Target, class Metric>
    void update(Metric& metric, std::size_t begin, std::size_t count, bool weighted) const {
        const std::vector<Target> targets(target.begin(), target.end());
        for (std::size_t i = begin; i < begin + count; ++i)
            metric.update(rows, columns, y.data() + i * rows * columns, targets.data() + i * (target.size() / batch),
                          weighted ? static_cast<double>(weights[i]) : 1.0);
    }
};

template <class T, class Target, class Metric>
void compare_targets(const io::safetensors_file& file, const std::string& prefix, Metric metric) {
    const golden<T> data(file, prefix);
    prepare(metric, data.columns);
    for (const bool weighted : {false, true}) {
        const std::vector<T> expected = file.values<T>(*file.find(prefix + (weighted ? "weighted" : "plain")));
        metric.reset();
        std::size_t begin = 0;
        for (std::size_t i = 0; i < std::size(updates); begin += updates[i++]) {
            data.template update<Target>(metric, begin, updates[i], weighted);
            CAPTURE(weighted, i, metric.result(), expected[i]);
            // Keras adds up in T, and takes means in float, on jax.
            const double bound = std::is_same_v<T, float> ? 1e-5 : 1e-6;
            const double difference = metric.result() - static_cast<double>(expected[i]);
            REQUIRE(std::fabs(difference) <= bound * std::max(1.0, std::fabs(metric.result())));
        }
        REQUIRE(begin == data.batch);
    }
}

template <class T, class Argument>
void compare(const io::safetensors_file& file, const std::string& name, const Argument& argument) {
    const std::string prefix = name + (std::is_same_v<T, float> ? "/float32/" : "/float64/");
    INFO(prefix);
    REQUIRE(file.find(prefix + "y") != nullptr);
    const bool has_indices = file.find(prefix + "target")->extents.size() < file.find(prefix + "y")->extents.size();
    const auto values = as_metric<target_kind::values>(argument);
    const auto classes = as_metric<target_kind::class_index>(argument);
    if (has_indices) {
        REQUIRE(classes.targets == target_kind::class_index);
        compare_targets<T, int>(file, prefix, classes);
    } else {
        REQUIRE(values.targets == target_kind::values);
        compare_targets<T, T>(file, prefix, values);
        const golden<T> data(file, prefix);
        const bool whole = std::all_of(data.target.begin(), data.target.end(), [](T t) { return t == std::floor(t); });
        if (whole) compare_targets<T, int>(file, prefix, values);
    }
}

template <class Metric>
double score_of(Metric metric, std::vector<float> y, std::vector<float> target, std::size_t rows = 1) {
    const std::size_t columns = y.size() / rows;
    prepare(metric, columns);
    metric.reset();
    metric.update(rows, columns, y.data(), target.data(), 1.0);
    return metric.result();
}

static_assert(metric<SparseCategoricalAccuracy> && metric<AUC> && metric<metric_of<KLDivergence>> &&
              !metric<KLDivergence>);
static_assert(std::is_same_v<decltype(as_metric<target_kind::values>(Recall{})), Recall>);
static_assert(!F1Score::check(shape{3, 2}).ok && F1Score::check(shape(3)).ok && !R2Score::check(shape{3, 2}).ok);
static_assert(metric_of<MeanSquaredError>{}.name == "mean_squared_error" &&
              metric_of<KLDivergence>{}.name == "kl_divergence");
static_assert(as_metric<target_kind::values>(Accuracy{}).name == "accuracy");
static_assert(as_metric<target_kind::values>(Accuracy{.name = "hits"}).name == "hits");

}  // namespace

#define METRIC_CASE(name, ...)                 \
    compare<float>(file, #name, __VA_ARGS__);  \
    compare<double>(file, #name, __VA_ARGS__); \
    compared += 2 * 5;

TEST_CASE("metrics equal Keras after each update, with weights and without") {
    const io::safetensors_file file(GOLDEN_FOLDER "/metrics.safetensors");
    std::size_t compared = 2 * 2;  // tensors: y, target, weights, plain, weighted in 2 types; of 2 cases, classes too
#include GOLDEN_METRICS
    REQUIRE(compared == file.entries().size());
}

TEST_CASE("the F1 score of each class equals Keras") {
    const io::safetensors_file file(GOLDEN_FOLDER "/metrics.safetensors");
    const auto compare_classes = [&](const std::string& prefix, F1Score metric) {
        const golden<float> data(file, prefix);
        const std::vector<float> expected = file.values<float>(*file.find(prefix + "classes"));
        metric.prepare(data.columns);
        data.update<float>(metric, 0, data.batch, true);
        REQUIRE(expected.size() == std::size(updates) * data.columns);
        for (std::size_t c = 0; c < data.columns; ++c)
            REQUIRE(metric.result(c) == Approx(expected[expected.size() - data.columns + c]).epsilon(1e-5));
        REQUIRE_THROWS_AS(metric.result(data.columns), std::out_of_range);
    };
    compare_classes("f1_score/float32/", F1Score{});
    compare_classes("f1_score_threshold/float32/", F1Score{.threshold = 0.25});
}

TEST_CASE("of equal values the first is the largest, and a NaN is larger than all") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    REQUIRE(score_of(SparseCategoricalAccuracy{}, {1, 3, 3}, {1}) == 1.0);
    REQUIRE(score_of(SparseCategoricalAccuracy{}, {1, 3, 3}, {2}) == 0.0);
    REQUIRE(score_of(SparseCategoricalAccuracy{}, {nan, 3, nan}, {0}) == 1.0);
    REQUIRE(score_of(SparseCategoricalAccuracy{}, {1, nan, nan}, {1}) == 1.0);
    REQUIRE(score_of(CategoricalAccuracy{}, {0, 0, 0}, {1, 1, 0}) == 1.0);
    REQUIRE(score_of(Precision{.top_k = 1}, {0.5f, 0.5f, 0.5f}, {1, 0, 0}) == 1.0);
    REQUIRE(score_of(Precision{.top_k = 2}, {0.5f, 0.7f, 0.5f}, {1, 1, 0}) == 1.0);
}

TEST_CASE("a value is in the top k where fewer than k are larger, ties included") {
    const std::vector<float> y{0.5f, 0.9f, 0.5f, 0.1f};
    REQUIRE(score_of(SparseTopKCategoricalAccuracy{.k = 2}, y, {0}) == 1.0);
    REQUIRE(score_of(SparseTopKCategoricalAccuracy{.k = 2}, y, {2}) == 1.0);
    REQUIRE(score_of(SparseTopKCategoricalAccuracy{.k = 3}, y, {3}) == 0.0);
    REQUIRE(score_of(SparseTopKCategoricalAccuracy{.k = 100}, y, {3}) == 1.0);
    REQUIRE(score_of(SparseTopKCategoricalAccuracy{.k = 0}, y, {1}) == 0.0);
    REQUIRE(score_of(SparseTopKCategoricalAccuracy{.k = 2}, {0.5f, std::nanf("")}, {1}) == 0.0);
    for (const float none : {-1.0f, 4.0f, 1e6f})
        REQUIRE(score_of(SparseTopKCategoricalAccuracy{.k = 100}, y, {none}) == 0.0);
}

TEST_CASE("a top_k of all classes or more takes every value") {
    const std::vector<float> y{0.3f, 0.9f, 0.5f, 0.1f}, target{1, 0, 1, 1};
    for (const std::size_t k : {std::size_t(4), std::size_t(5), std::size_t(100)}) {
        REQUIRE(score_of(Precision{.top_k = k}, y, target) == 0.75);
        REQUIRE(score_of(Recall{.top_k = k}, y, target) == 1.0);
    }
    REQUIRE(score_of(Recall{.top_k = 3}, y, target) == Approx(2.0 / 3.0));
    REQUIRE(score_of(Recall{.top_k = 3}, {std::nanf(""), 0.9f, 0.5f, 0.1f}, target) >= 0.0);  // it ends
}

TEST_CASE("metrics are 0 before the first update, R2Score is NaN") {
    const auto first = [](auto metric) {
        prepare(metric, 3);
        metric.reset();
        return metric.result();
    };
    REQUIRE(first(BinaryAccuracy{}) == 0.0);
    REQUIRE(first(as_metric<target_kind::class_index>(Accuracy{})) == 0.0);
    REQUIRE(first(Precision{}) == 0.0);
    REQUIRE(first(Recall{}) == 0.0);
    REQUIRE(first(AUC{}) == 0.0);
    REQUIRE(first(AUC{.curve = curve::PR}) == 0.0);
    REQUIRE(first(F1Score{}) == 0.0);
    REQUIRE(first(RootMeanSquaredError{}) == 0.0);
    REQUIRE(first(metric_of<Huber>{}) == 0.0);
    REQUIRE(std::isnan(first(R2Score{})));
}

TEST_CASE("a weight of 0 leaves a sample out") {
    const std::array<float, 3> y{0.9f, 0.2f, 0.4f}, wrong{0, 1, 1}, right{1, 0, 0};
    const auto skips = [&](auto metric) {
        prepare(metric, 3);
        metric.update(1, 3, y.data(), right.data(), 2.0);
        const double before = metric.result();
        metric.update(1, 3, y.data(), wrong.data(), 0.0);
        const bool same = metric.result() == before;
        metric.update(1, 3, y.data(), wrong.data(), 1.0);
        return same && metric.result() != before;
    };
    REQUIRE(skips(BinaryAccuracy{}));
    REQUIRE(skips(CategoricalAccuracy{}));
    REQUIRE(skips(TopKCategoricalAccuracy{.k = 1}));
    REQUIRE(skips(Precision{}));
    REQUIRE(skips(Recall{}));
    REQUIRE(skips(AUC{}));
    REQUIRE(skips(F1Score{}));
    REQUIRE(skips(RootMeanSquaredError{}));
    REQUIRE(skips(metric_of{LogCosh{}}));
}

TEST_CASE("AUC takes values outside of [0, 1] and NaN, and orders that are right and wrong throughout") {
    REQUIRE(score_of(AUC{}, {2.0f, 1.5f, -1.0f, -2.0f}, {1, 1, 0, 0}) == Approx(1.0));
    REQUIRE(score_of(AUC{}, {-2.0f, -1.5f, 1.0f, 2.0f}, {1, 1, 0, 0}) == Approx(0.0).margin(1e-12));
    REQUIRE(score_of(AUC{}, {std::nanf(""), 1.0f}, {0, 1}) == Approx(1.0));
    REQUIRE(score_of(AUC{.curve = curve::PR}, {0.9f, 0.8f, 0.1f, 0.2f}, {1, 1, 0, 0}) == Approx(1.0));
    REQUIRE(score_of(AUC{.from_logits = true}, {1e4f, 3.0f, -3.0f, -1e4f}, {1, 1, 0, 0}) == Approx(1.0));
}

TEST_CASE("R2Score is 1 for right outputs and 0 for the mean, and a constant target has none") {
    R2Score metric;
    metric.prepare(2);
    const auto add = [&](std::array<double, 2> y, std::array<double, 2> t) {
        metric.update(1, 2, y.data(), t.data(), 1.0);
    };
    add({1, 3}, {1, 2});
    add({2, 3}, {2, 4});
    REQUIRE(metric.result(0) == 1.0);
    REQUIRE(metric.result(1) == 0.0);
    REQUIRE(metric.result() == 0.5);
    metric.reset();
    add({1, 3}, {2, 3});
    add({3, 3}, {2, 3});
    REQUIRE(metric.result(0) == 0.0);
    REQUIRE(std::isnan(metric.result(1)));
}

TEST_CASE("ErrorToSignalRatio is the power of the error over that of the signal, of all samples together") {
    ErrorToSignalRatio ratio{.mask_first = 1};
    CHECK(ratio.result() == 0.0);
    const float y[] = {100.0f, 1.5f, -2.0f}, target[] = {0.0f, 1.0f, -2.0f};
    ratio.update(3, 1, y, target, 1.0);
    CHECK(ratio.result() == 0.25 / 5.0);
    const float silence[] = {0.0f, 0.0f, 0.0f}, noise[] = {0.0f, 0.5f, 0.0f};
    ratio.update(3, 1, noise, silence, 1.0);  // adds to the error alone
    CHECK(ratio.result() == 0.5 / 5.0);
    ratio.update(3, 1, noise, silence, 0.0);
    CHECK(ratio.result() == 0.5 / 5.0);
    ratio.reset();
    ratio.update(3, 1, silence, target, 1.0);
    CHECK(ratio.result() == 1.0);
    CHECK_THROWS_AS(ErrorToSignalRatio{.mask_first = 3}.validate(shape{3, 1}), std::invalid_argument);
    STATIC_REQUIRE(!ErrorToSignalRatio::check(shape{3}).ok);
}

TEST_CASE("metrics refuse the arguments that Keras refuses") {
    REQUIRE_THROWS_AS(Precision{.thresholds = 1.5}.prepare(3), std::invalid_argument);
    REQUIRE_THROWS_AS(Recall{.thresholds = -0.1}.prepare(3), std::invalid_argument);
    REQUIRE_THROWS_AS(Recall{.top_k = 0}.prepare(3), std::invalid_argument);
    REQUIRE_THROWS_AS(Precision{.class_id = 3}.prepare(3), std::invalid_argument);
    REQUIRE_NOTHROW(Precision{.thresholds = 1.0, .top_k = 9, .class_id = 2}.prepare(3));
    REQUIRE_THROWS_AS(AUC{.num_thresholds = 1}.prepare(3), std::invalid_argument);
    REQUIRE_THROWS_AS(F1Score{.threshold = 0.0}.prepare(3), std::invalid_argument);
    REQUIRE_THROWS_AS(F1Score{.threshold = 1.1}.prepare(3), std::invalid_argument);
    REQUIRE_NOTHROW(F1Score{.threshold = 1.0}.prepare(3));
    try {
        Recall{.class_id = 7}.prepare(3);
        FAIL("a class that is none was taken");
    } catch (const std::invalid_argument& error) {
        REQUIRE(std::string(error.what()) == "Recall: class_id 7 of an output with 3 classes");
    }
}

TEST_CASE("weighted metrics whose name is taken are called so, those of numbered classes are numbered on") {
    using strata::detail::named_metric;
    const std::vector<named_metric> metrics{{.name = "auc", .is_numbered = true},
                                            {.name = "mae"},
                                            {.name = "auc", .is_weighted = true, .is_numbered = true},
                                            {.name = "mae", .is_weighted = true},
                                            {.name = "mse", .is_weighted = true},
                                            {.name = "mae"}};
    CHECK(strata::detail::unique_names(metrics) ==
          std::vector<std::string>{"auc", "mae", "mae_1", "auc_1", "weighted_mae", "mse"});
}

TEST_CASE("a confusion matrix counts targets in rows and predictions in columns") {
    ConfusionMatrix matrix{.class_names = {"cat", "dog", "<fox>"}};
    for (int i = 0; i < 3; ++i) matrix.add(0, 0);
    matrix.add(0, 1);
    matrix.add(1, 1);
    matrix.add(2, 0, 0.5);
    CHECK(matrix.classes == 3);
    CHECK(matrix(0, 0) == 3);
    CHECK(matrix(0, 1) == 1);
    CHECK(matrix(1, 0) == 0);
    CHECK(matrix.recall(0) == 0.75);
    CHECK(matrix.precision(1) == 0.5);
    CHECK(matrix.recall(2) == 0);
    CHECK(matrix.accuracy() == Approx(4 / 5.5));
    CHECK(matrix.to_text() ==
          "        predicted\n"
          "target     cat     dog   <fox>  recall\n"
          "cat          3       1       0  0.7500\n"
          "dog          0       1       0  1.0000\n"
          "<fox>     0.50       0       0  0.0000\n");
    const std::string colored = matrix.to_text(true);
    CHECK(colored.find(" \x1b[48;5;247m\x1b[38;5;16m      3\x1b[0m") != colored.npos);
    CHECK(colored.find(" \x1b[48;5;232m\x1b[38;5;255m      0\x1b[0m") != colored.npos);
    const std::string svg = matrix.to_svg();
    CHECK(svg.find("&lt;fox>") != svg.npos);
    CHECK(svg.find("fill-opacity=\"0.750\"") != svg.npos);
    CHECK(svg.ends_with("</svg>\n"));
    CHECK(svg.find(" rotate(-90)\" text-anchor=\"start\"") == svg.npos);
    ConfusionMatrix long_names{.class_names = {"a long name of a class", "b"}};  // they would overlap
    long_names.add(0, 1);
    CHECK(long_names.to_svg().find(" rotate(-90)\" text-anchor=\"start\"") != svg.npos);
}

TEST_CASE("a confusion matrix takes outputs and labels of a model") {
    ConfusionMatrix matrix;
    const std::vector<int> labels{0, 1, 1};
    matrix.add(std::vector<float>{0.9f, 0.1f, 0.2f, 0.8f, 0.6f, 0.4f}, std::span<const int>(labels));
    CHECK(matrix.counts == std::vector<double>{1, 0, 1, 1});
    ConfusionMatrix binary;
    binary.add(std::vector<float>{0.2f, 0.9f, 0.5f}, std::span<const int>(labels));
    CHECK(binary.counts == std::vector<double>{1, 0, 1, 1});
    CHECK_THROWS_AS(binary.add(std::vector<float>(4), std::span<const int>(labels)), std::invalid_argument);
}

TEST_CASE("a confusion matrix as a metric counts each row of class indices and of one-hot targets") {
    auto sparse = ConfusionMatrix{}.for_targets<target_kind::class_index>();
    static_assert(metric<decltype(sparse)>);
    sparse.prepare(3);
    sparse.reset();
    const std::vector<float> y{0.1f, 0.7f, 0.2f, 0.5f, 0.3f, 0.2f};
    const std::vector<int> target{1, 2};
    sparse.update(2, 3, y.data(), target.data(), 1.0);
    CHECK(sparse.matrix.counts == std::vector<double>{0, 0, 0, 0, 1, 0, 1, 0, 0});
    CHECK(sparse.result() == 0.5);
    sparse.reset();
    CHECK(sparse.matrix.accuracy() == 0);
    auto values = ConfusionMatrix{}.for_targets<target_kind::values>();
    values.prepare(3);
    values.update(2, 3, y.data(), std::vector<float>{0, 1, 0, 0, 0, 1}.data(), 2.0);
    CHECK(values.matrix.counts == std::vector<double>{0, 0, 0, 0, 2, 0, 2, 0, 0});
}
