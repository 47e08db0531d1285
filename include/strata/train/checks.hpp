// checks: whether model, loss, metrics and data fit together, and whether there is a weight to train.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/training_schedule.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/layers/capabilities.hpp>
#include <strata/model/summary.hpp>
#include <strata/net/merge.hpp>
#include <strata/net/names.hpp>
#include <strata/net/shapes.hpp>
#include <strata/train/call_checks.hpp>
#include <strata/train/loss.hpp>

namespace strata::inline STRATA_ISA::detail {

/// The labels of one sample in words.
template <class Data>
constexpr text<100> labels_of() {
    if (Data::label_shape().rank() > 0)
        return text<100>(std::integral<typename Data::label_type> ? "int" : "float")
               << " targets of shape " << to_text(Data::label_shape());
    return text<100>(std::integral<typename Data::label_type> ? "int labels" : "float labels") << ", one a sample";
}

/// Whether the labels of a dataset are of the kind and shape that a loss or metric takes.
template <class Consumer, class Data>
constexpr diagnostic check_labels(const shape& output) {
    constexpr bool whole = std::integral<typename Data::label_type>;
    const shape labels = Data::label_shape();
    const auto where = text<200>() << Consumer::type << ", labels";
    if (Consumer::targets == target_kind::class_index) {
        const std::size_t rows = output.rows();
        if (!whole || labels.size() != rows)
            return refuse(
                rows == 1 ? text<200>("int labels, one a sample") : text<200>("int labels, ") << rows << " a sample",
                labels_of<Data>(), "use Dataset<T, shape, int>, or another loss", where);
        return {};
    }
    if (labels == output || (labels.rank() == 0 && output.size() == 1)) return {};
    return refuse(text<200>("targets of shape ") << to_text(output), labels_of<Data>(),
                  "give targets of the output's shape, or int labels to a sparse loss", where);
}

/// Whether the loss and the metrics take the output of the net.
template <class Net, class Loss, class... Metrics>
struct compile_check {
    static constexpr diagnostic value = [] {
        if (!net_check<Net>::value.ok) return net_check<Net>::value;
        if (has_open_length<Net>()) return open_length("compile");
        diagnostic result;
        const shape output = shapes_of<Net>.back();
        const auto accept = [&](const diagnostic& found, std::string_view type) {
            result = found;
            if (!result.ok && result.at.empty()) result.at = text<200>() << type << ", of the output";
            return result.ok;
        };
        static_cast<void>((accept(check_output<Loss>(output), Loss::type) && ... &&
                           accept(check_output<Metrics>(output), Metrics::type)));
        return result;
    }();
};

template <class Layer>
constexpr bool gives_gradient() {
    return merge_layer<Layer> || differentiable_layer<Layer>;
}

/// Refuses the first layer that has no gradient of its input although a layer before it is trained.
template <class Net, class... Layers>
constexpr diagnostic check_gradients(type_list<Layers...>) {
    constexpr std::size_t count = sizeof...(Layers);
    const std::array<bool, count> gives{gives_gradient<Layers>()...};
    const std::array<bool, count> learns_itself{(has_weight_gradients<Layers> || needs_whole_batch<Layers>)...};
    const std::array<std::string_view, count> types{Layers::type...};
    std::array<bool, count + 1> learns{};  // by values: value i + 1 is the output of layer i
    for (const weight_row& row : weight_rows_of<Net>) learns[row.layer + 1] = learns[row.layer + 1] || row.trainable;
    for (std::size_t i = 0; i < count; ++i) {
        const flat_node& node = flat_nodes_of<Net>[i];
        bool below = false;
        for (std::size_t k = 0; k < node.input_count; ++k) below = below || learns[value_read<Net>(i, k)];
        const auto where = text<200>() << types[i] << ", layer " << i + 1 << " of " << count;
        if (below && !gives[i])
            return refuse("a gradient, as layers before it are trained", "a layer that gives none",
                          "give its function `auto operator()(auto x) const`, or write backward, or freeze them",
                          where);
        if (learns[i + 1] && !learns_itself[i])
            return refuse("gradients of its weights, as they are trained", "a layer that gives none",
                          "write backward and weight_gradients, or freeze it", where);
        learns[i + 1] = learns[i + 1] || below;
    }
    return {};
}

/// Whether at least one weight of the net is trained, and gradients reach it.
template <class Net>
struct train_check {
    static constexpr diagnostic value = count_weights<Net>([](const weight_row& row) { return row.trainable; }) > 0
                                            ? check_gradients<Net>(flat_layers_of<Net>{})
                                            : refuse("a model with weights that are trained",
                                                     "none: all are frozen, or there are none",
                                                     "unfreeze a layer, or add one", "fit");
};

template <class Net, class Data, class... Consumers>
constexpr diagnostic check_data_types() {
    if (Data::sample_shape() != input_of<Net>())
        return refuse(text<200>("samples of shape ") << to_text(input_of<Net>()), to_text(Data::sample_shape()),
                      "give a Dataset of the model's input shape", "the data, samples");
    diagnostic result;
    const auto accept = [&](const diagnostic& found) {
        result = found;
        return result.ok;
    };
    static_cast<void>((accept(check_labels<Consumers, Data>(shapes_of<Net>.back())) && ...));
    return result;
}

/// Whether the data is a Dataset whose samples have the shape of the input, and whose labels the loss and the metrics
/// take.
template <class Net, class Data, class... Consumers>
struct data_check {
    static constexpr diagnostic value = [] {
        if constexpr (dataset_like<Data>) return check_data_types<Net, Data, Consumers...>();
        else return data_call_check<Net, "fit or evaluate", Data>::value;
    }();
};

/// The check of a call of fit: a weight to train, and data that fits.
template <class Net, class Data, class... Consumers>
struct fit_check {
    static constexpr diagnostic value =
        train_check<Net>::value.ok ? data_check<Net, Data, Consumers...>::value : train_check<Net>::value;
};

}  // namespace strata::inline STRATA_ISA::detail
