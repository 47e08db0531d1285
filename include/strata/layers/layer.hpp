// layer: the contract that every layer meets, and the surface that every layer has.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/report.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/team_part.hpp>
#include <strata/core/type_list.hpp>
#include <strata/kernels/activation.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/parameter.hpp>
#include <strata/layers/rows.hpp>
#include <strata/layers/streaming.hpp>
#include <strata/layers/training.hpp>

namespace strata::inline STRATA_ISA {

/// What stands at the end of a layer's forward call: nothing, or layers behind it that run in its epilogue.
template <class... Next>
struct fused {};

/// The activation that a layer runs: the first layer in its epilogue, else its own.
template <class Fused, class Own>
struct final_activation;
template <class... Next, class Own>
struct final_activation<fused<Next...>, Own> {
    using type = type_at<0, type_list<Next..., Own>>;
};

/// A layer descriptor: an empty type that says everything about a layer but its weights.
template <class Layer>
concept layer_descriptor = std::is_empty_v<Layer> && requires(const shape& in) {
    { Layer::type } -> std::convertible_to<std::string_view>;
    { Layer::check(in) } -> std::same_as<report>;
    { Layer::output(in) } -> std::same_as<shape>;
    { Layer::parameters(in) } -> std::same_as<parameter_table>;
};

/// A layer that maps each value by itself: `function` is its functor.
template <class Layer>
concept elementwise_layer = layer_descriptor<Layer> && requires { typename Layer::function; };

/// A layer that gives its input unchanged when it infers (Dropout).
template <class Layer>
concept identity_at_inference = layer_descriptor<Layer> && Layer::is_identity;

/// A layer that only gives its input another shape (Flatten, Reshape): no copy is made.
template <class Layer>
concept view_layer = layer_descriptor<Layer> && Layer::is_view;

/// A max pooling that a convolution may run in its epilogue.
template <class Layer>
concept max_pooling_layer = layer_descriptor<Layer> && Layer::is_max_pooling;

namespace detail {

/// A built layer's shape of one sample, known before model/ is.
template <class Self>
struct model_surface;

}  // namespace detail

/// The base of a layer. Self is the layer itself; Options its options. A layer then writes, in this order: `type`,
/// `takes` (the kinds of options beyond name<>, frozen and input_shape<>), check, output, parameters, flops, forward,
/// backward; what it may say besides, for optimize, stands in folding.hpp.
template <class Self, class... Options>
struct layer {
    using options = option_list<Options...>;
    static constexpr std::array<std::string_view, 0> takes{};
    static constexpr bool is_identity = false;
    static constexpr bool is_view = false;
    static constexpr bool is_max_pooling = false;
    /// Whether forward may write over its input: value by value, not only of elementwise layers.
    static constexpr bool works_in_place = false;

    static constexpr report check(const shape&) { return {}; }
    static constexpr shape output(const shape& in) { return in; }
    static constexpr parameter_table parameters(const shape&) { return {}; }
    static constexpr std::size_t flops(const shape&) { return 0; }
    /// Elements of scratch memory that forward wants for one tile, scalars of type T.
    template <class T>
    static constexpr std::size_t scratch(const shape&) {
        return 0;
    }
    /// Elements of a second form of the weights that forward reads (Winograd's, fused gates): it lies behind them, and
    /// weights[count] points to it.
    template <shape In, class T>
    static constexpr std::size_t prepared() {
        return 0;
    }
    /// This thread's share of that form; called whenever weights were written, never while forward runs.
    template <shape In, class T>
    static constexpr void prepare(const T* const*, T*, team_part) {}
    /// Whether forward can run the layers Next in its epilogue.
    template <shape In, class... Next>
    static constexpr bool fuses() {
        return false;
    }

    /// How rows of the output, with the layers of Fused in the epilogue, come from rows of the input. Layers that say
    /// so have forward_rows<In, Fused>(row_pass) too, and row_scratch.
    template <shape In, class Fused>
    static constexpr row_window rows() {
        return {};
    }
    /// Elements of scratch that forward_rows wants for so many output rows.
    template <shape In, class Fused, class T>
    static constexpr std::size_t row_scratch(std::size_t) {
        return 0;
    }

