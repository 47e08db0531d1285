// step: what one step of a plan runs, with types and shapes.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/plan.hpp>
#include <strata/layers/layer.hpp>
#include <strata/net/net.hpp>
#include <strata/runtime/packing.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Step number Step of the plan of the first Count layers for tiles of N samples.
template <class Net, class T, std::size_t N, std::size_t Count, std::size_t Step>
struct step_of {
    static constexpr plan_step plan = plan_of<Net, T, N, Count>.steps[Step];
    using layer = type_at<plan.first, flat_layers_of<Net>>;
    using epilogue = epilogue_of<Net, plan.fused>;
    static constexpr shape in = flat_nodes_of<Net>[plan.first].in;
    static constexpr shape out = flat_nodes_of<Net>[plan.last()].out;
    using weights = layer_weights<Net, T, plan.first>;
};

}  // namespace strata::inline STRATA_ISA::detail
