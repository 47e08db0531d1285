// Model: a built net with its weights.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/random.hpp>
#include <strata/graph/plan.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/graph/weight_view.hpp>
#include <strata/model/checks.hpp>
#include <strata/model/inference.hpp>
#include <strata/model/keras3_summary.hpp>
#include <strata/model/model_files.hpp>
#include <strata/model/state.hpp>
#include <strata/model/summary.hpp>
#include <strata/net/call_checks.hpp>
#include <strata/net/item_list_ops.hpp>
#include <strata/runtime/packing.hpp>
#include <strata/runtime/weight_storage.hpp>

namespace strata::inline STRATA_ISA {

/// How a model begins: the seed of its initializers, and the batch that summary() shows (0: None).
struct build_options {
    std::uint64_t seed = 0;
    std::size_t batch = 0;
};

namespace detail {

template <class Net, std::size_t Index, class T>
class layer_handle;
template <class Net, class T>
class features_of;

/// Writes elements of a weight, by their position in Keras' order. No lambda of a model's, so that all models share the
/// code of initializers.
template <class T>
struct element_writer {
    const weight_view<T>& view;

    void operator()(std::size_t position, double value) const { view.put(position, static_cast<T>(value)); }
};

/// The distributions of a net's initializers.
template <class Net>
inline constexpr unsigned distributions_of = [] {
    unsigned result = 0;
    for (const weight_row& each : weight_rows_of<Net>) result |= set_of(each.parameter.initializer.kind);
    return result;
}();

}  // namespace detail

/// Net with weights of type T, which lie in Storage: owned (the default), inline in the object, or borrowed. Inference
/// is const and thread-safe. Copies and comparisons are by weights. A moved-from model may only be assigned or
/// destroyed.
template <class Net, class T = float, class Storage = detail::weight_storage<Net, T>>
class Model : public detail::inference<Model<Net, T, Storage>, Net, T>,
              public detail::model_files<Model<Net, T, Storage>, Net>,
              public detail::foreign_members<Model<Net, T, Storage>> {
    static_assert(sizeof(require<net_check<Net>>) > 0);

public:
    using net_type = Net;
    using value_type = T;
    using storage_type = Storage;

    /// Initialized as by `net.build()`.
    Model()
        requires std::is_default_constructible_v<Storage>
        : Model(build_options{}) {}
    explicit Model(build_options options)
        requires std::is_default_constructible_v<Storage>
        : batch_(options.batch) {
        if constexpr (net_check<Net>::value.ok) initialize_from(0, options.seed);
    }
    /// All weights in `weights()` order, each in Keras' order.
    constexpr Model(detail::keras_order, const T* values, std::size_t batch = 0) : batch_(batch) {
        for (const auto view : weights())
            for (std::size_t i = 0; i < view.size(); ++i) view.put(i, *values++);
        detail::pack_all_weights<Net>(block_.data());
    }
    /// `Model<decltype(net)>`, where the type of a constexpr net is const, takes the model that `net.build()` gives.
    template <class Other>
        requires(std::is_same_v<const Other, Net>)
    constexpr Model(Model<Other, T, Storage> other) : block_(std::move(other.block_)), batch_(other.batch_) {}
    /// Over memory that holds `parameter_block_size()` elements, laid out as `parameters()` of a model of this type.
    constexpr explicit Model(Storage block, std::size_t batch = 0) : block_(std::move(block)), batch_(batch) {}

    // Properties of the net
    static constexpr Net net() { return {}; }
    static constexpr std::size_t size() { return Net::size(); }
    static constexpr std::string_view model_name() { return Net::model_name(); }
    static constexpr bool is_built() { return true; }
    static constexpr shape input_shape() { return Net::input_shape(); }
    static constexpr shape output_shape() { return Net::output_shape(); }
    static constexpr std::size_t parameter_count() { return Net::parameter_count(); }
    static constexpr std::size_t trainable_parameter_count() { return Net::trainable_parameter_count(); }
    static constexpr std::size_t non_trainable_parameter_count() { return Net::non_trainable_parameter_count(); }
    static constexpr std::size_t flops() { return Net::flops(); }
    static constexpr std::size_t arena_bytes() { return Net::template arena_bytes<T>(); }
    static constexpr auto plan() { return Net::template plan<T>(); }
    /// Keras' table, of Keras 2 or of Keras 3; the batch is the one that the model was built for.
    template <style Style = style::keras2>
    constexpr auto summary() const {
        return detail::styled_summary<Style, Net, T>(batch_);
    }
    // Layers and weights
    // These refer to the weights in this model while it stays where it is. Of a temporary model they are refused.
    /// Views of all weights in Keras' order; those of a const model cannot be written.
    constexpr auto weights() & { return views(block_.data()); }
    constexpr auto weights() const& { return views(static_cast<const T*>(block_.data())); }
    constexpr auto weights() const&& {
        static_cast<void>(require<lends<"weights()">>{});
        if constexpr (lends<"weights()">::value.ok) return views(block_.data());
        else return refused{};
    }
    /// The weights as they lie in memory, in the kernels' layout, padding included (always zero), each layer's followed
    /// by their prepared form.
    constexpr const T* parameters() const& { return block_.data(); }
    constexpr const T* parameters() const&& {
        static_cast<void>(require<lends<"parameters()">>{});
        return block_.data();
    }
    static constexpr std::size_t parameter_block_size() { return detail::block_size<Net, T>(); }

    using detail::foreign_members<Model>::get_layer;
    using detail::foreign_members<Model>::features;

    /// A layer by name, callable and with its weights.
    template <fixed_string Name>
    constexpr auto get_layer() & {
        return find_layer<Name>(block_.data());
    }
    template <fixed_string Name>
    constexpr auto get_layer() const& {
        return find_layer<Name>(static_cast<const T*>(block_.data()));
    }
    template <fixed_string Name>
    constexpr auto get_layer() const&& {
        static_cast<void>(require<lends<quoted_call<"get_layer", Name>()>>{});
        if constexpr (lends<quoted_call<"get_layer", Name>()>::value.ok) return find_layer<Name>(block_.data());
        else return refused{};
    }
    /// The layers as a Hana sequence of what get_layer gives.
    constexpr auto layers() & { return handles(block_.data(), std::make_index_sequence<size()>{}); }
    constexpr auto layers() const& {
        return handles(static_cast<const T*>(block_.data()), std::make_index_sequence<size()>{});
    }
    constexpr auto layers() const&& {
        static_cast<void>(require<lends<"layers()">>{});
        if constexpr (lends<"layers()">::value.ok) return handles(block_.data(), std::make_index_sequence<size()>{});
        else return refused{};
    }
    /// A function that gives the output of every layer as a tuple of tensors.
    constexpr auto features() const& { return detail::features_of<Net, T>(block_.data()); }
    constexpr auto features() const&& {
        static_cast<void>(require<lends<"features()">>{});
        if constexpr (lends<"features()">::value.ok) return detail::features_of<Net, T>(block_.data());
        else return refused{};
    }
    /// A model of the layers up to the named one.
    template <fixed_string Name>
    constexpr auto features() const&& {
        static_cast<void>(require<lends<quoted_call<"features", Name>()>>{});
        if constexpr (lends<quoted_call<"features", Name>()>::value.ok)
            return features<Name>();  // *this is no temporary here
        else return refused{};
    }
    template <fixed_string Name>
    constexpr auto features() const& {
        using checked = detail::layer_check<Net, Name>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) {
            using front = typename detail::given_input<detail::first_layers_of<Net, checked::index + 1>,
                                                       Net::input_shape()>::type;
            return Model<front, T, borrowed_storage<const T>>(borrowed_storage<const T>(block_.data()), batch_);
        } else {
            return refused{};
        }
    }

