// plan: what is computed, in which order, and where in the arena; the passes that fuse layers and place buffers.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <strata/core/shape.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/layer.hpp>
#include <strata/model/net.hpp>
#include <strata/model/shapes.hpp>

namespace strata {

/// Where a step reads or writes.
enum class place { input, arena, output };

/// One step: `count` layers from `first` on (indices into the flattened list) run as one kernel call. Offsets in
/// elements.
struct plan_step {
    std::size_t first = 0;
    std::array<std::size_t, 2> behind{};
    std::size_t behind_count = 0;
    place from = place::arena;
    place to = place::arena;
    std::size_t in_offset = 0;
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
    bool is_identity = false;
    bool is_view = false;
    bool is_elementwise = false;
    std::size_t out_size = 0;
    std::size_t scratch = 0;
};

template <class T, class... Layers, std::size_t Count>
constexpr auto facts_of(type_list<Layers...>, const std::array<shape, Count>& shapes) {
    std::array<layer_facts, sizeof...(Layers)> facts{};
    std::size_t i = 0;
    ((facts[i] = {.is_identity = identity_at_inference<Layers>,
                  .is_view = view_layer<Layers>,
                  .is_elementwise = elementwise_layer<Layers>,
                  .out_size = shapes[i + 1].size(),
                  .scratch = Layers::template scratch<T>(shapes[i])},
      ++i),
     ...);
    return facts;
}

template <std::size_t Count>
constexpr std::size_t computed_count(const std::array<layer_facts, Count>& facts) {
    return static_cast<std::size_t>(
        std::count_if(facts.begin(), facts.end(), [](const layer_facts& fact) { return !fact.is_identity; }));
}

/// The layers that compute or reshape something, as indices into the flattened list.
template <class Net, class T>
inline constexpr auto computed_layers = [] {
    constexpr auto facts = facts_of<T>(flat_layers_of<Net>{}, flat_shapes_of<Net>);
    std::array<std::size_t, computed_count(facts)> result{};
    std::size_t next = 0;
    for (std::size_t i = 0; i < facts.size(); ++i)
        if (!facts[i].is_identity) result[next++] = i;
    return result;
}();

template <class Net, class T>
using computed_layers_of = select_types<flat_layers_of<Net>, computed_layers<Net, T>>;

/// How many of the layers behind computed layer number I run in its epilogue.
template <class Net, class T, std::size_t I>
constexpr std::size_t fused_count() {
    using list = computed_layers_of<Net, T>;
    using current = type_at<I, list>;
    constexpr shape in = flat_shapes_of<Net>[computed_layers<Net, T>[I]];
    if constexpr (I + 2 < list::size())
        if (current::template fuses<in, type_at<I + 1, list>, type_at<I + 2, list>>()) return 2;
    if constexpr (I + 1 < list::size())
        if (current::template fuses<in, type_at<I + 1, list>>()) return 1;
    return 0;
}

template <class Net, class T, std::size_t... I>
constexpr auto fused_counts(std::index_sequence<I...>) {
    return std::array<std::size_t, sizeof...(I)>{fused_count<Net, T, I>()...};
}

}  // namespace detail

/// The plan of a net for `tile` samples at once. Identities vanish, views share their input's memory, elementwise
/// layers work in place, layers that the one before them takes into its epilogue get no buffer.
template <class Net, class T>
constexpr auto make_plan(std::size_t tile) {
    constexpr auto facts = detail::facts_of<T>(flat_layers_of<Net>{}, flat_shapes_of<Net>);
    constexpr auto computed = detail::computed_layers<Net, T>;
    constexpr auto fused = detail::fused_counts<Net, T>(std::make_index_sequence<computed.size()>{});
    execution_plan<computed.size()> plan;

    // Steps, and the buffer that each reads and writes: 0 is the model's input, a new one per result.
    constexpr std::size_t capacity = 2 * computed.size() + 1;
    std::array<arena_buffer, capacity> buffers{};
    std::array<std::size_t, capacity> reads{}, writes{}, scratches{};
    std::size_t used = 1, current = 0;
    for (std::size_t i = 0; i < computed.size();) {
        const detail::layer_facts& fact = facts[computed[i]];
        if (fact.is_view) {
            ++i;
            continue;
        }
        const std::size_t s = plan.step_count++;
        plan_step& step = plan.steps[s];
        step.first = computed[i];
        step.behind_count = fused[i];
        for (std::size_t k = 0; k < fused[i]; ++k) step.behind[k] = computed[i + 1 + k];
        const std::size_t last = computed[i + fused[i]];
        reads[s] = current;
        buffers[current].end = s;
        if (!(fact.is_elementwise && current != 0)) {
            current = used++;
            buffers[current] = {.size = tile * facts[last].out_size, .begin = s, .end = s};
        }
        writes[s] = current;
        buffers[current].end = s;
        scratches[s] = used;
        buffers[used++] = {.size = fact.scratch, .begin = s, .end = s};
        i += fused[i] + 1;
    }
    if (plan.step_count == 0) return plan;

    // The last result goes straight to the model's output; where it was made in place, its last step leaves the arena.
    const std::size_t final_step = plan.step_count - 1, final_buffer = writes[final_step];
    const bool in_place = reads[final_step] == final_buffer;
    if (!in_place) buffers[final_buffer].size = 0;
    buffers[0].size = 0;
    plan.arena_size = place_buffers(buffers, used, alignment / sizeof(T));
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        plan_step& step = plan.steps[s];
        step.from = reads[s] == 0 ? place::input : place::arena;
        step.to = s == final_step ? place::output : place::arena;
        step.in_offset = buffers[reads[s]].offset;
        step.out_offset = buffers[writes[s]].offset;
        step.scratch_offset = buffers[scratches[s]].offset;
    }
    return plan;
}

/// The plan of a net for a tile of N samples as a constant.
template <class Net, class T, std::size_t N>
inline constexpr auto plan_of = make_plan<Net, T>(N);

}  // namespace strata
