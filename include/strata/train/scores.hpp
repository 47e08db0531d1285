// Scores: the loss and the metrics of a batch, an epoch or an evaluation, by name.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/where_used.hpp>

namespace strata {

struct score {
    std::string name;
    double value = 0;

    friend bool operator==(const score&, const score&) = default;
};

namespace internal {

/// `known are loss, accuracy`: the end of a sentence that refuses a name. For items with a member `name`.
template <class Items>
STRATA_COLD std::string known_names(const Items& items) {
    if (items.empty()) return "there are none";
    std::string result = "known are ";
    for (const auto& each : items) {
        if (&each != items.data()) result += ", ";
        result += each.name;
    }
    return result;
}

}  // namespace internal

/// Named values in the order in which they were first set; Keras' `logs`. There are few of them: lookup is linear.
class Scores {
public:
    using const_iterator = std::vector<score>::const_iterator;

    Scores() = default;
    /// `Scores{{"loss", 0.5}, {"accuracy", 0.75}}`.
    Scores(std::initializer_list<score> scores) {
        for (const score& each : scores) set(each.name, each.value);
    }

    /// The value of a name; std::invalid_argument lists the known names where there is none.
    double operator[](std::string_view name) const {
        if (const score* found = find(name)) return found->value;
        refuse(name);
    }
    bool contains(std::string_view name) const { return find(name) != nullptr; }

    /// Allocates for a new name only.
    void set(std::string_view name, double value) {
        for (score& each : scores_)
            if (each.name == name) {
                each.value = value;
                return;
            }
        score& added = scores_.emplace_back();
        added.name.append(name);
        added.value = value;
    }
    void clear() { scores_.clear(); }

    std::size_t size() const { return scores_.size(); }
    bool empty() const { return scores_.empty(); }
    const_iterator begin() const { return scores_.begin(); }
    const_iterator end() const { return scores_.end(); }

    /// `known are loss, accuracy`: the end of a sentence that refuses a name.
    std::string known_names() const { return internal::known_names(scores_); }

    friend bool operator==(const Scores&, const Scores&) = default;

private:
    template <class = internal::where_used>
    [[noreturn]] STRATA_COLD void refuse(std::string_view name) const {
        throw std::invalid_argument(internal::message({"strata: no score is called \"", name, "\"; ", known_names()}));
    }
    const score* find(std::string_view name) const {
        for (const score& each : scores_)
            if (each.name == name) return &each;
        return nullptr;
    }

    std::vector<score> scores_;
};

}  // namespace strata
