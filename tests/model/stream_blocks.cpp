// Blocks of a stream: bit for bit what single steps give, for any sizes of blocks, and nothing is allocated.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "one_by_one.hpp"

namespace {

using namespace strata;

constexpr std::size_t steps = 150;

/// Sound with silence, subnormal and large values in it.
template <class T>
std::vector<T> signal(std::size_t count) {
    std::vector<T> x(count);
    for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<T>(std::sin(1.7 * static_cast<double>(i * i % 97)));
    for (std::size_t i = 0; i < count; i += 11) x[i] = T(0);
    for (std::size_t i = 5; i < count; i += 53) x[i] = static_cast<T>(1e-40);
    for (std::size_t i = 7; i < count; i += 61) x[i] = T(40) * x[i];
    return x;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

/// Sizes of blocks that follow each other until all steps are taken: fixed, or drawn.
std::vector<std::size_t> sizes_of_blocks(std::size_t size) {
    std::vector<std::size_t> sizes;
    unsigned state = 12345;
    for (std::size_t done = 0; done < steps; done += sizes.back()) {
        state = state * 1664525u + 1013904223u;
        const std::size_t next = size > 0 ? size : (state >> 16) % 41;  // 0 is a block too
        sizes.push_back(std::min(next, steps - done));
    }
    return sizes;
}

/// Blocks against steps, for several sizes and for draws of sizes, and against the whole sequence.
template <class T = float, class Net>
void compare(Net) {
    constexpr std::size_t in = Net::input_shape().size() / steps;
    INFO(__PRETTY_FUNCTION__);
    const auto model = Net::template build<T>({.seed = 5});
    auto stream = model.stream();
    constexpr std::size_t out = decltype(stream)::output_size;
    const std::vector<T> x = signal<T>(steps * in);
    std::vector<T> expected(steps * out);
    for (std::size_t t = 0; t < steps; ++t)
        stream.step(std::span(x).subspan(t * in).template first<in>(), std::span(expected).subspan(t * out, out));
    for (const T value : expected) REQUIRE(std::isfinite(value));
    const std::vector<T> whole = outputs_of(model, x);
    for (std::size_t i = 0; i < whole.size(); ++i)
        REQUIRE(std::fabs(whole[i] - expected[expected.size() - whole.size() + i]) <= T(2e-5));
    for (const std::size_t size : {0u, 1u, 2u, 3u, 7u, 8u, 9u, 15u, 16u, 17u, 31u, 32u, 33u, 64u, 65u, 150u}) {
        stream.reset();
        std::vector<T> y(steps * out);
        std::size_t done = 0;
        for (const std::size_t n : sizes_of_blocks(size)) {
            stream.process(std::span(x).subspan(done * in), std::span(y).subspan(done * out), n);
            done += n;
        }
        CAPTURE(size);
        REQUIRE(same_bits(y, expected));
    }
    // Steps and blocks mixed, in a copy of the stream.
    stream.reset();
    std::vector<T> y(steps * out);
    const auto x_of = [&](std::size_t t) { return std::span(x).subspan(t * in); };
    const auto y_of = [&](std::size_t t) { return std::span(y).subspan(t * out); };
    stream.process(x, y, 21);
    auto copy = stream;
    for (std::size_t t = 21; t < 40; ++t) copy.step(x_of(t).template first<in>(), y_of(t).template first<out>());
    copy.template process<50>(x_of(40).template first<50 * in>(), y_of(40).template first<50 * out>());
    copy.process(x_of(90), y_of(90), steps - 90);
    REQUIRE(same_bits(y, expected));
    if constexpr (in == out) {  // over the input
        stream.reset();
        std::vector<T> both = x;
        stream.process(both, both, 70);
        for (std::size_t t = 70; t < 80; ++t) {
            const auto place = std::span(both).subspan(t * in, in);
            stream.step(place, place);
        }
        stream.process(std::span(both).subspan(80 * in), std::span(both).subspan(80 * in), steps - 80);
        REQUIRE(same_bits(both, expected));
    }
}

template <int Features, class... Layers>
using net = Sequential<Input<static_cast<int>(steps), Features>, Layers...>;

template <template <int, class...> class Layer>
void compare_recurrent() {
    compare(net<1, Layer<1, return_sequences>>{});
    compare(net<1, Layer<16, return_sequences>, Dense<1>>{});
    compare(net<3, Layer<20>, Dense<2, Softmax>>{});
    compare(net<2, Layer<64, return_sequences>, Layer<33, return_sequences>, Dense<2>, Tanh>{});
    compare(net<150, Layer<40, return_sequences>>{});  // the products of all inputs are made at once
    compare(net<2, Layer<130, return_sequences, no_bias>>{});
    compare<double>(net<3, Layer<9, return_sequences>, Layer<5>>{});
}

}  // namespace

TEST_CASE("blocks of LSTM are bit for bit steps") { compare_recurrent<LSTM>(); }
TEST_CASE("blocks of GRU are bit for bit steps") { compare_recurrent<GRU>(); }
TEST_CASE("blocks of GRU that resets before the product are bit for bit steps") {
    compare(net<2, GRU<64, return_sequences, reset_after<false>>, GRU<33, reset_after<false>>, Dense<2>, Tanh>{});
    compare(net<150, GRU<40, return_sequences, reset_after<false>>>{});  // the products of all inputs are made at once
    compare<double>(net<3, GRU<9, return_sequences, no_bias, reset_after<false>>>{});
}
TEST_CASE("blocks of SimpleRNN are bit for bit steps") { compare_recurrent<SimpleRNN>(); }

TEST_CASE("blocks of Dense are bit for bit steps") {
    compare(net<1, Dense<8, Tanh>, Dense<8, Tanh>, Dense<1>>{});
    compare(net<16, Dense<16>>{});
    compare(net<4, Dense<3, ReLU>, Dense<70, Sigmoid>, Dense<100>, GELU, Dense<33, Softmax>, Dense<4>>{});
    compare(net<65, Dense<17, no_bias>, Dense<1, Tanh>>{});
    compare<double>(net<9, Dense<9, Tanh>, Dense<20>, Dense<9>>{});
}

TEST_CASE("blocks of small Dense layers, whose steps stay in a register, are bit for bit steps") {
    using namespace strata::detail;
    using small = net<1, Dense<4, Sigmoid>, Dense<3, no_bias>, GELU, Dense<4, Tanh>, Dense<1, Tanh>>;
    if constexpr (kernels::lanes<float> >= 4)
        STATIC_REQUIRE(register_chains_of_stream<small, float>(std::make_index_sequence<4>{})[0] == 4);
    compare(small{});
    compare(net<1, Dense<16, Tanh>, Dense<16, ReLU>, Dense<1>>{});
    compare(net<3, Dense<7, Tanh>, Dense<5, no_bias>, Dense<1>>{});  // the last layer by itself: no power of two
    compare(net<5, Dense<2>, LSTM<3, return_sequences>, Dense<6, SiLU>, Dense<2>, Softmax>{});
    compare<double>(net<2, Residual<Dense<3, Tanh>, Dense<2>>, Dense<8, Sigmoid>, Dense<1>>{});
}

TEST_CASE("blocks of layers with approximate activations are bit for bit steps") {
    compare(approximate<
            net<1, Dense<8, Tanh>, Dense<9, Sigmoid>, LSTM<12, return_sequences>, GRU<17, return_sequences>,
                GRU<9, return_sequences, reset_after<false>>, Conv1D<5, 3, padding::causal, Tanh>, Dense<3>, Tanh>>{});
}

TEST_CASE("blocks of causal convolutions are bit for bit steps") {
    compare(net<1, Conv1D<1, 2, padding::causal>>{});
    compare(net<8, Conv1D<8, 7, dilation<2>, padding::causal>>{});
    compare(net<16, Conv1D<16, 15, dilation<4>, padding::causal>>{});
    compare(net<3, Conv1D<5, 3, padding::causal, Tanh>, Conv1D<17, 3, dilation<2>, padding::causal>, ReLU,
                Conv1D<33, 2, dilation<4>, padding::causal, no_bias>, Conv1D<4, 1, Softmax>>{});
    compare(net<1, Conv1D<16, 3, padding::causal, Tanh>, Conv1D<16, 3, dilation<8>, padding::causal, Tanh>,
                Conv1D<12, 3, dilation<37>, padding::causal, Tanh>, Dense<1>>{});
    compare(net<2, Conv1D<6, 30, padding::causal>, GRU<2, return_sequences>>{});
    compare(
        net<4, Residual<Conv1D<4, 3, dilation<2>, padding::causal, ReLU>, Conv1D<4, 3, dilation<16>, padding::causal>>,
            ReLU, Conv1D<4, 1>>{});
    compare<double>(net<2, Conv1D<19, 5, dilation<3>, padding::causal, ReLU>, Dense<2>>{});
}

TEST_CASE("blocks of convolutions in groups are bit for bit steps") {
    compare(
        net<6, Conv1D<4, 3, groups<2>, padding::causal, Tanh>, Conv1D<40, 2, groups<4>, dilation<5>, padding::causal>,
            Conv1D<20, 5, groups<20>, padding::causal, no_bias>, Dense<2>>{});
    compare<double>(net<4, Conv1D<6, 3, groups<2>, padding::causal>, Softmax>{});
    const auto model = net<4, Conv1D<6, 3, groups<2>, padding::causal>>{}.build();
    auto stream = model.stream();
    REQUIRE(stream.state().size() == 2);
}

TEST_CASE("blocks of layers without blocks of their own go step by step") {
    compare(net<4, Dense<6>, ReLU, Dropout<0.2>, Activation<Tanh>, LayerNormalization<>, PReLU<shared_axes<1>>,
                Dense<4>, Softmax>{});
    compare(net<4, Dropout<0.2>>{});
    compare(net<4, TimeDistributed<Dense<3>>, LSTM<5>, Dense<2>, Reshape<shape{1, 2}>, Flatten<>>{});
}

TEST_CASE("a block of any size is noexcept") {
    const auto model = net<1, LSTM<4, return_sequences>>{}.build({.seed = 2});
    auto stream = model.stream();
    std::array<float, 3> x{};
    std::array<float, 12> y{};
    static_assert(noexcept(stream.process(x, y, 3)) && noexcept(stream.process<3>(x, y)));
    stream.process(x, y, 0);
    stream.process(std::span<const float>(), std::span<float>(), 0);
    SUCCEED();
}

TEST_CASE("the state of a stream is read and set") {
    const auto model =
        net<2, Conv1D<3, 2, padding::causal>, LSTM<20, return_sequences, name<"amp">>, GRU<17>, Dense<2>>{}.build(
            {.seed = 6});
    auto stream = model.stream(), other = model.stream();
    const auto parts = stream.state();
    REQUIRE(parts.size() == 4);
    REQUIRE((parts[0].layer == "conv1d" && parts[0].part == "sums"));
    REQUIRE((parts[1].layer == "amp" && parts[1].part == "hidden" && parts[1].values.size() == 20));
    REQUIRE((parts[2].layer == "amp" && parts[2].part == "cell" && parts[2].values.size() == 20));
    REQUIRE((parts[3].layer == "gru" && parts[3].part == "hidden" && parts[3].values.size() == 17));
    const std::vector<float> x = signal<float>(2 * 12);
    std::vector<float> y(2 * 12), z(2 * 12);
    stream.process(x, y, 3);
    // The recurrent state of one stream goes on in another one; convolutions have seen the same last inputs.
    other.process(std::span(x).subspan(2 * 2), z, 1);
    const auto from = stream.state(), to = other.state();
    for (std::size_t i = 1; i < from.size(); ++i) {
        REQUIRE(std::any_of(from[i].values.begin(), from[i].values.end(), [](float v) { return v != 0.0f; }));
        std::copy(from[i].values.begin(), from[i].values.end(), to[i].values.begin());
    }
    stream.process(std::span(x).subspan(6), y, 9);
    other.process(std::span(x).subspan(6), z, 9);
    REQUIRE(same_bits(y, z));
    static_assert(std::is_same_v<decltype(other.state<"amp">()), std::array<stream_state_part<float>, 2>>);
    REQUIRE(other.state<"amp">()[1].values.data() == other.state()[2].values.data());
    const auto plain = Sequential<Input<3, 2>, Dense<2>>{}.build();
    REQUIRE(plain.stream().state().empty());
}

TEST_CASE("the hidden state is the output, wherever a layer keeps it") {
    const auto one = [](auto layer) {
        const auto model = Sequential<Input<9, 2>, decltype(layer)>{}.build({.seed = 6});
        auto stream = model.stream();
        constexpr std::size_t units = decltype(stream)::output_size;
        for (int t = 0; t < 5; ++t) {
            std::array<float, units> y{};
            stream.step(std::array{0.5f, -0.25f * static_cast<float>(t)}, y);
            REQUIRE(std::ranges::equal(stream.state()[0].values, y));
        }
    };
    one(LSTM<64>{});
    one(LSTM<130>{});
    one(GRU<33>{});
    one(SimpleRNN<7>{});
}

TEST_CASE("prewarm takes steps of zeros") {
    const auto model =
        net<1, Conv1D<4, 3, padding::causal, bias_initializer<Ones>>, LSTM<6, return_sequences>, Dense<1>>{}.build(
            {.seed = 6});
    auto warm = model.stream(), stepped = model.stream();
    warm.prewarm(45);
    std::array<float, 1> y{}, z{};
    for (int t = 0; t < 45; ++t) stepped.step(std::array{0.0f}, z);
    warm.step(std::array{0.5f}, y);
    stepped.step(std::array{0.5f}, z);
    REQUIRE(y == z);
    auto cold = model.stream();
    cold.step(std::array{0.5f}, z);
    REQUIRE(y != z);
    warm.reset();
    warm.step(std::array{0.5f}, y);
    REQUIRE(y == z);
}

TEST_CASE("a net of an open number of steps is a stream") {
    using closed = net<2, Conv1D<5, 3, padding::causal>, LSTM<7, return_sequences>, Dense<2>>;
    using opened = Sequential<Input<any, 2>, Conv1D<5, 3, padding::causal>, LSTM<7, return_sequences>, Dense<2>>;
    const auto expected_model = closed::build({.seed = 4});
    auto model = opened::build({.seed = 9});
    static_assert(opened::parameter_count() == closed::parameter_count() && opened::input_shape() == shape{1, 2});
    for (std::size_t i = 0; i < model.weights().size(); ++i)
        model.weights()[i].assign(expected_model.weights()[i].to_vector());
    const std::vector<float> x = signal<float>(2 * steps), whole = outputs_of(expected_model, x);
    std::vector<float> y(2 * steps), z(2 * steps);
    model.stream().process(x, y, steps);
    expected_model.stream().process(x, z, steps);
    REQUIRE(same_bits(y, z));
    for (std::size_t i = 0; i < y.size(); ++i) REQUIRE(std::fabs(y[i] - whole[i]) <= 2e-5f);
    static_assert(decltype(model.stream())::receptive_field == unbounded);
    const auto nested = Sequential{opened{}, Dense<1>{}}.build({.seed = 4});
    static_assert(decltype(nested.stream())::input_size == 2 && decltype(nested.stream())::output_size == 1);
}
