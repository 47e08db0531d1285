// Optimizers: 20 steps against Keras (golden/optimizers.py), vectors against scalars, clipping, penalties, refusals.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <strata/io/safetensors.hpp>
#include <strata/layers/regularizer.hpp>
#include <strata/train/optimizer_kernels.hpp>
#include <strata/train/optimizers.hpp>

#include "../catch.hpp"
#include "../kernels/guarded.hpp"

namespace {

using namespace strata;

/// One weight with all that belongs to it.
template <class T, class Optimizer>
struct variable {
    std::vector<T> weights;
    std::vector<T> gradient;
    std::vector<T> average;
    std::array<std::vector<T>, Optimizer::max_slots> state;

    variable(const Optimizer& optimizer, const std::vector<T>& begin) : weights(begin), average(begin) {
        for (std::size_t slot = 0; slot < slot_count(optimizer); ++slot)
            state[slot].assign(begin.size(), static_cast<T>(first_value_of_slot(optimizer, slot)));
    }
    std::size_t size() const { return weights.size(); }
    std::array<T*, Optimizer::max_slots> slots() {
        std::array<T*, Optimizer::max_slots> result{};
        for (std::size_t slot = 0; slot < result.size(); ++slot)
            result[slot] = state[slot].empty() ? nullptr : state[slot].data();
        return result;
    }
};

template <class T, class Optimizer>
void clip_gradients(const optimizer_options& options, std::vector<variable<T, Optimizer>>& variables) {
    double total = 0;
    for (auto& v : variables) {
        const double squares = sum_of_squares(v.size(), v.gradient.data());
        total += squares;
        if (options.clipnorm > 0) scale(v.size(), v.gradient.data(), clip_factor(std::sqrt(squares), options.clipnorm));
        if (options.clipvalue > 0) clip(v.size(), v.gradient.data(), options.clipvalue);
    }
    for (auto& v : variables)
        if (options.global_clipnorm > 0)
            scale(v.size(), v.gradient.data(), global_clip_factor(std::sqrt(total), options.global_clipnorm));
}

/// A step as Keras orders it: gradients clipped, weights decayed, moved, averaged.
template <class T, class Optimizer>
void take_step(const Optimizer& optimizer, std::uint64_t iteration, double& memory,
               std::vector<variable<T, Optimizer>>& variables) {
    const optimizer_options options = options_of(optimizer);
    const double rate = optimizer.learning_rate(iteration);
    clip_gradients(options, variables);
    const auto scalars = optimizer.template begin_step<T>(rate, iteration + 1, memory);
    for (auto& v : variables) {
        T* const weights = v.weights.data();
        if (options.weight_decay != 0) decay(v.size(), weights, rate * options.weight_decay);
        apply_updates(optimizer, scalars, v.size(), weights, v.gradient.data(), v.slots());
        if (!options.use_ema) continue;
        update_average(v.size(), v.average.data(), weights, iteration == 0 ? 0.0 : options.ema_momentum);
        const auto every = static_cast<std::uint64_t>(options.ema_overwrite_frequency);
        if (every > 0 && (iteration + 1) % every == 0) v.weights = v.average;
    }
}

/// The values of Keras, and which cases were asked for.
class keras_steps {
public:
    keras_steps() : file_(GOLDEN_FOLDER "/optimizers.safetensors") {}

