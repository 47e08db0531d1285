// The dense kernel against the reference kernel, with guards around the memory that it may access.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include <strata/core/thread_slice.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/gemm/dense.hpp>
#include <strata/kernels/gemm/rows_product.hpp>

#include "../catch.hpp"
#include "guarded.hpp"
#include "shared_tiles.hpp"

namespace {

using namespace strata::kernels;
using strata::item_range;

template <class T>
void compare(std::size_t n, const panels& layout, void (*run)(const T*, const T*, const T*, T*)) {
    const std::size_t depth = layout.rows, columns = layout.columns;
    CAPTURE(n, depth, columns, lanes<T>);
    const guarded<T> x = numbers(12345).array<T>(n * depth);
    guarded<T> w(layout.stored(), T(0)), padded(layout.count() * layout.width, T(0)), y(n * columns),
        expected(n * columns);
    numbers source(54321);
    for (std::size_t k = 0; k < depth; ++k)
        for (std::size_t f = 0; f < columns; ++f) w[layout.offset(k, f)] = source.next<T>();
    for (std::size_t f = 0; f < columns; ++f) padded[f] = source.next<T>();
    for (const T* bias : {static_cast<const T*>(padded.data()), static_cast<const T*>(nullptr)}) {
        run(x.data(), w.data(), bias, y.data());
        reference::dense<relu>(n, layout, x.data(), w.data(), bias, expected.data());
        require_close(y, expected, rounding<T> * static_cast<T>(depth));
    }
}
template <std::size_t N, std::size_t K, std::size_t F, class T>
void compare() {
    compare<T>(N, {.rows = K, .columns = F, .width = panel_width<T>(F)}, dense<N, K, F, relu, T>);
}

/// One column: x from memory, and x in a vector whose other lanes are NaN.
template <class T>
using column_kernel = T (*)(const T*, const T*, const T*);

template <std::size_t K, class T>
T from_memory(const T* x, const T* w, const T* bias) {
    return row_times_column<K, sigmoid>(x, w, bias);
}
template <std::size_t K, class T>
T from_lanes(const T* x, const T* w, const T* bias) {
    using V = simd_for<T, K>;
    T elements[V::size];
    std::fill_n(elements, V::size, strata::internal::not_a_number<T>);
    std::copy_n(x, K, elements);
    store_exactly<V::size>(elements, lanes_times_column<K, sigmoid>(load_exactly<V, V::size>(elements), w, bias));
    return elements[0];
}

/// A single column without padding. by_lanes is null where no vector has k lanes. `is_equal`: both have the same bits.
template <class T>
void compare_column(std::size_t k, column_kernel<T> by_memory, column_kernel<T> by_lanes, bool is_equal) {
    CAPTURE(k, lanes<T>);
    const guarded<T> x = numbers(12345).array<T>(k), w = numbers(54321).array<T>(k), b = numbers(99).array<T>(1);
    for (const T* bias : {static_cast<const T*>(b.data()), static_cast<const T*>(nullptr)}) {
        T expected = 0;
        reference::dense<sigmoid>(1, panels{.rows = k, .columns = 1}, x.data(), w.data(), bias, &expected);
        const T bound = rounding<T> * static_cast<T>(k);
        REQUIRE(std::fabs(by_memory(x.data(), w.data(), bias) - expected) <= bound);
        if (by_lanes == nullptr) continue;
        REQUIRE(std::fabs(by_lanes(x.data(), w.data(), bias) - expected) <= bound);
        if (is_equal) REQUIRE(is_same(by_lanes(x.data(), w.data(), bias), by_memory(x.data(), w.data(), bias)));
    }
}
template <std::size_t K, class T>
void compare_column() {
    column_kernel<T> by_lanes = nullptr;
    if constexpr (K <= lanes<T>) by_lanes = from_lanes<K, T>;
    compare_column<T>(K, from_memory<K, T>, by_lanes, column_in_lanes_matches<K, T>);
}
template <class T, std::size_t... K>
void lengths(std::index_sequence<K...>) {
    (compare_column<K + 1, T>(), ...);
}

/// A row times a panel of one vector: the row from a vector `in_lanes`, and from memory.
template <class T>
using panel_kernel = void (*)(const T* in_lanes, const T* x, const T* w, const T* bias, T* by_lanes, T* by_memory);

template <std::size_t K, class T>
void row_times_panel(const T* in_lanes, const T* x, const T* w, const T* bias, T* by_lanes, T* by_memory) {
    using V = simd_for<T, lanes<T>>;
    constexpr std::size_t L = V::size;
    store_exactly<L>(by_lanes, lanes_times_panel<K, relu>(load_exactly<V, L>(in_lanes), w, L, bias));
    store_exactly<L>(by_memory, elements_times_panel<K, relu, V>(element_source<V>(x), w, L, bias));
}

/// A row of k values, from memory and from a vector whose other lanes hold no number, times a panel of one vector.
template <class T>
void compare_in_vector(std::size_t k, panel_kernel<T> run) {
    constexpr std::size_t L = simd_for<T, lanes<T>>::size, F = L > 1 ? L - 1 : 1;
    CAPTURE(k, L);
    const guarded<T> x = numbers(12345).array<T>(k), w = numbers(54321).array<T>(k * L), b = numbers(99).array<T>(L);
    T lanes_of_x[L], expected[F], found[2][L];
    std::fill_n(lanes_of_x, L, strata::internal::not_a_number<T>);
    std::copy_n(x.data(), k, lanes_of_x);
    for (const T* bias : {static_cast<const T*>(b.data()), static_cast<const T*>(nullptr)}) {
        reference::dense<relu>(1, panels{.rows = k, .columns = F, .width = L}, x.data(), w.data(), bias, expected);
        run(lanes_of_x, x.data(), w.data(), bias, found[0], found[1]);
        for (std::size_t f = 0; f < F; ++f) {
            REQUIRE(std::fabs(found[0][f] - expected[f]) <= rounding<T> * static_cast<T>(k));
            REQUIRE(is_same(found[0][f], found[1][f]));
        }
    }
}
template <class T, std::size_t... K>
void rows_in_vectors(std::index_sequence<K...>) {
    (compare_in_vector<T>(K + 1, row_times_panel<K + 1, T>), ...);
}

template <class T, std::size_t... F>
void columns(std::index_sequence<F...>) {
    (compare<1, 7, F + 1, T>(), ...);
    (compare<5, 3, F + 1, T>(), ...);
}

/// Computes all panels of a matrix by panel_product, in three shares. Elements that no share writes keep their value.
/// Its sums are compared with the plain loops and, bit for bit, with rows that tiles read where they are.
template <std::size_t NR, class T>
void compare_panel_product(std::size_t n, std::size_t depth, std::size_t columns) {
    CAPTURE(n, depth, columns, lanes<T>);
    constexpr std::size_t width = NR * lanes<T>;
    const panels layout{.rows = depth, .columns = columns, .width = width};
    const guarded<T> x = numbers(12345).array<T>(n * depth);
    guarded<T> w(layout.stored(), T(0)), padded(layout.count() * width, T(0)), y(n * columns), expected(n * columns),
        in_place(n * columns);
    numbers source(54321);
    for (std::size_t k = 0; k < depth; ++k)
        for (std::size_t f = 0; f < columns; ++f) w[layout.offset(k, f)] = source.next<T>();
    for (std::size_t f = 0; f < columns; ++f) padded[f] = source.next<T>();
    for (const T* bias : {static_cast<const T*>(padded.data()), static_cast<const T*>(nullptr)}) {
        std::fill_n(y.data(), y.size(), unset<T>());
        for (std::size_t index = 0; index < 3; ++index) {
            const item_range mine = strata::thread_slice{.index = index, .count = 3}.of(layout.count());
            panel_product<NR>(n, depth, columns, x.data(), w.data(), bias, y.data(), mine,
                              activation_of_block<relu, T>());
            const std::size_t end = std::min(mine.end * width, columns);
            bool is_left = true;
            for (std::size_t row = 0; row < n; ++row)
                for (std::size_t f = end; f < columns; ++f) is_left = is_left && is_nan(y[row * columns + f]);
            if (has_non_finite) REQUIRE(is_left);
        }
        reference::dense<relu>(n, layout, x.data(), w.data(), bias, expected.data());
        require_close(y, expected, rounding<T> * static_cast<T>(depth));
        for (std::size_t p = 0; p < layout.count(); ++p)
            any_rows_times_panel<NR, relu>(tile_input{.length = depth, .row_step = depth}, n, x.data(),
                                           w.data() + p * depth * width, bias != nullptr ? bias + p * width : nullptr,
                                           in_place.data() + p * width, columns, std::min(width, columns - p * width));
        for (std::size_t i = 0; i < y.size(); ++i)
            if (!is_same(y[i], in_place[i])) REQUIRE(y[i] == in_place[i]);
    }
    REQUIRE(w.is_intact());
}

/// Rows, depths and columns at the borders of tiles, of packed blocks and of panels.
template <class T>
void panel_products() {
    constexpr std::size_t L = lanes<T>, tile = largest_batch_tile, block = packed_row_bytes / sizeof(T);
    for (const std::size_t n : {std::size_t{1}, std::size_t{7}, std::size_t{8}, tile, tile + 1, 2 * tile - 1, 2 * tile,
                                packed_rows - 1, packed_rows, packed_rows + 1, 2 * packed_rows + 1})
        compare_panel_product<2, T>(n, 2 * block, 4 * L + 1);
    for (const std::size_t depth : {std::size_t{1}, block - 1, block, block + 1, 2 * block, 3 * block, 3 * block + 1})
        compare_panel_product<2, T>(9, depth, 6 * L);
    for (const std::size_t columns : {std::size_t{1}, L, L + 1, 2 * L - 1, 2 * L, 2 * L + 1, 7 * L})
        compare_panel_product<2, T>(17, block, columns);
    for (const std::size_t columns : {std::size_t{1}, L}) compare_panel_product<1, T>(17, 2 * block, columns);
}

/// dense of all panels, and of a thread's share.
template <class T>
struct second_pass_kernels {
    void (*whole)(const T*, const T*, const T*, T*);
    void (*slice)(const T*, const T*, const T*, T*, item_range);
};

/// An activation that is a second pass: all panels at once, and by three threads, some of which may have none.
template <class T>
void compare_second_pass(std::size_t n, const panels& layout, const second_pass_kernels<T>& kernels) {
    const std::size_t columns = layout.columns;
    CAPTURE(n, columns, lanes<T>);
    const guarded<T> x = numbers(12345).array<T>(n * layout.rows);
    guarded<T> w(layout.stored(), T(0)), y(n * columns), sliced(n * columns), expected(n * columns);
    numbers source(54321);
    for (std::size_t k = 0; k < layout.rows; ++k)
        for (std::size_t f = 0; f < columns; ++f) w[layout.offset(k, f)] = source.next<T>();
    kernels.whole(x.data(), w.data(), null_bias<T>, y.data());
    for (std::size_t index = 0; index < 3; ++index)
        kernels.slice(x.data(), w.data(), null_bias<T>, sliced.data(),
                      strata::thread_slice{.index = index, .count = 3}.of(layout.count()));
    reference::dense<sigmoid>(n, layout, x.data(), w.data(), null_bias<T>, expected.data());
    require_close(y, expected, rounding<T> * static_cast<T>(layout.rows));
    for (std::size_t i = 0; i < n * columns; ++i) REQUIRE(is_same(y[i], sliced[i]));
}
template <std::size_t N, std::size_t F, class T>
void compare_second_pass() {
    constexpr std::size_t depth = 5;
    compare_second_pass<T>(
        N, {.rows = depth, .columns = F, .width = panel_width<T>(F)},
        {.whole = dense<N, depth, F, sigmoid, T>, .slice = dense_panels_of_rows<N, depth, F, sigmoid, T>});
}
template <class T>
void compare_second_passes() {
    compare_second_pass<2, 1, T>();
    compare_second_pass<32, 8, T>();
    compare_second_pass<7, 20, T>();
    compare_second_pass<3, 40, T>();
    compare_second_pass<5, 64, T>();
    compare_second_pass<4, 65, T>();
}

}  // namespace

