// plan: what is computed, in which order, and where in the arena; the passes that fuse layers and place buffers.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <strata/core/shape.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/layer.hpp>
#include <strata/model/graph.hpp>
#include <strata/model/join.hpp>
#include <strata/model/net.hpp>

namespace strata {

/// Where a step reads or writes.
enum class place { input, arena, output };

/// What a step reads; offsets in elements.
struct plan_operand {
    place from = place::arena;
    std::size_t offset = 0;
};

/// One step: the layer `first` and those behind it that it runs in its epilogue (indices into the flattened list), as
/// one kernel call.
struct plan_step {
    std::size_t first = 0;
    std::array<std::size_t, 2> behind{};
    std::size_t behind_count = 0;
    std::array<plan_operand, 2> inputs{};
    std::size_t input_count = 1;
    place to = place::arena;
    std::size_t out_offset = 0;
    std::size_t scratch_offset = 0;

    /// The last layer of the step, an index into the flattened list.
    constexpr std::size_t last() const { return behind_count == 0 ? first : behind[behind_count - 1]; }
};

/// The steps of a net for a tile of samples, and the size of its arena in elements.
template <std::size_t Capacity>
struct execution_plan {
    std::array<plan_step, Capacity> steps{};
    std::size_t step_count = 0;
    std::size_t arena_size = 0;
};

/// A buffer of the arena: it lives from step `begin` to step `end`, both included.
struct arena_buffer {
    std::size_t size = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t offset = 0;
};

/// The pass that places buffers: largest first, each at the lowest offset where nothing lives at the same time. Gives
/// the arena's size; offsets are multiples of `unit`.
template <std::size_t Count>
constexpr std::size_t place_buffers(std::array<arena_buffer, Count>& buffers, std::size_t used, std::size_t unit) {
    std::array<std::size_t, Count> order{};
    for (std::size_t i = 0; i < used; ++i) order[i] = i;
    std::sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(used), [&](std::size_t a, std::size_t b) {
        return buffers[a].size != buffers[b].size ? buffers[a].size > buffers[b].size : a < b;
    });
    std::size_t total = 0;
    for (std::size_t i = 0; i < used; ++i) {
        arena_buffer& buffer = buffers[order[i]];
        buffer.size = (buffer.size + unit - 1) / unit * unit;
        buffer.offset = 0;
        for (bool moved = buffer.size > 0; moved;) {
            moved = false;
            for (std::size_t placed = 0; placed < i; ++placed) {
                const arena_buffer& other = buffers[order[placed]];
                const bool lives_with = other.begin <= buffer.end && buffer.begin <= other.end;
                if (lives_with && buffer.offset < other.offset + other.size &&
                    other.offset < buffer.offset + buffer.size) {
                    buffer.offset = other.offset + other.size;
                    moved = true;
                }
            }
        }
        total = std::max(total, buffer.offset + buffer.size);
    }
    return total;
}

namespace detail {

/// What the passes read of a layer.
struct layer_facts {
    bool is_alias = false;       // gives its input, perhaps with another shape
    bool may_overwrite = false;  // value by value: its output may lie where its input does
    std::size_t out_size = 0;
    std::size_t scratch = 0;
};

template <class T, class... Layers, std::size_t Count>
constexpr auto facts_of(type_list<Layers...>, const std::array<flat_node, Count>& nodes) {
    std::array<layer_facts, Count> facts{};
    std::size_t i = 0;
    ((facts[i] = {.is_alias = identity_at_inference<Layers> || view_layer<Layers>,
                  .may_overwrite = elementwise_layer<Layers> || join_layer<Layers>,
                  .out_size = nodes[i].out.size(),
                  .scratch = Layers::template scratch<T>(nodes[i].in)},
      ++i),
     ...);
    return facts;
}

template <class... Layers>
constexpr auto identities_among(type_list<Layers...>) {
    return std::array<bool, sizeof...(Layers)>{identity_at_inference<Layers>...};
}
template <class Net>
inline constexpr auto identities_of = identities_among(flat_layers_of<Net>{});

/// Which of the first `Count` layers of a net alone reads what layer I gives, identities passed over; Count where there
/// is none.
template <class Net, std::size_t Count, std::size_t I>
constexpr std::size_t only_reader() {
    std::size_t reader = I;
    do reader = sole_reader(flat_nodes_of<Net>, Count, reader + 1);
    while (reader < Count && identities_of<Net>[reader]);
    return reader;
}

/// The layers that run in an epilogue.
struct fused_layers {
    std::array<std::size_t, 2> layers{};
    std::size_t count = 0;
};

/// Which of the first Count layers of a net layer I runs in its epilogue: each reads what the one before it gives, and
/// nothing else does.
template <class Net, std::size_t Count, std::size_t I>
constexpr fused_layers fused_behind() {
    using list = flat_layers_of<Net>;
    using current = type_at<I, list>;
    constexpr shape in = flat_nodes_of<Net>[I].in;
    if constexpr (!current::is_identity) {
        constexpr std::size_t next = only_reader<Net, Count, I>();
        if constexpr (next < Count) {
            constexpr std::size_t second = only_reader<Net, Count, next>();
            if constexpr (second < Count)
                if (current::template fuses<in, type_at<next, list>, type_at<second, list>>())
                    return {.layers = {next, second}, .count = 2};
            if (current::template fuses<in, type_at<next, list>>()) return {.layers = {next, 0}, .count = 1};
        }
    }
    return {};
}

template <class Net, std::size_t Count, std::size_t... I>
constexpr auto all_fused(std::index_sequence<I...>) {
    return std::array<fused_layers, sizeof...(I)>{fused_behind<Net, Count, I>()...};
}

/// How many layers the flattened list of a net has.
template <class Net>
inline constexpr std::size_t flat_count = flat_layers_of<Net>::size();

}  // namespace detail

