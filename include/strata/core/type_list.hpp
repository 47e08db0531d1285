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

namespace internal {

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

}  // namespace internal

/// The type number Index of a type_list.
template <std::size_t Index, class List>
using type_at = typename internal::at_index<Index, List>::type;

/// The types of a list at the positions of Indices, a std::array value.
template <class List, auto Indices>
using select_types = typename internal::selected<List, Indices>::type;

namespace internal {

/// Long packs of lists: a fold nests as deep as the pack is long, of which Clang allows 256.
template <class... Lists>
struct joined {
    struct place {
        std::size_t list, index;
    };
    static constexpr std::array<std::size_t, sizeof...(Lists)> sizes{Lists::size()...};
    static constexpr std::size_t count = [] {
        std::size_t sum = 0;
        for (const std::size_t size : sizes) sum += size;
        return sum;
    }();
    static constexpr auto places = [] {
        std::array<place, count> result{};
        for (std::size_t list = 0, next = 0; list < sizes.size(); ++list)
            for (std::size_t i = 0; i < sizes[list]; ++i) result[next++] = {list, i};
        return result;
    }();
    template <std::size_t... I>
    static auto make(std::index_sequence<I...>)
        -> type_list<type_at<places[I].index, type_at<places[I].list, type_list<Lists...>>>...>;
    using type = decltype(make(std::make_index_sequence<count>{}));
};

template <bool IsLong>
struct concatenated;
template <>
struct concatenated<false> {
    template <class... Lists>
    using of = decltype((type_list<>{} + ... + Lists{}));
};
template <>
struct concatenated<true> {
    template <class... Lists>
    using of = typename joined<Lists...>::type;
};

}  // namespace internal

/// One list with the types of all, in order.
template <class... Lists>
using concat_types = typename internal::concatenated<(sizeof...(Lists) > 200)>::template of<Lists...>;

}  // namespace strata
