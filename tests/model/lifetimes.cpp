// Lifetimes: streams in objects that move, streams and the weights of their model.
#include <array>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/infer.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

template <class Net>
struct voice {
    Model<Net> model{build_options{.seed = 3}};
    Stream<Net> stream = model.stream();

    float next(float x) {
        float y = 0;
        stream.step(std::span(&x, 1), std::span(&y, 1));
        return y;
    }
};

/// Each voice of a vector that grows gives what one gives that stays where it is.
template <class Net>
void compare_moving() {
    voice<Net> still;
    std::vector<voice<Net>> moving(1);
    moving.reserve(1);
    for (int i = 0; i < 20; ++i) {
        const float x = 0.1f * static_cast<float>(i);
        REQUIRE(moving[0].next(x) == still.next(x));
        moving.emplace_back();  // moves, or copies, all of them
    }
    voice<Net> taken = std::move(moving[0]);
    moving.clear();
    REQUIRE(taken.next(0.5f) == still.next(0.5f));
    const voice<Net> copy = taken;
    taken = voice<Net>{};
    voice<Net> again = copy;
    REQUIRE(again.next(0.25f) == still.next(0.25f));
}

using small = Sequential<Input<64, 1>, LSTM<4, return_sequences>, Dense<1>>;
using large = Sequential<Input<64, 1>, LSTM<40, return_sequences>, Dense<1>>;
static_assert(small::parameter_count() * sizeof(float) < inline_bytes);
static_assert(large::parameter_count() * sizeof(float) > inline_bytes);
static_assert(std::is_nothrow_move_constructible_v<voice<small>>, "a vector that grows moves them");
static_assert(std::is_nothrow_move_constructible_v<voice<large>>);

float step(auto& stream, float x) {
    float y = 0;
    stream.step(std::span(&x, 1), std::span(&y, 1));
    return y;
}

}  // namespace

TEST_CASE("an object with a model and its stream may move") {
    compare_moving<small>();
    compare_moving<large>();
}

TEST_CASE("a stream outlives its model") {
    voice<small> whole;
    auto stream = [] {
        auto model = small::build({.seed = 3});
        return model.stream();
    }();
    for (const float x : {0.5f, -1.0f, 0.25f}) REQUIRE(step(stream, x) == whole.next(x));
}

TEST_CASE("weights that are written later act on streams, a model that takes others' does not") {
    auto model = small::build({.seed = 3});
    const auto other = small::build({.seed = 4});
    auto stream = model.stream();
    auto expected = other.stream();
    for (std::size_t i = 0; i < model.weights().size(); ++i) model.weights()[i].assign(other.weights()[i].to_vector());
    REQUIRE(step(stream, 0.5f) == step(expected, 0.5f));

    model = small::build({.seed = 5});  // a move: the stream keeps what it has
    REQUIRE(step(stream, 0.25f) == step(expected, 0.25f));
    const auto copied = small::build({.seed = 4});
    auto second = model.stream();
    model = copied;  // a copy: values are written into the weights that the stream holds
    second.reset(), expected.reset();
    REQUIRE(step(second, 0.5f) == step(expected, 0.5f));
}

TEST_CASE("a copy of a stream goes on by itself") {
    auto model = small::build({.seed = 3});
    auto stream = model.stream();
    step(stream, 0.5f);
    auto copy = stream;
    const float next = step(stream, 1.0f);
    step(stream, -1.0f);
    REQUIRE(step(copy, 1.0f) == next);
}

TEST_CASE("a layer of a model and features may be asked in one expression") {
    auto model = Sequential{Input<4>{}, Dense<3, name<"a">>{}, Dense<2>{}}.build({.seed = 1});
    REQUIRE(model.get_layer<"a">().weights()[0].to_vector() == model.weights()[0].to_vector());
    REQUIRE(model.features<"a">().weights().size() == 2);
    REQUIRE(model.features<"a">().get_layer<"a">().kernel().size() == 12);
}
