// data_checks: checks of the data and options of fit and evaluate, before any weight changes.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <stdexcept>

#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/where_used.hpp>
#include <strata/kernels/elementwise/elementwise_backward.hpp>
#include <strata/train/decimal.hpp>
#include <strata/train/loss.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Throws std::invalid_argument with `strata: ` and the parts of a message.
template <class = internal::where_used>
[[noreturn]] STRATA_COLD void refuse_data(std::initializer_list<internal::message_part> parts) {
    throw std::invalid_argument(internal::message({"strata: ", internal::message(parts)}));
}

/// Throws std::logic_error: the weights went to another model.
template <class = internal::where_used>
[[noreturn]] STRATA_COLD void refuse_moved_model() {
    throw std::logic_error(
        "strata: the trainer's model was moved from, and a trainer refers to its model; fix: move it before compile");
}
/// The weights of a trainer's model, which a model that was moved from has not.
template <class T>
T* require_weights(T* parameters) {
    if (parameters == nullptr) refuse_moved_model();
    return parameters;
}

template <class Value>
void refuse_nan(std::span<const Value> values, std::size_t per_sample, const char* name) {
    if constexpr (!std::integral<Value>) {
        constexpr std::size_t run = 4096;
        for (std::size_t begin = 0; begin < values.size(); begin += run) {
            const std::size_t end = std::min(begin + run, values.size());
            // A sum with a NaN is NaN. A sum without one is NaN only where it has infinities of both signs.
            const Value sum = kernels::row_dot<Value>(end - begin, nullptr, values.data() + begin);
            if (!internal::is_nan(sum)) continue;
            for (std::size_t i = begin; i < end; ++i)
                if (internal::is_nan(values[i]))
                    refuse_data({"sample ", i / per_sample, ": ", name, " number ", i % per_sample,
                                 " is NaN; fix: leave the sample out, or repair it"});
        }
    }
}

template <class Label>
[[noreturn]] STRATA_COLD void refuse_label(std::size_t sample, Label label, std::size_t classes) {
    const auto label_text = [&] {
        if constexpr (std::integral<Label>) return label;
        else return internal::decimal(static_cast<double>(label), 6);
    }();
    refuse_data({"sample ", sample, ": label ", label_text, " is out of range; the output has ", classes,
                 " classes, 0 to ", classes - 1, "; fix: correct the label, or give the last layer more units"});
}

/// Refuses empty data, NaN, and class indices that are not below the number of outputs; the message names the sample.
template <class Data>
void check_data(const Data& data, target_kind targets, const shape& output, const char* which) {
    if (data.empty()) refuse_data({which, " is empty; fix: give at least one sample"});
    refuse_nan(data.inputs(), Data::sample_size, "input");
    refuse_nan(data.labels(), Data::label_size, "target");
    if (targets != target_kind::class_index) return;
    const auto labels = data.labels();
    for (std::size_t i = 0; i < labels.size(); ++i)
        if (!(labels[i] >= 0) || static_cast<std::size_t>(labels[i]) >= output.back())
            refuse_label(i / Data::label_size, labels[i], output.back());
}

/// The number of samples to train on where the last part is held back for validation. Keras: floor(n (1 - split)).
inline std::size_t training_count(std::size_t count, double validation_split) {
    if (!internal::is_finite(validation_split) || validation_split < 0.0 || validation_split >= 1.0)
        refuse_data(
            {"validation_split is ", internal::decimal(validation_split, 6), "; expected at least 0 and below 1"});
    if (validation_split == 0.0) return count;
    const auto kept = static_cast<std::size_t>(std::floor(static_cast<double>(count) * (1.0 - validation_split)));
    if (kept == 0 || kept == count)
        refuse_data({"validation_split of ", internal::decimal(validation_split, 6), " leaves ", kept, " of ", count,
                     " samples for training; fix: give more samples, or another split"});
    return kept;
}

}  // namespace strata::inline STRATA_ISA::detail
