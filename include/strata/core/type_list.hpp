// type_list: a pack as a type, and picking from it by constant index without recursion.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>

namespace strata {

template <class... Types>
struct type_list {
    static constexpr std::size_t size() { return sizeof...(Types); }
#if defined(STRATA_HAS_TYPE_PACK_ELEMENT)
    /// The type number Index. A member: nothing deduces all types of the list again for each of them.
    template <std::size_t Index>
    using at = __type_pack_element<Index, Types...>;
#endif
};

#if defined(STRATA_HAS_TYPE_PACK_ELEMENT)
/// The type number Index of a type_list.
template <std::size_t Index, class List>
using type_at = typename List::template at<Index>;
#else
namespace internal {

template <std::size_t Index, class List>
struct at_index;

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

template <std::size_t Index, class... Types>
struct at_index<Index, type_list<Types...>> {
    using type = typename decltype(pick<Index>(
        std::declval<const indexed_types<std::index_sequence_for<Types...>, Types...>&>()))::type;
};

}  // namespace internal

/// The type number Index of a type_list.
template <std::size_t Index, class List>
using type_at = typename internal::at_index<Index, List>::type;
#endif

namespace internal {

template <class List, auto Indices, class = std::make_index_sequence<Indices.size()>>
struct selected;
template <class List, auto Indices, std::size_t... I>
struct selected<List, Indices, std::index_sequence<I...>> {
    using type = type_list<type_at<Indices[I], List>...>;
};

}  // namespace internal

/// The types of a list at the positions of Indices, a std::array value.
template <class List, auto Indices>
using select_types = typename internal::selected<List, Indices>::type;

namespace internal {

/// Joins the first lists of a pack, then what that gives with the others: eight at a time, so that it nests an eighth
/// as deep as the pack is long. No operators: looking for those of a list makes the compiler complete every type in it.
template <class... Lists>
struct concatenated {
    using type = type_list<>;
};
template <class... As>
struct concatenated<type_list<As...>> {
    using type = type_list<As...>;
};
template <class... As, class... Bs>
struct concatenated<type_list<As...>, type_list<Bs...>> {
    using type = type_list<As..., Bs...>;
};
template <class... As, class... Bs, class... Cs, class... Rest>
struct concatenated<type_list<As...>, type_list<Bs...>, type_list<Cs...>, Rest...>
    : concatenated<type_list<As..., Bs..., Cs...>, Rest...> {};
template <class... As, class... Bs, class... Cs, class... Ds, class... Es, class... Fs, class... Gs, class... Hs,
          class... Rest>
struct concatenated<type_list<As...>, type_list<Bs...>, type_list<Cs...>, type_list<Ds...>, type_list<Es...>,
                    type_list<Fs...>, type_list<Gs...>, type_list<Hs...>, Rest...>
    : concatenated<type_list<As..., Bs..., Cs..., Ds..., Es..., Fs..., Gs..., Hs...>, Rest...> {};

}  // namespace internal

/// One list with the types of all, in order.
template <class... Lists>
using concat_types = typename internal::concatenated<Lists...>::type;

}  // namespace strata
