// svg_axis: the axis of values of a picture of curves: linear or logarithmic, its range and its ticks.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <strata/core/where_used.hpp>
#include <strata/train/decimal.hpp>

namespace strata::internal {

/// Whether a value is drawn: others, not finite or huge, leave a gap.
inline bool is_drawable(double value) { return std::abs(value) < 1e30; }

/// The least of 1, 2 and 5 times a power of ten that cuts a range into at most `most` steps.
template <class = where_used>
double tick_step(double range, int most) {
    const double least = range / most, power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= least * (1 - 1e-9)) return factor * power;
    return 10 * power;
}
template <class = where_used>
std::string tick_text(double value, double step) {
    const double rounded = std::abs(value) < step / 2 ? 0 : value;
    const double magnitude = std::floor(std::log10(step) + 1e-9);
    if (magnitude >= -5 && std::abs(value) < 1e6) return decimal(rounded, static_cast<int>(std::max(0.0, -magnitude)));
    const double digits = std::log10(std::max(std::abs(rounded), step)) - magnitude;
    return decimal(rounded, static_cast<int>(digits) + 1, std::chars_format::general);
}

/// Sorted values, and their parts. Templates, so that they are compiled only in programs that draw.
template <class = where_used>
class basic_sorted_values {
public:
    explicit basic_sorted_values(std::vector<double> values) : values_(std::move(values)) {
        std::erase_if(values_, [](double value) { return !is_drawable(value); });
        std::sort(values_.begin(), values_.end());
    }
    bool empty() const { return values_.empty(); }
    double low() const { return values_.front(); }
    double high() const { return values_.back(); }
    /// The value that a share of the others lie below.
    double at_share(double share) const {
        return values_[static_cast<std::size_t>(std::lround(share * static_cast<double>(values_.size() - 1)))];
    }
    /// The range of nearly all values: the lowest and the highest twentieth are left out.
    double usual_low() const { return at_share(0.05); }
    double usual_high() const { return at_share(0.95); }

private:
    std::vector<double> values_;
};

using sorted_values = basic_sorted_values<>;

/// An axis that shows values at places from 0, its lower end, to 1.
template <class = where_used>
class basic_value_axis {
public:
    struct tick {
        double value;
        std::string text;
    };

    /// Logarithmic where positive values span a factor of fifty and most of them would lie at the lower end; else
    /// linear, and where a few values lie far from all others, without these: they are shown at the ends.
    explicit basic_value_axis(const sorted_values& values) {
        if (!values.empty()) choose_range(values);
        if (is_log_) round_to_decades();
        else round_to_ticks();
    }

    bool is_log() const { return is_log_; }
    /// Whether a value lies beyond an end: -1 below, 1 above.
    int side(double value) const {
        const double margin = (high_ - low_) * 1e-9;
        return value < low_ - margin ? -1 : value > high_ + margin ? 1 : 0;
    }
    double place(double value) const {
        if (is_log_)
            return std::clamp((std::log10(value) - std::log10(low_)) / (std::log10(high_) - std::log10(low_)), 0.0,
                              1.0);
        return std::clamp((value - low_) / (high_ - low_), 0.0, 1.0);
    }
    std::vector<tick> ticks() const {
        std::vector<tick> result;
        if (!is_log_) {
            const auto count = static_cast<int>(std::lround((high_ - low_) / step_));
            for (int i = 0; i <= count; ++i) result.push_back({low_ + i * step_, tick_text(low_ + i * step_, step_)});
            return result;
        }
        const double first = std::floor(std::log10(low_) + 1e-9), decades = std::log10(high_ / low_);
        const double stride = std::max(1.0, std::ceil(decades / 7));
        for (double power = first; power <= std::log10(high_) + 1e-9; power += stride)
            for (const double factor : {1.0, 2.0, 5.0}) {
                const double value = factor * std::pow(10.0, power);
                if ((factor > 1.0 && decades > 2.5) || value < low_ * (1 - 1e-9) || value > high_ * (1 + 1e-9))
                    continue;
                result.push_back({value, log_text(value)});
            }
        return result;
    }
    std::string text_of(double value) const {
        return is_log_ ? log_text(value) : tick_text(value, tick_step(std::max(std::abs(value), 1e-300), 50));
    }

private:
    void choose_range(const sorted_values& values) {
        low_ = values.low();
        high_ = values.high();
        if (high_ - low_ <= 1e-5 * std::abs(high_)) {  // a flat curve lies in the middle
            const double margin = high_ == 0 ? 0.5 : std::abs(high_) / 10;
            low_ -= margin;
            high_ += margin;
            return;
        }
        is_log_ = low_ > 0 && high_ >= 50 * low_ && values.at_share(0.5) - low_ < 0.25 * (high_ - low_);
        const double usual = values.usual_high() - values.usual_low();
        if (is_log_ || usual <= 0 || high_ - low_ < 8 * usual) return;
        low_ = std::max(low_, values.usual_low() - usual / 4);
        high_ = std::min(high_, values.usual_high() + usual / 4);
    }
    void round_to_ticks() {
        step_ = tick_step(high_ - low_, 6);
        low_ = std::floor(low_ / step_ + 1e-9) * step_;
        high_ = std::ceil(high_ / step_ - 1e-9) * step_;
    }
    /// To 1, 2 or 5 times a power of ten.
    void round_to_decades() {
        const auto power_of = [](double value) { return std::pow(10.0, std::floor(std::log10(value) + 1e-9)); };
        const double low_power = power_of(low_), high_power = power_of(high_);
        low_ = low_power * (low_ >= 5 * low_power ? 5 : low_ >= 2 * low_power ? 2 : 1);
        for (const double factor : {1.0, 2.0, 5.0, 10.0})
            if (factor * high_power >= high_ * (1 - 1e-9)) {
                high_ = factor * high_power;
                break;
            }
    }
    static std::string log_text(double value) {
        const double magnitude = std::floor(std::log10(std::abs(value)) + 1e-9);
        if (magnitude < -4 || magnitude > 5) return decimal(value, 1, std::chars_format::general);
        return decimal(value, static_cast<int>(std::max(0.0, -magnitude)));
    }

    bool is_log_ = false;
    double low_ = 0, high_ = 1, step_ = 1;
};
using value_axis = basic_value_axis<>;

}  // namespace strata::internal
