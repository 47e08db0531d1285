// metric_names: unique names for the metrics of a compiled model.
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/where_used.hpp>

namespace strata::inline STRATA_ISA::detail {

/// A metric's own name, and whether it is one of weighted_metrics. Keras numbers metrics of some classes (AUC,
/// Precision, Recall) that are given no name, whether they are weighted or not.
struct named_metric {
    std::string_view name;
    bool is_weighted = false;
    bool is_numbered = false;
};

/// The second metric of a name has `_1` after it, the third `_2`; a weighted one has `weighted_` before it first, but
/// for the numbered ones. Throws std::invalid_argument for the name `loss`, which is that of the loss. Keras: the keys
/// of the history.
template <class = internal::where_used>
std::vector<std::string> unique_names(std::span<const named_metric> metrics) {
    std::vector<std::string> result(metrics.size());  // of this size at once: a vector that grows is more to compile
    std::size_t done = 0;
    const auto is_taken = [&](std::string_view name) {
        for (std::size_t i = 0; i < done; ++i)
            if (result[i] == name) return true;
        return false;
    };
    for (const bool weighted : {false, true})
        for (const named_metric& each : metrics) {
            if (each.is_weighted != weighted) continue;
            if (each.name == "loss")
                throw std::invalid_argument("strata: a metric is named \"loss\", as the loss is; fix: another .name");
            const std::string wanted =
                internal::message({weighted && !each.is_numbered && is_taken(each.name) ? "weighted_" : "", each.name});
            std::string name = wanted;
            for (std::size_t count = 1; is_taken(name); ++count) name = internal::message({wanted, "_", count});
            result[done++] = std::move(name);
        }
    return result;
}

}  // namespace strata::inline STRATA_ISA::detail
