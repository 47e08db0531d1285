// Schedules: the rates of Keras at many steps (golden/optimizers.py), and what a rate may be made of.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <strata/io/safetensors.hpp>
#include <strata/train/optimizer.hpp>
#include <strata/train/schedules.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

class keras_rates {
public:
    keras_rates() : file_(GOLDEN_FOLDER "/optimizers.safetensors"), steps_(values("steps")) {}

    /// Keras computed in double, so that only the rounding of pow differs, but for its cosines, which it takes in
    /// float.
    void compare(const std::string& name, const rate& schedule) {
        const double bound = name.starts_with("cosine") ? 1e-7 : 1e-15;
        INFO(name);
        REQUIRE(schedule.is_schedule());
        tested_.insert("schedule/" + name);
        const std::vector<double> expected = values("schedule/" + name);
        REQUIRE(expected.size() == steps_.size());
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            const double got = schedule(static_cast<std::uint64_t>(steps_[i]));
            CAPTURE(steps_[i], got, expected[i]);
            REQUIRE(std::fabs(got - expected[i]) <= bound);
        }
    }
    void require_complete() const {
        for (const auto& entry : file_.entries())
            if (entry.name.starts_with("schedule/")) {
                INFO(entry.name);
                REQUIRE(tested_.count(entry.name) == 1);
            }
        REQUIRE(steps_.size() > 40);
    }

private:
    std::vector<double> values(const std::string& name) const {
        INFO(name);
        const auto* entry = file_.find(name);
        REQUIRE(entry != nullptr);
        return file_.values<double>(*entry);
    }

    io::safetensors_file file_;
    std::vector<double> steps_;
    std::set<std::string> tested_;
};

}  // namespace

TEST_CASE("schedules give the rates of Keras at every step") {
    keras_rates keras;
    keras.compare("exponential", ExponentialDecay{.initial_learning_rate = 0.1, .decay_steps = 7, .decay_rate = 0.9});
    keras.compare("exponential_staircase", ExponentialDecay{0.1, 10, 0.5, true});
    keras.compare("cosine", CosineDecay{.initial_learning_rate = 0.2, .decay_steps = 100});
    keras.compare("cosine_alpha", CosineDecay{.initial_learning_rate = 0.2, .decay_steps = 50, .alpha = 0.1});
    keras.compare("cosine_warmup", CosineDecay{.initial_learning_rate = 0.01,
                                               .decay_steps = 100,
                                               .alpha = 0.05,
                                               .warmup_target = 0.3,
                                               .warmup_steps = 20});
    keras.compare("cosine_warmup_of_none",
                  CosineDecay{.initial_learning_rate = 0.01, .decay_steps = 30, .warmup_target = 0.3});
    keras.compare("cosine_steps_without_target",
                  CosineDecay{.initial_learning_rate = 0.2, .decay_steps = 30, .warmup_steps = 10});
    keras.compare("piecewise", PiecewiseConstantDecay{.boundaries = {10, 30, 100}, .values = {1.0, 0.5, 0.25, 0.01}});
    keras.compare("piecewise_one_boundary", PiecewiseConstantDecay{{0}, {1.0, 0.5}});
    keras.compare("polynomial", PolynomialDecay{.initial_learning_rate = 0.1, .decay_steps = 50});
    keras.compare(
        "polynomial_power",
        PolynomialDecay{.initial_learning_rate = 0.1, .decay_steps = 50, .end_learning_rate = 0.01, .power = 0.5});
    keras.compare(
        "polynomial_cycle",
        PolynomialDecay{
            .initial_learning_rate = 0.1, .decay_steps = 10, .end_learning_rate = 0.02, .power = 2.0, .cycle = true});
    keras.compare("inverse_time", InverseTimeDecay{.initial_learning_rate = 0.1, .decay_steps = 7, .decay_rate = 0.5});
    keras.compare("inverse_time_staircase", InverseTimeDecay{0.1, 10, 2.0, true});
    keras.require_complete();
}

TEST_CASE("a rate is a number of any type, a schedule or a function of the step") {
    const rate from_double = 0.25, from_float = 0.5f, from_int = 1;
    REQUIRE(from_double(0) == 0.25);
    REQUIRE(from_float(1000) == 0.5);
    REQUIRE(from_int(7) == 1);
    REQUIRE_FALSE(from_double.is_schedule());
    const rate halving = [](std::uint64_t step) { return 1.0 / static_cast<double>(step + 1); };
    REQUIRE(halving.is_schedule());
    REQUIRE(halving(3) == 0.25);
    rate copy = halving;
    REQUIRE(copy(1) == 0.5);
    copy = 0.125;
    REQUIRE_FALSE(copy.is_schedule());
    REQUIRE(copy(1) == 0.125);
    REQUIRE(halving(1) == 0.5);
}

TEST_CASE("a number of steps may have any type") {
    const std::size_t unsigned_steps = 4;
    const int int_steps = 4;
    REQUIRE(ExponentialDecay{.initial_learning_rate = 1.0, .decay_steps = unsigned_steps, .decay_rate = 0.5}(4) == 0.5);
    REQUIRE(ExponentialDecay{.initial_learning_rate = 1.0f, .decay_steps = int_steps, .decay_rate = 0.5f}(8) == 0.25);
}

TEST_CASE("schedules with impossible arguments are refused when an optimizer takes them") {
    REQUIRE_THROWS_AS(rate(ExponentialDecay{0.1, 0, 0.9}), std::invalid_argument);
    REQUIRE_THROWS_WITH(rate(ExponentialDecay{0.1, 0, 0.9}),
                        "strata: ExponentialDecay expects decay_steps above 0, got 0");
    REQUIRE_THROWS_AS(rate(CosineDecay{0.1, -5}), std::invalid_argument);
    REQUIRE_THROWS_AS(rate(PolynomialDecay{0.1, 0}), std::invalid_argument);
    REQUIRE_THROWS_AS(rate(InverseTimeDecay{0.1, 0, 1.0}), std::invalid_argument);
    REQUIRE_THROWS_WITH(rate(PiecewiseConstantDecay{{10}, {1.0}}),
                        "strata: PiecewiseConstantDecay expects rising boundaries and a value more, got 1 boundaries "
                        "and 1 values");
    REQUIRE_THROWS_AS(rate(PiecewiseConstantDecay{{20, 10}, {1.0, 0.5, 0.25}}), std::invalid_argument);
    REQUIRE_THROWS_AS(rate(std::function<double(std::uint64_t)>{}), std::invalid_argument);
}
