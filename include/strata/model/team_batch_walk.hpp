// team_batch_walk: a batch tile's inference by a team of threads that share the weights, each reading some of them.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/in_order.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/team.hpp>
#include <strata/core/team_part.hpp>
#include <strata/layers/parameter.hpp>
#include <strata/model/forward.hpp>
#include <strata/model/graph.hpp>
#include <strata/model/plan.hpp>
#include <strata/model/step.hpp>
#include <strata/model/team_walk.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Whether a layer makes some of its parts of N samples at once.
template <class Layer, shape In, std::size_t N, class Fused, class T>
concept batch_parts_layer = requires(const T* x, const T* const* weights, T* y) {
    Layer::template forward_batch_parts<In, N, Fused>(x, weights, y, item_range{});
} && (Layer::template parts<In, Fused, T>() > 1);

/// One tile of N samples by a team whose threads share the parts of layers, so that each weight is read by one thread
/// alone; a layer without parts is the first thread's work. For nets whose weights an L2 cache does not hold: there
/// reading them takes about as long as the products of a tile. Others share samples.
template <class Net, class T, std::size_t N>
struct team_batch_walk {
    static constexpr std::size_t layers = flat_count<Net>;
    static constexpr const auto& plan = plan_of<Net, T, N>;

    static constexpr bool shares_weights() { return shares_weights(all_steps{}); }

    /// x: N samples of the input; y: N of the output; arena: plan.arena_size elements. Inside team::run.
    static void run(team& threads, team_part part, const T* x, const T* parameters, T* y, T* arena) noexcept {
        run(threads, part, x, parameters, y, arena, all_steps{});
    }

private:
    using all_steps = std::make_index_sequence<plan.step_count>;
    template <std::size_t Step>
    using step_at = step_of<Net, T, N, layers, Step>;
    template <std::size_t Step>
    static constexpr bool is_shared =
        batch_parts_layer<typename step_at<Step>::layer, step_at<Step>::in, N, typename step_at<Step>::epilogue, T> &&
        N * step_at<Step>::layer::flops(step_at<Step>::in) >= least_shared_flops;

    /// Whether shared layers have most of the work, and weights that no L2 cache holds.
    template <std::size_t... Step>
    static constexpr bool shares_weights(std::index_sequence<Step...>) {
        std::size_t weights = 0, shared = 0, all = 0;
        [[maybe_unused]] const auto count = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
            using s = step_at<I>;
            all += s::layer::flops(s::in);
            if (!is_shared<I>) return;
            shared += s::layer::flops(s::in);
            for (const parameter& p : s::layer::parameters(s::in)) weights += p.extents.size();
        };
        (count(std::integral_constant<std::size_t, Step>{}), ...);
        return weights * sizeof(T) > largest_near_weights && shared >= all - all / 8;
    }

    template <std::size_t... Step>
    static void run(team& threads, team_part part, const T* x, const T* parameters, T* y, T* arena,
                    std::index_sequence<Step...>) {
        bool was_shared = false;
        in_order{0, (step<Step>(threads, part, x, parameters, y, arena, was_shared), 0)...};
    }
    template <std::size_t Step>
    static void step(team& threads, team_part part, const T* x, const T* parameters, T* y, T* arena, bool& was_shared) {
        if (Step > 0 && (was_shared || is_shared<Step>)) threads.barrier();
        was_shared = is_shared<Step>;
        if constexpr (is_shared<Step>) {
            using s = step_at<Step>;
            const T* from = s::plan.inputs[0].from == place::input ? x : arena + s::plan.inputs[0].offset;
            T* to = s::plan.to == place::output ? y : arena + s::plan.out_offset;
            const auto weights = s::weights::of(parameters);
            constexpr std::size_t parts = s::layer::template parts<s::in, typename s::epilogue, T>();
            if (const item_range mine = part.of(parts); mine.size() > 0)
                s::layer::template forward_batch_parts<s::in, N, typename s::epilogue>(
                    from, static_cast<const T* const*>(weights.data()), to, mine);
        } else if (part.index == 0) {
            forward_walk<Net, T, N>::template run_step<Step, 1>(x, parameters, y, arena);
        }
    }
};

}  // namespace strata::inline STRATA_ISA::detail