    /// Twenty steps in T beside those that Keras made in the same type. The bound is relative to a weight's largest
    /// value.
    template <class T, class Optimizer>
    void compare(const std::string& name, const Optimizer& optimizer, double bound) {
        INFO(name << (sizeof(T) == 4 ? " in float" : " in double"));
        optimizer.validate();
        tested_.insert(name);
        const std::array<std::string, 2> names{"kernel", "bias"};
        std::vector<variable<T, Optimizer>> variables;
        for (const auto& of : names) variables.emplace_back(optimizer, values<T>(of + "/begin"));
        double memory = 1;
        std::size_t kept = 0;
        for (std::uint64_t iteration = 0; iteration < 20; ++iteration) {
            for (std::size_t i = 0; i < names.size(); ++i) {
                const auto all = values<T>(names[i] + "/gradients");
                const auto first = all.begin() + static_cast<std::ptrdiff_t>(iteration * variables[i].size());
                variables[i].gradient.assign(first, first + static_cast<std::ptrdiff_t>(variables[i].size()));
            }
            take_step(optimizer, iteration, memory, variables);
            if (iteration != 0 && iteration != 1 && iteration != 19) continue;
            const std::string type = sizeof(T) == 4 ? "/float32/" : "/float64/";
            for (std::size_t i = 0; i < names.size(); ++i)
                require_equal(variables[i].weights, values<T>(name + type + names[i]), kept, bound);
            ++kept;
        }
    }
    /// Whether every case of the file was compared.
    void require_complete() const {
        for (const auto& entry : file_.entries()) {
            const std::string_view name = entry.name;
            const std::size_t end = name.find("/float");
            if (end == std::string_view::npos) continue;
            INFO(name);
            REQUIRE(tested_.count(std::string(name.substr(0, end))) == 1);
        }
        REQUIRE(tested_.size() > 30);
    }

private:
    template <class T>
    std::vector<T> values(const std::string& name) const {
        INFO(name);
        const auto* entry = file_.find(name);
        REQUIRE(entry != nullptr);
        return file_.values<T>(*entry);
    }
    template <class T>
    static void require_equal(const std::vector<T>& w, const std::vector<T>& rows, std::size_t row, double bound) {
        const T* expected = rows.data() + row * w.size();
        double largest = 0, worst = 0;
        for (std::size_t i = 0; i < w.size(); ++i) {
            largest = std::fmax(largest, std::fabs(static_cast<double>(expected[i])));
            const double error = std::fabs(static_cast<double>(w[i]) - static_cast<double>(expected[i]));
            if (!(error <= worst)) worst = error;
        }
        INFO("kept step " << row << ": worst " << worst << " of " << largest);
        REQUIRE(rows.size() == 3 * w.size());
        REQUIRE(worst <= bound * largest);
    }

    io::safetensors_file file_;
    std::set<std::string> tested_;
};

/// Both types. The bounds are roundings: the weights are of order 1, and so is what 20 steps add. In float Keras takes
/// 1 - b^n of betas near 1 in float too, which is off by up to 1e-5 of the first steps; begin_step takes it in double.
template <class Optimizer>
void compare(keras_steps& keras, const std::string& name, const Optimizer& optimizer) {
    keras.compare<float>(name, optimizer, 4e-6);
    keras.compare<double>(name, optimizer, 1e-14);
}

/// Calls visit(optimizer) with each kind of optimizer and each set of slots.
template <class Visit>
void each_optimizer(Visit visit) {
    visit(SGD{.learning_rate = 0.1});
    visit(SGD{.learning_rate = 0.1, .momentum = 0.9});
    visit(SGD{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true});
    visit(Adam{.learning_rate = 0.1});
    visit(Adam{.learning_rate = 0.1, .amsgrad = true});
    visit(AdamW{.learning_rate = 0.1});
    visit(RMSprop{.learning_rate = 0.1});
    visit(RMSprop{.learning_rate = 0.1, .momentum = 0.5});
    visit(RMSprop{.learning_rate = 0.1, .epsilon = 0.01, .centered = true});
    visit(RMSprop{.learning_rate = 0.1, .momentum = 0.5, .epsilon = 0.01, .centered = true});
    visit(Adagrad{.learning_rate = 0.1});
    visit(Adadelta{.learning_rate = 1.0});
    visit(Adamax{.learning_rate = 0.1});
    visit(Nadam{.learning_rate = 0.1});
    visit(Lion{.learning_rate = 0.1});
    visit(Ftrl{.learning_rate = 0.1, .l1_regularization_strength = 0.2});
    visit(Ftrl{.learning_rate = 0.1, .learning_rate_power = -0.7, .l2_shrinkage_regularization_strength = 0.2});
}

/// Weights, gradients and state at the ends of pages.
template <class T, class Optimizer>
struct guarded_state {
    guarded<T> weights;
    std::vector<guarded<T>> state;

