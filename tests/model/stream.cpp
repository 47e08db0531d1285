// Streams: step by step they give what the whole sequence gives, with the sizes that their constants say.
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "one_by_one.hpp"

namespace {

using namespace strata;

template <class T>
std::vector<T> signal(std::size_t count) {
    std::vector<T> x(count);
    for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<T>(std::sin(1.7 * static_cast<double>(i * i % 97)));
    return x;
}

template <class T>
void require_close(const T* got, const T* expected, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        CAPTURE(i, got[i], expected[i]);
        REQUIRE(std::fabs(got[i] - expected[i]) <= T(1e-6));
    }
}

/// Steps of a stream against the whole sequence; where that gives its last step alone, against every beginning of it.
template <class T = float, class Net>
void compare(Net) {
    constexpr std::size_t steps = Net::input_shape()[0], in = Net::input_shape().size() / steps;
    INFO(__PRETTY_FUNCTION__);
    const auto model = Net::template build<T>({.seed = 5});
    auto stream = model.stream();
    using facts = std::remove_cvref_t<decltype(stream)>;
    static_assert(facts::input_size == in && facts::latency == 0);
    constexpr std::size_t out = facts::output_size;
    const std::vector<T> x = signal<T>(steps * in), whole = outputs_of(model, x);
    for (int turn = 0; turn < 2; ++turn) {  // once more after reset
        std::vector<T> y(steps * out);
        for (std::size_t t = 0; t < steps; ++t)
            stream.step(std::span(x).subspan(t * in).template first<in>(), std::span(y).subspan(t * out, out));
        require_close(y.data() + y.size() - whole.size(), whole.data(), whole.size());
        stream.reset();
    }
    std::vector<T> y(steps * out);
    stream.template process<steps>(x, y);
    require_close(y.data() + y.size() - whole.size(), whole.data(), whole.size());
}

template <template <int, class...> class Layer>
void compare_layer() {
    compare(Sequential<Input<9, 1>, Layer<1, return_sequences>>{});
    compare(Sequential<Input<12, 1>, Layer<16, return_sequences>, Dense<1>>{});
    compare(Sequential<Input<7, 3>, Layer<20>, Dense<2, Softmax>>{});
    compare(Sequential<Input<9, 2>, Layer<64, return_sequences>, Layer<33, return_sequences>, Dense<3>, Tanh>{});
    compare(Sequential<Input<6, 200>, Layer<17, return_sequences>>{});  // whose whole sequence makes products at once
    compare<double>(Sequential<Input<8, 3>, Layer<9, return_sequences>, Layer<5>>{});
}

}  // namespace

TEST_CASE("a stream of LSTM equals the whole sequence") { compare_layer<LSTM>(); }
TEST_CASE("a stream of GRU equals the whole sequence") { compare_layer<GRU>(); }
TEST_CASE("a stream of SimpleRNN equals the whole sequence") { compare_layer<SimpleRNN>(); }

TEST_CASE("layers that look at one step are streamed by their forward") {
    compare(Sequential{Input<5, 4>{}, Dense<6>{}, ReLU{}, Dropout<0.2>{}, Activation<Tanh>{}, Dense<3>{}, Softmax{}});
    compare(Sequential{Input<4, 5, 6, 2>{}, TimeDistributed<Conv2D<3, 2, ReLU>>{}, TimeDistributed<MaxPooling2D<2>>{},
                       TimeDistributed<Flatten<>>{}, GRU<7>{}, Dense<4>{}, Reshape<shape{2, 2}>{}, Flatten<>{},
                       Dense<2>{}, Dropout<0.1>{}});
    compare(Sequential{Input<5, 4>{}, Sequential{Dense<6, Tanh>{}, LSTM<6, return_sequences>{}}, Dense<2>{}});
    compare(Sequential{Input<5, 4>{}, Residual{GRU<4, return_sequences>{}}, ReLU{}, Dense<2>{}});
    compare(Sequential{Input<5, 4>{}, Dropout<0.2>{}});
}

