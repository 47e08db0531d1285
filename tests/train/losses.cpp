// Losses against Keras' values and gradients (tests/golden/losses.py), by central differences, and where they saturate.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include <strata/io/safetensors.hpp>
#include <strata/train/losses.hpp>

#include "../catch.hpp"
#include "../kernels/guarded.hpp"

namespace {

using namespace strata;

/// Equal up to bound times the largest expected value, or times 0.01 where all are 0 but for rounding; a NaN fails.
template <class T>
void require_close(const std::vector<T>& found, const std::vector<T>& expected, T bound) {
    REQUIRE(found.size() == expected.size());
    T largest = T(0.01);
    for (const T value : expected) largest = std::max(largest, std::fabs(value));
    for (std::size_t i = 0; i < found.size(); ++i) {
        CAPTURE(i, found[i], expected[i], largest);
        REQUIRE(std::fabs(found[i] - expected[i]) <= bound * largest);
    }
}

template <class T>
struct loss_and_gradient {
    T loss;
    std::vector<T> gradient;
};

/// One sample in memory whose ends are guarded: the loss with its gradient, and that the gradient does not change the
/// loss.
template <class T, class Target, class Loss>
loss_and_gradient<T> evaluate(const Loss& loss, std::size_t rows, std::size_t columns, const T* y, const T* target,
                              T scale) {
    const std::size_t n = rows * columns, count = Loss::targets == target_kind::values ? n : rows;
    guarded<T> outputs(n), dy(n);
    guarded<Target> targets(count);
    for (std::size_t i = 0; i < n; ++i) outputs[i] = y[i];
    for (std::size_t i = 0; i < count; ++i) targets[i] = static_cast<Target>(target[i]);
    const T value = loss(rows, columns, outputs.data(), targets.data(), scale, dy.data());
    REQUIRE(loss(rows, columns, outputs.data(), targets.data(), scale, static_cast<T*>(nullptr)) == value);
    REQUIRE(dy.is_intact());
    return {value, std::vector<T>(dy.data(), dy.data() + n)};
}

template <class T, class Target, class Loss>
void compare_targets(const io::safetensors_file& file, const std::string& prefix, const Loss& loss, T bound) {
    const auto values = [&](const char* name) { return file.values<T>(*file.find(prefix + name)); };
    const shape extents = io::safetensors_file::shape_of(*file.find(prefix + "y"));
    const std::size_t batch = extents[0], columns = extents.back(), rows = extents.rows() / batch;
    const std::vector<T> y = values("y"), target = values("target");
    std::vector<T> losses, gradient;
    for (std::size_t i = 0; i < batch; ++i) {
        const auto found =
            evaluate<T, Target>(loss, rows, columns, y.data() + i * rows * columns,
                                target.data() + i * (target.size() / batch), T(1) / static_cast<T>(batch));
        losses.push_back(found.loss);
        gradient.insert(gradient.end(), found.gradient.begin(), found.gradient.end());
    }
    require_close(losses, values("loss"), bound);
    require_close(gradient, values("gradient"), bound);
}

template <class T, class Loss>
void compare(const io::safetensors_file& file, const std::string& name, const Loss& loss) {
    // In double too Keras takes means in float, on jax.
    const T bound = std::is_same_v<T, float> ? T(1e-5) : T(1e-6);
    for (const std::string sample : {"1", "5", "3x18", "edges"}) {
        const std::string prefix = name + "/" + sample + (std::is_same_v<T, float> ? "/float32/" : "/float64/");
        INFO(prefix);
        REQUIRE(file.find(prefix + "y") != nullptr);
        compare_targets<T, std::conditional_t<Loss::targets == target_kind::values, T, int>>(file, prefix, loss, bound);
        const std::vector<T> target = file.values<T>(*file.find(prefix + "target"));
        const bool whole = std::all_of(target.begin(), target.end(), [](T t) { return t == std::floor(t); });
        if (whole) compare_targets<T, signed char>(file, prefix, loss, bound);
    }
}

enum class data_kind { real, positive, probability, distribution };

struct sample_data {
    std::vector<double> y, target;
};

/// A sample of outputs for which a loss is smooth, and its targets: of a row, one is 1 for classes.
sample_data draw(numbers& random, data_kind kind, bool class_index, std::size_t rows, std::size_t columns) {
    sample_data data;
    for (std::size_t i = 0; i < rows * columns; ++i) {
        const double y = random.next(-2.0, 2.0), t = random.next(-2.0, 2.0);
        data.y.push_back(kind == data_kind::real ? y : 0.2 + 0.15 * (y + 2));
        if (class_index) continue;
        const double bit = t > 0 ? 1.0 : 0.0;
        data.target.push_back(kind == data_kind::real ? t : kind == data_kind::positive ? std::fabs(t) : bit);
    }
    for (std::size_t r = 0; class_index && r < rows; ++r)
        data.target.push_back(std::floor(random.next(0.0, static_cast<double>(columns) - 0.01)));
    if (kind == data_kind::distribution)
        for (double& t : data.target) t = random.next(0.1, 0.9);
    return data;
}

/// At each length of a row, in one row and in three: double against central differences, and float against double.
template <class Loss>
void differentiate(const Loss& loss, data_kind kind) {
    constexpr bool class_index = Loss::targets == target_kind::class_index;
    using target = std::conditional_t<class_index, int, double>;
    constexpr double step = 1e-6, scale = 0.37;
    constexpr unsigned seed = 2027;
    numbers random(seed);
    CAPTURE(Loss::type, seed);
    for (const std::size_t rows : {std::size_t(1), std::size_t(3)}) {
        for (std::size_t columns = 1; columns <= sweep<float>; ++columns) {
            CAPTURE(rows, columns);
            const sample_data data = draw(random, kind, class_index, rows, columns);
            const auto value = [&](const std::vector<double>& y) {
                const std::vector<target> targets(data.target.begin(), data.target.end());
                return loss(rows, columns, y.data(), targets.data(), 1.0, static_cast<double*>(nullptr));
            };
            const auto found = evaluate<double, target>(loss, rows, columns, data.y.data(), data.target.data(), scale);
            REQUIRE(found.loss == value(data.y));
            for (std::size_t i = 0; i < data.y.size(); ++i) {
                std::vector<double> y = data.y;
                y[i] += step;
                const double above = value(y);
                y[i] -= 2 * step;
                // Losses of about 1 are known to 1e-16: their difference over the step to 1e-10.
                CAPTURE(i, found.gradient[i]);
                const double difference = found.gradient[i] - scale * (above - value(y)) / (2 * step);
                REQUIRE(std::fabs(difference) <= 1e-8 * (1 + std::fabs(found.loss)));
            }
            const std::vector<float> y(data.y.begin(), data.y.end()), targets(data.target.begin(), data.target.end());
            using float_target = std::conditional_t<class_index, int, float>;
            const auto rough =
                evaluate<float, float_target>(loss, rows, columns, y.data(), targets.data(), float(scale));
            REQUIRE(std::fabs(static_cast<double>(rough.loss) - found.loss) <= 1e-5 * (1 + std::fabs(found.loss)));
            for (std::size_t i = 0; i < y.size(); ++i) {
                const double difference = static_cast<double>(rough.gradient[i]) - found.gradient[i];
                REQUIRE(std::fabs(difference) <= 1e-5 * (1 + std::fabs(found.gradient[i])));
            }
        }
    }
}

template <class T>
bool is_finite(const loss_and_gradient<T>& found) {
    const auto& gradient = found.gradient;
    return std::isfinite(found.loss) &&
           std::all_of(gradient.begin(), gradient.end(), [](T g) { return std::isfinite(g); });
}

/// Every target against logits of +-1e4 and probabilities of exactly 0 and 1, at each length of a row.
template <class T, class Loss>
void saturate(const Loss& loss, T low, T high) {
    constexpr bool class_index = Loss::targets == target_kind::class_index;
    using target = std::conditional_t<class_index, int, T>;
    CAPTURE(Loss::type, low, high);
    for (std::size_t columns = 1; columns <= sweep<T>; ++columns) {
        for (std::size_t hot = 0; hot < columns; ++hot) {
            std::vector<T> y(columns, low);
            y[hot] = high;
            for (std::size_t label = 0; label < columns; ++label) {
                std::vector<T> targets(columns, T(0));
                targets[label] = T(1);
                if (class_index) targets.assign(1, static_cast<T>(label));
                CAPTURE(columns, hot, label);
                const auto found = evaluate<T, target>(loss, 1, columns, y.data(), targets.data(), T(1));
                REQUIRE(is_finite(found));
                REQUIRE(found.loss >= T(0));
            }
        }
    }
}

template <class Loss>
void saturate_all(const Loss& of_probabilities, const Loss& of_logits) {
    saturate<float>(of_probabilities, 0.0f, 1.0f);
    saturate<double>(of_probabilities, 0.0, 1.0);
    saturate<float>(of_logits, -1e4f, 1e4f);
    saturate<double>(of_logits, -1e4, 1e4);
}

/// A loss of one's own, as a program outside may write it.
struct LargestError {
    static constexpr std::string_view type = "LargestError";
    static constexpr target_kind targets = target_kind::values;
    template <class T>
    T operator()(std::size_t, std::size_t, const T* y, const T* target, T, T*) const {
        return y[0] - target[0];
    }
};
static_assert(loss_function<LargestError>);
static_assert(loss_function<Huber> && loss_function<SparseCategoricalCrossentropy> && !loss_function<int>);
static_assert(MeanSquaredError::targets == target_kind::values &&
              detail::check_output<MeanSquaredError>(shape{3, 2}).ok);
static_assert(SparseCategoricalCrossentropy::targets == target_kind::class_index);

}  // namespace

