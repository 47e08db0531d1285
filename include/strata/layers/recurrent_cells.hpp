// recurrent_cells: the cell of a recurrent layer from its options, and the layer in the other direction of time.
#pragma once

#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/type_list.hpp>
#include <strata/kernels/recurrent/gru_reset_before_cell.hpp>
#include <strata/kernels/recurrent/recurrent_cell.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/recurrent_option.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// The functors of a recurrent layer's activation and of its gates.
template <class... Options>
using cell_activation = typename activation_function<typename option_list<Options...>::template get<Tanh>>::type;
template <class... Options>
using gate_activation = typename activation_function<
    typename option_list<Options...>::template get<recurrent_activation<Sigmoid>>::type>::type;

}  // namespace detail

/// The same layer in the other direction of time: with go_backwards, or without it.
template <template <int, class...> class Layer, int Units, class... Options>
struct reversed_layer {
    template <class... Kept>
    static Layer<Units, Kept...> make(type_list<Kept...>);
    using type =
        std::conditional_t<option_list<Options...>::template has<go_backwards>,
                           decltype(make(concat_types<std::conditional_t<std::is_same_v<Options, go_backwards>,
                                                                         type_list<>, type_list<Options>>...>{})),
                           Layer<Units, Options..., go_backwards>>;
};

template <class... Options>
using lstm_cell_of = kernels::lstm_cell<detail::cell_activation<Options...>, detail::gate_activation<Options...>>;
template <class... Options>
using gru_cell_of = std::conditional_t<
    option_list<Options...>::template get<reset_after<true>>::value,
    kernels::gru_cell<detail::cell_activation<Options...>, detail::gate_activation<Options...>>,
    kernels::gru_reset_before_cell<detail::cell_activation<Options...>, detail::gate_activation<Options...>>>;
template <class... Options>
using simple_cell_of = kernels::simple_cell<detail::cell_activation<Options...>>;

}  // namespace strata::inline STRATA_ISA
