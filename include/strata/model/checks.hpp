// Checks of calls on nets and models, and the properties of a built net.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/files_check.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/heap_check.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/tensor.hpp>
#include <strata/core/type_list.hpp>
#include <strata/core/values_in_words.hpp>
#include <strata/graph/plan.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/layers/config_of.hpp>
#include <strata/layers/initializer.hpp>
#include <strata/model/state.hpp>
#include <strata/model/summary.hpp>
#include <strata/net/checks.hpp>
#include <strata/net/item_list_ops.hpp>
#include <strata/net/names.hpp>
#include <strata/net/net.hpp>
#include <strata/net/shapes.hpp>

namespace strata::inline STRATA_ISA::detail {

/// A build for samples of the shape Sample: Net states no other.
template <class Net, shape Sample>
struct build_check {
    static constexpr diagnostic value = [] {
        const shape stated = input_of<Net>();
        if (stated.rank() > 0 && stated != Sample)
            return refuse(text<200>("samples of shape ") << to_text(stated), to_text(Sample),
                          "give that shape, or take Input<...> out", "a build of a net that states its input");
        return net_check<typename given_input<Net, Sample>::type>::value;
    }();
};

/// A call on a temporary model of what refers to its weights: accepted only where they live elsewhere (Owns is
/// false). Call is the call as it is written.
template <class Net, bool Owns, fixed_string Call>
struct temporary_check {
    static constexpr diagnostic value =
        Owns ? refuse("a model that lives longer than the result, which refers to its weights", "a temporary model",
                      text<200>("name the model: auto model = net.build(); then model.") << Call.view(), Call.view())
             : diagnostic{};
};

/// A net that a .keras file can hold: Keras has all its layers with all their settings.
template <class Net, class Files>
struct archive_check {
    static constexpr diagnostic value = [] {
        diagnostic found = internal::files_check<Files, "save">::value;
        const auto look = [&]<class Layer>(const Layer*) {
            if (!found.ok || config_of<Layer>.is_keras) return;
            found = refuse("layers and settings that Keras has", Layer::type,
                           "save the weights alone: model.save_weights(file)", "save");
        };
        if constexpr (net_check<Net>::value.ok)
            [&]<class... Layers>(type_list<Layers...>) {
                evaluate_in_order{0, (look(static_cast<const Layers*>(nullptr)), 0)...};
            }(flat_layers_of<Net>{});
        return found;
    }();
};

template <class Net, std::size_t Count>
struct bind_check {
    static constexpr diagnostic value = [] {
        if (!net_check<Net>::value.ok) return net_check<Net>::value;
        std::size_t needed = 0;
        if constexpr (net_check<Net>::value.ok) needed = count_weights<Net>([](const weight_row&) { return true; });
        if (needed == Count) return diagnostic{};
        return refuse(text<64>() << needed << " weights", text<64>() << Count << " values",
                      "give all weights, in weights() order", "bind(weights)");
    }();
};

/// A call of a model: the batch must hold samples of the net's input shape.
template <class Net, shape Batch>
struct call_check {
    static constexpr diagnostic value = [] {
        if (has_open_length<Net>()) return open_length("a call of a model");
        if (sample_shape(Batch) == input_of<Net>() && Batch.rank() > 0) return diagnostic{};
        return refuse(to_text(input_of<Net>(), "batch"), to_text(Batch), "give a batch of samples of that shape",
                      text<100>("a call of ") << Net::model_name());
    }();
};

/// A call with a batch of Other scalars.
template <class Net, class T, class Other>
struct scalar_check {
    static constexpr std::string_view name_of(double) { return "double"; }
    static constexpr std::string_view name_of(float) { return "float"; }
    static constexpr std::string_view name_of(long long) { return "integers"; }
    static constexpr diagnostic value =
        refuse(text<64>("a batch of ") << name_of(T{}),
               name_of(static_cast<std::conditional_t<std::is_integral_v<Other>, long long, Other>>(0)),
               "convert it, or build the net for that type", text<100>("a call of ") << Net::model_name());
};

/// infer's spans: exactly one sample, of a model's T.
template <class Net, class T, class InSpan, class OutSpan>
struct span_check {
    static constexpr std::size_t In = InSpan::extent, Out = OutSpan::extent;
    static constexpr std::size_t in = input_of<Net>().size();
    static constexpr std::size_t out = shapes_of<Net>.back().size();
    static constexpr diagnostic value = [] {
        if (has_open_length<Net>()) return open_length("infer");
        if (!std::is_same_v<typename InSpan::value_type, T>)
            return refuse(internal::values_in_words<std::span<T>>(), internal::values_in_words<InSpan>(),
                          "convert the values, or build the net for their type", "infer, input");
        if (!std::is_same_v<typename OutSpan::element_type, T>)
            return refuse(internal::values_in_words<std::span<T>>() << " that can be written",
                          text<100>(std::is_const_v<typename OutSpan::element_type> ? "const " : "")
                              << internal::values_in_words<OutSpan>(),
                          "give a span of the model's type, without const", "infer, output");
        if (In != std::size_t(-1) && In != in)
            return refuse(text<64>() << in << " input values", text<64>() << In, "give a span of one sample",
                          "infer, input");
        if (Out != std::size_t(-1) && Out != out)
            return refuse(text<64>() << out << " output values", text<64>() << Out, "give a span of one sample",
                          "infer, output");
        return diagnostic{};
    }();
};

struct shape_query {
    static constexpr shape none() { return {}; }
};
struct count_query {
    static constexpr std::size_t none() { return 0; }
};
struct array_query {
    static constexpr std::array<weight_row, 0> none() { return {}; }
};

struct input_query : shape_query {
    template <class Net>
    static constexpr shape of() {
        return input_of<Net>();
    }
};
struct output_query : shape_query {
    template <class Net>
    static constexpr shape of() {
        return shapes_of<Net>.back();
    }
};
/// Drawing a net's weights without a heap.
template <class Net>
struct initializer_check {
    static constexpr diagnostic value = [] {
        if constexpr (!has_heap)
            for (const weight_row& row : weight_rows_of<Net>)
                if (row.parameter.initializer.kind == distribution::orthogonal)
                    return refuse(
                        "initializers that need no heap", "Orthogonal, in a program without a heap",
                        "bind values, net.bind(values), or give the layer recurrent_initializer<GlorotUniform>",
                        row.name);
        return diagnostic{};
    }();
};
struct parameter_query : count_query {
    template <class Net>
    static constexpr std::size_t of() {
        return count_weights<Net>([](const weight_row&) { return true; });
    }
};
struct trainable_query : count_query {
    template <class Net>
    static constexpr std::size_t of() {
        return count_weights<Net>([](const weight_row& row) { return row.trainable; });
    }
};
struct flops_query : count_query {
    template <class Net>
    static constexpr std::size_t of() {
        return total_flops(input_of<Net>(), layers_of<Net>{});
    }
};
template <class T>
struct arena_query : count_query {
    template <class Net>
    static constexpr std::size_t of() {
        return plan_of<Net, T, 1>.arena_size * sizeof(T);
    }
};
template <class T>
struct plan_query : array_query {
    template <class Net>
    static constexpr auto of() {
        return plan_of<Net, T, 1>;
    }
};
struct weight_query : array_query {
    template <class Net>
    static constexpr auto of() {
        return weight_rows_of<Net>;
    }
};
struct summary_query {
    static constexpr text<1> none() { return {}; }
    template <class Net>
    static constexpr auto of() {
        return detail::summary<Net>(0);
    }
};

/// A fact of a built net; asked of another, a refusal. A class: for Clang a function with an error is no constant.
template <class Net, class Facts>
struct known_property {
    static_assert(sizeof(require<net_check<Net>>) > 0);
    static constexpr auto value = [] {
        if constexpr (net_check<Net>::value.ok) return Facts::template of<Net>();
        else return Facts::none();
    }();
};

}  // namespace strata::inline STRATA_ISA::detail
