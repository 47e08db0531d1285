// net_interface: what every list of layers is: its facts, its models, itself as a layer.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/files_check.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/tensor.hpp>
#include <strata/core/text.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/plan.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/layers/layer.hpp>
#include <strata/model/checks.hpp>
#include <strata/model/features.hpp>
#include <strata/model/keras3_summary.hpp>
#include <strata/model/model.hpp>
#include <strata/model/summary.hpp>
#include <strata/net/call_checks.hpp>
#include <strata/net/item_list_ops.hpp>
#include <strata/net/names.hpp>
#include <strata/net/net.hpp>
#include <strata/net/shapes.hpp>
#include <strata/runtime/stream.hpp>

namespace strata::inline STRATA_ISA {

/// Draws a net; defined by strata/inspect/net_pictures.hpp.
template <class Net>
struct net_pictures;

}  // namespace strata::inline STRATA_ISA

namespace strata::inline STRATA_ISA::detail {

/// A net that is built: one whose number of steps is open must be a net for streams.
template <class Net, class T>
struct model_check {
    static constexpr diagnostic value = [] {
        if constexpr (net_check<Net>::value.ok && has_open_length<Net>()) return stream_check<Net, T>::value;
        else return net_check<Net>::value;
    }();
};

/// A call that draws; what does so is complete where its header is included.
template <class Pictures, fixed_string Call>
struct pictures_check {
    static constexpr diagnostic value = requires { sizeof(Pictures); }
                                            ? diagnostic{}
                                            : refuse("the header that draws nets", "a program without it",
                                                     "write #include <strata/inspect.hpp>", Call.view());
};

/// The name of a net that was given none.
template <class Net>
inline constexpr auto default_name = snake_case(Net::type);

/// The base of a net. Self says `type`, its `item_list`, their `options`, and `with_items`, the net of its kind with
/// other items. Every member is static; those that need shapes refuse a net without a known input.
template <class Self>
struct net_interface : foreign_net_members<Self> {
    using foreign_net_members<Self>::get_layer;

    // As a list

    /// The number of layers; a nested model is one.
    static constexpr std::size_t size() { return layers_of<Self>::size(); }
    /// The layers as a Hana sequence of descriptors.
    static constexpr auto layers() { return as_sequence(layers_of<Self>{}); }
    static constexpr std::string_view model_name() {
        if constexpr (Self::options::template has<name<"">>) return given_name<Self>();
        else return default_name<Self>.view();
    }
    /// This list with one more layer at its end.
    template <class Layer>
    STRATA_RESULT static constexpr auto add(Layer) {
        return appended<Self, Layer>{};
    }
    /// This list without its last layer.
    STRATA_RESULT static constexpr auto pop() {
        static_cast<void>(require<pop_check<Self>>{});
        if constexpr (pop_check<Self>::value.ok) return popped<Self>{};
        else return refused{};
    }
    /// The descriptor of a layer by its name.
    template <fixed_string Name>
    static constexpr auto get_layer() {
        using checked = layer_check<Self, Name>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) return type_at<checked::index, layers_of<Self>>{};
        else return refused{};
    }

    // Properties that need the input shape

    /// Whether the input shape is known.
    static constexpr bool is_built() { return input_of<Self>().rank() > 0; }
    static constexpr shape input_shape() { return known<input_query>::value; }
    static constexpr shape output_shape() { return known<output_query>::value; }
    /// Numbers of weights.
    static constexpr std::size_t parameter_count() { return known<parameter_query>::value; }
    static constexpr std::size_t trainable_parameter_count() { return known<trainable_query>::value; }
    static constexpr std::size_t non_trainable_parameter_count() {
        return parameter_count() - trainable_parameter_count();
    }
    /// Floating-point operations of one sample; a multiply-add counts two.
    static constexpr std::size_t flops() { return known<flops_query>::value; }
    /// Bytes of the arena for one sample of floats (or of T).
    template <class T = float>
    static constexpr std::size_t arena_bytes() {
        return known<arena_query<T>>::value;
    }
    /// The steps of one inference.
    template <class T = float>
    static constexpr auto plan() {
        return known<plan_query<T>>::value;
    }
    /// The names, shapes and initializers of all weights, in Keras' order; a net has no values.
    static constexpr auto weights() { return known<weight_query>::value; }
    /// Keras' table of the net: of Keras 2, or `summary<style::keras3>()`.
    template <style Style = style::keras2>
    static constexpr auto summary() {
        if constexpr (Style == style::keras3 && known<input_query>::value.rank() > 0)
            return keras3_summary<Self, float>(0);
        else return known<summary_query>::value;
    }

    // Pictures, of include/strata/inspect.hpp. Templates, so that they are compiled only in programs that draw.