    guarded_state(const Optimizer& optimizer, std::size_t n) : weights(numbers(3).array<T>(n)) {
        for (std::size_t slot = 0; slot < slot_count(optimizer); ++slot)
            state.emplace_back(n, static_cast<T>(first_value_of_slot(optimizer, slot)));
    }
    std::array<T*, Optimizer::max_slots> slots(std::size_t first = 0) {
        std::array<T*, Optimizer::max_slots> result{};
        for (std::size_t slot = 0; slot < state.size(); ++slot) result[slot] = state[slot].data() + first;
        return result;
    }
};

template <class T, class Optimizer>
void vectors_equal_scalars(const Optimizer& optimizer) {
    INFO(Optimizer::type << ", " << slot_count(optimizer) << " slots");
    for (std::size_t n = 1; n <= sweep<T>; ++n) {
        guarded_state<T, Optimizer> vectors(optimizer, n), scalars(optimizer, n);
        double memory = 1;
        for (unsigned step = 1; step <= 4; ++step) {
            const guarded<T> gradients = numbers(step).array<T>(n);
            const auto now = optimizer.template begin_step<T>(optimizer.learning_rate(step - 1), step, memory);
            apply_updates(optimizer, now, n, vectors.weights.data(), gradients.data(), vectors.slots());
            for (std::size_t i = 0; i < n; ++i) {
                T slot[4]{};
                for (std::size_t s = 0; s < slot_count(optimizer); ++s) slot[s] = scalars.state[s][i];
                scalars.weights[i] = Optimizer::template update<T, T>(now, scalars.weights[i], gradients[i], slot);
                for (std::size_t s = 0; s < slot_count(optimizer); ++s) scalars.state[s][i] = slot[s];
            }
        }
        CAPTURE(n);
        require_close(vectors.weights, scalars.weights, rounding<T>);
        for (std::size_t s = 0; s < slot_count(optimizer); ++s)
            require_close(vectors.state[s], scalars.state[s], rounding<T> * 10);
    }
}

template <class T, class Optimizer>
void parts_equal_the_whole(const Optimizer& optimizer) {
    INFO(Optimizer::type << ", " << slot_count(optimizer) << " slots");
    constexpr std::size_t n = sweep<T>;
    const guarded<T> gradients = numbers(1).array<T>(n);
    double memory = 1;
    const auto now = optimizer.template begin_step<T>(0.1, 1, memory);
    guarded_state<T, Optimizer> whole(optimizer, n);
    apply_updates(optimizer, now, n, whole.weights.data(), gradients.data(), whole.slots());
    for (std::size_t cut = 0; cut <= n; ++cut) {
        guarded_state<T, Optimizer> parts(optimizer, n);
        apply_updates(optimizer, now, cut, parts.weights.data(), gradients.data(), parts.slots());
        apply_updates(optimizer, now, n - cut, parts.weights.data() + cut, gradients.data() + cut, parts.slots(cut));
        for (std::size_t i = 0; i < n; ++i) REQUIRE(parts.weights[i] == whole.weights[i]);
    }
}

template <class T, class Optimizer>
void zeros_stay(const Optimizer& optimizer) {
    INFO(Optimizer::type);
    constexpr std::size_t n = sweep<T>;
    guarded_state<T, Optimizer> padding(optimizer, n);
    const guarded<T> gradients(n, T(0));
    for (std::size_t i = 0; i < n; ++i) padding.weights[i] = 0;
    double memory = 1;
    for (unsigned step = 1; step <= 3; ++step) {
        const auto now = optimizer.template begin_step<T>(0.1, step, memory);
        apply_updates(optimizer, now, n, padding.weights.data(), gradients.data(), padding.slots());
    }
    for (std::size_t i = 0; i < n; ++i) REQUIRE(padding.weights[i] == 0);
}

/// An optimizer of a program, without the shared options.
struct SignDescent {
    rate learning_rate = 0.5;

