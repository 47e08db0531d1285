// An inference shared by threads: bit for bit what one thread computes.
#include <algorithm>
#include <cstddef>
#include <mutex>
#include <set>
#include <span>
#include <string_view>
#include <thread>
#include <type_traits>
#include <vector>

#include <strata/infer.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

std::mutex witnesses_mutex;
std::set<std::thread::id> witnesses;

/// How many steps of a net, or chains of them, threads share.
template <class Net>
constexpr std::size_t shared_steps(Net) {
    return detail::parallel_executor<Net, float>::shared();
}

constexpr std::size_t least_work = detail::least_shared_work;

/// Passes its input on, in two slices that threads may share, and says that this takes so many operations; notes the
/// threads that do it.
template <std::size_t Operations>
struct witness : layer<witness<Operations>> {
    static constexpr std::string_view type = "Witness";

    static constexpr shape output(const shape& in) { return in; }
    static constexpr std::size_t flops(const shape&) { return Operations; }
    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        note();
        std::copy_n(s.x, N * In.size(), s.y);
    }
    template <shape In, class Fused, class T>
    static constexpr std::size_t slice_count() {
        return 2;
    }
    template <shape In, class Fused, class T>
    static void forward_slices(const forward_context<T>& s) {
        note();
        const std::size_t begin = s.range.begin * In.size() / 2, end = s.range.end * In.size() / 2;
        std::copy(s.x + begin, s.x + end, s.y + begin);
    }

private:
    static void note() {
        const std::lock_guard lock(witnesses_mutex);
        witnesses.insert(std::this_thread::get_id());
    }
};

/// How many threads work for one inference with a workspace of two.
template <class Net>
std::size_t threads_of_inference(Net) {
    const auto model = Net::build({.seed = 3});
    auto workspace = model.workspace({.threads = 2});
    const std::vector<float> x(Net::input_shape().size(), 1.0f);
    std::vector<float> y(Net::output_shape().size());
    witnesses.clear();
    model.infer(std::span<const float, Net::input_shape().size()>(x), std::span<float, Net::output_shape().size()>(y),
                workspace);
    CHECK(x == y);
    return witnesses.size();
}

template <class Net>
void compare(Net, std::size_t count = 3) {
    const auto model = Net::build({.seed = 3});
    constexpr std::size_t in = Net::input_shape().size(), out = Net::output_shape().size();
    std::vector<float> x(count * in);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>((i * 7919) % 263) / 131.0f - 1.0f;
    // Samples by themselves run the same code whatever the count is; more than one, as a workspace is used again.
    const std::size_t singles = std::min<std::size_t>(count, 2);
    const auto infer_singles = [&](auto& workspace) {
        std::vector<float> y(singles * out);
        for (std::size_t i = 0; i < singles; ++i)
            model.infer(std::span<const float, in>(x.data() + i * in, in),
                        std::span<float, out>(y.data() + i * out, out), workspace);
        return y;
    };
    auto alone = model.workspace();
    const std::vector<float> expected = infer_singles(alone), predicted = model.predict(x);
    for (const std::size_t threads : {1u, 2u, 3u, 7u}) {
        CAPTURE(threads);
        auto workspace = model.workspace({.threads = threads});
        CHECK(infer_singles(workspace) == expected);
        // Most nets here are too small for infer to share them.
        std::vector<float> shared(singles * out);
        for (std::size_t i = 0; i < singles; ++i)
            detail::parallel_executor<Net, float>::run_shared(
                workspace.threads(), x.data() + i * in, model.parameters(), shared.data() + i * out, workspace.data());
        CHECK(shared == expected);
        CHECK(model.predict(x, workspace) == predicted);
    }
}

}  // namespace

TEST_CASE("threads share rows of maps, over bands too") {
    compare(Sequential{Input<130, 67, 3>{}, Conv2D<32, 5, padding::same, ReLU>{}, Conv2D<16, 3, padding::same, ReLU>{},
                       MaxPooling2D<2>{}, Conv2D<24, 3, Tanh>{}, AveragePooling2D<3>{}, Flatten<>{},
                       Dense<10, Softmax>{}});
    compare(Sequential{memory::smallest{}, Input<70, 61, 3>{}, Conv2D<16, 3, ReLU>{}, Conv2D<16, 3, padding::same>{},
                       Conv2D<16, 3, strides<2>, ReLU>{}, GlobalMaxPooling2D<>{}, Dense<4>{}});
    // Chains that end with a merge, whose other operand all threads read whole, and that begin with one.
    using block = Residual<Conv2D<32, 1, ReLU>, Conv2D<32, 3, padding::same, ReLU>, Conv2D<48, 1>>;
    constexpr auto residual = Sequential{Input<61, 40, 48>{}, block{}, ReLU{}, block{}, Conv2D<16, 3>{}};
    STATIC_REQUIRE(residual.plan().chains[0].length >= 4);
    compare(residual, 2);
    constexpr auto gated =
        Sequential{Input<70, 40, 32>{}, Multiply<branch<>, branch<GlobalAveragePooling2D<>, Dense<32, Sigmoid>>>{},
                   Conv2D<32, 3, padding::same>{}};
    STATIC_REQUIRE(gated.plan().chains[2].length == 2);
    compare(gated, 2);
}

