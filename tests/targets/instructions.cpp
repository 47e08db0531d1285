// Runs one kernel many times, so that count_instructions.cpp can count what it executes.
// usage: instructions                  prints the names of kernels with the multiply-adds of one call
//        instructions NAME CALLS       runs one kernel
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>
#include <vector>

#include <strata/infer.hpp>

namespace {

using namespace strata;

/// Inputs of this size keep activations from saturating.
float small_value(std::size_t i) { return static_cast<float>(i * 37 % 17) / 17.0f - 0.5f; }

struct job {
    std::string_view wanted;
    long calls = 0;

    void offer(const char* name, std::size_t multiply_adds, auto call) const {
        if (wanted.empty()) std::printf("%s %zu\n", name, multiply_adds);
        else if (wanted == name)
            for (long i = 0; i < calls; ++i) call();
    }
    template <class Net>
    void offer_net(const char* name, Net net) const {
        const auto model = net.build();
        static std::array<float, Net::input_shape().size()> x;
        static std::array<float, Net::output_shape().size()> y;
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = small_value(i);
        auto workspace = model.workspace();
        offer(name, Net::flops() / 2, [&] { model.infer(std::span(std::as_const(x)), std::span(y), workspace); });
    }
    /// One step of a stream of single values.
    template <class Net>
    void offer_stream(const char* name, Net net, std::size_t multiply_adds) const {
        const auto model = net.build();
        auto stream = model.stream();
        std::size_t step = 0;
        offer(name, multiply_adds, [&] {
            const std::array<float, 1> x{small_value(step++)};
            std::array<float, 1> y{};
            stream.step(x, y);
        });
    }
};

/// 64 rows at once.
void offer_rows(const job& all) {
    constexpr std::size_t n = 64, k = 200, f = 192;
    std::vector<float> x(n * k), weights(k * f), y(n * f);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = small_value(i);
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = small_value(i);
    all.offer("dense_64_rows_200_192", n * k * f, [&] {
        kernels::dense<n, k, f, kernels::relu>(x.data(), weights.data(), kernels::null_bias<float>, y.data());
    });
}

}  // namespace

int main(int count, char** arguments) {
    const job all{count == 3 ? arguments[1] : "", count == 3 ? std::atol(arguments[2]) : 0};
    offer_rows(all);
    all.offer_net("dense_784_32_32_32_10",
                  Sequential{Input<784>{}, Dense<32, ReLU>{}, Dense<32, ReLU>{}, Dense<32, ReLU>{}, Dense<10>{}});
    all.offer_net("conv_24x24x16_3x3_32", Sequential{Input<24, 24, 16>{}, Conv2D<32, 3, algorithm::direct, ReLU>{}});
    all.offer_net("conv_24x24x16_3x3_32_winograd", Sequential{Input<24, 24, 16>{}, Conv2D<32, 3, ReLU>{}});
    all.offer_net("conv_32x32x3_3x3_16", Sequential{Input<32, 32, 3>{}, Conv2D<16, 3, ReLU>{}});
    all.offer_net("conv_14x14x64_1x1_64", Sequential{Input<14, 14, 64>{}, Conv2D<64, 1, ReLU>{}});
    all.offer_net("depthwise_24x24x32_3x3", Sequential{Input<24, 24, 32>{}, DepthwiseConv2D<3, padding::same>{}});
    all.offer_stream("lstm_16_step", Sequential{Input<64, 1>{}, LSTM<16, return_sequences>{}, Dense<1>{}},
                     4 * 16 * 17 + 16);
    all.offer_stream("gru_16_step", Sequential{Input<64, 1>{}, GRU<16, return_sequences>{}, Dense<1>{}},
                     3 * 16 * 17 + 16);
}
