// team_walk: the forward walk of one sample by a team of threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include <strata/core/team.hpp>
#include <strata/core/team_part.hpp>
#include <strata/model/band_walk.hpp>
#include <strata/model/forward.hpp>
#include <strata/model/plan.hpp>
#include <strata/model/step.hpp>
#include <strata/model/vector_chain.hpp>

namespace strata::detail {

/// Operations of a step, or a chain of them, below which one thread does it alone: about as long as two barriers take.
inline constexpr std::size_t least_shared_flops = 300'000;

/// Bands of rows below which their shares are too uneven.
inline constexpr std::size_t least_shared_bands = 4;

/// A sample's inference. The plan says which steps threads share, by rows of their last output or by parts of a layer's
/// own; what lies between them is in the first thread's arena, what is inside them in each thread's own.
template <class Net, class T>
struct team_walk {
    static constexpr std::size_t layers = flat_count<Net>;
    static constexpr const auto& plan = plan_of<Net, T, 1>;
    template <std::size_t Step>
    using step_at = step_of<Net, T, 1, layers, Step>;

    /// arenas: for each thread plan.arena_size elements.
    static void run(team& threads, const T* x, const T* parameters, T* y, T* arenas) noexcept {
        if constexpr (!shares_any(std::make_index_sequence<plan.step_count>{}))
            return forward_walk<Net, T, 1>::run(x, parameters, y, arenas);
        auto work = [&](team_part part) noexcept {
            run(threads, part, x, parameters, y, arenas, std::make_index_sequence<plan.step_count>{});
        };
        threads.run(work);
    }

private:
    enum class sharing { inside, alone, rows, parts };

    static constexpr auto vectors = vector_chains<Net, T, 1, layers>(std::make_index_sequence<plan.step_count>{});

    template <std::size_t... Step>
    static constexpr bool shares_any(std::index_sequence<Step...>) {
        return ((sharing_of<Step>() == sharing::rows || sharing_of<Step>() == sharing::parts) || ...);
    }
    template <std::size_t Step>
    static constexpr sharing sharing_of() {
        constexpr std::size_t size = plan.steps[Step].chain;
        if constexpr (size == 0 || vectors[Step] == 0) return sharing::inside;
        else if constexpr (vectors[Step] > 1) return sharing::alone;
        else return sharing_of_chain<Step, size>();
    }
    template <std::size_t Step, std::size_t size>
    static constexpr sharing sharing_of_chain() {
        std::size_t flops = 0;
        [&]<std::size_t... Stage>(std::index_sequence<Stage...>) {
            ((flops += step_at<Step + Stage>::layer::flops(step_at<Step + Stage>::in)), ...);
        }(std::make_index_sequence<size>{});
        if (flops < least_shared_flops) return sharing::alone;
        using last = step_at<Step + size - 1>;
        if (plan.steps[Step].band > 0 && last::out[0] >= least_shared_bands * plan.steps[Step].band)
            return sharing::rows;
        if (step_at<Step>::layer::template parts<step_at<Step>::in, typename step_at<Step>::epilogue, T>() > 1)
            return sharing::parts;
        return sharing::alone;
    }

    template <std::size_t... Step>
    static void run(team& threads, team_part part, const T* x, const T* parameters, T* y, T* arenas,
                    std::index_sequence<Step...>) {
        if constexpr (sizeof...(Step) == 0) {
            if (part.index == 0) std::copy_n(x, value_shape<Net>(0).size(), y);
        } else {
            bool was_shared = false;
            (step<Step>(threads, part, x, parameters, y, arenas, was_shared), ...);
        }
    }
    template <std::size_t Step>
    static void step(team& threads, team_part part, const T* x, const T* parameters, T* y, T* arenas,
                     bool& was_shared) {
        constexpr sharing how = sharing_of<Step>();
        if constexpr (how != sharing::inside) {
            constexpr bool is_shared = how != sharing::alone;
            if (Step > 0 && (was_shared || is_shared)) threads.barrier();
            was_shared = is_shared;
            using s = step_at<Step>;
            constexpr plan_step last = plan.steps[Step + s::plan.chain - 1];
            [[maybe_unused]] const T* from =
                s::plan.inputs[0].from == place::input ? x : arenas + s::plan.inputs[0].offset;
            [[maybe_unused]] T* to = last.to == place::output ? y : arenas + last.out_offset;
            [[maybe_unused]] T* own = arenas + part.index * plan.arena_size;
            if constexpr (how == sharing::rows) {
                using walk = band_walk<Net, T, layers, Step>;
                const item_range mine = part.of(walk::rows, walk::band);
                if (mine.size() > 0) walk::run(from, parameters, to, own, mine);
            } else if constexpr (how == sharing::parts) {
                const auto weights = s::weights::of(parameters);
                constexpr std::size_t parts = s::layer::template parts<s::in, typename s::epilogue, T>();
                s::layer::template forward_parts<s::in, typename s::epilogue>(
                    from, static_cast<const T* const*>(weights.data()), to, part.of(parts));
            } else if (part.index == 0) {
                forward_walk<Net, T, 1>::template run_step<Step, vectors[Step]>(x, parameters, y, arenas);
            }
        }
    }
};

}  // namespace strata::detail
