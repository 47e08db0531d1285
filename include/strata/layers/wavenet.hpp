// WaveNet: arrays of dilated causal convolutions whose activations are summed for a head.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/flush_subnormals.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/kernels/wavenet/wavenet.hpp>
#include <strata/kernels/wavenet/wavenet_training.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/capabilities/packed_weights.hpp>
#include <strata/layers/capabilities/scratch.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/rank.hpp>
#include <strata/layers/wavenet_array.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

template <class Self, class Options>
struct layer_with;
template <class Self, class... Options>
struct layer_with<Self, type_list<Options...>> : layer<Self, Options...> {};

template <class Type>
inline constexpr bool is_wavenet_array = false;
template <int Channels, int Outputs, class... Options>
inline constexpr bool is_wavenet_array<wavenet_array<Channels, Outputs, Options...>> = true;

template <bool Arrays, class... Items>
using wavenet_items =
    decltype(concat_types<std::conditional_t<is_wavenet_array<Items> == Arrays, type_list<Items>, type_list<>>...>{});

/// The arrays with the sizes of their inputs: the first reads the layer's input, each other one what the array before
/// it passes on.
template <std::size_t Inputs, std::size_t Condition, class Arrays>
struct wavenet_chain;
template <std::size_t Inputs, std::size_t Condition>
struct wavenet_chain<Inputs, Condition, type_list<>> {
    using type = type_list<>;
};
template <std::size_t Inputs, std::size_t Condition, class First, class... Rest>
struct wavenet_chain<Inputs, Condition, type_list<First, Rest...>> {
    using type = decltype(concat_types<type_list<typename First::template sizes<Inputs, Condition>>,
                                       typename wavenet_chain<First::channels, Condition, type_list<Rest...>>::type>{});
};

/// All that the shapes of the weights do not say of some arrays.
template <class List>
inline constexpr text<2000> arrays_text{};
template <class... Arrays>
inline constexpr text<2000> arrays_text<type_list<Arrays...>> = [] {
    text<2000> result;
    [[maybe_unused]] const auto add = [&]<class Array>(const Array*) {
        result << (result.empty() ? "" : "; ") << config_of<typename Array::activation>.type << " dilations";
        for (const auto step : Array::distances) result << " " << step;
        result << " kernels";
        for (const auto taps : Array::kernel_sizes) result << " " << taps;
        if (Array::gates == 2) result << " gated";
    };
    (add(static_cast<const Arrays*>(nullptr)), ...);
    return result;
}();

}  // namespace detail

/// (steps, channels) -> (steps, outputs of the last array): one output for each step, of this step and those before it.
/// Items are one or two `wavenet_array`s and options. Every layer of every array also reads the layer's input. The
/// outputs of one array begin the sum for the head of the next, so that they are as many as its channels. Weights:
/// of each array n array_n/rechannel (inputs, channels), kernel (taps of all layers, channels, gates), bias (layers,
/// gates), mixin (layers, inputs of the layer, gates), pointwise (layers, channels, channels), pointwise_bias (layers,
/// channels), head (taps, channels, outputs), head_bias (outputs), where `gates` is channels, or 2 channels with
/// `gated`; then head_scale (1), which is not trained. Keras: no layer of this kind. Van den Oord et al. 2016, as
/// Neural Amp Modeler has it.
template <class... Items>
struct WaveNet : detail::layer_with<WaveNet<Items...>, detail::wavenet_items<false, Items...>> {
    using arrays = detail::wavenet_items<true, Items...>;

    static constexpr std::string_view type = "WaveNet";
    static constexpr layer_config config() {
        layer_config result{{"arrays", detail::arrays_text<arrays>.view()}};
        result.is_keras = false;
        return result;
    }

    static constexpr diagnostic check(const shape& in) {
        if (const diagnostic sequence = check_sequence(in); !sequence.ok) return sequence;
        if constexpr (arrays::size() < 1 || arrays::size() > 2)
            return refuse("one or two arrays", text<32>() << arrays::size(),
                          "write WaveNet<wavenet_array<16, 1, dilations<1, 2, 4>, Tanh>>");
        else return check_arrays(arrays{});
    }
    static constexpr shape output(const shape& in) { return shape{in[0], outputs}; }
    static constexpr parameter_table parameters(const shape& in) {
        parameter_table table;
        std::size_t number = 0, inputs = in.back();
        for_each_array([&]<class Array>() {
            Array::push_parameters(table, number++, inputs, in.back());
            inputs = Array::channels;
        });
        return table.push_back({.name = "head_scale",
                                .extents = shape{1},
                                .initializer = Ones::value,
                                .trainable = false,
                                .layout = weight_layout::plain});
    }
    static constexpr std::size_t flops(const shape& in) {
        std::size_t sum = 0, inputs = in.back();
        for_each_array([&]<class Array>() {
            sum += Array::flops(inputs, in.back());
            inputs = Array::channels;
        });
        return in[0] * sum;
    }

