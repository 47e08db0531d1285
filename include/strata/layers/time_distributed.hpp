// TimeDistributed: a layer on each time step.
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/layers/capabilities.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/recurrent_option.hpp>

namespace strata::inline STRATA_ISA {

/// (steps, ...) -> (steps, ...): the layer Each on every step, whose shape is all axes after the first. Weights:
/// the layer's. A BatchNormalization is trained with the statistics of each time step over the batch. Keras:
/// `TimeDistributed(layer)`.
template <class Each, class... Options>  // strata: types, not values: TimeDistributed<Dense<8>>
    requires detail::says<"strata: options are types; fix: write TimeDistributed<Dense<8>>">
struct TimeDistributed : layer<TimeDistributed<Each, Options...>, Options...> {
    using options = option_list<Options...>;
    using wrapped = Each;
    template <class Other>
    using with_wrapped = TimeDistributed<Other, Options...>;

    static constexpr std::string_view type = "TimeDistributed";
    static constexpr layer_config config() { return {{"layer", &config_of<Each>}}; }
    static constexpr bool is_identity = identity_at_inference<Each>;
    static constexpr bool is_view = view_layer<Each>;
    static constexpr bool is_random = random_layer<Each>;

    static constexpr diagnostic check(const shape& in) {
        if (in.rank() < 2)
            return refuse("(steps, ...) of at least two axes", to_text(in),
                          "put Reshape<shape{steps, features}> before it");
        if constexpr (requires { typename Each::item_list; }) {
            return refuse("one layer inside", Each::type, "wrap each of its layers");
        } else {
            diagnostic inner = detail::check_options(typename Each::options{}, Each::takes);
            if (inner.ok) inner = Each::check(inside(in));
            if (inner.ok) inner = check_capabilities<Each>(inside(in));
            if (inner.ok && needs_whole_batch<Each> && !strata::takes_strided_batches<Each>)
                inner = refuse("a layer that can take each time step as a batch of its own",
                               "one that needs the whole batch at once",
                               "give it takes_strided_batches, or use it without TimeDistributed");
            if (inner.ok && Each::options::template has<stateful>)
                inner = refuse("a layer that begins every sequence at zero", "stateful",
                               "take stateful out of its options");
            if (!inner.ok) inner.at = text<200>() << Each::type << " inside a TimeDistributed";
            return inner;
        }
    }
    static constexpr shape output(const shape& in) {
        shape result{in[0]};
        const shape each = Each::output(inside(in));
        for (std::size_t axis = 0; axis < each.rank(); ++axis) result.push_back(each[axis]);
        return result;
    }
    static constexpr parameter_table parameters(const shape& in) {
        parameter_table table = Each::parameters(inside(in));
        for (std::size_t i = 0; i < table.count; ++i) {
            table.rows[i].container = container;
            table.rows[i].trainable = table.rows[i].trainable && !Each::options::template has<frozen>;
        }
        return table;
    }
    static constexpr std::size_t flops(const shape& in) { return in[0] * Each::flops(inside(in)); }
    template <class T>
    static constexpr std::size_t scratch(const shape& in)
        requires needs_scratch<Each>
    {
        return Each::template scratch<T>(inside(in));
    }
    template <shape In, class T>
    static constexpr std::size_t packed_size()
        requires packs_weights<Each>
    {
        return Each::template packed_size<inside(In), T>();
    }
    template <shape In, class T>
    static constexpr void pack_weights(const T* const* weights, T* to, thread_slice part)
        requires packs_weights<Each>
    {
        Each::template pack_weights<inside(In)>(weights, to, part);
    }
    template <shape In, class... Next>
    static constexpr bool fuses()
        requires fuses_layers<Each>
    {
        return is_one_elementwise<Next...> && Each::template fuses<inside(In), Next...>();
    }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        Each::template forward<inside(In), N * In[0], Fused>(s);
    }
    template <shape In>
    static constexpr streaming streams() {
        return streaming::each_step;
    }