TEST_CASE("dense equals the plain loops at every count of columns") {
    columns<float>(sweep_sequence<float>{});
    columns<double>(sweep_sequence<double>{});
}

TEST_CASE("dense equals the plain loops at large and odd sizes") {
    compare<1, 784, 32, float>();
    compare<1, 65, 49, float>();
    compare<29, 30, 50, float>();
    compare<32, 64, 130, double>();
    compare<1, 1, 1, float>();
}

TEST_CASE("a single column equals the plain loops at every length") {
    lengths<float>(sweep_sequence<float>{});
    lengths<double>(sweep_sequence<double>{});
    compare_column<100, float>();
    compare_column<333, float>();
    compare_column<1000, double>();
}

TEST_CASE("products by panels equal the plain loops and tiles at the borders of their blocks") {
    panel_products<float>();
    panel_products<double>();
}

TEST_CASE("dense equals the plain loops where rows share cache sets") {
    static_assert(prefers_panel_product<1024, 16, float>(8) && !prefers_panel_product<1024, 16, float>(7));
    static_assert(prefers_panel_product<512, 1024, float>(64) && !prefers_panel_product<512, 1024, float>(65));
    static_assert(!prefers_panel_product<512, 16, float>(32) && !prefers_panel_product<784, 1024, float>(32));
    compare<8, 512, 70, float>();
    compare<32, 1024, 50, float>();
    compare<7, 512, 33, float>();
    compare<33, 512, 20, double>();
}

TEST_CASE("a row in a vector or in memory times a panel of one vector equals the plain loops at every length") {
    rows_in_vectors<float>(std::make_index_sequence<lanes<float>>{});
    rows_in_vectors<double>(std::make_index_sequence<lanes<double>>{});
}
TEST_CASE("an activation as a second pass over rows equals the plain loops, whole and by threads") {
    compare_second_passes<float>();
    compare_second_passes<double>();
}