    template <shape In, class T>
    static constexpr std::size_t packed_size() {
        return kernel<In, T>::packed_size;
    }
    template <shape In, class T>
    static constexpr void pack_weights(const T* const* weights, T* to, thread_slice part) {
        if (part.index == 0) kernel<In, T>::pack_weights(weights, to);
    }

    template <class T>
    static constexpr std::size_t scratch(const shape& in) {
        const std::size_t tile = any_kernel<T>::tile_size + (in.back() - 1) * kernels::wavenet_tile;
        return tile + (in[0] > 1 ? any_kernel<T>::state_size : 0);
    }
    template <shape In, std::size_t N, class Fused, class T>
    static void forward(const forward_context<T>& s) {
        using own = kernel<In, T>;
        T* const state = s.scratch + own::tile_size;
        for (std::size_t n = 0; n < N; ++n) {
            std::fill_n(state, own::state_size, T(0));
            own::run(In[0], s.x + n * In.size(), packed_weights<WaveNet, In>(s), state, s.y + n * output(In).size(),
                     s.scratch);
        }
    }

    template <shape In>
    static constexpr streaming streams() {
        return streaming::with_state;
    }
    template <shape In>
    static constexpr std::size_t lookback() {
        return kernel<In, float>::lookback;
    }
    template <shape In, class T>
    static constexpr std::size_t state_size() {
        return kernel<In, T>::state_size;
    }
    template <shape In, class Fused, class T>
    static void step(const forward_context<T>& s) {
        process_frames<In>(s, 1);
    }
    template <shape In, class Fused, class T>
    static void process(const forward_context<T>& s) {
        process_frames<In>(s, s.count);
    }

    template <shape In, class Fused, class T>
    static constexpr std::size_t saved_size() {
        return training<In, T>::saved_size;
    }
    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s) {
        for (std::size_t n = 0; n < s.count; ++n)
            training<In, T>::forward(s.x + n * In.size(), packed_weights<WaveNet, In>(s),
                                     s.saved + n * training<In, T>::saved_size, s.y + n * output(In).size());
    }
    /// The weights of the products the other way round.
    template <shape In, class Fused, class T>
    static constexpr std::size_t gradient_scratch(std::size_t) {
        return training<In, T>::backward_packed_size;
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        const T scale = *weight<WaveNet, In, "head_scale">(s);
        training<In, T>::pack_for_backward(s.weights, s.scratch);
        for (std::size_t n = 0; n < s.count; ++n)
            training<In, T>::backward(s.dy + n * output(In).size(), scale, s.scratch,
                                      s.saved + n * training<In, T>::saved_size,
                                      s.dx == nullptr ? nullptr : s.dx + n * In.size());
    }
    template <shape In, class Fused, class T>
    static void weight_gradients(const backward_context<T>& s, thread_slice part) {
        for (std::size_t n = 0; n < s.count; ++n)
            training<In, T>::weight_gradients(s.saved + n * training<In, T>::saved_size, s.gradients, s.first && n == 0,
                                              part);
    }

private:
    template <class F>
    static constexpr void for_each_array(F f) {
        [&]<class... Array>(type_list<Array...>) { (f.template operator()<Array>(), ...); }(arrays{});
    }
    template <class First, class... Rest>
    static constexpr diagnostic check_arrays(type_list<First, Rest...>) {
        if (const diagnostic own = First::check(); !own.ok) return own;
        if constexpr (sizeof...(Rest) > 0) {
            using next = type_at<0, type_list<Rest...>>;
            if (First::outputs != next::channels)
                return refuse(
                    text<96>() << "as many outputs of an array as the next one has channels",
                    text<64>() << First::outputs << " outputs, then " << next::channels << " channels",
                    text<64>() << "write wavenet_array<" << First::channels << ", " << next::channels << ", ...>");
            return check_arrays(type_list<Rest...>{});
        }
        return {};
    }
    static constexpr std::size_t outputs = [] {
        std::size_t last = 0;
        for_each_array([&]<class Array>() { last = Array::outputs; });
        return last;
    }();
    template <std::size_t Channels, class T>
    using kernel_of = kernels::wavenet<typename detail::wavenet_chain<Channels, Channels, arrays>::type, T>;
    template <shape In, class T>
    using kernel = kernel_of<In[1], T>;
    template <shape In, class T>
    using training = kernels::wavenet_training<typename detail::wavenet_chain<In[1], In[1], arrays>::type, In[0], T>;
    template <class T>
    using any_kernel = kernel_of<1, T>;

    template <shape In, class T>
    static void process_frames(const forward_context<T>& s, std::size_t count) {
        const flush_subnormals flush;
        kernel<In, T>::run(count, s.x, packed_weights<WaveNet, In>(s), s.state, s.y, s.scratch);
    }
};

}  // namespace strata::inline STRATA_ISA
