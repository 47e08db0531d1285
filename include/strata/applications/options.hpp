// Options of applications, and the base class of their nets.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/text.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/global_pooling2d.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/softmax.hpp>
#include <strata/model/net_interface.hpp>
#include <strata/model/sequential.hpp>
#include <strata/net/residual.hpp>

namespace strata::inline STRATA_ISA {

/// The network ends with its features, without the classifier. Keras: `include_top=False`.
struct no_top {
    static constexpr std::string_view kind = "no_top";
};

/// The pooling after the features of a network without its classifier. Keras: `pooling=`.
namespace pooling {

/// The mean of each channel.
struct avg {
    static constexpr std::string_view kind = "pooling::...";
    template <class... Options>
    using layer = GlobalAveragePooling2D<Options...>;
    static constexpr fixed_string name = "avg_pool";
};
/// The maximum of each channel.
struct max {
    static constexpr std::string_view kind = "pooling::...";
    template <class... Options>
    using layer = GlobalMaxPooling2D<Options...>;
    static constexpr fixed_string name = "max_pool";
};

}  // namespace pooling

/// The number of classes of the classifier. Keras: `classes=`.
template <int Count>
struct classes {
    static constexpr std::string_view kind = "classes<...>";
    static constexpr int value = Count;
};

/// The activation of the classifier's last layer. With Linear it returns logits. Keras: `classifier_activation=`.
template <class Activation>
struct classifier_activation {
    static constexpr std::string_view kind = "classifier_activation<...>";
    using type = Activation;
};

namespace applications {

/// The base of an application. An application is a type of its own and not an alias of a long Functional, so that
/// compilers print short names. Self defines `item_list`, and `smallest`, the least height and width. Name is the net's
/// name where the options contain none.
template <class Self, fixed_string Name, int Height, int Width, int Channels, class... Options>
struct application : detail::net_interface<Self> {
    using given = option_list<Options...>;
    using options = option_list<typename given::template get<name<Name>>>;
    template <class... Others>
    using with_items = Functional<Others...>;
    static constexpr bool is_named = true;

    static constexpr std::string_view type = "Functional";
    static constexpr bool is_functional = true;
    /// The start of all layers' names. It is empty, and depends on Self: compilers make the names and the list of
    /// layers where a net is used, not where its header is included.
    static constexpr fixed_string prefix = "";

    static constexpr diagnostic check_itself() {
        constexpr std::array takes{no_top::kind, pooling::avg::kind, classes<1>::kind,
                                   classifier_activation<Softmax>::kind};
        constexpr int least = Self::smallest;
        diagnostic own = detail::check_options(given{}, takes);
        if (own.ok && (Height < least || Width < least || Channels < 1))
            own = refuse(text<64>() << "at least (" << least << ", " << least << ", 1)",
                         text<64>() << "(" << Height << ", " << Width << ", " << Channels << ")",
                         "give it a larger image");
        if (own.ok && has_top && given::template has<pooling::avg>)
            own = refuse("pooling::... beside no_top", "pooling::... alone", "add no_top, or take pooling::... out");
        if (own.ok && !has_top &&
            (given::template has<classes<1>> || given::template has<classifier_activation<Softmax>>))
            own = refuse("no_top, or options of the classifier", "both", "take one of the two out");
        if (own.ok && class_count < 1)
            own = refuse("at least one class", text<64>() << class_count, "write classes<1000>");
        if (!own.ok) own.at = text<64>() << "the network " << Name.view();
        return own;
    }

protected:
    static constexpr bool has_top = !given::template has<no_top>;
    static constexpr int class_count = given::template get<classes<1000>>::value;
    using head_activation = typename given::template get<classifier_activation<Softmax>>::type;
};

/// One Residual of the layers of several lists.
template <class List>
struct residual_of;
template <class... Layers>
struct residual_of<type_list<Layers...>> {
    using type = Residual<Layers...>;
};
template <class... Lists>
using residual = type_list<typename residual_of<concat_types<Lists...>>::type>;

/// The layers after the features: Top, or with no_top the pooling of the options, if any. PoolingIsNamed: the pooling
/// layer has Keras' name.
template <class Options, class Top, bool PoolingIsNamed>
struct end_of {
    template <class Pooling>
    static auto pooled() {
        if constexpr (PoolingIsNamed) return type_list<typename Pooling::template layer<name<Pooling::name>>>{};
        else return type_list<typename Pooling::template layer<>>{};
    }
    static auto made() {
        if constexpr (!Options::template has<no_top>) return Top{};
        else if constexpr (!Options::template has<pooling::avg>) return type_list<>{};
        else return pooled<typename Options::template get<pooling::avg>>();
    }
    using type = decltype(made());
};

}  // namespace applications

}  // namespace strata::inline STRATA_ISA
