// recurrent_cells: the options of recurrent layers, the cells that they choose, and the layers in reverse.
#pragma once

#include <array>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/type_list.hpp>
#include <strata/kernels/recurrent/gru_reset_before_cell.hpp>
#include <strata/kernels/recurrent/recurrent_cell.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/initializer.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/recurrent_option.hpp>
#include <strata/layers/regularizer.hpp>

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

/// The options of a layer along time; Own are those that it alone has.
template <class... Own>
inline constexpr std::array options_of_recurrent{activation_kind,
                                                 recurrent_activation<Sigmoid>::kind,
                                                 return_sequences::kind,
                                                 go_backwards::kind,
                                                 stateful::kind,
                                                 no_bias::kind,
                                                 Own::kind...,
                                                 kernel_initializer<Zeros>::kind,
                                                 recurrent_initializer<Zeros>::kind,
                                                 bias_initializer<Zeros>::kind,
                                                 kernel_regularizer<L1<>>::kind,
                                                 recurrent_regularizer<L1<>>::kind,
                                                 bias_regularizer<L1<>>::kind};

}  // namespace strata::inline STRATA_ISA
