// merge: the nodes of a graph that make one value of several, at the ends of the paths of branching layers.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/elementwise/merge.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/trained_activation.hpp>

namespace strata::inline STRATA_ISA::detail {

/// A node that reads several values. It says check_inputs, merged_shape and merge_flops of their shapes; how many
/// units of one sample threads may split, merge_units<Shapes>(); merge<Shapes, Fused>(x, y, units), and
/// merge_backward<I, Shapes>(samples, x, dy, dx, adds) of operand I, after finish_backward has brought dy through the
/// activation that is fused. Each row of the output, along its first axis, is as many units as any other; they read
/// that row of each operand, or, of an operand that has it not, the same values for all rows.
template <class Layer>
concept merge_layer = layer_descriptor<Layer> && requires { requires Layer::is_merge; };

/// The base of merge nodes. Kernel<Shapes> is the class of their kernels.
template <class Self, template <auto> class Kernel>
struct merge_node : layer<Self> {
    static constexpr bool is_merge = true;
    static constexpr layer_config config() { return {}; }
    static constexpr bool is_binary = false;
    /// Whether the order of its operands does not change its value.
    static constexpr bool is_commutative = true;
    /// Whether the gradient of each operand is the gradient of the output.
    static constexpr bool passes_gradient = false;
    /// Whether its output may lie where an operand of the same shape does.
    static constexpr bool may_overwrite = true;

    template <shape In, class... Next>
    static constexpr bool fuses() {
        return sizeof...(Next) == 1 && (elementwise_layer<Next> && ...);
    }
    template <auto Shapes>
    static constexpr std::size_t merge_units() {
        return Kernel<Shapes>::units;
    }
    template <auto Shapes, class Fused, class T>
    static constexpr void merge(const std::array<const T*, Shapes.size()>& x, T* y, item_range units) {
        Kernel<Shapes>::template forward<typename final_activation<Fused, no_activation>::type::function>(x, y, units);
    }
    template <shape Out, class Fused, class T>
    static void finish_backward(const backward_context<T>& s) {
        trained_activation<typename final_activation<Fused, no_activation>::type>::template through<Out.back()>(
            s.count * Out.rows(), s.y, s.saved, s.dy);
    }
    template <std::size_t I, auto Shapes, class T>
    static void merge_backward(std::size_t samples, const std::array<const T*, Shapes.size()>& x, const T* dy, T* dx,
                               bool adds) {
        Kernel<Shapes>::template backward<I>(samples, x, dy, dx, adds);
    }

private:
    struct no_activation {
        using function = kernels::linear;
    };
};

template <std::size_t Count>
constexpr text<200> list_of_shapes(const std::array<shape, Count>& inputs) {
    text<200> result;
    for (std::size_t i = 0; i < Count; ++i) result << (i > 0 ? ", " : "") << to_text(inputs[i]);
    return result;
}

/// A merge value by value, with the operation of a kernel; shapes broadcast.
template <class Operation>
struct merge_values_with {
    template <auto Shapes>
    using kernel = kernels::merge_values<Operation, Shapes>;
};

template <class Self, class Operation>
struct elementwise_merge : merge_node<Self, merge_values_with<Operation>::template kernel> {
    template <std::size_t Count>
    static constexpr diagnostic check_inputs(const std::array<shape, Count>& inputs) {
        if (kernels::broadcast_shape(inputs).rank() > 0) return {};
        return refuse("paths whose shapes are equal or broadcast", list_of_shapes(inputs),
                      "give the paths one shape, or 1 where it is repeated");
    }
    template <std::size_t Count>
    static constexpr shape merged_shape(const std::array<shape, Count>& inputs) {
        return kernels::broadcast_shape(inputs);
    }
    template <std::size_t Count>
    static constexpr std::size_t merge_flops(const std::array<shape, Count>& inputs) {
        return (Count - 1) * merged_shape(inputs).size();
    }
};

}  // namespace strata::inline STRATA_ISA::detail
