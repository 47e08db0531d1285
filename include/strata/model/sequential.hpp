// Sequential and Functional: an architecture as an empty constexpr value whose type lists its layers and options.
#pragma once

#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/type_list.hpp>
#include <strata/model/net_interface.hpp>
#include <strata/net/item_list_ops.hpp>

namespace strata::inline STRATA_ISA {

/// A list of layers, each fed by the one before it; Input<...> may stand first, name<"..."> and frozen anywhere. A
/// Sequential is itself a layer. Every member is static; those that need shapes refuse a net without a known input.
/// Keras: `Sequential`.
template <class... Items>
struct Sequential : detail::net_interface<Sequential<Items...>> {
    using item_list = type_list<Items...>;
    using options = detail::options_among<Items...>;
    template <class... Others>
    using with_items = Sequential<Others...>;

    constexpr Sequential() = default;
    constexpr explicit Sequential(Items...)
        requires(sizeof...(Items) > 0)
    {}

    static constexpr std::string_view type = "Sequential";
};

template <class... Items>
Sequential(Items...) -> Sequential<Items...>;

/// The same net where Keras has it as a functional model: in Keras' files the layers of its Residuals are its own.
/// Keras: `Model(inputs, outputs)`.
template <class... Items>
struct Functional : detail::net_interface<Functional<Items...>> {
    using item_list = type_list<Items...>;
    using options = detail::options_among<Items...>;
    template <class... Others>
    using with_items = Functional<Others...>;

    constexpr Functional() = default;
    constexpr explicit Functional(Items...)
        requires(sizeof...(Items) > 0)
    {}

    static constexpr std::string_view type = "Functional";
    static constexpr bool is_functional = true;
};

template <class... Items>
Functional(Items...) -> Functional<Items...>;

namespace detail {

template <class Layer>
struct model_interface {
    using net = Sequential<Layer>;
};

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