/// The plan of the first Count layers of a net for `tile` samples at once. Identities vanish, views share their input's
/// memory, layers that work value by value overwrite what nobody reads behind them, layers that the one before them
/// takes into its epilogue get no buffer.
template <class Net, class T, std::size_t Count = detail::flat_count<Net>>
constexpr auto make_plan(std::size_t tile) {
    constexpr const auto& nodes = flat_nodes_of<Net>;
    constexpr auto facts = detail::facts_of<T>(flat_layers_of<Net>{}, nodes);
    constexpr auto fused = detail::all_fused<Net, Count>(std::make_index_sequence<Count>{});
    execution_plan<Count> plan;

    // Steps; for each value the one that lies in its memory first, and for each such value the last step that reads it.
    std::array<std::size_t, Count + 1> home{}, last_read{};
    std::array<bool, Count + 1> is_behind{};
    for (std::size_t i = 0; i < Count; ++i) {
        if (is_behind[i]) continue;
        if (facts[i].is_alias) {
            home[i + 1] = home[nodes[i].inputs[0]];
            continue;
        }
        plan_step& step = plan.steps[plan.step_count];
        step.first = i;
        step.behind = fused[i].layers;
        step.behind_count = fused[i].count;
        step.input_count = nodes[i].input_count;
        for (std::size_t k = 0; k < fused[i].count; ++k) is_behind[fused[i].layers[k]] = true;
        for (std::size_t k = 0; k < nodes[i].input_count; ++k) last_read[home[nodes[i].inputs[k]]] = plan.step_count;
        home[step.last() + 1] = step.last() + 1;
        ++plan.step_count;
    }
    if (plan.step_count == 0) return plan;

    // Buffers: 0 is the model's input, which lies outside; so does the last result, the model's output.
    std::array<arena_buffer, 2 * Count + 1> buffers{};
    std::array<std::size_t, Count + 1> buffer_of{}, scratch_of{};
    std::size_t used = 1;
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        const plan_step& step = plan.steps[s];
        const detail::layer_facts& fact = facts[step.first];
        const bool is_final = s + 1 == plan.step_count;
        std::size_t target = 0;
        for (std::size_t k = 0; k < step.input_count; ++k) {
            const std::size_t value = home[nodes[step.first].inputs[k]];
            buffers[buffer_of[value]].end = s;
            if (fact.may_overwrite && last_read[value] == s && !is_final && target == 0) target = buffer_of[value];
        }
        if (target == 0) {
            target = used++;
            buffers[target] = {.size = is_final ? 0 : tile * facts[step.last()].out_size, .begin = s, .end = s};
        }
        buffer_of[step.last() + 1] = target;
        scratch_of[s] = used;
        buffers[used++] = {.size = fact.scratch, .begin = s, .end = s};
    }
    plan.arena_size = place_buffers(buffers, used, alignment / sizeof(T));
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        plan_step& step = plan.steps[s];
        for (std::size_t k = 0; k < step.input_count; ++k) {
            const std::size_t buffer = buffer_of[home[nodes[step.first].inputs[k]]];
            step.inputs[k] = {.from = buffer == 0 ? place::input : place::arena, .offset = buffers[buffer].offset};
        }
        step.to = s + 1 == plan.step_count ? place::output : place::arena;
        step.out_offset = buffers[buffer_of[step.last() + 1]].offset;
        step.scratch_offset = buffers[scratch_of[s]].offset;
    }
    return plan;
}

/// The plan of the first Count layers of a net for a tile of N samples as a constant.
template <class Net, class T, std::size_t N, std::size_t Count = detail::flat_count<Net>>
inline constexpr auto plan_of = make_plan<Net, T, Count>(N);

}  // namespace strata