    static constexpr std::string_view type = "SignDescent";
    static constexpr std::size_t max_slots = 0;
    void validate() const { validate_options(*this); }
    template <class T>
    struct step {
        T rate;
    };
    template <class T>
    step<T> begin_step(double rate, std::uint64_t, double&) const {
        return {static_cast<T>(rate)};
    }
    template <class T, class V>
    static V update(const step<T>& s, V w, V g, V*) {
        return kernels::select(g > V(T(0)), w - V(s.rate), w + V(s.rate));
    }
};

template <class T>
void sums_see_every_element() {
    for (const std::size_t n : {std::size_t{0}, std::size_t{1}, kernels::lanes<T> - 1, 4 * kernels::lanes<T> + 1,
                                sweep<T>, std::size_t{4095}, std::size_t{4097}, std::size_t{100003}}) {
        const guarded<T> x = numbers(4).array<T>(n);
        long double squares = 0, magnitudes = 0;
        for (std::size_t i = 0; i < n; ++i) {
            squares += static_cast<long double>(x[i]) * static_cast<long double>(x[i]);
            magnitudes += std::fabs(static_cast<long double>(x[i]));
        }
        CAPTURE(n);
        // A run of 4096 is at most 1024 additions deep where there is one lane; errors of both signs cancel.
        const double bound = 64 * static_cast<double>(std::numeric_limits<T>::epsilon());
        const double expected = static_cast<double>(squares), sum = sum_of_squares(n, x.data());
        REQUIRE(std::fabs(sum - expected) <= bound * expected);
        const double both = 0.3 * static_cast<double>(magnitudes) + 0.2 * expected;
        REQUIRE(std::fabs(penalty({0.3, 0.2}, n, x.data()) - both) <= bound * both);
        REQUIRE(penalty({}, n, x.data()) == 0);
    }
}

template <class T>
void elementwise_helpers() {
    for (std::size_t n = 1; n <= sweep<T>; ++n) {
        CAPTURE(n);
        const guarded<T> x = numbers(5).array<T>(n, T(-2), T(2)), w = numbers(6).array<T>(n);
        guarded<T> scaled(x), clipped(x), decayed(x), average(x), gradient(x), expected(n);
        scale(n, scaled.data(), 0.5);
        clip(n, clipped.data(), 0.75);
        decay(n, decayed.data(), 0.125);
        update_average(n, average.data(), w.data(), 0.75);
        add_penalty_gradient({0.5, 0.25}, n, w.data(), gradient.data());
        for (std::size_t i = 0; i < n; ++i) {
            REQUIRE(scaled[i] == x[i] / 2);
            REQUIRE(clipped[i] == (x[i] > T(0.75) ? T(0.75) : x[i] < T(-0.75) ? T(-0.75) : x[i]));
        }
        const T bound = 4 * std::numeric_limits<T>::epsilon();
        for (std::size_t i = 0; i < n; ++i) expected[i] = x[i] - x[i] / 8;
        require_close(decayed, expected, bound);
        for (std::size_t i = 0; i < n; ++i) expected[i] = T(0.75) * x[i] + T(0.25) * w[i];
        require_close(average, expected, bound);
        for (std::size_t i = 0; i < n; ++i) expected[i] = x[i] + (w[i] > 0 ? T(0.5) : T(-0.5)) + w[i] / 2;
        require_close(gradient, expected, bound);
        REQUIRE((scaled.is_intact() && clipped.is_intact()));
    }
}

template <class Optimizer>
void require_refused(const Optimizer& optimizer, const std::string& word) {
    INFO(Optimizer::type << ": " << word);
    std::string message;
    try {
        optimizer.validate();
    } catch (const std::invalid_argument& refusal) {
        message = refusal.what();
    }
    INFO(message);
    REQUIRE(message.find("strata: " + std::string(Optimizer::type) + " expects " + word) == 0);
}

static_assert(optimizer<SGD> && optimizer<Adam> && optimizer<AdamW> && optimizer<RMSprop> && optimizer<Adagrad>);
static_assert(optimizer<Adadelta> && optimizer<Adamax> && optimizer<Nadam> && optimizer<Lion> && optimizer<Ftrl>);
static_assert(optimizer<SignDescent> && !optimizer<int> && !optimizer<rate> && !optimizer<ExponentialDecay>);

}  // namespace

