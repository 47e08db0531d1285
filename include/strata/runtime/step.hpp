// step: the types and shapes of what a step runs.
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

/// The layer number Index of a net with the layers fused into it, as types, and the shapes of one sample.
template <class Net, class T, std::size_t Index, fused_layers Fused>
struct step_types {
    static constexpr std::size_t index = Index;
    using layer = type_at<Index, computed_layers_of<Net>>;
    using epilogue = epilogue_of<Net, Fused>;
    using weights = layer_weights<Net, T, Index>;
    static constexpr shape in = flat_nodes_of<Net>[Index].in;
    static constexpr shape out = flat_nodes_of<Net>[Fused.last(Index)].out;
};

/// Step number Step of the plan of the first Count layers for tiles of N samples.
template <class Net, class T, std::size_t N, std::size_t Count, std::size_t Step>
struct step_of
    : step_types<Net, T, plan_of<Net, T, N, Count>.steps[Step].layer, plan_of<Net, T, N, Count>.steps[Step].fused> {
    static constexpr plan_step plan = plan_of<Net, T, N, Count>.steps[Step];
};

}  // namespace strata::inline STRATA_ISA::detail
