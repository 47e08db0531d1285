// net_drawing: the plan of an inference as plain data: layers, fused steps, bands, and the places of values in the
// arena.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/text.hpp>
#include <strata/graph/arena.hpp>
#include <strata/graph/bands.hpp>
#include <strata/graph/graph_record.hpp>
#include <strata/graph/plan.hpp>
#include <strata/inspect/profile.hpp>
#include <strata/train/decimal.hpp>

namespace strata::inline STRATA_ISA::detail {

/// A step: its layers, the values that it reads, and its chain.
struct drawn_step {
    std::vector<std::size_t> layers{};  // of the flattened list
    std::string algorithm{};
    double flops = 0.0;
    std::size_t chain = 0;  // the first step of its chain
    std::size_t band = 0;   // rows of the chain's output at a time; 0: the step stands alone
};
/// A piece of the arena: from the first to the last step that needs it.
struct drawn_buffer {
    std::size_t offset = 0, size = 0;  // in bytes
    std::size_t begin = 0, end = 0;    // steps
    std::string contents{};
};
struct net_drawing {
    graph_record graph{};
    std::vector<drawn_step> steps{};
    std::vector<drawn_buffer> buffers{};
    std::size_t arena_bytes = 0;
};

/// `2.4 KB`.
inline std::string bytes_text(std::size_t bytes) {
    if (bytes < 1024) return internal::message({bytes, " B"});
    const double count = static_cast<double>(bytes) / 1024;
    return count < 1024 ? internal::decimal(count, 1) + " KB" : internal::decimal(count / 1024, 1) + " MB";
}
/// `2.43 kFLOP`.
inline std::string flops_text(double flops) {
    if (flops < 1e3) return internal::decimal(flops, 0) + " FLOP";
    if (flops < 1e6) return internal::decimal(flops * 1e-3, 2) + " kFLOP";
    return flops < 1e9 ? internal::decimal(flops * 1e-6, 2) + " MFLOP" : internal::decimal(flops * 1e-9, 2) + " GFLOP";
}
/// `Conv2D, ReLU  (26, 26, 16)  160 parameters`.
inline std::string layer_text(const graph_layer& layer, std::string_view gap) {
    std::string result = internal::message(
        {layer.type, layer.activation.empty() ? "" : ", ", layer.activation, gap, to_text(layer.out).view()});
    if (layer.parameters > 0) result += internal::message({gap, grouped(layer.parameters).view(), " parameters"});
    return result;
}

/// The buffers of a plan, made again as make_plan makes them: the plan itself keeps offsets alone.
template <class Net, class T, bool Smallest>
std::vector<drawn_buffer> drawn_buffers(std::size_t& arena_bytes, std::size_t largest_map) {
    constexpr std::size_t count = flat_count<Net>;
    constexpr const auto& outline = plan_outline_of<Net, schedule::inference, count>;
    execution_plan<count, flat_graph_of<Net>.inputs.size()> plan{outline.plan, {}};
    const auto chains = assign_chains<Net, T, count, Smallest>(plan, 1, chain_sizes<Net, T, count>(largest_map));
    auto placed = assign_buffers<Net, T, count>(plan, chains, 1);
    arena_bytes = sizeof(T) * place_buffers(placed.buffers, placed.used, alignment / sizeof(T));
    std::vector<drawn_buffer> result(placed.used);
    for (std::size_t i = 0; i < placed.used; ++i)
        result[i] = {.offset = placed.buffers[i].offset * sizeof(T),
                     .size = placed.buffers[i].size * sizeof(T),
                     .begin = placed.buffers[i].begin,
                     .end = placed.buffers[i].end};
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        drawn_buffer& value = result[placed.of_value[plan.steps[s].last() + 1]];
        value.contents +=
            (value.contents.empty() ? "" : ", ") + std::string(flat_names_of<Net>[plan.steps[s].last()].view());
        if (chains.head[s] == s)
            result[placed.of_scratch[s]].contents = "scratch of " + names_of_step<Net>(plan.steps[s]);
    }
    std::erase_if(result, [](const drawn_buffer& each) { return each.size == 0; });
    return result;
}

template <class Net, class T>
net_drawing draw_net() {
    constexpr const auto& plan = plan_of<Net, T, 1>;
    net_drawing result{.graph = graph_record_of<Net>()};
    const auto add = [&]<std::size_t Step>(std::integral_constant<std::size_t, Step>) {
        const plan_step& step = plan.steps[Step];
        drawn_step drawn{.layers = {step.layer},
                         .algorithm = algorithm_of<step_of<Net, T, 1, flat_count<Net>, Step>, T>(),
                         .flops = flops_of_step<Net>(step),
                         .chain = Step};
        for (std::size_t k = 0; k < step.fused.count; ++k) drawn.layers.push_back(step.fused.layers[k]);
        while (plan.chains[drawn.chain].length == 0) --drawn.chain;
        if (plan.chains[drawn.chain].length > 1) drawn.band = plan.chains[drawn.chain].band;
        result.steps.push_back(std::move(drawn));
    };
    [&]<std::size_t... Step>(std::index_sequence<Step...>) {
        (add(std::integral_constant<std::size_t, Step>{}), ...);
    }(std::make_index_sequence<plan.step_count>{});
    result.buffers = drawn_buffers<Net, T, false>(result.arena_bytes, largest_whole_map);
    if constexpr (Net::options::template has<memory::smallest>)  // made for another limit
        for (std::size_t i = 0; result.arena_bytes != plan.arena_size * sizeof(T); ++i)
            result.buffers = drawn_buffers<Net, T, true>(result.arena_bytes, map_limits<true>[i]);
    return result;
}

}  // namespace strata::inline STRATA_ISA::detail
