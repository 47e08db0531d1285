// recurrent: the base of LSTM, GRU and SimpleRNN.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/core/type_list.hpp>
#include <strata/kernels/gemm/rows_product.hpp>
#include <strata/kernels/recurrent/recurrent.hpp>
#include <strata/kernels/recurrent/recurrent_backward.hpp>
#include <strata/kernels/recurrent/recurrent_frames.hpp>
#include <strata/kernels/reference/reference_recurrent.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/recurrent_cells.hpp>
#include <strata/layers/recurrent_option.hpp>

namespace strata::inline STRATA_ISA {

/// A layer of Units that goes along time. Cell is its step.
template <class Self, class Cell, int Units, class... Options>
struct recurrent_layer : layer<Self, Options...> {
    using options = option_list<Options...>;
    static constexpr auto takes = options_of_recurrent<>;

    static constexpr layer_config config() {
        using gates = typename options::template get<recurrent_activation<Sigmoid>>::type;
        layer_config result{{"units", Units}, {"activation", activation_value<typename options::template get<Tanh>>()}};
        if constexpr (Cell::gates > 1) result.push_back({"recurrent_activation", activation_value<gates>()});
        return result;
    }
    /// The activations that it has where none is written.
    using default_activations =
        std::conditional_t<(Cell::gates > 1), type_list<Tanh, recurrent_activation<Sigmoid>>, type_list<Tanh>>;

    static constexpr bool sequences = options::template has<return_sequences>;
    static constexpr bool is_backwards = options::template has<go_backwards>;
    static constexpr bool is_stateful = options::template has<stateful>;

    static constexpr diagnostic check(const shape& in) {
        if (Units < 1)
            return refuse("at least 1 unit", text<64>() << Self::type << "<" << Units << ">",
                          text<64>() << "write " << Self::type << "<units>, units >= 1");
        if (in.rank() != 2)
            return refuse("(steps, features)", to_text(in), "put Reshape<shape{steps, features}> before it");
        if (is_stateful && is_backwards)
            return refuse("stateful layers that go forward in time", "stateful with go_backwards",
                          "leave one of them out: the next batch comes after the last step, not before the first");
        if (!elementwise_layer<typename options::template get<Tanh>> ||
            !elementwise_layer<typename options::template get<recurrent_activation<Sigmoid>>::type>)
            return refuse("activations of single values, such as Tanh", "one that is none, such as Softmax",
                          "put it after the layer, as a layer of its own");
        if (!options::template get<recurrent_regularizer<L1L2<>>>::type::value.is_valid())
            return refuse("regularizers with factors of at least 0", "a factor that is negative, infinite or NaN",
                          "write L2<0.01>");
        return check_regularizers<options>();
    }
    static constexpr shape output(const shape& in) { return sequences ? shape{in[0], units} : shape{units}; }
    static constexpr parameter_table parameters(const shape& in) {
        const std::size_t columns = Cell::gates * units;
        parameter_table table;
        table.push_back({.name = "kernel",
                         .extents = shape{in.back(), columns},
                         .initializer = options::template get<kernel_initializer<GlorotUniform>>::type::value,
                         .penalty = options::template get<kernel_regularizer<L1L2<>>>::type::value,
                         .group = "cell"});
        table.push_back({.name = "recurrent_kernel",
                         .extents = shape{units, columns},
                         .initializer = options::template get<recurrent_initializer<Orthogonal<>>>::type::value,
                         .penalty = options::template get<recurrent_regularizer<L1L2<>>>::type::value,
                         .group = "cell"});
        if (has_bias)
            table.push_back(
                {.name = "bias",
                 .extents = Self::bias_extents(),
                 .initializer = Self::bias_values(options::template get<bias_initializer<Zeros>>::type::value),
                 .penalty = options::template get<bias_regularizer<L1L2<>>>::type::value,
                 .layout = weight_layout::plain,
                 .group = "cell"});
        return table;
    }
    /// Products, biases, and 1 for each activation and each operation of the cell.
    static constexpr std::size_t flops(const shape& in) {
        const std::size_t columns = Cell::gates * units;
        return in[0] * (2 * (in.back() + units) * columns + (has_bias ? columns : 0) + columns +
                        (Cell::gates > 1 ? 5 * units : 0));
    }
    template <shape In, class T>
    static constexpr text<48> algorithm_name() {
        return hoists<T>(In) ? "product of all inputs, then steps" : "steps";
    }
    template <shape In, class T>
    static constexpr std::size_t packed_size() {
        return step_of<In, T>::packed_size;
    }
    template <shape In, class T>
    static constexpr void pack_weights(const T* const* weights, T* to, thread_slice part) {
        step_of<In, T>::pack_weights(all_weights<In>(weights), to, part);
    }
    template <class T>
    static constexpr std::size_t scratch(const shape& in) {
        using any = kernels::recurrent_step<Cell, 1, units, T>;
        return state_elements<T>() + (hoists<T>(in) ? in[0] * any::columns : 0);
    }
    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        const T* x = s.x;
        T* y = s.y;
        for (std::size_t n = 0; n < N; ++n) {
            if (std::is_constant_evaluated())
                kernels::reference::recurrent<Cell>({.steps = In[0],
                                                     .features = In[1],
                                                     .units = units,
                                                     .width = kernels::panel_width<T>(Cell::gates * units),
                                                     .is_reversed = is_backwards,
                                                     .returns_sequences = sequences},
                                                    x, all_weights<In>(s.weights), y);
            else run_sequence<In>(x, s.weights, y, s.scratch, carried_of(s, n));
            x += In.size();
            y += output(In).size();
        }
    }

