// type_list: a pack as a type, and picking from it by constant index without recursion.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

namespace strata {

template <class... Types>
struct type_list {
    static constexpr std::size_t size() { return sizeof...(Types); }
};

template <class... As, class... Bs>
type_list<As..., Bs...> operator+(type_list<As...>, type_list<Bs...>);

namespace detail {

template <std::size_t Index, class Type>
struct indexed {
    using type = Type;
};

template <class Indices, class... Types>
struct indexed_types;
template <std::size_t... Index, class... Types>
struct indexed_types<std::index_sequence<Index...>, Types...> : indexed<Index, Types>... {};

template <std::size_t Index, class Type>
indexed<Index, Type> pick(const indexed<Index, Type>&);

template <std::size_t Index, class List>
struct at_index;
template <std::size_t Index, class... Types>
struct at_index<Index, type_list<Types...>> {
    using type = typename decltype(pick<Index>(
        std::declval<const indexed_types<std::index_sequence_for<Types...>, Types...>&>()))::type;
};

template <class List, auto Indices, class = std::make_index_sequence<Indices.size()>>
struct selected;
template <class List, auto Indices, std::size_t... I>
struct selected<List, Indices, std::index_sequence<I...>> {
    using type = type_list<typename at_index<Indices[I], List>::type...>;
};

}  // namespace detail

/// The type number Index of a type_list.
template <std::size_t Index, class List>
using type_at = typename detail::at_index<Index, List>::type;

/// The types of a list at the positions of Indices, a std::array value.
template <class List, auto Indices>
using select_types = typename detail::selected<List, Indices>::type;

/// One list with the types of all, in order.
template <class... Lists>
using concat_types = decltype((type_list<>{} + ... + Lists{}));

}  // namespace strata
