// Layers of a model as callables, and feature extraction.
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/tensor.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/model/model.hpp>
#include <strata/net/item_list_ops.hpp>
#include <strata/net/names.hpp>
#include <strata/net/shapes.hpp>

namespace strata::inline STRATA_ISA::detail {

/// How many weights of a net stand before a layer of Owner: the net itself, or the branching layer that it consists of.
template <class Net, class Owner = Net>
constexpr std::size_t weights_before(std::size_t layer) {
    std::size_t count = 0;
    for (const weight_row& row : weight_rows_of<Net>) count += row.layer < flat_begins_of<Owner>[layer] ? 1u : 0u;
    return count;
}

/// One layer as a net with its input shape.
template <class Net, std::size_t Index>
using layer_net =
    typename given_input<typename alone<type_at<Index, layers_of<Net>>>::type, shapes_of<Net>[Index]>::type;

/// Where a layer stands in a net: the layer as a net, its name, how many weights stand before it.
template <class Net, std::size_t Index>
struct layer_place {
    using layer = type_at<Index, layers_of<Net>>;
    using own_net = layer_net<Net, Index>;
    static constexpr std::string_view name() { return names_of<Net>[Index]; }
    static constexpr std::size_t before = weights_before<Net>(Index);
};

/// The shape that layer number Index of a branching layer reads.
template <class Block, std::size_t Index>
constexpr shape path_input(const shape& in) {
    constexpr auto begins = path_begins<Block>();
    shape result;
    const auto see = [&]<class... Paths>(type_list<Paths...>) {
        std::size_t path = 0;
        [[maybe_unused]] const auto look = [&]<class Path>(Path layers) {
            if (begins[path] <= Index && Index < begins[path + 1])
                result = infer_shapes(in, layers)[Index - begins[path]];
            ++path;
        };
        evaluate_in_order{0, (look(Paths{}), 0)...};
    };
    see(typename Block::paths{});
    return result;
}

/// Where a layer stands in the branching layer that is the only layer of Net.
template <class Net, std::size_t Index>
struct block_place {
    using block = type_at<0, layers_of<Net>>;
    using layer = type_at<Index, layers_of<block>>;
    static constexpr shape in = path_input<block, Index>(shapes_of<Net>[0]);
    using own_net = typename given_input<typename alone<layer>::type, in>::type;
    static constexpr std::string_view name() { return names_of<block>[Index]; }
    static constexpr std::size_t before = weights_before<Net, block>(Index);
};

/// A layer at its place in the model whose block it is given: call it with a batch, look at its weights.
template <class Net, class Place, class T>
class placed_layer : public Model<typename Place::own_net, std::remove_const_t<T>, borrowed_storage<T>> {
    using own_net = typename Place::own_net;
    using layer = typename Place::layer;
    using base = Model<own_net, std::remove_const_t<T>, borrowed_storage<T>>;

public:
    constexpr explicit placed_layer(T* block)
        : base(borrowed_storage<T>(block + weight_offsets_of<Net, std::remove_const_t<T>>[Place::before])) {}

    static constexpr std::string_view name() { return Place::name(); }
    static constexpr std::string_view type() { return layer::type; }
    static constexpr auto descriptor() { return layer{}; }

    /// A layer inside, of a nested model or of a branching layer, by name.
    template <fixed_string Name>
    constexpr auto get_layer() const {
        if constexpr (branching<layer>) {
            using checked = layer_check<layer, Name>;
            static_cast<void>(require<checked>{});
            if constexpr (checked::value.ok)
                return placed_layer<own_net, block_place<own_net, checked::index>, T>(parameter_access::of(*this));
            else return refused{};
        } else {
            return const_cast<placed_layer*>(this)->base::template get_layer<Name>();
        }
    }

    /// The weight of that name: `weight<"gamma">()`.
    template <fixed_string Weight>
    constexpr auto weight() const {
        using checked = weight_check<Weight>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) return this->weights()[checked::index];
        else return refused{};
    }
    constexpr auto kernel() const { return weight<"kernel">(); }
    constexpr auto bias() const { return weight<"bias">(); }
    constexpr auto weights() const { return const_cast<placed_layer*>(this)->base::weights(); }

private:
    template <fixed_string Weight>
    struct weight_check {
        static constexpr const auto& rows = weight_rows_of<own_net>;
        static constexpr std::size_t index = [] {
            std::size_t i = 0;
            while (i < rows.size() && rows[i].parameter.label() != Weight.view()) ++i;
            return i;
        }();
        static constexpr diagnostic value = [] {
            if (index < rows.size()) return diagnostic{};
            text<200> known;
            for (std::size_t i = 0; i < rows.size(); ++i) known << (i > 0 ? ", " : "") << rows[i].parameter.label();
            const auto where = text<200>() << name() << " (" << type() << "), a weight by name";
            if (known.empty())
                return refuse("a layer with weights", Weight.view(), "ask a layer that has weights", where);
            return refuse(text<200>("one of ") << known, text<200>("no weight ") << Weight.view(),
                          "ask for a weight that it has", where);
        }();
    };
};

/// A layer of a model. It refers to the model, which must live longer.
template <class Net, std::size_t Index, class T>
class layer_handle : public placed_layer<Net, layer_place<Net, Index>, T> {
public:
    using placed_layer<Net, layer_place<Net, Index>, T>::placed_layer;
};

/// The output of every layer of a model.
template <class Net, class T>
class features_of {
public:
    constexpr explicit features_of(const T* block) : block_(block) {}

    template <std::size_t... Extents>
    constexpr auto operator()(const Tensor<T, Extents...>& x) const {
        using checked = call_check<Net, Tensor<T, Extents...>::shape()>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok)
            return outputs<Tensor<T, Extents...>::shape()[0]>(x, std::make_index_sequence<Net::size()>{});
        else return refused{};
    }

private:
    template <std::size_t Batch, class X, std::size_t... I>
    constexpr auto outputs(const X& x, std::index_sequence<I...>) const {
        std::tuple<tensor_of<T, batch_shape(Batch, shapes_of<Net>[I + 1])>...> result;
        const auto run = [&]<std::size_t Index>(std::integral_constant<std::size_t, Index>) {
            const layer_handle<Net, Index, const T> layer(block_);
            if constexpr (Index == 0) std::get<0>(result) = layer(x);
            else std::get<Index>(result) = layer(std::get<Index - 1>(result));
        };
        evaluate_in_order{0, (run(std::integral_constant<std::size_t, I>{}), 0)...};
        return result;
    }

    const T* block_;
};

}  // namespace strata::inline STRATA_ISA::detail