    // Growing and shrinking

    /// A model with one more layer: the old layers keep their weights, the new one is initialized.
    template <class Layer>
    STRATA_RESULT auto add(Layer, build_options options = {}) const {
        using grown = decltype(Net::add(Layer{}));
        static_cast<void>(require<net_check<grown>>{});
        if constexpr (net_check<grown>::value.ok) return resized<grown>(options);
        else return refused{};
    }
    /// A model without its last layer; the others keep their weights.
    STRATA_RESULT auto pop() const {
        using checked = detail::pop_check<Net>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) {
            using shorter = detail::popped<Net>;
            return resized<typename detail::given_input<shorter, Net::input_shape()>::type>({});
        } else {
            return refused{};
        }
    }

    /// The weights of this model under a net whose weights have the same shapes: one that differs in names or in what
    /// is frozen.
    template <class Other>
    auto as() const& {
        return Model(*this).template as<Other>();
    }
    template <class Other>
    auto as() && {
        static_assert(weight_offsets_of<Other, T> == weight_offsets_of<Net, T>);
        return Model<Other, T, Storage>(std::move(block_), batch_);
    }

    friend constexpr bool operator==(const Model& a, const Model& b) {
        return std::equal(a.parameters(), a.parameters() + parameter_block_size(), b.parameters());
    }

