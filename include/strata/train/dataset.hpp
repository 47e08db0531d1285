// Dataset: samples with their labels or targets.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/extents_text.hpp>
#include <strata/core/message.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/core/values_in_words.hpp>
#include <strata/core/where_used.hpp>

namespace strata {

namespace internal {

/// Throws std::invalid_argument: a sample or a target has another number of values.
template <class = where_used>
[[noreturn]] STRATA_COLD void refuse_sample(std::size_t number, const char* name, const shape& expected,
                                            std::size_t got) {
    throw std::invalid_argument(
        message({"strata: Dataset::push_back, sample ", number, ": ", name, " of shape ", shape_text(expected), " has ",
                 expected.size(), " values, got ", got, "; fix: give exactly that many"}));
}

/// A sample and its label, or its target, as push_back of Data takes them.
template <class Data, class Values, class LabelOrTarget>
struct sample_check {
    using T = typename Data::value_type;
    using Label = typename Data::label_type;
    static constexpr bool has_target = Data::label_shape().rank() > 0;
    static constexpr bool takes_sample = std::convertible_to<const Values&, std::span<const T>>;
    static constexpr bool takes_label = (!has_target && std::convertible_to<const LabelOrTarget&, Label>) ||
                                        std::convertible_to<const LabelOrTarget&, std::span<const Label>>;
    static constexpr diagnostic value = [] {
        if (takes_sample && takes_label) return diagnostic{};
        return refuse(text<200>("a vector, an array or a span of ")
                          << number_in_words<T>() << ", then " << (has_target ? "one of " : "one ")
                          << number_in_words<Label>(),
                      text<200>() << values_in_words<Values>() << ", then " << values_in_words<LabelOrTarget>(),
                      convert_the_values, "Dataset::push_back");
    }();
};

}  // namespace internal

/// Any number of samples of the shape Sample, each with one Label, or with a target of the shape Target in values of
/// type Label: `Dataset<float, shape{28, 28, 1}, int>`, `Dataset<float, shape{4}, float, shape{2}>`.
template <class T, shape Sample, class Label, shape Target = shape{}>
    requires std::is_arithmetic_v<T> && std::is_arithmetic_v<Label>
class Dataset {
public:
    using value_type = T;
    using label_type = Label;
    static constexpr std::size_t sample_size = Sample.size();
    static constexpr std::size_t label_size = Target.size();

    static constexpr shape sample_shape() { return Sample; }
    /// The shape of one target; rank 0 for a single label.
    static constexpr shape label_shape() { return Target; }

    /// Appends a sample. Throws std::invalid_argument where it has another number of values; the data stays as it was.
    void push_back(std::span<const T> sample, Label label)
        requires(Target.rank() == 0)
    {
        push_back(sample, std::span<const Label>(&label, 1));
    }
    void push_back(std::span<const T> sample, std::span<const Label> target) {
        require_size("a sample", Sample, sample.size());
        require_size("a target", Target, target.size());
        reserve(size() + 1);
        inputs_.insert(inputs_.end(), sample.data(), sample.data() + sample.size());
        labels_.insert(labels_.end(), target.data(), target.data() + target.size());
    }
    /// Values in braces: `data.push_back({0.5f, 1.0f}, 1)`.
    void push_back(std::initializer_list<T> sample, Label label)
        requires(Target.rank() == 0)
    {
        push_back(std::span<const T>(sample.begin(), sample.size()), label);
    }
    void push_back(std::initializer_list<T> sample, std::initializer_list<Label> target) {
        push_back(std::span<const T>(sample.begin(), sample.size()),
                  std::span<const Label>(target.begin(), target.size()));
    }
    void push_back(std::span<const T> sample, std::initializer_list<Label> target)
        requires(Target.rank() > 0)
    {
        push_back(sample, std::span<const Label>(target.begin(), target.size()));
    }
    /// Values of another type are refused: a span of doubles is none of floats.
    template <class Values, class LabelOrTarget>
        requires(!internal::sample_check<Dataset, Values, LabelOrTarget>::value.ok)
    void push_back(const Values&, const LabelOrTarget&) {
        static_cast<void>(require<internal::sample_check<Dataset, Values, LabelOrTarget>>{});
    }
    /// Makes room for `count` samples in all.
    void reserve(std::size_t count) {
        if (count * label_size <= labels_.capacity() && count * sample_size <= inputs_.capacity()) return;
        count = std::max(count, 2 * size());
        inputs_.reserve(count * sample_size);
        labels_.reserve(count * label_size);
    }
    void clear() {
        inputs_.clear();
        labels_.clear();
    }

    std::size_t size() const { return labels_.size() / label_size; }
    bool empty() const { return labels_.empty(); }
    /// The values of all samples, in order.
    std::span<const T> inputs() const { return inputs_; }
    /// All labels, or the values of all targets, in order.
    std::span<const Label> labels() const { return labels_; }
    std::span<const T> input(std::size_t i) const { return inputs().subspan(i * sample_size, sample_size); }
    std::span<const Label> label(std::size_t i) const { return labels().subspan(i * label_size, label_size); }

private:
    void require_size(const char* name, const shape& expected, std::size_t got) const {
        if (got != expected.size()) internal::refuse_sample(size(), name, expected, got);
    }

    std::vector<T> inputs_;
    std::vector<Label> labels_;
};

}  // namespace strata
