// call_checks: the kinds, number and order of the arguments of compile, fit and evaluate.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/text.hpp>
#include <strata/net/call_checks.hpp>
#include <strata/train/loss.hpp>
#include <strata/train/metrics/metric.hpp>
#include <strata/train/metrics/weighted.hpp>
#include <strata/train/optimizer.hpp>

namespace strata::inline STRATA_ISA::detail {

/// An argument of compile in words: its kind where that is known.
template <class Argument>
constexpr text<200> compile_words_of() {
    text<200> result = words_of<Argument>();
    if constexpr (optimizer<Argument>) result << ", an optimizer";
    else if constexpr (loss_function<Argument>) result << ", a loss";
    else if constexpr (metric<Argument>) result << ", a metric";
    return result;
}

/// An argument of compile that may follow the loss.
template <class Argument>
concept metric_argument = metric<Argument> || loss_function<Argument> || !is_one_metric<Argument> ||
                          requires(const Argument& argument) { argument.template for_targets<target_kind::values>(); };

/// The model that compile is given. ModelArgument is a reference where it has a name.
template <class ModelArgument>
constexpr diagnostic check_compiled_model() {
    using type = std::remove_cvref_t<ModelArgument>;
    if (requires { typename type::item_list; })
        return refuse("a model", "a net, which has no weights", "auto model = net.build(); then compile(model, ...)",
                      "compile, model");
    if (!requires { typename type::net_type; })
        return refuse("a model, an optimizer, a loss and metrics, in this order", words_of<type>(),
                      "write compile(model, Adam{}, MeanSquaredError{}, metrics...)", "compile, model");
    if (!std::is_lvalue_reference_v<ModelArgument>)
        return refuse("a model that lives longer than the trainer", "a temporary model",
                      "name the model: auto model = net.build(); then compile(model, ...)", "compile, model");
    if (std::is_const_v<std::remove_reference_t<ModelArgument>>)
        return refuse("a model whose weights can be written", "a const model", "take const away from the model",
                      "compile, model");
    return {};
}

/// The arguments of compile after the model.
template <class... Arguments>
constexpr diagnostic check_compile_arguments() {
    constexpr std::size_t count = sizeof...(Arguments);
    const std::array<text<200>, count + 1> words{compile_words_of<Arguments>()..., text<200>()};
    const std::array<bool, count + 1> optimizers{optimizer<Arguments>..., false};
    const std::array<bool, count + 1> losses{loss_function<Arguments>..., false};
    const std::array<bool, count + 1> metrics{metric_argument<Arguments>..., false};
    if (!optimizers[0])
        return refuse("an optimizer after the model", count == 0 ? text<200>("nothing") : words[0],
                      "write compile(model, Adam{}, MeanSquaredError{}, metrics...)", "compile, optimizer");
    if (!losses[1 < count ? 1 : count])
        return refuse("a loss after the optimizer", count < 2 ? text<200>("nothing") : words[1],
                      "write compile(model, Adam{}, MeanSquaredError{}, metrics...)", "compile, loss");
    for (std::size_t i = 2; i < count; ++i)
        if (!metrics[i])
            return refuse("metrics after the loss", words[i],
                          "write Accuracy{} or another metric; a list without braces around it", "compile, metrics");
    return {};
}

template <class ModelArgument, class... Arguments>
struct compile_call_check {
    static constexpr diagnostic value = check_compiled_model<ModelArgument>().ok
                                            ? check_compile_arguments<Arguments...>()
                                            : check_compiled_model<ModelArgument>();
};

/// Takes any argument, also one in braces, so that a call compiles far enough to be refused with a sentence.
struct anything {
    template <class... Arguments>
    constexpr anything(const Arguments&...) {}
};

/// The options of fit and evaluate, and the spellings of other libraries.
struct foreign_options {
    anything x{}, y{}, batch_size{}, batch{}, epochs{}, epoch{}, nb_epoch{}, num_epochs{}, validation_split{},
        val_split{}, validation_data{}, validation{}, val_data{}, validation_sample_weight{}, metrics{}, optimizer{},
        loss{}, lr{}, learning_rate{}, shuffle{}, seed{}, callbacks{}, callback{}, class_weight{}, class_weights{},
        sample_weight{}, sample_weights{}, initial_epoch{}, steps_per_epoch{}, validation_steps{},
        validation_batch_size{}, validation_freq{}, steps{}, threads{}, workers{}, num_workers{}, stop_on_interrupt{},
        verbose{};
};

/// Options that neither fit nor evaluate has. Context makes the check wait for the call.
template <class Context, fixed_string Call>
struct options_check {
    static constexpr diagnostic value =
        refuse("the options of Keras' fit and evaluate, in their order", "another name, or a value of another type",
               "write .batch_size, .epochs, .validation_data, .callbacks, .threads, .verbose",
               text<100>(Call.view()) << ", options");
};

/// A call of fit or evaluate with other arguments than one Dataset and options. Context makes the check wait for the
/// call.
template <class Context, fixed_string Call, class... Arguments>
struct data_call_check {
    static constexpr diagnostic value =
        refuse("one Dataset, which holds samples and labels, then options in braces", list_of<Arguments...>(),
               "write Dataset<float, shape{...}, int> data; data.push_back(sample, label);",
               text<100>(Call.view()) << ", arguments");
};

/// Overloads of a trainer's functions for the calls of other libraries; each is refused with a sentence that says what
/// to write.
template <class Trainer>
struct refused_calls {
    template <class... Arguments>
    static refused fit(const Arguments&...) {
        return refuse_call<"fit", Arguments...>();
    }
    static refused fit(const anything&, const foreign_options&) { return refuse_options<"fit">(); }
    template <class... Arguments>
    static refused evaluate(const Arguments&...) {
        return refuse_call<"evaluate", Arguments...>();
    }
    static refused evaluate(const anything&, const foreign_options&) { return refuse_options<"evaluate">(); }
    template <class... Arguments>
    static refused train_on_batch(const Arguments&...) {
        return refuse_call<"train_on_batch", Arguments...>();
    }
    template <class... Arguments>
    static refused test_on_batch(const Arguments&...) {
        return refuse_call<"test_on_batch", Arguments...>();
    }

private:
    template <fixed_string Call, class... Arguments>
    static refused refuse_call() {
        static_cast<void>(require<data_call_check<Trainer, Call, Arguments...>>{});
        return {};
    }
    template <fixed_string Call>
    static refused refuse_options() {
        static_cast<void>(require<options_check<Trainer, Call>>{});
        return {};
    }
};

/// The result of a refused call of compile. Its functions take anything and give no second error.
struct refused_trainer {
    constexpr refused fit(const anything&) const { return {}; }
    constexpr refused fit(const anything&, const foreign_options&) const { return {}; }
    template <class... Arguments>
    constexpr refused fit(const Arguments&...) const {
        return {};
    }
    constexpr refused evaluate(const anything&, const foreign_options&) const { return {}; }
    template <class... Arguments>
    constexpr refused evaluate(const Arguments&...) const {
        return {};
    }
    template <class... Arguments>
    constexpr refused predict(const Arguments&...) const {
        return {};
    }
    template <class... Arguments>
    constexpr refused train_on_batch(const Arguments&...) const {
        return {};
    }
    template <class... Arguments>
    constexpr refused test_on_batch(const Arguments&...) const {
        return {};
    }
    template <class... Arguments>
    constexpr void load_checkpoint(const Arguments&...) const {}
    template <class... Arguments>
    constexpr void save_checkpoint(const Arguments&...) const {}
    template <class... Arguments>
    constexpr void set_learning_rate(const Arguments&...) const {}
};

/// The samples and labels of a trainer's call: a Dataset.
template <class Data>
concept dataset_like = requires(const Data& data) {
    { Data::sample_shape() } -> std::convertible_to<shape>;
    { Data::label_shape() } -> std::convertible_to<shape>;
    typename Data::label_type;
    data.inputs();
    data.labels();
};

}  // namespace strata::inline STRATA_ISA::detail
