// fuse_weights: the weights of a net whose layers became parts of others.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/layers/capabilities/fusion_hooks.hpp>
#include <strata/layers/parameter.hpp>
#include <strata/model/fusion_pass.hpp>
#include <strata/net/net.hpp>
#include <strata/runtime/packing.hpp>

namespace strata::inline STRATA_ISA::detail {

/// The weights of one layer in Keras' order, and pointers to them. A template of the net only so that a program that
/// fuses no net instantiates nothing of it.
template <class Net>
class weight_values {
public:
    constexpr void push_back(std::vector<double> values) { values_.push_back(std::move(values)); }
    constexpr std::vector<double*> pointers() {
        std::vector<double*> result;
        for (auto& values : values_) result.push_back(values.data());
        return result;
    }
    constexpr const std::vector<std::vector<double>>& all() const { return values_; }

private:
    std::vector<std::vector<double>> values_;
};

template <class View>
constexpr std::vector<double> doubles_of(const View& view) {
    std::vector<double> values(view.size());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(view[i]);
    return values;
}

/// Applies the map of layer I after scale and shift.
template <class Net, std::size_t I, class Views>
constexpr void append_affine(const Views& views, std::vector<double>& scale, std::vector<double>& shift) {
    constexpr auto own = weight_range_of<Net, I>;
    weight_values<Net> values;
    for (std::size_t k = 0; k < own.second; ++k) values.push_back(doubles_of(views[own.first + k]));
    const std::vector<double*> pointers = values.pointers();
    const std::vector<const double*> weights(pointers.begin(), pointers.end());
    std::vector<double> factors(scale.size()), shifts(scale.size());
    type_at<I, flat_layers_of<Net>>::affine(flat_nodes_of<Net>[I].in, weights.data(), factors.data(), shifts.data());
    for (std::size_t c = 0; c < scale.size(); ++c) {
        scale[c] *= factors[c];
        shift[c] = shift[c] * factors[c] + shifts[c];
    }
}

/// The affine maps fused into layer I, in order.
template <class Net, std::size_t I>
inline constexpr auto affine_layers_after = [] {
    constexpr const auto& fusions = fusions_of<Net>;
    constexpr auto is_fused_map = [](const layer_fusion& fusion) {
        return fusion.kind == fusion_kind::affine && fusion.host == I;
    };
    std::array<std::size_t, static_cast<std::size_t>(std::count_if(fusions.begin(), fusions.end(), is_fused_map))>
        layers{};
    for (std::size_t j = 0, next = 0; j < fusions.size(); ++j)
        if (is_fused_map(fusions[j])) layers[next++] = j;
    return layers;
}();

/// The weights of layer I with the affine maps that became part of it: computed in double. A bias that it had not
/// begins with zeros.
template <class Net, std::size_t I, class Views, std::size_t... K>
constexpr weight_values<Net> with_affine_maps(const Views& views, std::index_sequence<K...>) {
    using layer = with_affine<type_at<I, flat_layers_of<Net>>>;
    constexpr flat_node node = flat_nodes_of<Net>[I];
    constexpr auto own = weight_range_of<Net, I>;
    std::vector<double> scale(node.out.back(), 1.0), shift(node.out.back(), 0.0);
    evaluate_in_order{0, (append_affine<Net, affine_layers_after<Net, I>[K]>(views, scale, shift), 0)...};

    weight_values<Net> values;
    for (const parameter& row : layer::parameters(node.in)) {
        std::vector<double> begin(row.extents.size(), 0.0);
        for (std::size_t k = 0; k < own.second; ++k)
            if (weight_rows_of<Net>[own.first + k].parameter.name == row.name) begin = doubles_of(views[own.first + k]);
        values.push_back(std::move(begin));
    }
    // Spans of pointers: those of vectors instantiate concepts of ranges for each type.
    const channel_affine map{{scale.data(), scale.size()}, {shift.data(), shift.size()}};
    layer::absorb(node.in, map, values.pointers().data());
    return values;
}

/// Appends the weights of layer I, in Keras' order, as they are left.
template <class Net, std::size_t I, class Views, class T>
constexpr void append_folded_weights(const Views& views, std::vector<T>& all) {
    if constexpr (fusions_of<Net>[I].kind == fusion_kind::none) {
        if constexpr (fusions_of<Net>[I].takes_affine) {
            constexpr std::size_t count = affine_layers_after<Net, I>.size();
            const weight_values<Net> fused = with_affine_maps<Net, I>(views, std::make_index_sequence<count>{});
            for (const auto& values : fused.all())
                for (const double value : values) all.push_back(static_cast<T>(value));
        } else {
            constexpr auto own = weight_range_of<Net, I>;
            for (std::size_t k = 0; k < own.second; ++k)
                for (std::size_t i = 0; i < views[own.first + k].size(); ++i) all.push_back(views[own.first + k][i]);
        }
    }
}

/// All weights of the fused net.
template <class Net, class T, class Views, std::size_t... I>
constexpr std::vector<T> fused_weights(const Views& views, std::index_sequence<I...>) {
    std::vector<T> all;
    all.reserve(Net::parameter_count());
    evaluate_in_order{0, (append_folded_weights<Net, I>(views, all), 0)...};
    return all;
}

}  // namespace strata::inline STRATA_ISA::detail
