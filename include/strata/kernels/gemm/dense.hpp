// dense: y = activation(x w + bias): a matrix-vector product for one row, register tiles for more. The folder holds the
// matrix products, forward and backward, and the layout of their weights.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/elementwise/elementwise.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/gemm/rows_product.hpp>
#include <strata/kernels/reference/reference.hpp>
#include <strata/kernels/simd/lane_broadcast.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The chains of row_times_panel for rows of K values.
template <std::size_t K>
inline constexpr std::size_t row_chains = K >= 64  ? 8
                                          : K >= 8 ? 4
                                                   : 1;

/// y (columns) = activation(x (k) times a panel w (k, V vectors) + bias). Each vector has Chains independent sums:
/// about 16 sums hide the latency of multiply-adds, and the loop runs at the speed of its loads. bias is padded to the
/// panel and may be null. Only `columns` of y are written.
template <std::size_t V, std::size_t Chains, class Activation, class T>
STRATA_INLINE void row_times_panel(std::size_t k, const T* x, const T* w, const T* bias, T* y, std::size_t columns) {
    constexpr std::size_t L = lanes<T>;
    simd<T> sums[Chains][V];
    STRATA_UNROLL
    for (std::size_t n = 0; n < V; ++n) {
        sums[0][n] = bias != nullptr ? load(bias + n * L) : broadcast(T(0));
        STRATA_UNROLL
        for (std::size_t c = 1; c < Chains; ++c) sums[c][n] = broadcast(T(0));
    }
    const auto add = [&](const simd<T>& value, std::size_t c) STRATA_INLINE_CALL {
        STRATA_UNROLL
        for (std::size_t n = 0; n < V; ++n) sums[c][n] = multiply_add(value, load(w + (c * V + n) * L), sums[c][n]);
    };
    [[maybe_unused]] const auto add_lanes = [&]<std::size_t... I>(const simd<T>& values, std::size_t c,
                                                                  std::index_sequence<I...>) STRATA_INLINE_CALL {
        STRATA_UNROLL
        for (std::size_t n = 0; n < V; ++n)
            ((sums[c + I][n] = multiply_add_lane<I>(values, load(w + ((c + I) * V + n) * L), sums[c + I][n])), ...);
    };
    const std::size_t rest = k % Chains;
    for (const T* end = x + (k - rest); x != end; x += Chains, w += Chains * V * L) {
        if constexpr (has_lane_products && Chains % L == 0) {
            STRATA_UNROLL
            for (std::size_t c = 0; c < Chains; c += L) add_lanes(load(x + c), c, std::make_index_sequence<L>{});
        } else if constexpr (Chains % 4 == 0) {
            STRATA_UNROLL
            for (std::size_t c = 0; c < Chains; c += 4) {
                const four_elements<simd<T>> values(x + c);
                add(values.template broadcast<0>(), c);
                add(values.template broadcast<1>(), c + 1);
                add(values.template broadcast<2>(), c + 2);
                add(values.template broadcast<3>(), c + 3);
            }
        } else {
            STRATA_UNROLL
            for (std::size_t c = 0; c < Chains; ++c) add(broadcast(x[c]), c);
        }
    }
    for (const T* end = x + rest; x != end; ++x, w += V * L) add(broadcast(*x), 0);
    STRATA_UNROLL
    for (std::size_t n = 0; n < V; ++n) {
        STRATA_UNROLL
        for (std::size_t c = 1; c < Chains; ++c) sums[0][n] = sums[0][n] + sums[c][n];
        if (columns > n * L) store_partial<T>(y + n * L, Activation::apply(sums[0][n]), std::min(columns - n * L, L));
    }
}

/// Broadcasts single elements of memory, with the interface of lane_source. Each broadcast is a load and uses no
/// shuffle unit.
template <class V>
class element_source {
public:
    using element = typename V::value_type;
    STRATA_INLINE explicit element_source(const element* p) : p_(p) {}
    template <std::size_t I>
    STRATA_INLINE V broadcast() const {
        return V(p_[I]);
    }

private:
    const element* p_;
};

