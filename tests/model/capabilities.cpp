// Capabilities of layers: found by the functions that a layer has; each one of which a part is missing is refused.
#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

// What the library's layers can do.
static_assert(packs_weights<Conv2D<4, window{3, 3}>> && packs_weights<LSTM<3>> && packs_weights<BatchNormalization<>>);
static_assert(packs_weights<Conv1D<4, 3>> && !packs_weights<DepthwiseConv1D<3>> && !packs_weights<MaxPooling1D<2>>);
static_assert(works_by_rows<MaxPooling2D<window{2, 2}>> && works_by_rows<SeparableConv2D<4, window{3, 3}>>);
static_assert(!works_by_rows<Conv1D<4, 3>> && !works_by_rows<Dense<4>>);
static_assert(works_by_slices<Dense<4>> && works_by_slices<Conv1D<4, 3>> && !works_by_slices<AveragePooling1D<2>>);
static_assert(register_resident<Dense<4>> && !register_resident<ReLU>);
static_assert(streams_with_state<GRU<3>> && streams_with_state<Conv1D<4, 3>> && !streams_with_state<Dense<4>>);
static_assert(needs_whole_batch<BatchNormalization<>> && needs_whole_batch<TimeDistributed<BatchNormalization<>>>);
static_assert(!needs_whole_batch<TimeDistributed<BatchNormalization<frozen>>>);
static_assert(takes_strided_batches<TimeDistributed<BatchNormalization<>>> && !takes_strided_batches<Dense<4>>);
static_assert(random_layer<Dropout<0.5>> && !random_layer<Dropout<0.0>> && random_layer<TimeDistributed<Dropout<0.5>>>);
static_assert(view_layer<Flatten<>> && view_layer<TimeDistributed<Flatten<>>> && !view_layer<Dense<4>>);
static_assert(identity_at_inference<Activation<Linear>> && !identity_at_inference<Activation<ReLU>>);
static_assert(packs_for_backward<TimeDistributed<Dense<4>>> && !packs_for_backward<TimeDistributed<ReLU>>);

/// A layer with a forward call, to which parts of capabilities are added.
template <class Self>
struct base : layer<Self> {
    static constexpr std::string_view type = "Part";
    template <shape In, std::size_t N, class Fused, class T>
    static void forward(const forward_context<T>&) {}
};
template <class Layer>
bool misses(std::string_view function, std::string_view has) {
    const diagnostic found = check_capabilities<Layer>(shape{4, 2});
    return !found.ok && found.expects.view().substr(0, function.size()) == function &&
           found.got.view().substr(0, has.size()) == has;
}

#define PART(name, ...)        \
    struct name : base<name> { \
        __VA_ARGS__            \
    }
#define SIZE                     \
    template <shape In, class T> \
    static constexpr std::size_t
#define FUSED                        \
    template <shape In, class Fused> \
    static constexpr
#define SIZED                                 \
    template <shape In, class Fused, class T> \
    static constexpr std::size_t
#define CALL                                  \
    template <shape In, class Fused, class T> \
    static void
#define BACKWARD \
    CALL backward(const backward_context<T>&) {}

PART(whole, );
PART(packs, template <shape In, class T> static constexpr void pack_weights(const T* const*, T*, thread_slice){});
PART(packed, SIZE packed_size() { return 1; });
PART(rows_alone, FUSED row_window rows() { return {}; });
PART(forward_rows_alone, CALL forward_rows(const forward_context<T>&){});
PART(slices_alone, SIZED slice_count() { return 1; });
PART(forward_slices_alone, CALL forward_slices(const forward_context<T>&){});
PART(fits_alone, FUSED bool fits_vector() { return true; });
PART(
    in_vector_alone, template <shape In, class Fused, class V, class T>
                     static V forward_in_vector(const V& x, const forward_context<T>&) { return x; });
PART(matches_alone, template <shape In, class T> static constexpr bool vector_matches_process() { return true; });
PART(of_lanes_alone, template <shape In, class Fused, class V, class T>
                     static void forward_of_lanes(const V*, V*, const forward_context<T>&){});
PART(step_alone, CALL step(const forward_context<T>&){});
PART(state_alone, SIZE state_size() { return 1; });
PART(lookback_alone, template <shape In> static constexpr std::size_t lookback() { return 1; });
PART(saved_alone, BACKWARD SIZED saved_size() { return 1; });
PART(train_forward_alone, CALL train_forward(const forward_context<T>&){});
PART(weight_gradients_alone, CALL weight_gradients(const backward_context<T>&, thread_slice){});
PART(backward_packed_alone, SIZE backward_packed_size() { return 1; });
PART(pack_for_backward_alone,
     template <shape In, class T> static void pack_for_backward(const T* const*, T*, thread_slice){});
