// layer: the contract of a layer, which everybody reads who writes one. docs/own_layers.md shows it with examples.
//
// A layer is an empty type. It has the base `layer<Self, Options...>` and says what it is by constants and constexpr
// functions of the input's shape: type, takes, check, output, parameters, flops (see struct layer). What it does are
// static functions of one context each (context.hpp):
//
//   template <shape In, std::size_t N, class Fused, class T> static constexpr void forward(const forward_context<T>& s)
//       N samples; constexpr, where models of this layer shall run in constant expressions
//   template <shape In, class Fused, class T> static void backward(const backward_context<T>& s)
//   template <shape In, class Fused, class T> static void weight_gradients(const backward_context<T>& s, thread_slice
//   part)
//       for layers that can be trained: capabilities/training.hpp
//
// In is the shape of one sample. Fused names layers that run in this one's epilogue: fused<>, unless the layer has the
// capability. `weight<Layer, In, "kernel">(s)` reads a weight by its name (weights.hpp).
//
// Whatever else a layer can do is a capability: functions that it may have. Strata finds them by concepts, so that a
// layer states nothing twice and overrides nothing. A part of a capability is refused when a model is built
// (capabilities.hpp). Each header of capabilities/ says when to use one and which functions to write:
//
//   properties.hpp         constants: gives its input unchanged, only reshapes it, works in place, is random
//   scratch.hpp            memory while forward runs
//   packed_weights.hpp     a second form of the weights for the kernel
//   epilogue.hpp           runs following layers in its kernel
//   rows.hpp               makes rows of the output of rows of the input: bands, threads
//   slices.hpp             makes slices of one sample's output: threads
//   register_resident.hpp  a small sample stays in a register from layer to layer
//   streaming.hpp          takes one time step after another
//   training.hpp           backward, gradients of weights, activations saved in between
//   whole_batch.hpp        statistics of a batch
//   fusion_hooks.hpp       optimize may merge the layer with its neighbours
//   config.hpp             its settings as data: files of Keras, the hash of an architecture
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/layers/capabilities/config.hpp>
#include <strata/layers/capabilities/epilogue.hpp>
#include <strata/layers/capabilities/properties.hpp>
#include <strata/layers/context.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/parameter.hpp>
#include <strata/layers/weights.hpp>

namespace strata::inline STRATA_ISA {

/// A layer descriptor: an empty type that says everything about a layer but its weights.
template <class Layer>
concept layer_descriptor = std::is_empty_v<Layer> && requires(const shape& in) {
    { Layer::type } -> std::convertible_to<std::string_view>;
    { Layer::check(in) } -> std::same_as<diagnostic>;
    { Layer::output(in) } -> std::same_as<shape>;
    { Layer::parameters(in) } -> std::same_as<parameter_table>;
};

namespace detail {

/// A built layer's shape of one sample, known before model/ is.
template <class Self>
struct model_interface;

}  // namespace detail

/// The base of a layer. Self is the layer itself, Options its options. A layer writes, in this order and only where
/// they differ from what stands below: type, takes, check, output, parameters, flops; then its functions.
template <class Self, class... Options>
struct layer {
    using options = option_list<Options...>;
    /// The kinds of options that it takes, beyond name<>, frozen and input_shape<>.
    static constexpr std::array<std::string_view, 0> takes{};

    /// Refuses inputs and sizes that it cannot have.
    static constexpr diagnostic check(const shape&) { return {}; }
    /// The shape of its output for a sample of shape `in`.
    static constexpr shape output(const shape& in) { return in; }
    /// Its weights, in Keras' order.
    static constexpr parameter_table parameters(const shape&) { return {}; }
    /// Floating-point operations of one sample.
    static constexpr std::size_t flops(const shape&) { return 0; }

    /// A descriptor alone has no shape and so no weights: build_for(x) gives a model with both.
    static constexpr bool is_built() { return false; }
    static constexpr std::array<parameter, 0> weights() { return {}; }
    /// A model of this one layer for batches like x.
    template <class Batch>
    static auto build_for(const Batch& x) {
        return detail::model_interface<Self>::net::build_for(x);
    }
};

}  // namespace strata::inline STRATA_ISA