TEST_CASE("twenty steps of every optimizer give the weights that Keras gets") {
    keras_steps keras;
    compare(keras, "sgd", SGD{});
    compare(keras, "sgd_momentum", SGD{.learning_rate = 0.03, .momentum = 0.9});
    compare(keras, "sgd_nesterov", SGD{.learning_rate = 0.03, .momentum = 0.8, .nesterov = true});
    compare(keras, "sgd_nesterov_without_momentum", SGD{.learning_rate = 0.05, .nesterov = true});
    compare(keras, "sgd_clipnorm", SGD{.learning_rate = 0.1, .clipnorm = 0.8});
    compare(keras, "sgd_clipvalue", SGD{.learning_rate = 0.1, .momentum = 0.5, .clipvalue = 0.4});
    compare(keras, "sgd_global_clipnorm", SGD{.learning_rate = 0.1, .global_clipnorm = 1.5});
    compare(keras, "sgd_weight_decay", SGD{.learning_rate = 0.05, .weight_decay = 0.1});
    compare(keras, "sgd_ema",
            SGD{.learning_rate = 0.1, .use_ema = true, .ema_momentum = 0.7, .ema_overwrite_frequency = 4});
    compare(keras, "adam", Adam{});
    compare(keras, "adam_arguments", Adam{.learning_rate = 0.02, .beta_1 = 0.8, .beta_2 = 0.95, .epsilon = 1e-3});
    compare(keras, "adam_amsgrad", Adam{.learning_rate = 0.02, .beta_2 = 0.9, .amsgrad = true});
    compare(keras, "adam_clipnorm_weight_decay",
            Adam{.learning_rate = 0.02, .epsilon = 0.1, .weight_decay = 0.3, .clipnorm = 0.5});
    compare(keras, "adam_schedule", Adam{.learning_rate = ExponentialDecay{0.05, 3, 0.7}});
    compare(keras, "adamw", AdamW{});
    compare(keras, "adamw_amsgrad",
            AdamW{.learning_rate = 0.02, .weight_decay = 0.2, .beta_1 = 0.7, .beta_2 = 0.9, .amsgrad = true});
    compare(keras, "rmsprop", RMSprop{});
    compare(keras, "rmsprop_arguments", RMSprop{.learning_rate = 0.01, .rho = 0.7, .epsilon = 1e-2});
    compare(keras, "rmsprop_momentum", RMSprop{.learning_rate = 0.01, .momentum = 0.8});
    compare(keras, "rmsprop_centered", RMSprop{.learning_rate = 0.01, .epsilon = 1e-3, .centered = true});
    compare(keras, "rmsprop_momentum_centered",
            RMSprop{.learning_rate = 0.01, .momentum = 0.8, .epsilon = 1e-3, .centered = true});
    compare(keras, "rmsprop_global_clipnorm", RMSprop{.learning_rate = 0.01, .epsilon = 0.5, .global_clipnorm = 2.0});
    compare(keras, "adagrad", Adagrad{});
    compare(keras, "adagrad_arguments",
            Adagrad{.learning_rate = 0.1, .initial_accumulator_value = 0.5, .epsilon = 0.1});
    compare(keras, "adadelta", Adadelta{});
    compare(keras, "adadelta_arguments", Adadelta{.learning_rate = 1.0, .rho = 0.8, .epsilon = 1e-2});
    compare(keras, "adamax", Adamax{});
    compare(keras, "adamax_arguments", Adamax{.learning_rate = 0.02, .beta_1 = 0.8, .beta_2 = 0.9, .epsilon = 0.1});
    compare(keras, "nadam", Nadam{});
    compare(keras, "nadam_arguments", Nadam{.learning_rate = 0.02, .beta_1 = 0.8, .beta_2 = 0.95, .epsilon = 1e-2});
    compare(keras, "lion", Lion{});
    compare(keras, "lion_arguments", Lion{.learning_rate = 0.02, .beta_1 = 0.7, .beta_2 = 0.9, .weight_decay = 0.5});
    compare(keras, "ftrl", Ftrl{});
    compare(
        keras, "ftrl_l1_l2",
        Ftrl{.learning_rate = 0.1, .l1_regularization_strength = 0.5, .l2_regularization_strength = 0.2, .beta = 0.3});
    compare(keras, "ftrl_shrinkage",
            Ftrl{.learning_rate = 0.1, .initial_accumulator_value = 0.5, .l2_shrinkage_regularization_strength = 0.3});
    compare(keras, "ftrl_power",
            Ftrl{.learning_rate = 0.1, .learning_rate_power = -0.8, .l1_regularization_strength = 0.1});
    compare(keras, "ftrl_power_0",
            Ftrl{.learning_rate = 0.1, .learning_rate_power = 0.0, .initial_accumulator_value = 0.0});
    keras.require_complete();
}

