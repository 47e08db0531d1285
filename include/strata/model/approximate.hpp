// approximate: a net with approximate activations in place of Tanh and Sigmoid.
#pragma once

#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/type_list.hpp>
#include <strata/core/window.hpp>
#include <strata/layers/option.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// A type with approximate activations in place of others. An activation has a member `approximate_form`. Of a template
/// each argument is replaced. A layer with activations that need not be written lists them: `default_activations`.
template <class Type>
struct approximate_form_of {
    using type = Type;
};
template <class Type>
    requires requires { typename Type::approximate_form; }
struct approximate_form_of<Type> {
    using type = typename Type::approximate_form;
};
template <class Type>
using approximate_part = typename approximate_form_of<Type>::type;

template <class Type>
inline constexpr bool has_own_approximate_form = requires { typename Type::approximate_form; };

template <class Type>
concept has_default_activations = requires { typename Type::default_activations; };

/// The default activations of a layer that are not among its options, in approximate form.
template <class Type, class... Options, class... Default>
constexpr auto unwritten_activations(type_list<Default...>) {
    return concat_types<std::conditional_t<option_list<Options...>::template has<Default>, type_list<>,
                                           type_list<approximate_part<Default>>>...>{};
}

/// Whether the arguments of a template are replaced, and no default is added.
template <class Type, class... Parts>
concept replaced_by_parts =
    sizeof...(Parts) > 0 && !requires { typename Type::approximate_form; } && !has_default_activations<Type>;

template <template <class...> class Template, class... Parts>
    requires replaced_by_parts<Template<Parts...>, Parts...>
struct approximate_form_of<Template<Parts...>> {
    using type = Template<approximate_part<Parts>...>;
};
template <template <int, class...> class Template, int Size, class... Parts>
    requires replaced_by_parts<Template<Size, Parts...>, Parts...>
struct approximate_form_of<Template<Size, Parts...>> {
    using type = Template<Size, approximate_part<Parts>...>;
};
template <template <int, int, class...> class Template, int Size, int Other, class... Parts>
    requires replaced_by_parts<Template<Size, Other, Parts...>, Parts...>
struct approximate_form_of<Template<Size, Other, Parts...>> {
    using type = Template<Size, Other, approximate_part<Parts>...>;
};
template <template <window, class...> class Template, window Size, class... Parts>
    requires replaced_by_parts<Template<Size, Parts...>, Parts...>
struct approximate_form_of<Template<Size, Parts...>> {
    using type = Template<Size, approximate_part<Parts>...>;
};
template <template <int, window, class...> class Template, int Size, window Other, class... Parts>
    requires replaced_by_parts<Template<Size, Other, Parts...>, Parts...>
struct approximate_form_of<Template<Size, Other, Parts...>> {
    using type = Template<Size, Other, approximate_part<Parts>...>;
};

template <template <int, class...> class Template, int Size, class... Parts>
    requires has_default_activations<Template<Size, Parts...>>
struct approximate_form_of<Template<Size, Parts...>> {
    using layer = Template<Size, Parts...>;
    template <class... Unwritten>
    static Template<Size, approximate_part<Parts>..., Unwritten...> make(type_list<Unwritten...>);
    using type = decltype(make(unwritten_activations<layer, Parts...>(typename layer::default_activations{})));
};
template <template <int, int, class...> class Template, int Size, int Other, class... Parts>
    requires has_default_activations<Template<Size, Other, Parts...>>
struct approximate_form_of<Template<Size, Other, Parts...>> {
    using layer = Template<Size, Other, Parts...>;
    template <class... Unwritten>
    static Template<Size, Other, approximate_part<Parts>..., Unwritten...> make(type_list<Unwritten...>);
    using type = decltype(make(unwritten_activations<layer, Parts...>(typename layer::default_activations{})));
};

}  // namespace detail

/// The type of a net with ApproximateTanh in place of Tanh, and ApproximateSigmoid in place of Sigmoid, in all its
/// layers. Weights are the same.
template <class Net>
using approximate = detail::approximate_part<Net>;

}  // namespace strata::inline STRATA_ISA
