// Activation<A>: an activation as a layer with options.
#pragma once

#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/shape.hpp>
#include <strata/layers/capabilities/fusion_hooks.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/option.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// The functor of an elementwise activation, which a layer before it may run in its epilogue.
template <class Function>
struct epilogue_function {};
template <elementwise_layer Function>
struct epilogue_function<Function> {
    using function = typename Function::function;
};

}  // namespace detail

/// Any shape, unchanged. Function as a layer that has options, such as a name. Keras: `Activation(a)`.
template <class Function, class... Options>  // strata: types, not values: Activation<ReLU>
    requires detail::says<"strata: options are types; fix: write Activation<ReLU>">
struct Activation : layer<Activation<Function, Options...>, Options...>, detail::epilogue_function<Function> {
    static constexpr std::string_view type = "Activation";
    static constexpr bool is_identity = identity_at_inference<Function>;
    using activation_option = Function;
    static constexpr layer_config config() {
        layer_config result;
        result.activation = activation_value<Function>();
        result.activation_layer = &config_of<Function>;
        result.is_activation_alone = true;
        result.is_keras = config_of<Function>.is_keras;
        return result;
    }

    static constexpr diagnostic check(const shape& in) {
        if (detail::kind_of<Function>() != activation_kind)
            return refuse("an activation, such as ReLU", Function::type, "write it as a layer of its own");
        return Function::check(in);
    }
    static constexpr std::size_t flops(const shape& in) { return Function::flops(in); }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        Function::template forward<In, N, Fused>(s);
    }
    template <shape In>
    static constexpr streaming streams() {
        return streaming_of<Function, In>();
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        Function::template backward<In, Fused>(s);
    }
};

namespace detail {

template <class Function, fixed_string Name>
struct unnamed_layer<Activation<Function, name<Name>>> {
    using type = Activation<Function>;
};

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
