// wavenet_array_training: an array of a WaveNet over whole sequences in training: a forward pass that saves
// activations, and their gradients. Lanes are frames, as in wavenet_array.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/wavenet/time_gradient.hpp>
#include <strata/kernels/wavenet/time_product.hpp>
#include <strata/kernels/wavenet/wavenet_array.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Rows that one of the arrays reads or writes beside its own; of `condition`, `x` and `head` the gradients too.
template <class T>
struct wavenet_sequence_rows {
    T* data = nullptr;
    std::size_t stride = 0;

    T* row(std::size_t i) const { return data + i * stride; }
};

/// Saved for a sample: for each layer its input, the sums before the activation and the activations; the sum for the
/// head; gradients. A row begins with `margin` zeros, which the windows of the first frames read. Rows of gradients end
/// with them. `backward` overwrites the sums before the activation with their gradients.
template <class Array, std::size_t Steps, bool PassesOn, class T>
struct wavenet_array_training {
    using forward_kernel = wavenet_array<Array, T>;
    using rows_type = wavenet_sequence_rows<T>;
    static constexpr std::size_t L = lanes<T>, layers = Array::kernels.size(), channels = Array::channels;
    static constexpr std::size_t gates = Array::gates * channels;

    static constexpr std::size_t margin = [] {
        std::size_t most = Array::head_taps - 1;
        for (std::size_t i = 0; i < layers; ++i) most = std::max(most, forward_kernel::history(i));
        return whole_vectors<T>(most);
    }();
    static constexpr std::size_t frames = whole_vectors<T>(Steps), stride = margin + frames;

    static constexpr std::size_t block = channels * stride, wide_block = gates * stride;
    static constexpr std::size_t x_at(std::size_t layer) { return layer * block; }
    static constexpr std::size_t activation_at(std::size_t layer) { return (layers + 1 + layer) * block; }
    static constexpr std::size_t sums_at(std::size_t layer) { return (2 * layers + 1) * block + layer * wide_block; }
    static constexpr std::size_t dx_at(std::size_t layer) { return sums_at(layers) + layer * block; }
    static constexpr std::size_t head_sum_at = dx_at(layers + 1), head_dsum_at = head_sum_at + block;
    static constexpr std::size_t dhead_at = head_dsum_at + block;
    static constexpr std::size_t saved_size = dhead_at + Array::outputs * stride;

    // Weights for the gradients of inputs: of rechannel, of each layer's kernel, mixin and pointwise, and of the head,
    // the products the other way round.

    static constexpr std::size_t packed_size = forward_kernel::packed_size;
    static void pack(const T* const*& weights, T*& to) {
        const auto transposed = [&to](const T* from, std::size_t taps, std::size_t in, std::size_t out) {
            // (tap, in, out) as products of (tap, out) with outputs in.
            for (std::size_t i = 0; i < in; i += time_outputs) {
                const std::size_t here = std::min(time_outputs, in - i);
                for (std::size_t k = 0; k < taps; ++k)
                    for (std::size_t o = 0; o < out; ++o)
                        for (std::size_t n = 0; n < here; ++n) *to++ = from[(k * in + i + n) * out + o];
            }
        };
        const T* const rechannel = *weights++;
        const T* kernel = *weights++;
        ++weights;  // bias
        const T* mixin = *weights++;
        const T* pointwise = *weights++;
        ++weights;  // its bias
        transposed(rechannel, 1, Array::inputs, channels);
        for (std::size_t i = 0; i < layers; ++i) {
            transposed(kernel, Array::kernels[i], channels, gates);
            transposed(mixin, 1, Array::condition, gates);
            transposed(pointwise, 1, channels, channels);
            kernel += Array::kernels[i] * channels * gates;
            mixin += Array::condition * gates;
            pointwise += channels * channels;
        }
        transposed(*weights++, Array::head_taps, channels, Array::outputs);
        if constexpr (Array::has_head_bias) ++weights;
    }
    static constexpr std::size_t backward_packed_size = [] {
        std::size_t size = Array::inputs * channels + Array::head_taps * channels * Array::outputs;
        for (std::size_t i = 0; i < layers; ++i)
            size += (Array::kernels[i] * channels + Array::condition) * gates + channels * channels;
        return size;
    }();

    /// The input of the array after this one.
    static rows_type passed_on(T* saved) { return {saved + x_at(layers) + margin, stride}; }
    static rows_type gradient_passed_on(T* saved) { return {saved + dx_at(layers), stride}; }
    /// The outputs of its head, before gradients are known; then their gradients.
    static rows_type head(T* saved) { return {saved + dhead_at, stride}; }
    /// The gradient of what its sum for the head begins with.
    static rows_type gradient_of_sum(T* saved) { return {saved + head_dsum_at, stride}; }