    template <shape In>
    static constexpr streaming streams() {
        return is_backwards ? streaming::none : sequences ? streaming::with_state : streaming::to_last;
    }
    template <shape In>
    static constexpr stream_refusal refuse_stream() {
        return {.got = is_backwards ? "a layer with go_backwards, whose first step is the last one of its input" : "",
                .fix = is_backwards ? "take out go_backwards, or call infer with all steps" : ""};
    }
    template <shape In>
    static constexpr std::size_t lookback() {
        return unbounded;
    }
    template <shape In, class T>
    static constexpr std::size_t state_size() {
        return step_of<In, T>::state_size;
    }
    template <shape In, class Fused, class T>
    static STRATA_INLINE void step(const forward_context<T>& s) {
        step_of<In, T>::template run<kernels::recurrent_input::values>(s.x, packed_weights<Self, In>(s), s.state, s.y);
    }
    /// The outputs of the last step, and of an LSTM its cell.
    template <shape In, class T>
    static auto state_parts(T* state) {
        using own = step_of<In, T>;
        const state_part<T> hidden{"hidden", std::span(state + own::output_offset(state), units)};
        if constexpr (Cell::has_carry)
            return std::array{hidden, state_part<T>{"cell", std::span(state + own::carry_offset, units)}};
        else return std::array{hidden};
    }
    template <shape In>
    static constexpr std::size_t carried_size() {
        return is_stateful ? (Cell::has_carry ? 2 : 1) * units : 0;
    }
    template <shape In, class T>
    static constexpr std::size_t process_scratch(std::size_t frames) {
        return frames_of<In, T>::scratch_size(frames);
    }
    template <shape In, class Fused, class T>
    static void process(const forward_context<T>& s) {
        frames_of<In, T>::run(s.count, s.x, packed_weights<Self, In>(s), s.state, s.y, s.scratch);
    }

    template <shape In, class Fused, class T>
    static constexpr std::size_t saved_size() {
        return training<In, T>::saved_size;
    }
    template <shape In, class T>
    static constexpr std::size_t backward_packed_size() {
        return kernels::transposed_panels<In[1], Cell::gates * units, T>().stored();
    }
    template <shape In, class Fused, class T>
    static constexpr std::size_t gradient_scratch(std::size_t samples) {
        return training<In, T>::scratch_size(samples);
    }
    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s) {
        training<In, T>::forward(s.count, s.x, all_weights<In>(s.weights), sequences, s.saved, s.y, s.scratch,
                                 {s.carried, s.carried_stride});
    }
    template <shape In, class T>
    static void pack_for_backward(const T* const* weights, T* transposed, thread_slice part) {
        kernels::transpose_weights<In[1], Cell::gates * units>(weights[weight_index<Self, In, "kernel">], transposed,
                                                               part);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        training<In, T>::backward(s.count, s.dy, {weight<Self, In, "recurrent_kernel">(s), s.backward_weights},
                                  sequences, s.saved, s.dx, s.scratch);
    }
    template <shape In, class Fused, class T>
    static void weight_gradients(const backward_context<T>& s, thread_slice part) {
        using own = training<In, T>;
        const T* saved = s.saved;
        if (gradient<Self, In, "kernel">(s) == nullptr) return;
        own::accumulate_kernel(s.count, s.x, saved, gradient<Self, In, "kernel">(s), s.first, part);
        own::accumulate_recurrent(s.count, saved, gradient<Self, In, "recurrent_kernel">(s), s.first, part);
        if constexpr (has_bias) {
            own::accumulate_bias(s.count, saved, false, gradient<Self, In, "bias">(s), s.first, part);
            if constexpr (has_own_bias)
                own::accumulate_bias(s.count, saved, true, gradient<Self, In, "bias">(s) + Cell::gates * units, s.first,
                                     part);
        }
    }