private:
    template <class, class, class>
    friend class Model;
    friend detail::parameter_access;

    /// Of a call on a temporary model.
    template <fixed_string Call>
    using lends = detail::temporary_check<Net, detail::owns_weights<Storage>, Call>;
    /// `get_layer<"dense">()`.
    template <fixed_string Member, fixed_string Name>
    static constexpr auto quoted_call() {
        return Member + "<\"" + Name + "\">()";
    }

    /// A loop over the table: written out, hundreds of views are one block of code that compilers schedule for seconds.
    template <class Scalar>
    static constexpr auto views(Scalar* block) {
        weight_views<Scalar, weight_rows_of<Net>.size()> result{};
        for (std::size_t i = 0; i < result.size(); ++i)
            result[i] = weight_view<Scalar>(weight_rows_of<Net>[i], block + weight_offsets_of<Net, T>[i], block,
                                            detail::refreshers_of<Net, T>[weight_rows_of<Net>[i].layer]);
        return result;
    }

    template <fixed_string Name, class Scalar>
    static constexpr auto find_layer(Scalar* block) {
        using checked = detail::layer_check<Net, Name>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) return detail::layer_handle<Net, checked::index, Scalar>(block);
        else return refused{};
    }
    template <class Scalar, std::size_t... I>
    static constexpr auto handles([[maybe_unused]] Scalar* block, std::index_sequence<I...>) {
        return sequence<detail::layer_handle<Net, I, Scalar>...>(detail::layer_handle<Net, I, Scalar>(block)...);
    }

    /// Draws the weights from number `first` on; each weight has a stream of its own, so that it does not depend on
    /// others.
    void initialize_from(std::size_t first, std::uint64_t seed) {
        static_cast<void>(require<detail::initializer_check<Net>>{});
        const auto all = weights();
        for (std::size_t i = first; i < all.size(); ++i) {
            random_engine mixed(seed);
            random_engine engine = random_engine(mixed()).fork(i);
            const strata::parameter& of_weight = weight_rows_of<Net>[i].parameter;
            initialize<detail::distributions_of<Net>>(of_weight.initializer, of_weight.extents, engine,
                                                      detail::element_writer<T>{all[i]});
        }
        detail::pack_all_weights<Net>(block_.data());
    }
    template <class Other>
    auto resized(build_options options) const {
        options.batch = batch_;
        Model<Other, T> result(options);
        const std::size_t kept = std::min(parameter_block_size(), result.parameter_block_size());
        std::copy_n(parameters(), kept, result.block_.data());
        return result;
    }

    STRATA_NO_ADDRESS Storage block_{};
    std::size_t batch_ = 0;
};

}  // namespace strata::inline STRATA_ISA