    /// `packed` are the weights of wavenet_array; `first_sum` is what the sum for the head begins with, or null.
    static void forward(rows_type condition, rows_type x, rows_type first_sum, const T* packed, T* saved) {
        std::array<const T*, forward_kernel::most_taps> taps{};
        const T* w = packed;
        std::fill_n(saved, saved_size, T(0));
        taps[0] = x.data;
        time_product<channels>(time_windows<T>{taps.data(), 1, Array::inputs, x.stride}, w, frames, zero,
                               store_to(saved + x_at(0) + margin));
        w += forward_kernel::input_size;
        T* const sum = saved + head_sum_at + margin;
        if (first_sum.data != nullptr)
            for (std::size_t c = 0; c < channels; ++c) std::copy_n(first_sum.row(c), frames, sum + c * stride);
        for (std::size_t layer = 0; layer < layers; ++layer) {
            const T* const input = saved + x_at(layer) + margin;
            const T* const bias = w + forward_kernel::convolution_size(layer);
            const T* const mixin = bias + gates;
            set_windows(taps, input, layer, false);
            time_product<gates>(
                time_windows<T>{taps.data(), Array::kernels[layer], channels, stride}, w, frames,
                [&](std::size_t o, std::size_t f) STRATA_INLINE_CALL {
                    simd<T> value = broadcast(bias[o]);
                    for (std::size_t c = 0; c < Array::condition; ++c)
                        value = multiply_add(broadcast(mixin[c * gates + o]), load(condition.row(c) + f), value);
                    return value;
                },
                store_to(saved + sums_at(layer)));
            w = mixin + Array::condition * gates;
            T* const activations = saved + activation_at(layer);
            for (std::size_t c = 0; c < channels; ++c)
                for (std::size_t f = 0; f < frames; f += L) {
                    const T* const from = saved + sums_at(layer) + c * stride + f;
                    simd<T> value = Array::function::apply(load(from));
                    if constexpr (Array::gates == 2)
                        value = value * Array::gate_function::apply(load(from + channels * stride));
                    store<T>(activations + c * stride + f, value);
                    T* const to = sum + c * stride + f;
                    store<T>(to, load(to) + value);
                }
            if (PassesOn || layer + 1 < layers) {
                const T* const own_bias = w + channels * channels;
                taps[0] = activations;
                time_product<channels>(
                    time_windows<T>{taps.data(), 1, channels, stride}, w, frames,
                    [&](std::size_t o, std::size_t f)
                        STRATA_INLINE_CALL { return load(input + o * stride + f) + broadcast(own_bias[o]); },
                    store_to(saved + x_at(layer + 1) + margin));
            }
            w += channels * channels + channels;
        }
        for (std::size_t k = 0; k < Array::head_taps; ++k) taps[k] = sum - (Array::head_taps - 1 - k);
        const T* const bias = w + Array::head_taps * channels * Array::outputs;
        time_product<Array::outputs>(
            time_windows<T>{taps.data(), Array::head_taps, channels, stride}, w, frames,
            [&](std::size_t o, std::size_t) STRATA_INLINE_CALL { return broadcast(bias[o]); },
            store_to(saved + dhead_at));
    }

    /// head(saved) holds the gradient of the head's output, gradient_passed_on(saved) that of the last layer's, both
    /// with zeros after the last frame. Adds the gradient of `condition`, and writes that of x where x.data is not
    /// null.
    static void backward(rows_type dcondition, rows_type dx, const T* packed, T* saved) {
        std::array<const T*, forward_kernel::most_taps> taps{};
        const T* w = packed + backward_packed_size - Array::head_taps * channels * Array::outputs;
        for (std::size_t k = 0; k < Array::head_taps; ++k) taps[k] = saved + dhead_at + (Array::head_taps - 1 - k);
        time_product<channels>(time_windows<T>{taps.data(), Array::head_taps, Array::outputs, stride}, w, frames, zero,
                               store_to(saved + head_dsum_at));
        for (std::size_t layer = layers; layer-- > 0;) {
            w -= channels * channels;
            T* const dz = saved + sums_at(layer);
            activation_gradients(saved, layer, w);
            w -= Array::condition * gates;
            if (dcondition.data != nullptr) {
                taps[0] = dz;
                time_product<Array::condition>(
                    time_windows<T>{taps.data(), 1, gates, stride}, w, frames,
                    [&](std::size_t o, std::size_t f) STRATA_INLINE_CALL { return load(dcondition.row(o) + f); },
                    [&](std::size_t o, std::size_t f, const simd<T>& v)
                        STRATA_INLINE_CALL { store<T>(dcondition.row(o) + f, v); });
            }
            w -= forward_kernel::convolution_size(layer);
            set_windows(taps, dz, layer, true);
            const T* const next = saved + dx_at(layer + 1);
            time_product<channels>(
                time_windows<T>{taps.data(), Array::kernels[layer], gates, stride}, w, frames,
                [&](std::size_t o, std::size_t f) STRATA_INLINE_CALL { return load(next + o * stride + f); },
                store_to(saved + dx_at(layer)));
            clear_ends(saved + dx_at(layer), channels);
        }
        if (dx.data == nullptr) return;
        taps[0] = saved + dx_at(0);
        time_product<Array::inputs>(time_windows<T>{taps.data(), 1, channels, stride}, packed, frames, zero,
                                    [&](std::size_t o, std::size_t f, const simd<T>& v)
                                        STRATA_INLINE_CALL { store<T>(dx.row(o) + f, v); });
    }