TEST_CASE("vectors and scalars move weights alike at every size") {
    each_optimizer([](const auto& optimizer) {
        vectors_equal_scalars<float>(optimizer);
        vectors_equal_scalars<double>(optimizer);
    });
}

TEST_CASE("a range of weights cut in two moves as it does whole, bit by bit") {
    each_optimizer([](const auto& optimizer) {
        parts_equal_the_whole<float>(optimizer);
        parts_equal_the_whole<double>(optimizer);
    });
}

TEST_CASE("zero weights without a gradient stay zero, so that padding does") {
    each_optimizer([](const auto& optimizer) {
        zeros_stay<float>(optimizer);
        zeros_stay<double>(optimizer);
    });
}

TEST_CASE("an optimizer of a program's own has the defaults of the shared options") {
    const SignDescent own;
    own.validate();
    REQUIRE(options_of(own).weight_decay == 0);
    REQUIRE(options_of(own).ema_momentum == 0.99);
    REQUIRE(options_of(AdamW{}).weight_decay == 0.004);
    double memory = 1;
    std::array<float, 3> weights{1, 2, 3};
    const std::array<float, 3> gradients{1, -1, 2};
    apply_updates(own, own.begin_step<float>(own.learning_rate(0), 1, memory), 3, weights.data(), gradients.data(), {});
    REQUIRE(weights == std::array<float, 3>{0.5f, 2.5f, 2.5f});
}

TEST_CASE("sums of squares and penalties see every element once") {
    sums_see_every_element<float>();
    sums_see_every_element<double>();
}

TEST_CASE("scaling, clipping, decay, averages and penalty gradients equal their formulas at every size") {
    elementwise_helpers<float>();
    elementwise_helpers<double>();
}

TEST_CASE("the gradient of a penalty is its derivative") {
    constexpr std::size_t n = 5;
    const regularizer penalties{0.07, 0.3};
    std::array<double, n> w{-1.5, -0.2, 0.3, 0.9, 2}, gradient{};
    add_penalty_gradient(penalties, n, w.data(), gradient.data());
    const auto loss = [&] { return std::sin(penalty(penalties, n, w.data())); };
    const double outer = std::cos(penalty(penalties, n, w.data()));
    for (std::size_t i = 0; i < n; ++i) {
        const double at = w[i], h = 1e-6;
        w[i] = at + h;
        const double above = loss();
        w[i] = at - h;
        const double below = loss();
        w[i] = at;
        REQUIRE(std::fabs((above - below) / (2 * h) - outer * gradient[i]) <= 1e-8);  // h^2 and epsilon / h
    }
    const double zero = 0;
    double at_zero = 0.25;
    add_penalty_gradient(penalties, 1, &zero, &at_zero);
    REQUIRE(at_zero == 0.25);
}

