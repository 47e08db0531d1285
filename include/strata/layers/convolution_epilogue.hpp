// convolution_epilogue: the epilogue of a convolution, an activation and perhaps a max pooling.
#pragma once

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/conv/conv2d_pooled.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/layers/layer.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

inline constexpr kernels::pool2d_geometry no_pool{.height = {.kernel = 1}, .width = {.kernel = 1}};

template <class Layer, shape In, bool Direct, class Pooling, class Function>
struct pooled_epilogue {
    static constexpr kernels::pool2d_geometry pool = Pooling::geometry(Layer::output(In));
    static constexpr bool pools = true;
    static constexpr bool is_possible = [] {
        if constexpr (elementwise_layer<Function>)
            return Function::function::is_monotone && kernels::fuses(Layer::geometry(In), pool) && Direct;
        else return false;
    }();
    using function = Function;
};

}  // namespace detail

/// The epilogue of the convolution Layer with the layers of Fused. Direct: the direct kernel runs, which alone can
/// pool.
template <class Layer, shape In, bool Direct, class Fused>
struct convolution_epilogue;
template <class Layer, shape In, bool Direct, class... Next>
struct convolution_epilogue<Layer, In, Direct, fused<Next...>> {
    static constexpr bool is_possible = sizeof...(Next) == 0;
    static constexpr bool pools = false;
    static constexpr auto pool = detail::no_pool;
    using function = typename Layer::activation;
};
template <class Layer, shape In, bool Direct, elementwise_layer Next>
struct convolution_epilogue<Layer, In, Direct, fused<Next>> {
    static constexpr bool is_possible = identity_at_inference<typename Layer::activation>;
    static constexpr bool pools = false;
    static constexpr auto pool = detail::no_pool;
    using function = Next;
};
template <class Layer, shape In, bool Direct, max_pooling_layer Next>
struct convolution_epilogue<Layer, In, Direct, fused<Next>>
    : detail::pooled_epilogue<Layer, In, Direct, Next, typename Layer::activation> {};
template <class Layer, shape In, bool Direct, elementwise_layer Next, max_pooling_layer Pooling>
struct convolution_epilogue<Layer, In, Direct, fused<Next, Pooling>>
    : detail::pooled_epilogue<Layer, In, Direct, Pooling, Next> {
    static constexpr bool is_possible = identity_at_inference<typename Layer::activation> &&
                                        detail::pooled_epilogue<Layer, In, Direct, Pooling, Next>::is_possible;
};

}  // namespace strata::inline STRATA_ISA
