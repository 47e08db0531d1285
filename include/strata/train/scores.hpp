// Scores: the loss and the metrics of a batch, an epoch or an evaluation, by name.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace strata {

struct score {
    std::string name;
    double value = 0;

    friend bool operator==(const score&, const score&) = default;
};

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
        throw std::invalid_argument("strata: no score is called \"" + std::string(name) + "\"; " + known_names());
    }
    bool contains(std::string_view name) const { return find(name) != nullptr; }

    /// Allocates for a new name only.
    void set(std::string_view name, double value) {
        for (score& each : scores_)
            if (each.name == name) {
                each.value = value;
                return;
            }
        scores_.push_back({std::string(name), value});
    }
    void clear() { scores_.clear(); }

    std::size_t size() const { return scores_.size(); }
    bool empty() const { return scores_.empty(); }
    const_iterator begin() const { return scores_.begin(); }
    const_iterator end() const { return scores_.end(); }

    /// `known are loss, accuracy`: the end of a sentence that refuses a name.
    std::string known_names() const {
        std::string result = scores_.empty() ? "there are none" : "known are ";
        for (const score& each : scores_) result += (&each == scores_.data() ? "" : ", ") + each.name;
        return result;
    }

    friend bool operator==(const Scores&, const Scores&) = default;

private:
    const score* find(std::string_view name) const {
        for (const score& each : scores_)
            if (each.name == name) return &each;
        return nullptr;
    }

    std::vector<score> scores_;
};

}  // namespace strata