TEST_CASE("factors of clipping are one up to the limit, and keep what is no number") {
    const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    REQUIRE(clip_factor(0, 2) == 1);
    REQUIRE(clip_factor(2, 2) == 1);
    REQUIRE(clip_factor(8, 2) == 0.25);
    REQUIRE(global_clip_factor(8, 2) == 0.25);
    REQUIRE(global_clip_factor(1, 2) == 1);
    REQUIRE(clip_factor(infinity, 2) == 0);
    REQUIRE(std::isnan(clip_factor(nan, 2)));
    REQUIRE(std::isnan(global_clip_factor(nan, 2)));
    REQUIRE(std::isnan(global_clip_factor(infinity, 2)));
    std::array<float, 3> x{static_cast<float>(-infinity), static_cast<float>(nan), 1};
    clip(3, x.data(), 0.5);
    REQUIRE(x[0] == -0.5f);
    REQUIRE(std::isnan(x[1]));
    REQUIRE(x[2] == 0.5f);
}

TEST_CASE("arguments out of their range are refused by name") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    each_optimizer([](const auto& optimizer) { REQUIRE_NOTHROW(optimizer.validate()); });
    each_optimizer([&](auto optimizer) {
        optimizer.learning_rate = -0.1;
        require_refused(optimizer, "learning_rate");
        optimizer.learning_rate = nan;
        require_refused(optimizer, "learning_rate");
        optimizer.learning_rate = 0.1;
        optimizer.weight_decay = -1;
        require_refused(optimizer, "weight_decay");
        optimizer.weight_decay = 0;
        optimizer.ema_momentum = 1.5;
        require_refused(optimizer, "ema_momentum");
        optimizer.ema_momentum = 0.5;
        optimizer.clipnorm = optimizer.clipvalue = 1;
        require_refused(optimizer, "one of clipnorm, clipvalue and global_clipnorm");
        optimizer.clipvalue = 0;
        optimizer.ema_overwrite_frequency = -1;
        require_refused(optimizer, "ema_overwrite_frequency");
    });
    require_refused(SGD{.momentum = 1.5}, "momentum");
    require_refused(Adam{.beta_1 = 1}, "beta_1");
    require_refused(Adam{.beta_2 = -0.1}, "beta_2");
    require_refused(Adam{.epsilon = -1}, "epsilon");
    require_refused(AdamW{.beta_1 = nan}, "beta_1");
    require_refused(AdamW{.epsilon = -1}, "epsilon");
    require_refused(RMSprop{.rho = 2}, "rho");
    require_refused(RMSprop{.momentum = -1}, "momentum");
    require_refused(Adagrad{.initial_accumulator_value = -0.1}, "initial_accumulator_value");
    require_refused(Adadelta{.rho = 2}, "rho");
    require_refused(Adamax{.beta_1 = 1}, "beta_1");
    require_refused(Nadam{.beta_2 = 1}, "beta_2");
    require_refused(Lion{.beta_1 = 0}, "beta_1");
    require_refused(Ftrl{.learning_rate = 0}, "learning_rate");
    require_refused(Ftrl{.learning_rate_power = 0.5}, "learning_rate_power");
    require_refused(Ftrl{.l1_regularization_strength = -1}, "l1_regularization_strength");
    require_refused(Ftrl{.l2_shrinkage_regularization_strength = -1}, "l2_shrinkage_regularization_strength");
}

TEST_CASE("regularizers say what they add to the loss") {
    STATIC_REQUIRE(L1<>::value == regularizer{0.01, 0});
    STATIC_REQUIRE(L2<0.5>::value == regularizer{0, 0.5});
    STATIC_REQUIRE(L1L2<0.1, 0.2>::value == regularizer{0.1, 0.2});
    STATIC_REQUIRE((L1L2<>::value.is_none() && !L2<>::value.is_none()));
    STATIC_REQUIRE((L2<>::value.is_valid() && !L2<-1.0>::value.is_valid()));
    STATIC_REQUIRE(!L1<std::numeric_limits<double>::infinity()>::value.is_valid());
}
