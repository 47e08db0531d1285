// gradient_memory: the plan of a training step as a value, and the pass that gives gradients of activations their
// memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/storage.hpp>
#include <strata/graph/arena.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/plan_steps.hpp>
#include <strata/kernels/gemm/weight_gradient.hpp>

namespace strata::inline STRATA_ISA {

/// How a step gives the gradient of an input: not at all; written, as the first reader that gives one; or added to the
/// gradients of other readers. A merge node may also pass on the memory of its own gradient.
enum class gradient_use { none, write, add, pass_on };

/// The gradient of one input of a step. Offsets are in elements of the training arena.
struct operand_gradient {
    gradient_use use = gradient_use::none;
    std::size_t dx = 0;    // where the layer writes
    std::size_t into = 0;  // where it is added then
};

/// The part of a step that only training needs. Offsets are in elements of the training arena, sizes of one
/// sample.
struct trained_step {
    bool learns = false;       // some of its weights are trained
    bool passes_down = false;  // a layer before it learns: it gives the gradient of its input
    bool is_whole = false;     // it needs the whole batch at once
    std::size_t saved_size = 0;
    std::size_t saved = 0;
    std::size_t dy = 0;
    std::size_t backward_weights = 0;
    std::size_t shared = 0;

    constexpr bool has_backward() const { return learns || passes_down; }
};

/// The steps of a training step. Layers before `first_layer` neither learn nor draw random numbers nor need a whole
/// batch: they run as in inference, and the steps are those of the layers from it on. `trained` has one entry a step,
/// `gradients` one for each of the steps' inputs.
template <std::size_t Capacity, std::size_t Inputs>
struct training_plan : step_list<Capacity, Inputs> {
    std::array<trained_step, Capacity> trained{};
    std::array<operand_gradient, Inputs> gradients{};
    std::size_t first_layer = 0;
    bool is_whole = false;         // a tile is a whole batch
    std::size_t tile = 1;          // samples that go forward and backward together
    std::size_t input = 0;         // where copies of the first step's input lie in the arena
    std::size_t scratch_size = 0;  // elements, of each thread
};

namespace detail {

/// Traits of a layer that the training passes read.
struct trained_traits {
    bool learns = false;
    bool is_random = false;
    bool is_merge = false;
    bool passes_gradient = false;  // a merge whose operands' gradients are its own
    bool is_whole = false;
    std::size_t saved = 0;
    std::size_t backward_weights = 0;
    std::size_t scratch = 0;
    std::size_t gradient_scratch = 0;
    std::size_t shared = 0;
};

/// Buffers for the gradients of values. Between two barriers threads are at different steps, so that time counts
/// barriers: one stands in each step that learns, between the gradients of its activations and those of its weights,
/// which still read dy; two in one that needs the whole batch, before the gradient of its input.
template <class T, std::size_t Count, std::size_t Inputs>
struct gradient_buffers {
    static constexpr std::size_t none = 0;
    std::array<arena_buffer, Count + 2 * Inputs + 1> buffers{};
    std::array<std::size_t, Count + 1> of_value{};  // none where no step has written the gradient yet
    std::array<std::size_t, Count> dy{};            // of each step
    std::array<std::size_t, Inputs> dx{}, into{};   // of each step's inputs
    std::size_t used = 1, time = 0;

    constexpr std::size_t reserve(std::size_t elements) {
        buffers[used] = {.size = elements + kernels::gradient_slack<T>, .begin = time, .end = time};
        return used++;
    }
};

/// How a step gives the gradient of its input number k, whose buffer is `below`. `passes_on`: it may pass on the buffer
/// of its own gradient.
template <class Net, class Plan, class Outline>
constexpr gradient_use gradient_use_of(const Plan& plan, const Outline& outline, std::size_t s, std::size_t k,
                                       bool is_written, bool passes_on) {
    const plan_step& step = plan.steps[s];
    if (plan.gradients[step.first_input + k].use == gradient_use::none) return gradient_use::none;
    if (is_written) return gradient_use::add;
    if (!passes_on || plan.inputs[step.first_input + k].size != step.output.size) return gradient_use::write;
    const auto value_of = [&](std::size_t operand) { return outline.template value_of<Net>(step.layer, operand); };
    for (std::size_t other = 0; other < step.input_count; ++other)
        if (other != k && value_of(other) == value_of(k)) return gradient_use::write;
    return gradient_use::pass_on;
}

/// The pass that gives each gradient a buffer, from the last step to the first, and says how it is given.
template <class Net, class T, std::size_t Count, std::size_t Inputs, class Outline>
constexpr auto assign_gradient_buffers(training_plan<Count, Inputs>& plan, const Outline& outline,
                                       const std::array<trained_traits, Count>& traits) {
    gradient_buffers<T, Count, Inputs> result;
    auto& [buffers, buffer_of, dy, dx, into, used, time] = result;
    for (std::size_t s = plan.step_count; s-- > 0;) {
        const plan_step& step = plan.steps[s];
        const trained_step& trained = plan.trained[s];
        if (!trained.has_backward()) continue;
        std::size_t& own = buffer_of[step.last() + 1];
        if (own == result.none) own = result.reserve(plan.tile * step.output.size);
        dy[s] = own;
        time += trained.is_whole ? 2 : 0;
        bool passes_on = traits[step.layer].passes_gradient;
        for (std::size_t k = 0; k < step.input_count; ++k) {
            const std::size_t input = step.first_input + k, size = plan.tile * plan.inputs[input].size;
            std::size_t& below = buffer_of[outline.template value_of<Net>(step.layer, k)];
            gradient_use& use = plan.gradients[input].use;
            use = gradient_use_of<Net>(plan, outline, s, k, below != result.none, passes_on);
            if (use == gradient_use::none) continue;
            if (use == gradient_use::pass_on) below = own;
            passes_on = passes_on && use != gradient_use::pass_on;
            if (below == result.none) below = result.reserve(size);
            buffers[below].end = time;
            into[input] = below;
            const bool adds_later = use == gradient_use::add && !traits[step.layer].is_merge;
            dx[input] = adds_later ? result.reserve(size) : below;
        }
        time += trained.learns && !trained.is_whole ? 1u : 0u;
        buffers[own].end = time;
    }
    return result;
}

/// The pass that gives gradients of activations their memory, after all that the arena has already.
template <class Net, class T, std::size_t Count, std::size_t Inputs, class Outline>
constexpr void place_gradients(training_plan<Count, Inputs>& plan, const Outline& outline,
                               const std::array<trained_traits, Count>& traits) {
    auto all = assign_gradient_buffers<Net, T>(plan, outline, traits);
    const std::size_t size = place_buffers(all.buffers, all.used, alignment / sizeof(T));
    const auto offset_of = [&](std::size_t buffer) { return plan.arena_size + all.buffers[buffer].offset; };
    for (std::size_t s = 0; s < plan.step_count; ++s) plan.trained[s].dy = offset_of(all.dy[s]);
    for (std::size_t i = 0; i < Inputs; ++i) {
        plan.gradients[i].dx = offset_of(all.dx[i]);
        plan.gradients[i].into = offset_of(all.into[i]);
    }
    plan.arena_size += size;
}

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
