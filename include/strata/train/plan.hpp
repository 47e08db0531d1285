// plan: what a training step computes, in which order, and where in the training arena; constexpr data.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <strata/core/shape.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/type_list.hpp>
#include <strata/kernels/weight_gradient.hpp>
#include <strata/layers/layer.hpp>
#include <strata/model/forward.hpp>
#include <strata/model/net.hpp>
#include <strata/model/plan.hpp>
#include <strata/model/shapes.hpp>
#include <strata/model/weights.hpp>

namespace strata {

/// One layer of a training step, perhaps with the activation behind it. Offsets are in elements of the training arena.
struct training_step {
    std::size_t layer = 0;
    bool takes_next = false;
    bool learns = false;       // some of its weights are trained
    bool passes_down = false;  // something below it learns: it gives the gradient of its input
    std::size_t in_size = 0;   // of one sample
    std::size_t out_size = 0;
    std::size_t tape_size = 0;
    std::size_t x = 0;
    std::size_t y = 0;
    std::size_t tape = 0;
    std::size_t dy = 0;
    std::size_t dx = 0;
    std::size_t derived = 0;

    constexpr bool has_backward() const { return learns || passes_down; }
};

/// The layers in front of `first_layer` neither learn nor act by chance: they run as in inference. Behind them come the
/// steps.
template <std::size_t Capacity>
struct training_plan {
    std::array<training_step, Capacity> steps{};
    std::size_t step_count = 0;
    std::size_t first_layer = 0;
    std::size_t tile = 1;          // samples that go forward and backward together
    std::size_t input = 0;         // where the first step reads
    std::size_t arena_size = 0;    // elements
    std::size_t scratch_size = 0;  // elements, of each thread
};

namespace detail {

/// What the training passes read of a layer.
struct trained_facts {
    bool learns = false;
    bool is_random = false;
    bool is_view = false;  // nothing to compute when training either
    bool takes_next = false;
    std::size_t in_size = 0;
    std::size_t out_size = 0;
    std::size_t tape = 0;
    std::size_t derived = 0;
    std::size_t scratch = 0;
    std::size_t gradient_scratch = 0;
};

/// Whether layer I runs the activation behind it when training: one whose derivative its output gives.
template <class Net, std::size_t I>
constexpr bool takes_next() {
    using layers = flat_layers_of<Net>;
    if constexpr (I + 1 < layers::size()) {
        using next = type_at<I + 1, layers>;
        if constexpr (elementwise_layer<next>)
            return !next::is_identity && next::function::derives_from_output &&
                   type_at<I, layers>::template fuses<flat_shapes_of<Net>[I], next>();
    }
    return false;
}

/// What stands in the epilogue of layer I when training.
template <class Net, std::size_t I, bool TakesNext = takes_next<Net, I>()>
struct trained_epilogue {
    using type = fused<>;
};
template <class Net, std::size_t I>
struct trained_epilogue<Net, I, true> {
    using type = fused<type_at<I + 1, flat_layers_of<Net>>>;
};

template <class Net, class T, std::size_t I>
constexpr trained_facts trained_facts_of(std::size_t tile) {
    using layer = type_at<I, flat_layers_of<Net>>;
    using epilogue = typename trained_epilogue<Net, I>::type;
    constexpr shape in = flat_shapes_of<Net>[I];
    trained_facts facts{.is_random = layer::is_random,
                        .is_view = layer::is_view || (layer::is_identity && !layer::is_random),
                        .takes_next = takes_next<Net, I>(),
                        .in_size = in.size(),
                        .out_size = flat_shapes_of<Net>[I + 1].size(),
                        .scratch = layer::template scratch<T>(in)};
    for (const weight_row& row : weight_rows_of<Net>) facts.learns = facts.learns || (row.layer == I && row.trainable);
    if (!facts.is_view) {
        facts.tape = layer::template tape<in, epilogue, T>();
        facts.derived = layer::template derived<in, T>();
        facts.gradient_scratch = layer::template gradient_scratch<in, epilogue, T>(tile);
    }
    return facts;
}

template <class Net, class T, std::size_t... I>
constexpr auto all_trained_facts(std::size_t tile, std::index_sequence<I...>) {
    return std::array<trained_facts, sizeof...(I)>{trained_facts_of<Net, T, I>(tile)...};
}

constexpr std::size_t aligned(std::size_t elements, std::size_t unit) { return (elements + unit - 1) / unit * unit; }

}  // namespace detail

/// The plan of a training step for tiles of `tile` samples. Every activation is kept until its gradient is done; a
/// gradient lives from where the layer above writes it until nobody can still read it.
template <class Net, class T>
constexpr auto make_training_plan(std::size_t tile) {
    constexpr std::size_t count = flat_layers_of<Net>::size(), unit = alignment / sizeof(T);
    const auto facts = detail::all_trained_facts<Net, T>(tile, std::make_index_sequence<count>{});
    training_plan<count> plan;
    plan.tile = tile;
    const auto first = [&](auto accepts) {
        return static_cast<std::size_t>(std::find_if(facts.begin(), facts.end(), accepts) - facts.begin());
    };
    const std::size_t first_learning = first([](const auto& fact) { return fact.learns; });
    plan.first_layer = std::min(first_learning, first([](const auto& fact) { return fact.is_random; }));

    std::size_t used = 0;
    const auto reserve = [&](std::size_t elements) {
        const std::size_t at = used;
        used += detail::aligned(elements, unit);
        return at;
    };
    if (plan.first_layer < count) plan.input = reserve(tile * facts[plan.first_layer].in_size);
    std::size_t current = plan.input;
    for (std::size_t i = plan.first_layer; i < count; ++i) {
        const detail::trained_facts& fact = facts[i];
        if (fact.is_view) continue;
        training_step& step = plan.steps[plan.step_count++];
        step = {.layer = i,
                .takes_next = fact.takes_next,
                .learns = fact.learns,
                .passes_down = i > first_learning,
                .in_size = fact.in_size,
                .out_size = fact.out_size,
                .tape_size = fact.tape};
        step.x = current;
        step.y = current = reserve(tile * fact.out_size);
        step.tape = reserve(tile * fact.tape);
        if (step.passes_down) step.derived = reserve(fact.derived);
        plan.scratch_size = std::max({plan.scratch_size, fact.scratch, fact.gradient_scratch});
        if (fact.takes_next) ++i;
    }

    // Gradients of activations. Between two barriers threads are at different steps, so that time counts barriers: one
    // stands in each step that learns, between the gradients of its activations and those of its weights, which still
    // read dy.
    std::array<arena_buffer, count + 1> gradients{};
    const std::size_t steps = plan.step_count;
    for (std::size_t s = steps, barriers = 0, written = 0; s-- > 0;) {
        const training_step& step = plan.steps[s];
        const std::size_t read = barriers + (step.learns ? 1 : 0);
        if (step.has_backward())
            gradients[s] = {.size = tile * step.out_size + kernels::gradient_slack<T>, .begin = written, .end = read};
        written = barriers;
        barriers = read;
    }
    const std::size_t gradient_size = place_buffers(gradients, steps, unit), base = used;
    for (std::size_t s = 0; s < steps; ++s) {
        plan.steps[s].dy = base + gradients[s].offset;
        if (s + 1 < steps) plan.steps[s + 1].dx = plan.steps[s].dy;
    }
    plan.arena_size = used + gradient_size;
    return plan;
}

/// Samples per tile: as many as keep the activations of a tile in a megabyte, the size of an L2 cache, or more where
/// the weights weigh more than that: they are read once per tile. 4 to 128.
template <class Net, class T>
inline constexpr std::size_t training_tile = [] {
    constexpr std::size_t eight = make_training_plan<Net, T>(8).arena_size - make_training_plan<Net, T>(0).arena_size;
    constexpr std::size_t sample = std::max<std::size_t>(1, eight / 8 * sizeof(T));
    constexpr std::size_t weights = weight_offsets_of<Net, T>.back() * sizeof(T);
    return std::clamp<std::size_t>(std::max(std::size_t{1} << 20, weights) / sample / 4 * 4, 4, 128);
}();

/// The training plan of a net as a constant.
template <class Net, class T>
inline constexpr auto training_plan_of = make_training_plan<Net, T>(training_tile<Net, T>);

/// Bytes of the training arena of a net: activations, tapes, gradients of activations, turned weights.
template <class Net, class T = float>
inline constexpr std::size_t training_arena_bytes = training_plan_of<Net, T>.arena_size * sizeof(T);

}  // namespace strata