    /// This thread's share of the gradients of the weights, in the order of the layer's table; null where frozen.
    static void weight_gradients(rows_type condition, rows_type x, const T* saved, T* const*& gradients, bool clear,
                                 thread_slice part) {
        T* const* const to = gradients;
        gradients += Array::has_head_bias ? 8 : 7;
        if (to[0] == nullptr) return;
        const auto rows_at = [&](std::size_t at, std::size_t count) { return time_rows<T>{saved + at, count, stride}; };
        time_gradient<T>(frames, {x.data, Array::inputs, x.stride}, rows_at(dx_at(0), channels), clear, to[0], part);
        T* kernel = to[1];
        for (std::size_t layer = 0; layer < layers; ++layer) {
            const auto dz = rows_at(sums_at(layer), gates);
            const std::size_t taps = Array::kernels[layer];
            for (std::size_t k = 0; k < taps; ++k, kernel += channels * gates)
                time_gradient(frames,
                              rows_at(x_at(layer) + margin - (taps - 1 - k) * Array::dilations[layer], channels), dz,
                              clear, kernel, part);
            time_sums(frames, dz, clear, to[2] + layer * gates, part);
            time_gradient<T>(frames, {condition.data, Array::condition, condition.stride}, dz, clear,
                             to[3] + layer * Array::condition * gates, part);
            const auto next = rows_at(dx_at(layer + 1), channels);
            time_gradient(frames, rows_at(activation_at(layer), channels), next, clear,
                          to[4] + layer * channels * channels, part);
            time_sums(frames, next, clear, to[5] + layer * channels, part);
        }
        const auto dhead = rows_at(dhead_at, Array::outputs);
        for (std::size_t k = 0; k < Array::head_taps; ++k)
            time_gradient(frames, rows_at(head_sum_at + margin - (Array::head_taps - 1 - k), channels), dhead, clear,
                          to[6] + k * channels * Array::outputs, part);
        if constexpr (Array::has_head_bias) time_sums(frames, dhead, clear, to[7], part);
    }

    /// Zeros after the last frame.
    static void clear_ends(T* rows, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) std::fill_n(rows + i * stride + Steps, stride - Steps, T(0));
    }

private:
    static constexpr auto zero = [](std::size_t, std::size_t) STRATA_INLINE_CALL { return broadcast(T(0)); };
    static auto store_to(T* rows) {
        return [rows](std::size_t o, std::size_t f, const simd<T>& v)
                   STRATA_INLINE_CALL { store<T>(rows + o * stride + f, v); };
    }
    /// The windows of a layer's convolution: backward in time, or forward for its gradient.
    template <class Taps>
    static void set_windows(Taps& taps, const T* rows, std::size_t layer, bool is_gradient) {
        const std::size_t count = Array::kernels[layer];
        for (std::size_t k = 0; k < count; ++k) {
            const std::size_t distance = (count - 1 - k) * Array::dilations[layer];
            taps[k] = is_gradient ? rows + distance : rows - distance;
        }
    }
    /// From the gradients of the sum for the head and of the next layer's input to those of the sums before the
    /// activation, which replace these sums.
    static void activation_gradients(T* saved, std::size_t layer, const T* pointwise) {
        const T* const dsum = saved + head_dsum_at;
        const T* const next = saved + dx_at(layer + 1);
        T* const z = saved + sums_at(layer);
        const T* taps[1] = {next};
        time_product<channels>(
            time_windows<T>{taps, 1, channels, stride}, pointwise, frames,
            [&](std::size_t o, std::size_t f) STRATA_INLINE_CALL { return load(dsum + o * stride + f); },
            [&](std::size_t o, std::size_t f, const simd<T>& dy) STRATA_INLINE_CALL {
                T* const at = z + o * stride + f;
                const simd<T> sum = load(at);
                if constexpr (Array::gates == 1) {
                    store<T>(at, dy * slope<typename Array::function>(sum));
                } else {
                    T* const gate_at = at + channels * stride;
                    const simd<T> gate_sum = load(gate_at);
                    store<T>(at, dy * Array::gate_function::apply(gate_sum) * slope<typename Array::function>(sum));
                    store<T>(gate_at,
                             dy * Array::function::apply(sum) * slope<typename Array::gate_function>(gate_sum));
                }
            });
        clear_ends(z, gates);
    }
    template <class Function>
    static STRATA_INLINE simd<T> slope(const simd<T>& x) {
        if constexpr (Function::derives_from_output) return Function::derivative(Function::apply(x));
        else return Function::derivative(x);
    }
};

}  // namespace strata::inline STRATA_ISA::kernels
