// wavenet_training: all arrays of a WaveNet over whole sequences in training.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/core/type_list.hpp>
#include <strata/kernels/wavenet/wavenet.hpp>
#include <strata/kernels/wavenet/wavenet_array_training.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The arrays after a sequence of Steps frames. Saved for a sample: the rows of its input, their gradients as the
/// condition and as the first array's input, then what each array saves.
template <class Arrays, std::size_t Steps, class T>
class wavenet_training {
    using kernel = wavenet<Arrays, T>;
    static constexpr std::size_t count = Arrays::size(), inputs = kernel::inputs, outputs = kernel::outputs;
    static constexpr std::size_t frames = whole_vectors<T>(Steps);
    template <std::size_t I>
    using array = wavenet_array_training<type_at<I, Arrays>, Steps, (I + 1 < count), T>;
    using indices = std::make_index_sequence<count>;
    using rows = wavenet_sequence_rows<T>;

    template <std::size_t... I>
    static constexpr auto offsets(std::index_sequence<I...>) {
        std::array<std::size_t, count + 1> result{3 * inputs * frames};
        ((result[I + 1] = result[I] + array<I>::saved_size), ...);
        return result;
    }
    static constexpr auto offset = offsets(indices{});
    template <std::size_t... I>
    static constexpr std::size_t all_packed(std::index_sequence<I...>) {
        return (array<I>::backward_packed_size + ...);
    }
    template <class F>
    static void for_each_array(F f) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (f(std::integral_constant<std::size_t, I>{}), ...);
        }(indices{});
    }
    template <class F>
    static void for_each_array_from_the_last(F f) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (f(std::integral_constant<std::size_t, count - 1 - I>{}), ...);
        }(indices{});
    }
    static rows input_rows(T* saved) { return {saved, frames}; }
    static rows input_gradients(T* saved) { return {saved + inputs * frames, frames}; }

public:
    static constexpr std::size_t saved_size = offset[count];
    static constexpr std::size_t backward_packed_size = all_packed(indices{});

    static void pack_for_backward(const T* const* weights, T* to) {
        for_each_array([&]<class I>(I) { array<I::value>::pack(weights, to); });
    }

    /// One sample: x (Steps, inputs) -> y (Steps, outputs). `packed` are the weights of kernels::wavenet.
    static void forward(const T* x, const T* packed, T* saved, T* y) {
        std::fill_n(saved, offset[0], T(0));
        for (std::size_t c = 0; c < inputs; ++c)
            for (std::size_t f = 0; f < Steps; ++f) saved[c * frames + f] = x[f * inputs + c];
        rows from = input_rows(saved), sum{};
        const T* w = packed;
        for_each_array([&]<class I>(I) {
            using own = array<I::value>;
            T* const at = saved + offset[I::value];
            own::forward(input_rows(saved), from, sum, w, at);
            from = own::passed_on(at);
            sum = own::head(at);
            w += own::packed_size;
        });
        for (std::size_t f = 0; f < Steps; ++f)
            for (std::size_t o = 0; o < outputs; ++o) y[f * outputs + o] = *w * sum.row(o)[f];
    }
    /// The gradients of one sample's values, and of x where dx is not null. `scale` is that of the head.
    static void backward(const T* dy, T scale, const T* backward_packed, T* saved, T* dx) {
        using last = array<count - 1>;
        const rows dhead = last::head(saved + offset[count - 1]);
        last::clear_ends(dhead.data, outputs);
        for (std::size_t o = 0; o < outputs; ++o)
            for (std::size_t f = 0; f < Steps; ++f) dhead.row(o)[f] = scale * dy[f * outputs + o];
        const rows dinput = input_gradients(saved), dcondition = dx == nullptr ? rows{} : dinput;
        const rows own_dx{saved + 2 * inputs * frames, frames};
        const T* w = backward_packed + backward_packed_size;
        for_each_array_from_the_last([&]<class I>(I) {
            using own = array<I::value>;
            T* const at = saved + offset[I::value];
            w -= own::backward_packed_size;
            if constexpr (I::value > 0) {
                using before = array<I::value - 1>;
                T* const to = saved + offset[I::value - 1];
                own::backward(dcondition, before::gradient_passed_on(to), w, at);
                before::clear_ends(before::gradient_passed_on(to).data, before::channels);
                const rows sum = own::gradient_of_sum(at), head = before::head(to);
                before::clear_ends(head.data, own::channels);
                for (std::size_t c = 0; c < own::channels; ++c) std::copy_n(sum.row(c), Steps, head.row(c));
            } else {
                own::backward(dcondition, dx == nullptr ? rows{} : own_dx, w, at);
            }
        });
        if (dx == nullptr) return;
        for (std::size_t f = 0; f < Steps; ++f)
            for (std::size_t c = 0; c < inputs; ++c) dx[f * inputs + c] = dinput.row(c)[f] + own_dx.row(c)[f];
    }
    /// One sample's part of the gradients of the weights, null where frozen; this thread's share of each.
    static void weight_gradients(T* saved, T* const* gradients, bool clear, thread_slice part) {
        rows from = input_rows(saved);
        for_each_array([&]<class I>(I) {
            using own = array<I::value>;
            T* const at = saved + offset[I::value];
            own::weight_gradients(input_rows(saved), from, at, gradients, clear, part);
            from = own::passed_on(at);
        });
    }
};

}  // namespace strata::inline STRATA_ISA::kernels