/// activation(x (K) times a panel w (K, width) + bias) in a vector. x is a lane_source or an element_source of V. bias
/// may be null. Lanes after the last column are unspecified. The sums are those of row_times_panel, bit for bit.
template <std::size_t K, class Activation, class V, class Source, class T>
STRATA_INLINE V elements_times_panel(const Source& x, const T* w, std::size_t width, const T* bias) {
    constexpr std::size_t chains = row_chains<K>, in_chains = K / chains * chains;
    V sums[chains];
    sums[0] = bias != nullptr ? load_exactly<V, V::size>(bias) : V(T(0));
    STRATA_UNROLL
    for (std::size_t c = 1; c < chains; ++c) sums[c] = V(T(0));
    const auto add = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) STRATA_INLINE_CALL {
        V& sum = sums[I < in_chains ? I % chains : 0];
        sum = multiply_add(x.template broadcast<I>(), load_exactly<V, V::size>(w + I * width), sum);
    };
    [&]<std::size_t... I>(std::index_sequence<I...>)
        STRATA_INLINE_CALL { (add(std::integral_constant<std::size_t, I>{}), ...); }(std::make_index_sequence<K>{});
    STRATA_UNROLL
    for (std::size_t c = 1; c < chains; ++c) sums[0] = sums[0] + sums[c];
    return Activation::apply(sums[0]);
}

/// As elements_times_panel, for a row in the first K lanes of x.
template <std::size_t K, class Activation, class V, class T>
STRATA_INLINE V lanes_times_panel(const V& x, const T* w, std::size_t width, const T* bias) {
    return elements_times_panel<K, Activation, V>(lane_source<V>(x), w, width, bias);
}

/// One row in a vector x times one column w (K): lane 0 of the result is activation(x w + bias). Lanes of x after the
/// first K are ignored. bias may be null. Products are multiply-adds to zero: a compiler may contract a product and the
/// addition after it in one function, and not in another.
template <std::size_t K, class Activation, class V, class T>
STRATA_INLINE V lanes_times_column(const V& x, const T* w, const T* bias) {
    constexpr std::size_t count = std::bit_ceil(K);
    const V products = multiply_add(K < count ? keep_lanes<K>(x) : x, load_exactly<V, K>(w), V(T(0)));
    return Activation::apply(sum_of_halves<count>(products) + V(bias != nullptr ? *bias : T(0)));
}

/// Whether lanes_times_column has the sums of row_times_column, bit for bit.
template <std::size_t K, class T>
inline constexpr bool column_in_lanes_matches = std::has_single_bit(K) && K * sizeof(T) >= 16 && K * sizeof(T) <= 64;

/// One row x (K) times one column w (K): activation(x w + bias). bias may be null. Short rows use vectors of at most 32
/// bytes: a wide load of data that narrower stores have just written would wait for the store buffer.
template <std::size_t K, class Activation, class T>
STRATA_INLINE T row_times_column(const T* x, const T* w, const T* bias) {
    constexpr std::size_t widest = std::max<std::size_t>(1, 32 / sizeof(T));
    using V = simd_for<T, (K <= 8 * widest ? std::min(K, widest) : lanes<T>)>;
    using narrow = simd_for<T, 1>;
    constexpr std::size_t L = V::size, whole = K / L, chains = std::clamp<std::size_t>(whole, 1, 4);
    V sums[chains];
    STRATA_UNROLL
    for (std::size_t c = 0; c < chains; ++c)
        sums[c] =
            whole > 0 ? multiply_add(load_exactly<V, L>(x + c * L), load_exactly<V, L>(w + c * L), V(T(0))) : V(T(0));
    constexpr std::size_t in_chains = whole / chains * chains;
    for (std::size_t k = chains; k < in_chains; k += chains) {
        STRATA_UNROLL
        for (std::size_t c = 0; c < chains; ++c)
            sums[c] = multiply_add(load_exactly<V, L>(x + (k + c) * L), load_exactly<V, L>(w + (k + c) * L), sums[c]);
    }
    for (std::size_t k = in_chains; k < whole; ++k)
        sums[0] = multiply_add(load_exactly<V, L>(x + k * L), load_exactly<V, L>(w + k * L), sums[0]);
    if constexpr (constexpr std::size_t rest = K % L; rest > 0)
        sums[0] = multiply_add(load_exactly<V, rest>(x + K - rest), load_exactly<V, rest>(w + K - rest), sums[0]);
    STRATA_UNROLL
    for (std::size_t c = 1; c < chains; ++c) sums[0] = sums[0] + sums[c];
    T sum{};
    store_exactly<1>(&sum, sum_of_halves<V::size>(sums[0]));
    sum += bias != nullptr ? *bias : T(0);
    T y[narrow::size];
    store_exactly<narrow::size>(y, Activation::apply(narrow(sum)));
    return y[0];
}