    /// Parts of one sample's output that threads may make by themselves, where it is not made by rows:
    /// forward_parts<In, Fused>(x, weights, y, parts, scratch), where each thread has scratch of its own, as much as
    /// forward.
    template <shape In, class Fused, class T>
    static constexpr std::size_t parts() {
        return 1;
    }
    /// Whether one sample whose sizes fit into a vector can stay in a register from layer to layer:
    /// forward_in_vector<In, Fused>(x, weights) gives a vector of a vector. Lanes past the sizes may hold anything.
    /// A layer may have forward_into_vector<In, Fused, V>(x, weights) too, for a sample that is in memory.
    template <shape In, class Fused>
    static constexpr bool fits_vector() {
        return false;
    }

    // ---- Streaming: one time step after the other, where the first axis of the input is time
    // --------------------------

    /// Whether and how one time step follows another. A layer that is stepped by its forward is given inputs of one
    /// step, so that its prepared weights must not depend on how many there are.
    template <shape In>
    static constexpr streaming streams() {
        return Self::is_identity ? streaming::each_step : streaming::none;
    }
    /// How many steps before the present one its output depends on.
    template <shape In>
    static constexpr std::size_t lookback() {
        return 0;
    }
    /// Elements that step<In, Fused>(x, weights, state, y, scratch) carries from one step to the next; zero at first.
    template <shape In, class T>
    static constexpr std::size_t state() {
        return 0;
    }

    // ---- Training: forward as above, sample by sample, unless the layer says otherwise; backward is the layer's own
    // ----------

    /// Whether it gives the gradient of its input; where it does not, nothing in front of it can be trained.
    static constexpr bool is_differentiable = true;
    /// Whether it acts by chance when training, so that it runs even where nothing learns.
    static constexpr bool is_random = false;
    /// Elements per sample that are kept from forward to backward besides the layer's input and output.
    template <shape In, class Fused, class T>
    static constexpr std::size_t tape() {
        return 0;
    }
    /// Elements that `derive` makes of the weights, once a step, for the gradient of the input.
    template <shape In, class T>
    static constexpr std::size_t derived() {
        return 0;
    }
    /// Elements of scratch that one thread wants for backward or accumulate, for tiles of `samples`.
    template <shape In, class Fused, class T>
    static constexpr std::size_t gradient_scratch(std::size_t) {
        return 0;
    }
    template <shape In, class Fused, class T>
    static void train_forward(const training_pass<T>& s) {
        const std::size_t out = Self::output(In).size();
        for (std::size_t n = 0; n < s.count; ++n)
            Self::template forward<In, 1, Fused>(s.x + n * In.size(), s.weights, s.y + n * out, s.scratch);
    }
    template <shape In, class T>
    static void derive(const T* const*, T*, team_part) {}
    /// This thread's share of the parameter gradients of a whole tile; called when backward is done with all its
    /// samples.
    template <shape In, class Fused, class T>
    static void accumulate(const gradient_pass<T>&, team_part) {}

    /// Whether samples depend on each other when it is trained and not frozen, so that a batch is never cut. A layer
    /// that says so runs in phases, with a barrier between: collect<In, Fused>(training_pass), of this thread's
    /// samples; combine<In, Fused>(training_pass, team_part), of the whole batch; batch_forward<In,
    /// Fused>(training_pass); then collect_gradient, combine_gradient and batch_backward alike with a gradient_pass.
    /// combine_gradient gives the parameter gradients; batch_backward is called where dx is wanted. Frozen it is
    /// trained as any other layer.
    static constexpr bool needs_whole_batch = false;
    /// Whether combine and combine_gradient keep to `stride` and `first` of their pass, so that TimeDistributed can
    /// take each time step as a batch of its own. It refuses a layer that needs a whole batch and does not say so.
    static constexpr bool takes_strided_batches = false;
    /// Elements that its samples share from collect to batch_backward.
    template <shape In, class T>
    static constexpr std::size_t shared() {
        return 0;
    }

    /// A descriptor alone has no shape and so no weights: build_for(x) gives a model with both.
    static constexpr bool is_built() { return false; }
    static constexpr std::array<parameter, 0> weights() { return {}; }
    /// A model of this one layer for batches like x.
    template <class Batch>
    static auto build_for(const Batch& x) {
        return detail::model_surface<Self>::net::build_for(x);
    }
};

/// The functor of an activation that a layer runs in its own epilogue; a row-wise one (Softmax) runs behind it.
template <class Activation>
struct activation_function {
    using type = kernels::linear;
};
template <elementwise_layer Activation>
struct activation_function<Activation> {
    using type = typename Activation::function;
};

}  // namespace strata::inline STRATA_ISA
