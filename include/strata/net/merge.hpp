// join: the node at the end of a Residual, which adds its two paths.
#pragma once

#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/elementwise/add.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/trained_activation.hpp>

namespace strata::inline STRATA_ISA::detail {

/// A node that reads two values of one shape, and may write over either. The gradient of each is the gradient that
/// `backward` leaves in dy.
template <class Layer>
concept merge_layer = layer_descriptor<Layer> && Layer::is_merge;

/// a + b, perhaps through an activation behind it. Keras: `Add`.
struct add_merge : layer<add_merge> {
    static constexpr std::string_view type = "Add";
    static constexpr bool is_merge = true;

    static constexpr std::size_t flops(const shape& in) { return in.size(); }

    template <shape In, class... Next>
    static constexpr bool fuses() {
        return sizeof...(Next) == 1 && (elementwise_layer<Next> && ...);
    }
    template <shape In, class Fused, class T>
    static constexpr void join(std::size_t count, const T* a, const T* b, T* y) {
        kernels::add<function<Fused>>(count * In.size(), a, b, y);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        trained_activation<typename final_activation<Fused, identity>::type>::template through<In.back()>(
            s.count * In.rows(), s.y, s.saved, s.dy);
    }

private:
    struct identity {
        using function = kernels::linear;
    };
    template <class Fused>
    using function = typename final_activation<Fused, identity>::type::function;
};

}  // namespace strata::inline STRATA_ISA::detail
