// walk: runs the steps of a training plan, forward and backward.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <strata/core/random.hpp>
#include <strata/core/team_part.hpp>
#include <strata/core/type_list.hpp>
#include <strata/kernels/add.hpp>
#include <strata/layers/layer.hpp>
#include <strata/model/graph.hpp>
#include <strata/model/join.hpp>
#include <strata/model/prepare.hpp>
#include <strata/train/gradients.hpp>
#include <strata/train/plan.hpp>

namespace strata::detail {

/// The memory that one thread sees while a batch is trained.
template <class T>
struct training_memory {
    T* arena = nullptr;
    const T* input = nullptr;  // of the first step, this tile's samples
    T* scratch = nullptr;      // this thread's
    const T* parameters = nullptr;
    T* gradients = nullptr;
    std::uint64_t key = 0;  // of this batch's random numbers
};

/// Which samples of a batch are at work: `mine` of the tile that begins at sample `tile_begin`.
struct tile_position {
    std::size_t tile_begin = 0;
    std::size_t tile_count = 0;
    item_range mine{};
};

template <class Net, class T>
struct training_walk {
    using layers = flat_layers_of<Net>;
    static constexpr const auto& plan = training_plan_of<Net, T>;

    /// Forward through all steps, this thread's samples of a tile.
    static void forward(const training_memory<T>& memory, const tile_position& at) {
        forward(memory, at, std::make_index_sequence<plan.step_count>{});
    }
    /// What each layer derives of its weights for the backward pass; this thread's share. A barrier must follow.
    static void derive(const training_memory<T>& memory, team_part part) {
        derive(memory, part, std::make_index_sequence<plan.step_count>{});
    }
    /// Backward through all steps that learn or pass down. Barrier is called between a layer's activation gradients,
    /// which are shared by samples, and its parameter gradients, which are shared by rows, so that sums have one order
    /// for any team.
    template <class Barrier>
    static void backward(const training_memory<T>& memory, const tile_position& at, team_part part, Barrier& barrier) {
        backward(memory, at, part, barrier, std::make_index_sequence<plan.step_count>{});
    }

private:
    template <std::size_t Step>
    static constexpr training_step step = plan.steps[Step];
    template <std::size_t Step>
    using layer_of = type_at<step<Step>.layer, layers>;
    template <std::size_t Step>
    using epilogue_of = typename trained_epilogue<Net, step<Step>.layer, step<Step>.takes_next>::type;
    template <std::size_t Step>
    static constexpr shape input_of_step = flat_nodes_of<Net>[step<Step>.layer].in;
    template <std::size_t Step>
    static constexpr auto owned = weights_of_layer(weight_rows_of<Net>, step<Step>.layer);

    template <std::size_t Step>
    static constexpr auto weights_of(const T* parameters) {
        return layer_weights<Net, T, step<Step>.layer>::of(parameters);
    }
    template <std::size_t Step>
    static constexpr auto gradients_of(T* gradients) {
        std::array<T*, owned<Step>.second + 1> result{};
        for (std::size_t i = 0; i < owned<Step>.second; ++i)
            if (weight_rows_of<Net>[owned<Step>.first + i].trainable)
                result[i] = gradients + gradient_offsets_of<Net, T>[owned<Step>.first + i];
        return result;
    }
    template <std::size_t Step>
    static random_stream random_of(const training_memory<T>& memory, std::size_t sample) {
        random_engine engine(memory.key + 0x9e3779b97f4a7c15u * step<Step>.layer);
        return random_stream{.key = engine()}.from(sample * step<Step>.in_size);
    }

    template <std::size_t... Step>
    static void forward(const training_memory<T>& memory, const tile_position& at, std::index_sequence<Step...>) {
        (forward_step<Step>(memory, at), ...);
    }
    template <std::size_t Step>
    static void forward_step(const training_memory<T>& memory, const tile_position& at) {
        constexpr training_step s = step<Step>;
        const std::size_t first = at.mine.begin;
        T* y = memory.arena + s.y + first * s.out_size;
        if constexpr (join_layer<layer_of<Step>>) {
            layer_of<Step>::template join<input_of_step<Step>, epilogue_of<Step>>(
                at.mine.size(), x_of<Step>(memory, 0, first), x_of<Step>(memory, 1, first), y);
        } else {
            const auto weights = weights_of<Step>(memory.parameters);
            layer_of<Step>::template train_forward<input_of_step<Step>, epilogue_of<Step>>(
                training_pass<T>{.count = at.mine.size(),
                                 .x = x_of<Step>(memory, 0, first),
                                 .y = y,
                                 .tape = memory.arena + s.tape + first * s.tape_size,
                                 .weights = weights.data(),
                                 .scratch = memory.scratch,
                                 .random = random_of<Step>(memory, at.tile_begin + first)});
        }
    }
    /// What a step reads, from a sample of the tile on.
    template <std::size_t Step>
    static const T* x_of(const training_memory<T>& memory, std::size_t operand, std::size_t sample) {
        const training_operand& what = step<Step>.inputs[operand];
        return (what.is_input ? memory.input : memory.arena + what.x) + sample * step<Step>.in_size;
    }