private:
    static constexpr std::size_t units = static_cast<std::size_t>(Units < 1 ? 1 : Units);
    static constexpr bool has_bias = !options::template has<no_bias>;
    static constexpr bool has_own_bias = has_bias && Cell::sums != Cell::gates;
    template <shape In, class T>
    using step_of = kernels::recurrent_step<Cell, In[1], units, T>;
    template <shape In, class T>
    using frames_of = kernels::recurrent_frames<Cell, In[1], units, T>;
    template <shape In, class T>
    using training = kernels::recurrent_training<Cell, In[0], In[1], units, is_backwards, is_stateful, T>;
    template <shape In, class T>
    static constexpr const T* input_bias(const T* const* weights) {
        if constexpr (has_bias) return weights[weight_index<Self, In, "bias">];
        else return nullptr;
    }
    /// A GRU's bias of the recurrent sums, which follows the other one.
    template <shape In, class T>
    static constexpr const T* own_bias(const T* const* weights) {
        if constexpr (has_own_bias) return weights[weight_index<Self, In, "bias">] + Cell::gates * units;
        else return nullptr;
    }
    template <shape In, class T>
    static constexpr kernels::recurrent_weights<T> all_weights(const T* const* weights) {
        return {weights[weight_index<Self, In, "kernel">], weights[weight_index<Self, In, "recurrent_kernel">],
                input_bias<In>(weights), own_bias<In>(weights)};
    }
    template <class T>
    static constexpr std::size_t state_elements() {
        constexpr std::size_t vector = 64 / sizeof(T);
        return (kernels::recurrent_step<Cell, 1, units, T>::state_size + vector - 1) / vector * vector;
    }
    /// Whether the products of the input are computed for all steps at once: where the kernel does not fit into a
    /// first-level cache beside the recurrent kernel.
    template <class T>
    static constexpr bool hoists(const shape& in) {
        return in[0] >= 4 &&
               in[1] * kernels::recurrent_step<Cell, 1, units, T>::columns * sizeof(T) > (std::size_t{16} << 10);
    }
    template <class T>
    static constexpr T* carried_of(const forward_context<T>& s, std::size_t sample) {
        return is_stateful && s.carried != nullptr ? s.carried + sample * s.carried_stride : nullptr;
    }
    /// One sequence. It begins with the values at `carried`, or zero, and leaves there those of its end.
    template <shape In, class T>
    static void run_sequence(const T* x, const T* const* weights, T* y, T* memory, [[maybe_unused]] T* carried) {
        using step = step_of<In, T>;
        constexpr bool hoisted = hoists<T>(In);
        const T* packed = weights[weight_count<Self, In>];
        T* products = memory + state_elements<T>();
        std::fill_n(memory, step::state_size, T(0));
        if constexpr (is_stateful)
            if (carried != nullptr)
                for (std::size_t i = 0; const auto& part : state_parts<In>(memory))
                    std::copy_n(carried + units * i++, units, part.values.data());
        if constexpr (hoisted)
            kernels::dense_rows<In[1], step::columns, kernels::linear>(In[0], x, packed, static_cast<const T*>(nullptr),
                                                                       products);
        const T* from = hoisted ? products : x;
        constexpr std::size_t width = hoisted ? step::columns : In[1];
        constexpr auto input = hoisted ? kernels::recurrent_input::products : kernels::recurrent_input::values;
        for (std::size_t t = 0; t < In[0]; ++t) {
            const T* at = from + (is_backwards ? In[0] - 1 - t : t) * width;
            T* to = sequences ? y + t * units : t + 1 == In[0] ? y : nullptr;
            step::template run<input>(at, packed, memory, to);
        }
        if constexpr (is_stateful)
            if (carried != nullptr)
                for (std::size_t i = 0; const auto& part : state_parts<In>(memory))
                    std::copy_n(part.values.data(), units, carried + units * i++);
    }
};

}  // namespace strata::inline STRATA_ISA