    template <shape In, class Fused, class T>
    static constexpr std::size_t saved_size()
        requires detail::has_saved_size<Each>
    {
        return In[0] * Each::template saved_size<inside(In), Fused, T>();
    }
    template <shape In, class T>
    static constexpr std::size_t backward_packed_size()
        requires packs_for_backward<Each>
    {
        return Each::template backward_packed_size<inside(In), T>();
    }
    template <shape In, class Fused, class T>
    static constexpr std::size_t gradient_scratch(std::size_t samples)
        requires detail::has_gradient_scratch<Each>
    {
        return Each::template gradient_scratch<inside(In), Fused, T>(samples * In[0]);
    }
    template <shape In, class Fused, class T>
    static void train_forward(forward_context<T> s)
        requires has_backward<Each>
    {
        s.count *= In[0];
        forward_in_training<Each, inside(In), Fused>(s);
    }
    template <shape In, class T>
    static void pack_for_backward(const T* const* weights, T* transposed, thread_slice part)
        requires packs_for_backward<Each>
    {
        Each::template pack_for_backward<inside(In)>(weights, transposed, part);
    }
    template <shape In, class Fused, class T>
    static void backward(backward_context<T> s)
        requires has_backward<Each>
    {
        s.count *= In[0];
        Each::template backward<inside(In), Fused>(s);
    }
    template <shape In, class Fused, class T>
    static void weight_gradients(backward_context<T> s, thread_slice part)
        requires has_weight_gradients<Each>
    {
        s.count *= In[0];
        Each::template weight_gradients<inside(In), Fused>(s, part);
    }

    // A layer that needs the whole batch: each time step is a batch of its own, the first step first. Moving statistics
    // take in step after step; gradients of weights are the sum over steps.

    static constexpr bool is_whole_batch = needs_whole_batch<Each> && !Each::options::template has<frozen>;
    static constexpr bool takes_strided_batches = strata::takes_strided_batches<Each>;

    template <shape In, class T>
    static constexpr std::size_t shared_size()
        requires is_whole_batch
    {
        return In[0] * Each::template shared_size<inside(In), T>();
    }
    template <shape In, class Fused, class T>
    static void collect(forward_context<T> s)
        requires is_whole_batch
    {
        s.count *= In[0];
        Each::template collect<inside(In), Fused>(s);
    }
    template <shape In, class Fused, class T>
    static void combine(const forward_context<T>& s, thread_slice part)
        requires is_whole_batch
    {
        for (std::size_t t = 0; t < In[0]; ++t)
            Each::template combine<inside(In), Fused>(step_of<In, Fused>(s, 0, t, s.count), part);
    }
    template <shape In, class Fused, class T>
    static void batch_forward(const forward_context<T>& s)
        requires is_whole_batch
    {
        for (std::size_t n = 0; n < s.count; ++n)
            for (std::size_t t = 0; t < In[0]; ++t)
                Each::template batch_forward<inside(In), Fused>(step_of<In, Fused>(s, n, t, 1));
    }
    template <shape In, class Fused, class T>
    static void collect_gradient(const backward_context<T>& s)
        requires is_whole_batch
    {
        for (std::size_t n = 0; n < s.count; ++n)
            for (std::size_t t = 0; t < In[0]; ++t)
                Each::template collect_gradient<inside(In), Fused>(step_of<In, Fused>(s, n, t, 1));
    }
    template <shape In, class Fused, class T>
    static void combine_gradient(const backward_context<T>& s, thread_slice part)
        requires is_whole_batch
    {
        for (std::size_t t = 0; t < In[0]; ++t) {
            backward_context<T> step = step_of<In, Fused>(s, 0, t, s.count);
            step.first = s.first && t == 0;
            Each::template combine_gradient<inside(In), Fused>(step, part);
        }
    }
    template <shape In, class Fused, class T>
    static void batch_backward(const backward_context<T>& s)
        requires is_whole_batch
    {
        for (std::size_t n = 0; n < s.count; ++n)
            for (std::size_t t = 0; t < In[0]; ++t)
                Each::template batch_backward<inside(In), Fused>(step_of<In, Fused>(s, n, t, 1));
    }

    /// Where Keras' files have the weights of the layer inside.
    static constexpr text<64> container = [] {
        if constexpr (requires { Each::container; }) return text<64>("layer/") << Each::container;
        else return text<64>("layer");
    }();

private:
    /// The shape of one step.
    static constexpr shape inside(const shape& in) {
        shape result;
        for (std::size_t axis = 1; axis < in.rank(); ++axis) result.push_back(in[axis]);
        return result;
    }
    /// Time step t of `count` samples from the n-th on: samples lie In[0] steps apart.
    template <shape In, class Fused, class Pass>
    static Pass step_of(Pass s, std::size_t n, std::size_t t, std::size_t count) {
        using T = std::remove_cvref_t<decltype(*s.y)>;
        constexpr shape in = inside(In), out = Each::output(inside(In));
        const std::size_t step = n * s.stride * In[0] + t;
        s.count = count;
        s.stride *= In[0];
        s.x += step * in.size();
        s.y += step * out.size();
        s.saved += step * saved_size_of<Each, in, Fused, T>;
        s.shared += t * Each::template shared_size<in, T>();
        if constexpr (requires { s.dy; }) {
            s.dy += step * out.size();
            if (s.dx != nullptr) s.dx += step * in.size();
        }
        return s;
    }
};

}  // namespace strata::inline STRATA_ISA
