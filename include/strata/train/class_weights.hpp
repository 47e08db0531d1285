// class_weights: the factor of the loss of each class.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>

namespace strata::inline STRATA_ISA {

/// Factors of the loss by class: `{{0, 0.5}, {1, 2.0}}`, or a map of them. Where a class is given twice, its first
/// factor counts. Less to compile than std::map.
class class_weights {
public:
    struct entry {
        int label = 0;
        double weight = 1.0;
    };

    class_weights() = default;
    class_weights(std::initializer_list<entry> entries) {
        for (const entry& each : entries) insert(each);
    }
    /// From std::map<int, double> and other ranges of pairs.
    template <class Map>
        requires requires(const Map& map) { static_cast<double>(map.begin()->second); }
    class_weights(const Map& map) {
        for (const auto& [label, weight] : map) insert({static_cast<int>(label), static_cast<double>(weight)});
    }

    /// The factor of a class, for changes; 1 where the class had none.
    double& operator[](int label) { return insert({.label = label}).weight; }
    /// The factor of a class; 1 where it has none.
    double factor(int label) const {
        const std::size_t at = place_of(label);
        return at < entries_.size() && entries_[at].label == label ? entries_[at].weight : 1.0;
    }

    bool empty() const { return entries_.empty(); }
    std::size_t size() const { return entries_.size(); }
    /// The entries in the order of their classes.
    const entry* begin() const { return entries_.data(); }
    const entry* end() const { return entries_.data() + entries_.size(); }

private:
    /// The place of the first entry whose class is not less.
    std::size_t place_of(int label) const {
        std::size_t low = 0, high = entries_.size();
        while (low < high) {
            const std::size_t middle = low + (high - low) / 2;
            if (entries_[middle].label < label) low = middle + 1;
            else high = middle;
        }
        return low;
    }
    entry& insert(const entry& added) {
        const std::size_t at = place_of(added.label);
        if (at == entries_.size() || entries_[at].label != added.label) {
            entries_.push_back(added);
            for (std::size_t i = entries_.size() - 1; i > at; --i) std::swap(entries_[i], entries_[i - 1]);
        }
        return entries_[at];
    }

    std::vector<entry> entries_;  // in the order of classes
};

}  // namespace strata::inline STRATA_ISA
