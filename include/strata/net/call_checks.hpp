// Verdicts of calls as they are written for other libraries, and the members of models and nets that refuse them.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/core/type_list.hpp>
#include <strata/net/net.hpp>
#include <strata/net/shapes.hpp>

namespace strata::inline STRATA_ISA::detail {

/// An argument in words, as far as its type says.
template <class Argument>
constexpr text<200> words_of() {
    using type = std::remove_cvref_t<Argument>;
    if constexpr (std::convertible_to<type, std::string_view>) return "a string";
    else if constexpr (std::is_same_v<type, bool>) return "a bool";
    else if constexpr (std::is_arithmetic_v<type>) return "a number";
    else if constexpr (requires { typename type::item_list; }) return "a net, which has no weights yet";
    else if constexpr (requires { typename type::net_type; }) return "a model";
    else if constexpr (requires { type::sample_shape(); }) return "a Dataset";
    else if constexpr (requires {
                           { type::type } -> std::convertible_to<std::string_view>;
                       })
        return text<200>(type::type);
    else if constexpr (requires(type x) { std::span(x); }) return "values without a shape";
    else return "something else";
}
template <class... Arguments>
constexpr text<200> list_of() {
    text<200> result;
    std::size_t count = 0;
    static_cast<void>(((result << (count++ > 0 ? ", " : "") << words_of<Arguments>()), ..., 0));
    return result.empty() ? text<200>("nothing") : result;
}

/// A call that Where names, of Context, with arguments that it does not take. Context is whatever makes the check wait
/// for the call.
template <class Context, fixed_string Where, fixed_string Expects, fixed_string Fix, class... Arguments>
struct arguments_check {
    static constexpr diagnostic value = refuse(Expects.view(), list_of<Arguments...>(), Fix.view(), Where.view());
};

/// A call of a model with an argument that is no Tensor.
template <class Net, class... Arguments>
struct call_arguments_check {
    static constexpr diagnostic value =
        refuse(text<200>("a Tensor of shape ") << to_text(input_of<Net>(), "batch"), list_of<Arguments...>(),
               "write model(Tensor<float, 1, ...>(x)), or model.predict(x) for a vector or a span",
               text<100>("a call of ") << Net::model_name());
};

/// A member that other libraries' models have. Fix says what to write.
template <class Self, fixed_string Member, fixed_string Fix>
struct member_check {
    static constexpr diagnostic value = refuse("another spelling", "a member that models of other libraries have",
                                               Fix.view(), text<100>("model.") << Member.view() << "(...)");
};

/// A call of a net that only a model takes.
template <class Net, fixed_string Member>
struct net_call_check {
    static constexpr diagnostic value =
        refuse("a model, which has weights", "a net, which has none",
               text<200>("build it: auto model = net.build(); then model") << Member.view(),
               text<100>("net") << Member.view());
};

/// Training of a net.
template <class Net, fixed_string Member>
struct net_compile_check {
    static constexpr diagnostic value =
        refuse("a model and a trainer", "a net, which has no weights",
               "auto model = net.build(); auto trainer = compile(model, Adam{}, MeanSquaredError{});",
               text<100>("net.") << Member.view() << "(...)");
};

/// A name that is given at run time.
template <class Self, fixed_string Member>
struct run_time_name_check {
    static constexpr diagnostic value =
        refuse("the name as a template argument, known when the program is compiled", "a value in parentheses",
               text<200>("write ") << Member.view() << "<\"...\">()", text<100>() << Member.view() << "(...)");
};

/// Members that models of Keras and PyTorch have and strata spells otherwise. Self is the model.
template <class Self>
struct foreign_members {
    template <class... Arguments>
    constexpr refused compile(const Arguments&...) const {
        return refuse_member<"compile", "write auto trainer = compile(model, Adam{}, MeanSquaredError{});",
                             Arguments...>();
    }
    template <class... Arguments>
    constexpr refused fit(const Arguments&...) const {
        return refuse_member<"fit", "write compile(model, optimizer, loss).fit(data, {.epochs = 10})", Arguments...>();
    }
    template <class... Arguments>
    constexpr refused evaluate(const Arguments&...) const {
        return refuse_member<"evaluate", "write compile(model, optimizer, loss).evaluate(data)", Arguments...>();
    }
    template <class... Arguments>
    constexpr refused forward(const Arguments&...) const {
        return refuse_member<"forward", "write model(x), or model.predict(values)", Arguments...>();
    }
    template <class... Arguments>
    constexpr refused train(const Arguments&...) const {
        return refuse_member<"train", "leave it out: a trainer trains, a model infers", Arguments...>();
    }
    template <class... Arguments>
    constexpr refused eval(const Arguments&...) const {
        return refuse_member<"eval", "leave it out: a trainer trains, a model infers", Arguments...>();
    }
    template <class... Arguments>
    constexpr refused load(const Arguments&...) const {
        return refuse_member<"load", "write model.load_weights(file); the net is in the program", Arguments...>();
    }
    template <class... Arguments>
    constexpr refused state_dict(const Arguments&...) const {
        return refuse_member<"state_dict", "write model.weights(), or model.save_weights(file)", Arguments...>();
    }
    template <class... Arguments>
    constexpr refused get_weights(const Arguments&...) const {
        return refuse_member<"get_weights", "write model.weights(), each with to_vector()", Arguments...>();
    }
    template <class... Arguments>
    constexpr refused set_weights(const Arguments&...) const {
        return refuse_member<"set_weights", "write model.weights()[i].assign(values)", Arguments...>();
    }
    /// A layer, or features, by a name that is given at run time.
    template <class Name>
    constexpr refused get_layer(const Name&) const {
        static_cast<void>(require<run_time_name_check<std::pair<Self, Name>, "get_layer">>{});
        return {};
    }
    template <class Name>
    constexpr refused features(const Name&) const {
        static_cast<void>(require<run_time_name_check<std::pair<Self, Name>, "features">>{});
        return {};
    }

private:
    template <fixed_string Member, fixed_string Fix, class... Arguments>
    static constexpr refused refuse_member() {
        static_cast<void>(require<member_check<type_list<Self, Arguments...>, Member, Fix>>{});
        return {};
    }
};

/// Members that only a model has, asked of a net. Self is the net.
template <class Self>
struct foreign_net_members {
    template <class... Arguments>
    constexpr refused operator()(const Arguments&...) const {
        return refuse_call<"(x)", Arguments...>();
    }
    template <class... Arguments>
    constexpr refused predict(const Arguments&...) const {
        return refuse_call<".predict(x)", Arguments...>();
    }
    template <class... Arguments>
    constexpr refused load_weights(const Arguments&...) const {
        return refuse_call<".load_weights(file)", Arguments...>();
    }
    template <class... Arguments>
    constexpr refused save_weights(const Arguments&...) const {
        return refuse_call<".save_weights(file)", Arguments...>();
    }
    template <class... Arguments>
    constexpr refused compile(const Arguments&...) const {
        static_cast<void>(require<net_compile_check<type_list<Self, Arguments...>, "compile">>{});
        return {};
    }
    template <class... Arguments>
    constexpr refused fit(const Arguments&...) const {
        static_cast<void>(require<net_compile_check<type_list<Self, Arguments...>, "fit">>{});
        return {};
    }
    template <class Name>
    constexpr refused get_layer(const Name&) const {
        static_cast<void>(require<run_time_name_check<std::pair<Self, Name>, "get_layer">>{});
        return {};
    }

private:
    template <fixed_string Call, class... Arguments>
    static constexpr refused refuse_call() {
        static_cast<void>(require<net_call_check<type_list<Self, Arguments...>, Call>>{});
        return {};
    }
};

}  // namespace strata::inline STRATA_ISA::detail
