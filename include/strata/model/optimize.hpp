// optimize: the same net or model for inference alone, with fewer layers, as another type.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/layer.hpp>
#include <strata/model/fuse_weights.hpp>
#include <strata/model/fused_type.hpp>
#include <strata/model/model.hpp>
#include <strata/model/sequential.hpp>
#include <strata/net/net.hpp>
#include <strata/net/shapes.hpp>
#include <strata/runtime/weight_storage.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// Whether the layers of a net are known to fit, as far as its input is known.
template <class Net>
struct optimize_check {
    static constexpr diagnostic value = [] {
        if constexpr (Net::is_built()) return net_check<Net>::value;
        else return check_structure<Net>();
    }();
};

/// A layer, a Residual or a net as optimize leaves it.
template <class Layer>
struct optimized {
    using type = Layer;
};
template <composite Layer>
struct optimized<Layer> {
    using type = type_at<0, layers_of<typename fused_net<Sequential<Layer>>::type>>;
};
template <composite Net>
    requires(!branching<Net>)
struct optimized<Net> : fused_net<Net> {};

/// A model inside an object, in constant evaluation too, stays one.
template <class Storage, class Net, class T>
struct storage_like {
    using type = weight_storage<Net, T>;
};
template <class T, std::size_t Size, class Net>
struct storage_like<inline_storage<T, Size>, Net, T> {
    using type = inline_storage<T, block_size<Net, T>()>;
};

}  // namespace detail

/// The net or layer with fewer layers. A layer that is an affine map of channels at inference (BatchNormalization) goes
/// into the weights of the layer before it, an activation into its options, zeros around an image into the padding of
/// the next convolution; identities (Dropout) are removed. A layer whose input two layers read is left. Layers that are
/// left keep their names. A net with nothing to fuse keeps its type.
template <layer_descriptor Layer>
STRATA_RESULT constexpr auto optimize(Layer) {
    if constexpr (requires { Layer::model_name(); }) {
        using checked = detail::optimize_check<Layer>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) return typename detail::optimized<Layer>::type{};
        else return refused{};
    } else {
        return typename detail::optimized<Layer>::type{};
    }
}
/// The model of that net, which gives the same to rounding: weights are fused in double and rounded once. It is meant
/// for inference: what only training needs is gone.
template <class Net, class T, class Storage>
STRATA_RESULT constexpr auto optimize(const Model<Net, T, Storage>& model) {
    using smaller = typename detail::optimized<Net>::type;
    if constexpr (std::is_same_v<smaller, Net>) {
        return model;
    } else {
        using block = typename detail::storage_like<Storage, smaller, T>::type;
        const auto values =
            detail::fused_weights<Net, T>(model.weights(), std::make_index_sequence<flat_layers_of<Net>::size()>{});
        return Model<smaller, T, block>(detail::keras_order{}, values.data(),
                                        detail::parameter_access::batch_of(model));
    }
}

}  // namespace strata::inline STRATA_ISA
