// Sequential: an architecture as an empty constexpr value whose type lists its layers and options.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <strata/core/meta.hpp>
#include <strata/core/report.hpp>
#include <strata/core/tensor.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/input.hpp>
#include <strata/layers/layer.hpp>
#include <strata/model/edit.hpp>
#include <strata/model/features.hpp>
#include <strata/model/model.hpp>
#include <strata/model/names.hpp>
#include <strata/model/net.hpp>
#include <strata/model/plan.hpp>
#include <strata/model/shapes.hpp>
#include <strata/model/summary.hpp>
#include <strata/model/verdicts.hpp>
#include <strata/model/weights.hpp>

namespace strata {

/// A list of layers, each fed by the one before it; Input<...> may stand first, name<"..."> and frozen anywhere. A
/// Sequential is itself a layer. Every member is static; those that need shapes refuse a net without a known input.
/// Keras: `Sequential`.
template <class... Items>
struct Sequential {
    using item_list = type_list<Items...>;
    using options = detail::options_among<Items...>;

    constexpr Sequential() = default;
    constexpr explicit Sequential(Items...)
        requires(sizeof...(Items) > 0)
    {}

    // ---- As a list
    // ---------------------------------------------------------------------------------------------------

    /// The number of layers; a nested model is one.
    static constexpr std::size_t size() { return layers_of<Sequential>::size(); }
    /// The layers as a Hana sequence of descriptors.
    static constexpr auto layers() { return detail::as_sequence(layers_of<Sequential>{}); }
    static constexpr std::string_view model_name() {
        return options::template has<name<"">> ? detail::given_name<Sequential>() : std::string_view("sequential");
    }
    /// This list with one more layer at its end.
    template <class Layer>
    static constexpr auto add(Layer) {
        return Sequential<Items..., Layer>{};
    }
    /// This list without its last layer.
    static constexpr auto pop() {
        static_cast<void>(asserted<detail::pop_verdict<Sequential>>{});
        if constexpr (detail::pop_verdict<Sequential>::value.ok) return detail::popped<Sequential>{};
        else return refused{};
    }
    /// The descriptor of a layer by its name.
    template <fixed_string Name>
    static constexpr auto get_layer() {
        using verdict = detail::layer_verdict<Sequential, Name>;
        static_cast<void>(asserted<verdict>{});
        if constexpr (verdict::value.ok) return type_at<verdict::index, layers_of<Sequential>>{};
        else return refused{};
    }

    // ---- What is known once the input shape is
    // -----------------------------------------------------------------------

    /// Whether the input shape is known.
    static constexpr bool is_built() { return detail::input_of<Sequential>().rank() > 0; }
    static constexpr shape input_shape() { return known<detail::input_facts>::value; }
    static constexpr shape output_shape() { return known<detail::output_facts>::value; }
    /// Numbers of weights.
    static constexpr std::size_t parameter_count() { return known<detail::parameter_facts>::value; }
    static constexpr std::size_t trainable_parameter_count() { return known<detail::trainable_facts>::value; }
    static constexpr std::size_t non_trainable_parameter_count() {
        return parameter_count() - trainable_parameter_count();
    }
    /// Floating-point operations of one sample; a multiply-add counts two.
    static constexpr std::size_t flops() { return known<detail::flops_facts>::value; }
    /// Bytes of the arena for one sample of floats (or of T).
    template <class T = float>
    static constexpr std::size_t arena_bytes() {
        return known<detail::arena_facts<T>>::value;
    }
    /// The steps of one inference.
    template <class T = float>
    static constexpr auto plan() {
        return known<detail::plan_facts<T>>::value;
    }
    /// The names, shapes and initializers of all weights, in Keras' order; a net has no values.
    static constexpr auto weights() { return known<detail::weight_facts>::value; }
    /// Keras' table of the net.
    static constexpr auto summary() { return known<detail::summary_facts>::value; }

    // ---- Models
    // ------------------------------------------------------------------------------------------------------

    /// A model with initialized weights. The same seed gives the same weights.
    template <class T = float>
    static auto build(build_options how = {}) {
        static_cast<void>(asserted<net_verdict<Sequential>>{});
        if constexpr (net_verdict<Sequential>::value.ok) return Model<Sequential, T>(how);
        else return refused{};
    }
    /// The same for samples of the shape Sample.
    template <shape Sample, class T = float>
    static auto build(build_options how = {}) {
        using verdict = detail::build_verdict<Sequential, Sample>;
        static_cast<void>(asserted<verdict>{});
        if constexpr (verdict::value.ok) return Model<typename detail::given_input<Sequential, Sample>::type, T>(how);
        else return refused{};
    }
    /// The same for batches like x, whose first extent is the batch.
    template <class T, std::size_t... Extents>
    static auto build_for(const Tensor<T, Extents...>& x, build_options how = {}) {
        constexpr shape sample = sample_shape(Tensor<T, Extents...>::shape());
        using verdict = detail::build_verdict<Sequential, sample>;
        static_cast<void>(asserted<verdict>{});
        how.batch = x.shape()[0];
        if constexpr (verdict::value.ok) return Model<typename detail::given_input<Sequential, sample>::type, T>(how);
        else return refused{};
    }
    /// The constants of this net's stream: sizes, state, receptive field. `model.stream()` gives the stream itself.
    template <class T = float>
    static constexpr auto stream() {
        using verdict = stream_verdict<Sequential, T>;
        static_cast<void>(asserted<verdict>{});
        if constexpr (verdict::value.ok) return stream_facts<Sequential, T>{};
        else return refused{};
    }
    /// A model over constants: all weights in `weights()` order, each in Keras' order. Works in constant evaluation.
    template <class T, std::size_t Count>
    static constexpr auto bind(const std::array<T, Count>& values) {
        using verdict = detail::bind_verdict<Sequential, Count>;
        static_cast<void>(asserted<verdict>{});
        if constexpr (verdict::value.ok)
            return Model<Sequential, T, inline_storage<T, detail::block_size<Sequential, T>()>>(detail::keras_order{},
                                                                                                values.data());
        else return refused{};
    }

    // ---- As a layer
    // --------------------------------------------------------------------------------------------------

    static constexpr std::string_view type = "Sequential";
    static constexpr std::array<std::string_view, 0> takes{};
    static constexpr bool is_identity = false;
    static constexpr bool is_view = false;
    static constexpr bool is_max_pooling = false;

    static constexpr report check(const shape& in) {
        const shape stated = detail::input_of<Sequential>();
        if (stated.rank() > 0 && stated != in)
            return refuse(to_text(stated), to_text(in), "give the inner model the shape that its Input<...> states");
        return detail::check_net<Sequential>(in);
    }
    static constexpr shape output(const shape& in) { return detail::infer_shapes(in, layers_of<Sequential>{}).back(); }
    static constexpr parameter_table parameters(const shape&) { return {}; }
    static constexpr std::size_t flops(const shape& in) { return detail::total_flops(in, layers_of<Sequential>{}); }

private:
    /// A fact of a built net; asked of another, a refusal.
    template <class Facts>
    using known = detail::known_fact<Sequential, Facts>;
};

template <class... Items>
Sequential(Items...) -> Sequential<Items...>;

namespace detail {

template <class Layer>
struct model_surface {
    using net = Sequential<Layer>;
};

}  // namespace detail

}  // namespace strata
