// gradient_memory: the plan of a training step as a value, and the pass that gives gradients of activations their
// memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/storage.hpp>
#include <strata/graph/arena.hpp>
#include <strata/graph/fusion.hpp>
#include <strata/graph/graph.hpp>
#include <strata/kernels/gemm/weight_gradient.hpp>

namespace strata::inline STRATA_ISA {

/// How a step gives the gradient of what it reads: not at all, into memory of its own that nobody else wrote to, or
/// added to what other readers gave. A merge node may also pass on the memory of its own gradient.
enum class gradient_use { none, write, add, pass_on };

/// One input of a step, and its gradient. Offsets are in elements of the training arena.
struct training_operand {
    bool is_input = false;  // the input of the first step
    std::size_t size = 0;   // of one sample
    std::size_t x = 0;
    gradient_use use = gradient_use::none;
    std::size_t dx = 0;    // where the layer writes
    std::size_t into = 0;  // where it is added then
};

/// One layer of a training step, perhaps with the next activation fused into it.
struct training_step {
    std::size_t layer = 0;
    fused_layers fused{};
    bool learns = false;       // some of its weights are trained
    bool passes_down = false;  // something below it learns: it gives the gradient of its input
    bool is_whole = false;     // it needs the whole batch at once
    std::size_t in_size = 0;   // of one sample
    std::size_t out_size = 0;
    std::size_t saved_size = 0;
    std::size_t first_input = 0;  // its first place among the plan's inputs
    std::size_t input_count = 1;
    std::size_t y = 0;
    std::size_t saved = 0;
    std::size_t dy = 0;
    std::size_t backward_weights = 0;
    std::size_t shared = 0;

    constexpr bool has_backward() const { return learns || passes_down; }
};

/// Layers before `first_layer` neither learn nor draw random numbers nor need a whole batch: they run as in inference.
/// The steps are those of the layers from it on.
template <std::size_t Capacity, std::size_t Inputs>
struct training_plan {
    std::array<training_step, Capacity> steps{};
    std::array<training_operand, Inputs> inputs{};
    std::size_t step_count = 0;
    std::size_t first_layer = 0;
    bool is_whole = false;         // a tile is a whole batch
    std::size_t tile = 1;          // samples that go forward and backward together
    std::size_t input = 0;         // where the first step reads
    std::size_t arena_size = 0;    // elements
    std::size_t scratch_size = 0;  // elements, of each thread
};

namespace detail {

/// Traits of a layer that the training passes read.
struct trained_traits {
    bool learns = false;
    bool is_random = false;
    bool is_view = false;  // nothing to compute when training either
    bool is_merge = false;
    bool passes_gradient = false;  // a merge whose operands' gradients are its own
    bool is_whole = false;
    fused_layers fused{};
    std::size_t in_size = 0;
    std::size_t out_size = 0;
    std::size_t saved = 0;
    std::size_t backward_weights = 0;
    std::size_t scratch = 0;
    std::size_t gradient_scratch = 0;
    std::size_t shared = 0;
};

/// The pass that gives gradients of activations their memory. Between two barriers threads are at different steps, so
/// that time counts barriers: one stands in each step that learns, between the gradients of its activations and those
/// of its weights, which still read dy; two in one that needs the whole batch, before the gradient of its input.
/// `alias_of` says for each value which step's output it is. Gives the size.
template <class Net, class T, std::size_t Count, std::size_t Inputs>
constexpr std::size_t place_gradients(training_plan<Count, Inputs>& plan,
                                      const std::array<std::size_t, Count + 1>& alias_of,
                                      const std::array<trained_traits, Count>& traits) {
    constexpr std::size_t none = 0;
    std::array<arena_buffer, Count + 2 * Inputs + 1> buffers{};
    std::array<std::size_t, Count + 1> buffer_of{};  // of the gradient of each value; none where nobody wrote it yet
    std::size_t used = 1, time = 0;
    const auto reserve = [&](std::size_t size) {
        buffers[used] = {.size = plan.tile * size + kernels::gradient_slack<T>, .begin = time, .end = time};
        return used++;
    };
    for (std::size_t s = plan.step_count; s-- > 0;) {
        training_step& step = plan.steps[s];
        if (!step.has_backward()) continue;
        std::size_t& own = buffer_of[alias_of[step.fused.last(step.layer) + 1]];
        if (own == none) own = reserve(step.out_size);
        step.dy = own;
        time += step.is_whole ? 2 : 0;
        const auto value_of = [&](std::size_t k) { return alias_of[value_read<Net>(step.layer, k)]; };
        const auto is_read_again = [&](std::size_t k) {
            for (std::size_t other = 0; other < step.input_count; ++other)
                if (other != k && value_of(other) == value_of(k)) return true;
            return false;
        };
        bool is_passed_on = !traits[step.layer].passes_gradient;
        for (std::size_t k = 0; k < step.input_count; ++k) {
            training_operand& operand = plan.inputs[step.first_input + k];
            std::size_t& below = buffer_of[value_of(k)];
            if (operand.use == gradient_use::none) continue;
            operand.use = below != none                                                       ? gradient_use::add
                          : is_passed_on || operand.size != step.out_size || is_read_again(k) ? gradient_use::write
                                                                                              : gradient_use::pass_on;
            if (operand.use == gradient_use::pass_on) {
                below = own;
                is_passed_on = true;
            }
            if (below == none) below = reserve(operand.size);
            buffers[below].end = time;
            operand.into = below;
            const bool adds_later = operand.use == gradient_use::add && !traits[step.layer].is_merge;
            operand.dx = adds_later ? reserve(operand.size) : below;
        }
        time += step.learns && !step.is_whole ? 1u : 0u;
        buffers[own].end = time;
    }
    const std::size_t size = place_buffers(buffers, used, alignment / sizeof(T));
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        training_step& step = plan.steps[s];
        step.dy = plan.arena_size + buffers[step.dy].offset;
    }
    for (training_operand& operand : plan.inputs) {
        operand.dx = plan.arena_size + buffers[operand.dx].offset;
        operand.into = plan.arena_size + buffers[operand.into].offset;
    }
    return size;
}

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