TEST_CASE("causal convolutions are streamed") {
    compare(Sequential{Input<9, 1>{}, Conv1D<1, 2, padding::causal>{}});
    compare(Sequential{Input<40, 8>{}, Conv1D<8, 7, dilation<2>, padding::causal>{}});
    compare(Sequential{Input<70, 16>{}, Conv1D<16, 15, dilation<4>, padding::causal>{}});
    compare(Sequential{Input<60, 3>{}, Conv1D<5, 3, padding::causal, Tanh>{},
                       Conv1D<17, 3, dilation<2>, padding::causal>{}, ReLU{},
                       Conv1D<33, 2, dilation<4>, padding::causal, no_bias>{}, Conv1D<4, 1, Softmax>{}});
    compare(Sequential{Input<80, 2>{}, Conv1D<6, 30, padding::causal>{}, GRU<5, return_sequences>{}});
    compare<double>(Sequential{Input<40, 2>{}, Conv1D<19, 5, padding::causal, ReLU>{}, Dense<2>{}});
    compare(Sequential{
        Input<30, 4>{},
        Residual{Conv1D<4, 3, dilation<2>, padding::causal, ReLU>{}, Conv1D<4, 3, dilation<2>, padding::causal>{}},
        ReLU{}, Dense<1>{}});
}

TEST_CASE("each stream of a model has a state of its own") {
    const auto model = Sequential{Input<4, 1>{}, LSTM<6, return_sequences>{}}.build({.seed = 2});
    auto left = model.stream(), right = model.stream();
    std::array<float, 6> a{}, b{};
    left.step(std::array{0.5f}, a);
    left.step(std::array{0.25f}, a);
    right.step(std::array{0.5f}, b);
    REQUIRE(a != b);
    auto copy = right;
    right.step(std::array{0.25f}, b);
    REQUIRE(a == b);
    copy.step(std::array{0.25f}, b);
    REQUIRE(a == b);
    left.reset();
    left.step(std::array{0.5f}, a);
    left.step(std::array{0.25f}, a);
    REQUIRE(a == b);
}

TEST_CASE("the constants of a stream are known of the net") {
    constexpr auto net = Sequential{Input<50, 3>{}, Dense<4>{}, GRU<8, return_sequences>{}, Dense<2>{}};
    using facts = decltype(net.stream());
    static_assert(facts::input_size == 3 && facts::output_size == 2 && facts::latency == 0);
    static_assert(facts::state_size >= 8 && facts::receptive_field == unbounded && facts::warm_up == unbounded);
    using still = decltype(Sequential{Input<50, 3>{}, Dense<4>{}}.stream());
    static_assert(still::state_size == 0 && still::receptive_field == 1 && still::warm_up == 0);
    using convolved = decltype(Sequential{
        Input<90, 2>{}, Conv1D<3, 3, dilation<4>, padding::causal>{}, Conv1D<3, 2, padding::causal>{},
        Dense<1>{}}.stream());
    static_assert(convolved::receptive_field == 10 && convolved::warm_up == 9 && convolved::output_size == 1);
    // Of two paths the one that looks further back counts, whichever is written first.
    using long_path = decltype(Sequential{
        Input<90, 2>{}, Residual<Conv1D<2, 5, padding::causal>, shortcut<Conv1D<2, 2, padding::causal>>>{}}
                                   .stream());
    using long_shortcut = decltype(Sequential{
        Input<90, 2>{}, Residual<Conv1D<2, 2, padding::causal>, shortcut<Conv1D<2, 5, padding::causal>>>{}}
                                       .stream());
    static_assert(long_path::receptive_field == 5 && long_path::warm_up == 4);
    static_assert(long_shortcut::receptive_field == 5 && long_shortcut::warm_up == 4);
    static_assert(noexcept(std::declval<Stream<std::remove_const_t<decltype(net)>>&>().step(
        std::declval<std::array<float, 3>&>(), std::declval<std::array<float, 2>&>())));
    SUCCEED();
}

TEST_CASE("recurrent layers work in constant evaluation") {
    using net = Sequential<Input<3, 2>, Bidirectional<GRU<2, return_sequences>>, TimeDistributed<Dense<2, Tanh>>,
                           LSTM<2>, Dense<1>>;
    constexpr auto weights = [] {
        std::array<float, net::parameter_count()> values{};
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.05f * static_cast<float>(i * 7 % 23) - 0.5f;
        return values;
    }();
    constexpr auto run = [](const auto& model) {
        Tensor<float, 1, 3, 2> x;
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.3f * static_cast<float>(i) - 0.7f;
        return model(x)[0];
    };
    constexpr float expected = run(net::bind(weights));
    const auto model = net::bind(weights);
    const float got = run(model);
    REQUIRE(std::fabs(expected) > 1e-3f);
    REQUIRE(std::fabs(got - expected) <= 1e-6f);
}