    template <std::size_t... Step>
    static void derive(const training_memory<T>& memory, team_part part, std::index_sequence<Step...>) {
        (derive_step<Step>(memory, part), ...);
    }
    template <std::size_t Step>
    static void derive_step([[maybe_unused]] const training_memory<T>& memory, [[maybe_unused]] team_part part) {
        if constexpr (step<Step>.passes_down) {
            const auto weights = weights_of<Step>(memory.parameters);
            layer_of<Step>::template derive<input_of_step<Step>>(static_cast<const T* const*>(weights.data()),
                                                                 memory.arena + step<Step>.derived, part);
        }
    }

    template <class Barrier, std::size_t... Step>
    static void backward(const training_memory<T>& memory, const tile_position& at, team_part part, Barrier& barrier,
                         std::index_sequence<Step...>) {
        (backward_step<plan.step_count - 1 - Step>(memory, at, part, barrier), ...);
    }
    template <std::size_t Step, class Barrier>
    static void backward_step([[maybe_unused]] const training_memory<T>& memory,
                              [[maybe_unused]] const tile_position& at, [[maybe_unused]] team_part part,
                              [[maybe_unused]] Barrier& barrier) {
        if constexpr (step<Step>.has_backward()) {
            const auto weights = weights_of<Step>(memory.parameters);
            const auto gradients = gradients_of<Step>(memory.gradients);
            const auto pass = pass_of<Step>(memory, at, at.mine, weights.data(), gradients.data());
            layer_of<Step>::template backward<input_of_step<Step>, epilogue_of<Step>>(pass);
            for (const training_operand& operand : step<Step>.inputs)
                give_gradient<Step>(memory, at, operand, static_cast<const T*>(pass.dy));
            if constexpr (step<Step>.learns) {
                barrier();
                const auto whole = pass_of<Step>(memory, at, {0, at.tile_count}, weights.data(), gradients.data());
                layer_of<Step>::template accumulate<input_of_step<Step>, epilogue_of<Step>>(whole, part);
            }
        }
    }
    /// Puts the gradient of what a step reads where all readers of it give theirs, the last of them first.
    template <std::size_t Step>
    static void give_gradient(const training_memory<T>& memory, const tile_position& at,
                              const training_operand& operand, const T* dy) {
        constexpr bool is_join = join_layer<layer_of<Step>>;
        const std::size_t first = at.mine.begin * step<Step>.in_size, count = at.mine.size() * step<Step>.in_size;
        T* into = memory.arena + operand.into + first;
        const T* from = is_join ? dy : static_cast<const T*>(memory.arena + operand.dx + first);
        if (operand.use == gradient_use::add) kernels::add(count, static_cast<const T*>(into), from, into);
        if (is_join && operand.use == gradient_use::write) std::copy_n(from, count, into);
    }
    template <std::size_t Step>
    static gradient_pass<T> pass_of(const training_memory<T>& memory, const tile_position& at, item_range samples,
                                    const T* const* weights, T* const* gradients) {
        constexpr training_step s = step<Step>;
        const std::size_t first = samples.begin;
        return {.count = samples.size(),
                .x = x_of<Step>(memory, 0, first),
                .y = memory.arena + s.y + first * s.out_size,
                .tape = memory.arena + s.tape + first * s.tape_size,
                .dy = memory.arena + s.dy + first * s.out_size,
                .dx = s.passes_down ? memory.arena + s.inputs[0].dx + first * s.in_size : nullptr,
                .weights = weights,
                .derived = memory.arena + s.derived,
                .gradients = gradients,
                .first = at.tile_begin == 0,
                .scratch = memory.scratch,
                .random = random_of<Step>(memory, at.tile_begin + first)};
    }
};

}  // namespace strata::detail