TEST_CASE("threads share batches, parts of tiles too") {
    const Sequential net{Input<40>{}, Dense<60, Tanh>{}, Dense<50, ReLU>{}, Dense<7, Softmax>{}};
    for (const std::size_t count : {32u, 33u, 45u, 64u, 100u, 400u}) compare(net, count);
}

TEST_CASE("threads share the weights of a batch of a wide net") {
    constexpr Sequential net{Input<256>{}, Dense<512, ReLU>{}, Dense<500>{}, Tanh{}, Dense<7, Softmax>{}};
    using walk = detail::parallel_batch_executor<std::remove_const_t<decltype(net)>, float, 32>;
    static_assert(detail::batch_tile<std::remove_const_t<decltype(net)>, float> == 32 && walk::shares_weights());
    for (const std::size_t count : {5u, 31u, 32u, 33u, 66u, 130u, 260u}) compare(net, count);

    constexpr Sequential narrow{Input<784>{}, Dense<32, ReLU>{}, Dense<10>{}};
    static_assert(!detail::parallel_batch_executor<std::remove_const_t<decltype(narrow)>, float, 32>::shares_weights());
}

TEST_CASE("threads share the columns of wide layers") {
    compare(Sequential{Input<512>{}, Dense<700, ReLU>{}, Dense<1024, Tanh>{}, Dense<300>{}, Dense<7, Softmax>{}});
}

TEST_CASE("threads share the paths of a residual one after the other") {
    compare(Sequential{Input<40, 40, 16>{},
                       Residual<Conv2D<16, 3, padding::same, ReLU>, Conv2D<16, 3, padding::same>>{}, ReLU{},
                       GlobalAveragePooling2D<>{}, Dense<3>{}});
}

TEST_CASE("threads share additions and activations of large maps") {
    compare(Sequential{Input<64, 64, 16>{}, Residual<Conv2D<16, 3, padding::same>>{},
                       Residual<ReLU, SeparableConv2D<16, 3, padding::same>>{}, ReLU{}, GlobalMaxPooling2D<>{},
                       Dense<3>{}});
}

TEST_CASE("a small net is one thread's work, whatever the workspace") {
    CHECK(threads_of_inference(Sequential{Input<64>{}, witness<least_work / 2>{}}) == 1);
    CHECK(threads_of_inference(Sequential{Input<64>{}, witness<least_work / 4>{}, witness<least_work / 4>{}}) == 1);
    CHECK(threads_of_inference(Sequential{Input<64>{}, witness<least_work>{}}) == 2);
    CHECK(threads_of_inference(Sequential{Input<64>{}, witness<least_work / 2>{}, witness<least_work / 2>{}}) == 2);
    // The steps of one net are worth it together, or none of them is.
    using cnn = decltype(Sequential{Input<28, 28, 1>{}, Conv2D<32, 3, ReLU>{}, MaxPooling2D<2>{}, Conv2D<64, 3, ReLU>{},
                                    MaxPooling2D<2>{}, Flatten<>{}, Dense<10, Softmax>{}});
    static_assert(detail::parallel_executor<cnn, float>::shared() > 0 &&
                  !detail::parallel_executor<cnn, float>::uses_threads());
    using guide = decltype(Sequential{Input<250, 250, 3>{}, Conv2D<32, 5, strides<2>, ReLU>{}, Conv2D<32, 3, ReLU>{},
                                      GlobalMaxPooling2D<>{}, Dense<10>{}});
    static_assert(detail::parallel_executor<guide, float>::uses_threads());
    // Weights that no L2 cache holds count more than their products.
    using wide = decltype(Sequential{Input<512>{}, Dense<1024, ReLU>{}, Dense<1024, ReLU>{}, Dense<256>{}});
    static_assert(wide::flops() < least_work && detail::parallel_executor<wide, float>::uses_threads());

    compare(Sequential{Input<4>{}, Dense<2, ReLU>{}, Dense<3, ReLU>{}, Dense<4>{}});
    compare(Sequential{Input<4>{}, Dropout<0.5>{}});
}

TEST_CASE("threads share rows of depthwise and separable convolutions") {
    compare(Sequential{Input<61, 67, 24>{}, DepthwiseConv2D<3, padding::same, ReLU>{},
                       SeparableConv2D<48, 3, padding::same, ReLU>{}, MaxPooling2D<3, strides<2>, padding::same>{},
                       SeparableConv2D<40, 3>{}, Tanh{}, GlobalAveragePooling2D<>{}, Dense<3>{}});
    compare(Sequential{memory::smallest{}, Input<70, 61, 16>{}, SeparableConv2D<32, 3, depth_multiplier<2>>{},
                       DepthwiseConv2D<5, strides<2>, padding::same>{}, GlobalMaxPooling2D<>{}, Dense<4>{}});
}