#define LOSS_CASE(name, ...)                   \
    compare<float>(file, #name, __VA_ARGS__);  \
    compare<double>(file, #name, __VA_ARGS__); \
    compared += 4 * 2 * 4;

TEST_CASE("losses and their gradients equal Keras") {
    const io::safetensors_file file(GOLDEN_FOLDER "/losses.safetensors");
    std::size_t compared = 0;  // tensors: of 4 samples, in 2 types, y, target, loss and gradient
#include GOLDEN_LOSSES
    REQUIRE(compared == file.entries().size());
}

TEST_CASE("gradients of losses equal central differences at every length of a row") {
    differentiate(MeanSquaredError{}, data_kind::real);
    differentiate(MeanAbsoluteError{}, data_kind::real);
    differentiate(MeanAbsolutePercentageError{}, data_kind::positive);
    differentiate(MeanSquaredLogarithmicError{}, data_kind::positive);
    differentiate(Huber{.delta = 0.7}, data_kind::real);
    differentiate(LogCosh{}, data_kind::real);
    differentiate(PreEmphasizedSquaredError{}, data_kind::real);
    differentiate(PreEmphasizedSquaredError{.pre_emphasis = 0.5, .pre_emphasis_weight = 3.0, .mask_first = 1},
                  data_kind::real);
    differentiate(Poisson{}, data_kind::positive);
    differentiate(KLDivergence{}, data_kind::distribution);
    differentiate(CosineSimilarity{}, data_kind::distribution);
    differentiate(Hinge{}, data_kind::real);
    differentiate(Hinge{}, data_kind::probability);
    differentiate(SquaredHinge{}, data_kind::real);
    differentiate(CategoricalHinge{}, data_kind::probability);
    differentiate(BinaryCrossentropy{}, data_kind::probability);
    differentiate(BinaryCrossentropy{.from_logits = true, .label_smoothing = 0.2}, data_kind::real);
    differentiate(BinaryFocalCrossentropy{.apply_class_balancing = true}, data_kind::probability);
    differentiate(BinaryFocalCrossentropy{.gamma = 0.5, .from_logits = true}, data_kind::distribution);
    differentiate(BinaryFocalCrossentropy{.gamma = 0.0}, data_kind::probability);
    differentiate(CategoricalCrossentropy{}, data_kind::distribution);
    differentiate(CategoricalCrossentropy{.label_smoothing = 0.1}, data_kind::probability);
    differentiate(CategoricalCrossentropy{.from_logits = true}, data_kind::real);
    differentiate(CategoricalCrossentropy{.from_logits = true, .label_smoothing = 0.1}, data_kind::distribution);
    differentiate(SparseCategoricalCrossentropy{}, data_kind::probability);
    differentiate(SparseCategoricalCrossentropy{.from_logits = true}, data_kind::real);
}

TEST_CASE("the pre-emphasized error adds that of the changes from step to step, after the masked steps") {
    // Errors 9, 1, 2, -1 of 4 steps; 9 is masked. Changes with 0.5: 2 - 0.5, -1 - 1.
    const double y[] = {9, 2, 4, 0}, target[] = {0, 1, 2, 1};
    const PreEmphasizedSquaredError loss{.pre_emphasis = 0.5, .pre_emphasis_weight = 2.0, .mask_first = 1};
    double dy[4];
    CHECK(loss(4, 1, y, target, 1.0, dy) == 6.0 / 3 + 2.0 * (1.5 * 1.5 + 2.0 * 2.0) / 2);
    CHECK(dy[0] == 0.0);
    // 2/3 e + 2/2 2 (change - 0.5 next change)
    CHECK(std::fabs(dy[1] - (2.0 / 3 - 0.5 * 2 * 1.5)) < 1e-12);
    CHECK(std::fabs(dy[2] - (4.0 / 3 + 2 * 1.5 + 0.5 * 2 * 2)) < 1e-12);
    CHECK(std::fabs(dy[3] - (-2.0 / 3 - 2 * 2)) < 1e-12);
    // Two channels are two signals.
    const double both[] = {9, 9, 2, 2, 4, 4, 0, 0}, targets[] = {0, 0, 1, 1, 2, 2, 1, 1};
    CHECK(loss(4, 2, both, targets, 1.0, static_cast<double*>(nullptr)) ==
          loss(4, 1, y, target, 1.0, static_cast<double*>(nullptr)));
    CHECK_THROWS_AS(PreEmphasizedSquaredError{.mask_first = 4}.validate(shape{4, 1}), std::invalid_argument);
    CHECK_THROWS_AS(PreEmphasizedSquaredError{.pre_emphasis_weight = -1.0}.validate(shape{4, 1}),
                    std::invalid_argument);
    CHECK_NOTHROW(PreEmphasizedSquaredError{.mask_first = 3}.validate(shape{4, 1}));
    STATIC_REQUIRE(!PreEmphasizedSquaredError::check(shape{4}).ok);
}

TEST_CASE("crossentropies of probabilities 0 and 1 and of logits of +-10000 are finite") {
    saturate_all(BinaryCrossentropy{}, BinaryCrossentropy{.from_logits = true});
    saturate_all(BinaryCrossentropy{.label_smoothing = 0.1},
                 BinaryCrossentropy{.from_logits = true, .label_smoothing = 0.1});
    saturate_all(BinaryFocalCrossentropy{.gamma = 0.5}, BinaryFocalCrossentropy{.gamma = 0.5, .from_logits = true});
    saturate_all(CategoricalCrossentropy{}, CategoricalCrossentropy{.from_logits = true});
    saturate_all(CategoricalCrossentropy{.label_smoothing = 0.1},
                 CategoricalCrossentropy{.from_logits = true, .label_smoothing = 0.1});
    saturate_all(SparseCategoricalCrossentropy{}, SparseCategoricalCrossentropy{.from_logits = true});
    const float y[2] = {1e4f, -1e4f};
    const int wrong = 1;
    float dy[2];
    REQUIRE(SparseCategoricalCrossentropy{.from_logits = true}(1, 2, y, &wrong, 1.0f, dy) == 2e4f);
    REQUIRE((dy[0] == 1.0f && dy[1] == -1.0f));
}

TEST_CASE("losses of errors of 10000 do not overflow") {
    saturate<float>(LogCosh{}, -1e4f, 1e4f);
    saturate<float>(Huber{}, -1e4f, 1e4f);
    saturate<double>(LogCosh{}, -1e4, 1e4);
    const float y = 1e4f, target = 0.0f;
    REQUIRE(LogCosh{}(1, 1, &y, &target, 1.0f, static_cast<float*>(nullptr)) == Approx(1e4 - std::log(2.0)));
}

TEST_CASE("absolute errors have no derivative where output and target are equal") {
    const std::vector<float> y{1, -2, 0, 3}, target{1, -2, 0, 2};
    for (const auto& found :
         {evaluate<float, float>(MeanAbsoluteError{}, 1, 4, y.data(), target.data(), 4.0f),
          evaluate<float, float>(MeanAbsolutePercentageError{}, 1, 4, y.data(), target.data(), 0.08f)})
        require_close(found.gradient, {0, 0, 0, 1}, 1e-6f);
}

TEST_CASE("a class that is none adds nothing to the sparse crossentropy, and its row has no gradient") {
    const double y[6] = {0.2, 0.3, 0.5, 0.6, 0.3, 0.1};
    const int labels[2] = {1, 1}, masked[2] = {-1, 1}, beyond[2] = {3, 1};
    for (const bool from_logits : {false, true}) {
        const SparseCategoricalCrossentropy loss{.from_logits = from_logits};
        double dy[6], expected[6];
        const double both = loss(2, 3, y, labels, 1.0, expected);
        const double first = loss(1, 3, y, labels, 1.0, static_cast<double*>(nullptr));
        for (const int* targets : {masked, beyond}) {
            REQUIRE(loss(2, 3, y, targets, 1.0, dy) == Approx(both - first / 2));
            REQUIRE((dy[0] == 0.0 && dy[1] == 0.0 && dy[2] == 0.0));
            REQUIRE((dy[3] == expected[3] && dy[4] == expected[4] && dy[5] == expected[5]));
        }
    }
}

TEST_CASE("the cosine similarity of a vector without a direction is 0, with a finite gradient") {
    const std::vector<float> zero(5, 0.0f), tiny(5, 1e-9f), target{1, 2, 3, 4, 5};
    for (const auto& y : {zero, tiny}) {
        REQUIRE(is_finite(evaluate<float, float>(CosineSimilarity{}, 1, 5, y.data(), target.data(), 1.0f)));
        REQUIRE(is_finite(evaluate<float, float>(CosineSimilarity{}, 1, 5, target.data(), y.data(), 1.0f)));
    }
    REQUIRE(evaluate<float, float>(CosineSimilarity{}, 1, 5, zero.data(), target.data(), 1.0f).loss == 0.0f);
}

TEST_CASE("a NaN in the output shows in every loss") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const auto shows = [&](const auto& loss) {
        using target = std::conditional_t<std::decay_t<decltype(loss)>::targets == target_kind::values, float, int>;
        for (std::size_t columns = 1; columns <= sweep<float>; ++columns) {
            std::vector<float> y(columns, 0.5f);
            y.back() = nan;
            const std::vector<target> targets(columns, target(0));
            CAPTURE(columns);
            if (!std::isnan(loss(1, columns, y.data(), targets.data(), 1.0f, static_cast<float*>(nullptr))))
                return false;
        }
        return true;
    };
    REQUIRE(shows(MeanSquaredError{}));
    REQUIRE(shows(MeanAbsoluteError{}));
    REQUIRE(shows(MeanAbsolutePercentageError{}));
    REQUIRE(shows(MeanSquaredLogarithmicError{}));
    REQUIRE(shows(Huber{}));
    REQUIRE(shows(LogCosh{}));
    REQUIRE(shows(Poisson{}));
    REQUIRE(shows(KLDivergence{}));
    REQUIRE(shows(CosineSimilarity{}));
    REQUIRE(shows(Hinge{}));
    REQUIRE(shows(SquaredHinge{}));
    REQUIRE(shows(CategoricalHinge{}));
    REQUIRE(shows(BinaryCrossentropy{}));
    REQUIRE(shows(BinaryCrossentropy{.from_logits = true}));
    REQUIRE(shows(BinaryFocalCrossentropy{}));
    REQUIRE(shows(CategoricalCrossentropy{.from_logits = true}));
    REQUIRE(shows(SparseCategoricalCrossentropy{}));
    REQUIRE(shows(SparseCategoricalCrossentropy{.from_logits = true}));
}