    /// The net in Graphviz' language: layers, shapes, parameters, fused steps and bands.
    template <class Pictures = net_pictures<Self>>
    static auto to_dot() {
        using checked = pictures_check<Pictures, "to_dot">;
        static_cast<void>(require<checked>{});
        if constexpr (!checked::value.ok || known<input_query>::value.rank() == 0) return refused{};
        else return Pictures::dot();
    }
    /// The same as an SVG picture, with the places of values in the arena.
    template <class Pictures = net_pictures<Self>>
    static auto to_svg() {
        using checked = pictures_check<Pictures, "to_svg">;
        static_cast<void>(require<checked>{});
        if constexpr (!checked::value.ok || known<input_query>::value.rank() == 0) return refused{};
        else return Pictures::svg();
    }

    // Models

    /// A model with initialized weights. The same seed gives the same weights.
    template <class T = float>
    static auto build(build_options options = {}) {
        using checked = model_check<Self, T>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) return Model<Self, T>(options);
        else return refused{};
    }
    template <class Other>
        requires(!std::same_as<Other, build_options>)
    static constexpr refused build(const Other&) {
        using checked = arguments_check<Self, "build", "options in braces", "write build({.seed = 1})", Other>;
        static_cast<void>(require<checked>{});
        return {};
    }
    /// The same for samples of the shape Sample.
    template <shape Sample, class T = float>
    static auto build(build_options options = {}) {
        using checked = build_check<Self, Sample>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) return Model<typename given_input<Self, Sample>::type, T>(options);
        else return refused{};
    }
    /// The same for batches like x, whose first extent is the batch.
    template <class T, std::size_t... Extents>
    static auto build_for(const Tensor<T, Extents...>& x, build_options options = {}) {
        constexpr shape sample = sample_shape(Tensor<T, Extents...>::shape());
        using checked = build_check<Self, sample>;
        static_cast<void>(require<checked>{});
        options.batch = x.shape()[0];
        if constexpr (checked::value.ok) return Model<typename given_input<Self, sample>::type, T>(options);
        else return refused{};
    }
    template <class Other>
    static constexpr refused build_for(const Other&) {
        using checked =
            arguments_check<Self, "build_for", "a batch of samples, a Tensor",
                            "write build_for(ones<1, ...>()), or put Input<...> first and call build()", Other>;
        static_cast<void>(require<checked>{});
        return {};
    }
    /// The constants of this net's stream: sizes, state, receptive field. `model.stream()` gives the stream itself.
    template <class T = float>
    static constexpr auto stream() {
        using checked = stream_check<Self, T>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) return stream_properties<Self, T>{};
        else return refused{};
    }
    /// A model over constants: all weights in `weights()` order, each in Keras' order. Works in constant evaluation.
    template <class T, std::size_t Count>
    static constexpr auto bind(const std::array<T, Count>& values) {
        using checked = bind_check<Self, Count>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok)
            return Model<Self, T, inline_storage<T, block_size<Self, T>()>>(keras_order{}, values.data());
        else return refused{};
    }
    /// A model over the weights of a mapped file: over the file's memory itself where it is a block, which save_block
    /// wrote, or where its values lie as in a model; else over memory of its own, which all streams and copies of the
    /// model share. copy_reason says why. See io/mapped_weights.hpp.
    template <class T = float, class File, class Files = mapped_weights<Self, T>>
        requires requires(const File& file) { file.path(), file.text(); }
    static auto bind(const File& file) {
        using has_files = internal::files_check<Files, "bind">;
        using checked = model_check<Self, T>;
        static_cast<void>(require<checked>{});
        static_cast<void>(require<has_files>{});
        if constexpr (checked::value.ok && has_files::value.ok) return Files::bind(file);
        else return refused{};
    }

    // As a layer

    static constexpr std::array<std::string_view, 0> takes{};
    static constexpr bool is_identity = false;
    static constexpr bool is_view = false;
    static constexpr bool is_max_pooling = false;

    static constexpr diagnostic check(const shape& in) {
        const shape stated = input_of<Self>();
        if (stated.rank() > 0 && stated != in)
            return refuse(to_text(stated), to_text(in), "give the inner model the shape that its Input<...> states");
        return check_net<Self>(in);
    }
    static constexpr shape output(const shape& in) { return infer_shapes(in, layers_of<Self>{}).back(); }
    static constexpr parameter_table parameters(const shape&) { return {}; }
    static constexpr std::size_t flops(const shape& in) { return total_flops(in, layers_of<Self>{}); }

private:
    /// A fact of a built net; asked of another, a refusal.
    template <class Facts>
    using known = known_property<Self, Facts>;
};

}  // namespace strata::inline STRATA_ISA::detail
