// The forward walk: runs the steps of a plan.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include <strata/core/type_list.hpp>
#include <strata/model/graph.hpp>
#include <strata/model/join.hpp>
#include <strata/model/plan.hpp>
#include <strata/model/prepare.hpp>

namespace strata::detail {

/// One inference of a tile of N samples, through the first Count layers of the flattened list.
template <class Net, class T, std::size_t N, std::size_t Count = flat_count<Net>>
struct forward_walk {
    using layers = flat_layers_of<Net>;
    static constexpr const auto& plan = plan_of<Net, T, N, Count>;

    /// x: N samples of the input; y: N of the output; parameters: the block of all weights; arena: plan.arena_size
    /// elements.
    static constexpr void run(const T* x, const T* parameters, T* y, T* arena) {
        run(x, parameters, y, arena, std::make_index_sequence<plan.step_count>{});
    }

private:
    template <std::size_t... Step>
    static constexpr void run(const T* x, const T* parameters, T* y, T* arena, std::index_sequence<Step...>) {
        if constexpr (sizeof...(Step) == 0) std::copy_n(x, N * value_shape<Net>(0).size(), y);
        else (step<Step>(x, parameters, y, arena), ...);
    }

    template <std::size_t Step>
    static constexpr auto next_layers() {
        constexpr plan_step s = plan.steps[Step];
        if constexpr (s.behind_count == 0) return fused<>{};
        else if constexpr (s.behind_count == 1) return fused<type_at<s.behind[0], layers>>{};
        else return fused<type_at<s.behind[0], layers>, type_at<s.behind[1], layers>>{};
    }

    template <std::size_t Step>
    static constexpr void step(const T* x, const T* parameters, T* y, T* arena) {
        constexpr plan_step s = plan.steps[Step];
        [[maybe_unused]] const auto weights = layer_weights<Net, T, s.first>::of(parameters);
        using layer = type_at<s.first, layers>;
        using next = decltype(next_layers<Step>());
        constexpr shape in = flat_nodes_of<Net>[s.first].in;
        const auto read = [&](const plan_operand& what) {
            return what.from == place::input ? x : static_cast<const T*>(arena + what.offset);
        };
        T* to = s.to == place::output ? y : arena + s.out_offset;
        if constexpr (join_layer<layer>)
            layer::template join<in, next>(N, read(s.inputs[0]), read(s.inputs[1]), to);
        else
            layer::template forward<in, N, next>(read(s.inputs[0]), static_cast<const T* const*>(weights.data()), to,
                                                 arena + s.scratch_offset);
    }
};

/// How many samples go through the plan at once: as many as keep the arena within half an L2 cache of 512 KB, at
/// most 32.
template <class Net, class T>
inline constexpr std::size_t batch_tile = [] {
    const std::size_t bytes = std::max<std::size_t>(1, make_plan<Net, T>(1).arena_size * sizeof(T));
    return std::clamp<std::size_t>((std::size_t{256} << 10) / bytes, 1, 32);
}();

/// Elements of the arena that run_batch wants.
template <class Net, class T, std::size_t Tile>
inline constexpr std::size_t batch_arena_size =
    std::max(plan_of<Net, T, Tile>.arena_size, plan_of<Net, T, 1>.arena_size);

/// Tiles of Tile samples, then one by one.
template <class Net, class T, std::size_t Tile>
constexpr void run_batch(const T* x, const T* parameters, T* y, std::size_t count, T* arena) {
    constexpr std::size_t in = input_of<Net>().size(), out = shapes_of<Net>.back().size();
    for (; count >= Tile; count -= Tile, x += Tile * in, y += Tile * out)
        forward_walk<Net, T, Tile>::run(x, parameters, y, arena);
    if constexpr (Tile > 1)
        for (; count > 0; --count, x += in, y += out) forward_walk<Net, T, 1>::run(x, parameters, y, arena);
}

}  // namespace strata::detail
