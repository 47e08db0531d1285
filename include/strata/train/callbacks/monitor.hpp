// monitor: the score that a callback watches, and when it has become better.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/callback.hpp>
#include <strata/train/scores.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Keras' mode "auto": the names of metrics that are better when greater, and when less. Names that end in one of them
/// after an underscore count too (`my_accuracy`). A number after the name does not matter (`auc_1`).
inline constexpr std::array<std::string_view, 12> rising_names{
    "accuracy",    "acc",      "precision",   "recall", "auc",  "f1_score",
    "fbeta_score", "r2_score", "correlation", "iou",    "io_u", "cosine_similarity"};
inline constexpr std::array<std::string_view, 12> falling_names{"loss",     "error",      "crossentropy", "hinge",
                                                                "poisson",  "divergence", "huber",        "logcosh",
                                                                "log_cosh", "mse",        "mae",          "mape"};

inline bool ends_in_one_of(std::string_view name, const auto& endings) {
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) {
        if (!name.ends_with(ending)) return false;
        return name.size() == ending.size() || name[name.size() - ending.size() - 1] == '_';
    });
}

/// References to the members that callbacks share; `callback` is its class in messages.
struct monitor {
    std::string_view callback;
    const std::string& name;
    const std::string& mode;

    template <class = internal::where_used>
    void validate() const {
        if (name.empty()) throw std::invalid_argument(message("monitor is empty; name a score, as \"val_loss\""));
        if (mode != "auto" && mode != "min" && mode != "max")
            throw std::invalid_argument(message("mode is \"" + mode + "\"; it may be \"auto\", \"min\" or \"max\""));
    }

    /// The watched score; none where the epoch has no validation by validation_freq.
    template <class = internal::where_used>
    std::optional<double> value(const training_control& control, std::size_t epoch, const Scores& scores) const {
        if (scores.contains(name)) return scores[name];
        if (name.starts_with("val_") && control.skips_validation(epoch)) return std::nullopt;
        const bool lacks_validation = name.starts_with("val_") && scores.contains(name.substr(4));
        throw std::invalid_argument(
            message("there is no score \"" + name + "\"; " + scores.known_names() +
                    (lacks_validation ? " (it takes validation data to have val_" + name.substr(4) + ")" : "")));
    }

    template <class = internal::where_used>
    bool rises() const {
        if (mode != "auto") return mode == "max";
        std::string_view quantity = name;
        if (quantity.starts_with("val_")) quantity.remove_prefix(4);
        const std::string_view uncounted = quantity.substr(0, quantity.find_last_not_of("0123456789") + 1);
        if (uncounted.size() < quantity.size() && uncounted.ends_with('_'))
            quantity = uncounted.substr(0, uncounted.size() - 1);
        if (ends_in_one_of(quantity, rising_names)) return true;
        if (ends_in_one_of(quantity, falling_names)) return false;
        throw std::invalid_argument(message("cannot tell from its name whether \"" + name +
                                            "\" is to rise or to fall; set .mode to \"max\" or \"min\""));
    }

    /// Whether a value is better than the best so far by more than min_delta. Anything but NaN is better than nothing.
    template <class = internal::where_used>
    bool is_improvement(double value, const std::optional<double>& best, double min_delta) const {
        if (internal::is_nan(value)) return false;
        if (!best) return true;
        return rises() ? value - std::abs(min_delta) > *best : value + std::abs(min_delta) < *best;
    }

    template <class = internal::where_used>
    std::string message(std::string_view sentence) const {
        return "strata: " + std::string(callback) + ": " + std::string(sentence);
    }
};

}  // namespace strata::inline STRATA_ISA::detail