TEST_CASE("threads for which there is no part do nothing") {
    constexpr Sequential net{Input<40, 128>{}, Conv1D<128, 3, padding::same>{}, SeparableConv1D<160, 3>{},
                             Conv1D<768, 1, strides<2>, ReLU>{}, GlobalMaxPooling1D<>{}};
    static_assert(shared_steps(net) == 3);
    compare(net);
}

TEST_CASE("threads share the steps of sequences") {
    constexpr Sequential convolutions{Input<501, 20>{},
                                      Conv1D<40, 3, padding::same, ReLU>{},
                                      Conv1D<48, 5, padding::causal, dilation<4>>{},
                                      Tanh{},
                                      Conv1D<36, 4, strides<2>, Softmax>{},
                                      Conv1D<64, 1, no_bias>{},
                                      Conv1D<24, 3, padding::causal, strides<3>, Sigmoid>{},
                                      Conv1D<40, 3, dilation<70>, padding::same>{},
                                      Flatten<>{},
                                      Dense<3>{}};
    static_assert(shared_steps(convolutions) == 6);
    compare(convolutions);
    constexpr Sequential pooled{
        Input<1000, 12>{}, Conv1D<32, 5, ReLU>{}, MaxPooling1D<2>{}, Conv1D<40, 3, padding::same>{}, ReLU{},
        MaxPooling1D<3>{}, GlobalMaxPooling1D<>{}};
    static_assert(shared_steps(pooled) == 2);
    compare(pooled);
    constexpr Sequential depthwise{Input<1207, 50>{},
                                   DepthwiseConv1D<5, padding::same, ReLU>{},
                                   DepthwiseConv1D<3, strides<2>, depth_multiplier<2>>{},
                                   Tanh{},
                                   DepthwiseConv1D<11, padding::same, Softmax>{},
                                   SeparableConv1D<40, 3, depth_multiplier<2>, padding::same, ReLU>{},
                                   SeparableConv1D<48, 9, dilation<3>, Softmax>{},
                                   SeparableConv1D<33, 3, strides<2>, padding::same>{},
                                   GlobalAveragePooling1D<>{}};
    static_assert(shared_steps(depthwise) == 6);
    compare(depthwise);
}

TEST_CASE("threads share convolutions in groups") {
    constexpr Sequential maps{Input<33, 34, 48>{},
                              Conv2D<48, 3, groups<12>, padding::same, ReLU>{},
                              Conv2D<96, 3, groups<8>, strides<2>>{},
                              Tanh{},
                              Conv2D<64, 3, groups<2>, padding::same>{},
                              Conv2D<40, 5, groups<4>, padding::same, Softmax>{},
                              Conv2D<80, 1, groups<2>, ReLU>{},
                              Flatten<>{},
                              Dense<3>{}};
    static_assert(shared_steps(maps) == 5);
    compare(maps);
    constexpr Sequential sequences{Input<611, 48>{},
                                   Conv1D<48, 3, groups<12>, padding::causal, ReLU>{},
                                   Conv1D<96, 3, groups<6>, dilation<3>>{},
                                   Tanh{},
                                   Conv1D<64, 5, groups<2>, strides<2>, padding::same, Softmax>{},
                                   GlobalAveragePooling1D<>{}};
    static_assert(shared_steps(sequences) == 3);
    compare(sequences);
    compare(Sequential{memory::smallest{}, Input<66, 61, 32>{}, Conv2D<32, 3, groups<8>, padding::same, ReLU>{},
                       Conv2D<32, 3, groups<2>, padding::same>{}, MaxPooling2D<2>{}, GlobalMaxPooling2D<>{}});
}

TEST_CASE("threads share transposed convolutions") {
    constexpr Sequential maps{Input<13, 14, 20>{},
                              Conv2DTranspose<24, 5, strides<2>, padding::same, ReLU>{},
                              Conv2DTranspose<16, 3, padding::same>{},
                              Tanh{},
                              Conv2DTranspose<20, 4, strides<3>, Softmax>{},
                              Conv2DTranspose<3, 3, dilation<2>, padding::same, Sigmoid>{},
                              Conv2DTranspose<20, 2, strides<4>>{},
                              GlobalMaxPooling2D<>{}};
    static_assert(shared_steps(maps) == 5);
    compare(maps);
    constexpr Sequential sequences{Input<207, 32>{},
                                   Conv1DTranspose<36, 5, strides<2>, padding::same, ReLU>{},
                                   Conv1DTranspose<24, 3, dilation<4>>{},
                                   Tanh{},
                                   Conv1DTranspose<40, 3, strides<4>, Softmax>{},
                                   Conv1DTranspose<2, 9, padding::same, Sigmoid>{},
                                   Conv1DTranspose<129, 1, strides<3>>{},
                                   GlobalAveragePooling1D<>{}};
    static_assert(shared_steps(sequences) == 5);
    compare(sequences);
}
