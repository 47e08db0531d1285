// "Creating a Sequential model": from a list or by add(), layers(), pop(), names.
#include <cstdio>
#include <string_view>
#include <type_traits>

#include <boost/hana/for_each.hpp>
#include <strata/strata.hpp>

#include "../check.hpp"
#include "difference.hpp"

using namespace strata;

// [creating]
constexpr auto from_a_list = Sequential{Dense<2, ReLU>{}, Dense<3, ReLU>{}, Dense<4>{}};
constexpr auto by_adding = Sequential{}.add(Dense<2, ReLU>{}).add(Dense<3, ReLU>{}).add(Dense<4>{});
using as_a_type = Sequential<Dense<2, ReLU>, Dense<3, ReLU>, Dense<4>>;

static_assert(std::is_same_v<decltype(from_a_list), decltype(by_adding)>);
static_assert(std::is_same_v<decltype(from_a_list), const as_a_type>);
static_assert(by_adding.size() == 3 && by_adding.pop().size() == 2);
// [/creating]

// [names]
constexpr auto named = Sequential{name<"my_sequential">{}, Dense<2, ReLU, name<"layer1">>{},
                                  Dense<3, ReLU, name<"layer2">>{}, Dense<4, name<"layer3">>{}};
static_assert(named.model_name() == "my_sequential" && from_a_list.model_name() == "sequential");
static_assert(named.get_layer<"layer2">().type == "Dense");
// [/names]

int main() {
    // [layers]
    boost::hana::for_each(named.layers(), [](auto layer) {
        constexpr std::string_view type = decltype(layer)::type;
        std::printf("%.*s with %zu units\n", static_cast<int>(type.size()), type.data(),
                    decltype(layer)::output(shape{1})[0]);
    });
    // [/layers]

    // A model, too, grows and shrinks like a list; the layers that stay keep their weights.
    // [growing]
    const auto x = ones<1, 4>();
    const auto model = by_adding.build_for(x, {.seed = 7});
    const auto longer = model.add(Dense<5, Sigmoid>{});
    const auto shorter = model.pop();
    // [/growing]
    static_assert(longer.size() == 4 && shorter.size() == 2);
    example::check(example::difference(longer.pop()(x), model(x)) == 0.0, "what add() appends, pop() takes away again");
    example::check(example::difference(shorter(x), zeros<1, 3>()) > 0.0, "a shorter model is a model");
    example::check(example::difference(model.get_layer<"dense_2">()(shorter(x)), model(x)) <= 1e-6,
                   "and gives what the last layer took");
    return example::exit_code();
}