/// Some panels of y (F) = activation(x (K) weights (K, F) + bias).
template <std::size_t K, std::size_t F, class Activation, class T>
STRATA_INLINE void dense_panels(const T* x, const T* weights, const T* bias, T* y, item_range range) {
    constexpr std::size_t NR = panel_vectors<T>(F), width = NR * lanes<T>;
    for (std::size_t p = range.begin; p < range.end; ++p)
        row_times_panel<NR, row_chains<K>, Activation>(K, x, weights + p * K * width,
                                                       bias != nullptr ? bias + p * width : nullptr, y + p * width,
                                                       columns_of_panel<F, T>(p));
}

/// Activations of one or two instructions.
template <class Activation>
inline constexpr bool is_short =
    std::is_same_v<Activation, linear> || std::is_same_v<Activation, relu> || std::is_same_v<Activation, relu6>;
template <double Slope>
inline constexpr bool is_short<leaky_relu<Slope>> = true;

/// Whether tiles of several rows apply the activation to their registers. Other activations are a second pass over the
/// rows: a tile has a copy of its activation for each of its vectors, which takes long to compile. The second pass is
/// faster where the last vector of a row is not full. It is slower for wide layers.
template <class Activation, std::size_t F>
inline constexpr bool is_applied_in_tile = is_short<Activation> || F > 64;

/// A range of panels of y (N, F) = activation(x (N, K) weights (K, F) + bias (F)).
template <std::size_t N, std::size_t K, std::size_t F, class Activation, class T>
STRATA_INLINE void dense_panels_of_rows(const T* x, const T* weights, const T* bias, T* y, item_range range) {
    if constexpr (N == 1) {
        dense_panels<K, F, Activation>(x, weights, bias, y, range);
    } else if constexpr (prefers_panel_product<K, F, T>(N)) {
        dense_by_panels<K, F, Activation>(N, x, weights, bias, y, range);
    } else {
        constexpr std::size_t NR = panel_vectors<T>(F), width = NR * lanes<T>;
        constexpr bool in_tile = is_applied_in_tile<Activation, F>;
        for (std::size_t p = range.begin; p < range.end; ++p)
            rows_times_panel<N, NR, std::conditional_t<in_tile, Activation, linear>, prefetches_weights<K, F, T>>(
                tile_input{.length = K, .row_step = K}, x, weights + p * K * width,
                bias != nullptr ? bias + p * width : nullptr, y + p * width, F, columns_of_panel<F, T>(p));
        if constexpr (!in_tile) {
            const std::size_t begin = std::min(range.begin * width, F);
            const std::size_t columns = std::min(range.end * width, F) - begin;
            if (columns == F) return elementwise<Activation>(N * F, y, y);
            for (std::size_t row = 0; row < N; ++row)
                elementwise<Activation>(columns, y + row * F + begin, y + row * F + begin);
        }
    }
}

/// y (N, F) = activation(x (N, K) weights (K, F) + bias (F)). weights and bias are in panels of panel_width<T>(F)
/// columns; bias may be null. x and y are unpadded and need no alignment. y overlaps neither x nor the weights. In
/// constant evaluation plain loops run.
template <std::size_t N, std::size_t K, std::size_t F, class Activation, class T>
constexpr void dense(const T* x, const T* weights, const T* bias, T* y) {
    if (std::is_constant_evaluated())
        reference::dense<Activation>(N, panels{.rows = K, .columns = F, .width = panel_width<T>(F)}, x, weights, bias,
                                     y);
    else dense_panels_of_rows<N, K, F, Activation>(x, weights, bias, y, all_panels<F, T>);
}

}  // namespace strata::inline STRATA_ISA::kernels