PART(random_alone, static constexpr bool is_random = true;);
PART(combine_alone, CALL combine(const forward_context<T>&, thread_slice){});
PART(batch_backward_alone, CALL batch_backward(const backward_context<T>&){});
PART(
    backward_alone, BACKWARD static constexpr parameter_table parameters(const shape& in) {
        return parameter_table{}.push_back(channel_weight("gain", in));
    });

struct nothing : layer<nothing> {
    static constexpr std::string_view type = "Nothing";
};

/// A function with its derivative as it is written, beside those that dual numbers give.
struct written {
    auto operator()(auto x) const { return x * math::tanh(x) + 2 / (1 + x * x); }
    static auto derivative(auto x) {
        const auto t = math::tanh(x), square = 1 + x * x;
        return t + x * (1 - t * t) - 4 * x / (square * square);
    }
};
struct given {
    auto operator()(auto x) const { return written{}(x); }
};
/// Each function of strata::math, of which dual numbers have another rule.
struct all_of_math {
    auto operator()(auto x) const {
        const auto a = math::exp(-x) - 3 * math::log(2 + x * x) + math::sqrt(1 + x * x) / 2;
        const auto b = math::sin(2 * x) * math::cos(x) + math::tanh(x - 1);
        const auto c = math::max(x, 1 - x) - math::min(x * x, 2 * x) + math::abs(x);
        return a + b - c + math::select(x > 0 * x, x * x, -x);
    }
};

}  // namespace

TEST_CASE("a layer with a part of a capability is refused, and the missing function is named") {
    CHECK(check_capabilities<whole>(shape{4, 2}).ok);
    CHECK(nothing::type == "Nothing");
    CHECK(check_capabilities<Conv2D<4, window{3, 3}>>(shape{8, 8, 2}).ok);
    CHECK(misses<nothing>("forward<", "a layer without it"));
    CHECK(misses<packs>("packed_size<", "pack_weights alone"));
    CHECK(misses<packed>("pack_weights<", "packed_size alone"));
    CHECK(misses<rows_alone>("forward_rows<", "rows alone"));
    CHECK(misses<forward_rows_alone>("rows<", "forward_rows alone"));
    CHECK(misses<slices_alone>("forward_slices<", "slice_count alone"));
    CHECK(misses<forward_slices_alone>("slice_count<", "forward_slices alone"));
    CHECK(misses<fits_alone>("forward_in_vector<", "fits_vector alone"));
    CHECK(misses<in_vector_alone>("fits_vector<", "forward_in_vector alone"));
    CHECK(misses<matches_alone>("forward_of_lanes<", "vector_matches_process alone"));
    CHECK(misses<of_lanes_alone>("vector_matches_process<", "forward_of_lanes alone"));
    CHECK(misses<step_alone>("streams<", "step alone"));
    CHECK(misses<state_alone>("step<", "state_size alone"));
    CHECK(misses<lookback_alone>("step<", "lookback alone"));
    CHECK(misses<saved_alone>("train_forward<", "saved_size alone"));
    CHECK(misses<train_forward_alone>("backward<", "train_forward alone"));
    CHECK(misses<weight_gradients_alone>("backward<", "weight_gradients alone"));
    CHECK(misses<backward_packed_alone>("pack_for_backward<", "backward_packed_size alone"));
    CHECK(misses<pack_for_backward_alone>("backward_packed_size<", "pack_for_backward alone"));
    CHECK(misses<random_alone>("train_forward<", "is_random alone"));
    CHECK(misses<combine_alone>("shared_size<", "combine alone"));
    CHECK(misses<batch_backward_alone>("combine<", "a part of the whole batch alone"));
    CHECK(misses<backward_alone>("weight_gradients<", "backward alone, and a trained weight gain"));
}

TEST_CASE("dual numbers give the derivative of a function that is written with arithmetic") {
    static_assert(differentiable_layer<Elementwise<given>> && differentiable_layer<Elementwise<all_of_math>>);
    std::vector<double> x, dy, by_hand, by_dual, of_all;
    for (int i = -14; i < 15; ++i) x.push_back(0.17 * i + 0.05);
    dy.assign(x.size(), 1.0);
    by_hand = by_dual = of_all = dy;
    kernels::elementwise_gradient<detail::value_functor<written>>(x.size(), x.data(), dy.data(), by_hand.data());
    kernels::elementwise_gradient<detail::value_functor<given>>(x.size(), x.data(), dy.data(), by_dual.data());
    kernels::elementwise_gradient<detail::value_functor<all_of_math>>(x.size(), x.data(), dy.data(), of_all.data());
    for (std::size_t i = 0; i < x.size(); ++i) {
        CHECK(std::fabs(by_hand[i] - by_dual[i]) < 1e-13);
        // Central differences: the third derivative times h^2 / 6, and rounding over h.
        const double h = 1e-5, difference = (all_of_math{}(x[i] + h) - all_of_math{}(x[i] - h)) / (2 * h);
        CHECK(std::fabs(difference - of_all[i]) < 1e-8);
    }
}
