// Grouped convolutions by every method against reference convolutions of each group: whole maps, rows, sequences,
// numbers of channels and filters.
#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include <strata/kernels/conv/channel_groups.hpp>
#include <strata/kernels/conv/grouped_conv2d.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/reference/reference.hpp>

#include "../catch.hpp"
#include "geometries.hpp"
#include "guarded.hpp"
#include "shared_tiles.hpp"

namespace {

using namespace strata;
using namespace strata::kernels;

constexpr grouped_geometry grouped(std::size_t h, std::size_t w, std::size_t count, std::size_t ic, std::size_t oc,
                                   window kernel, window stride, window dilation, padding_mode mode) {
    return {.one = conv(h, w, ic, oc, kernel, stride, dilation, mode), .count = count};
}

/// A method as sizes and function pointers, so that the comparison is compiled once for each T. row is null where a
/// method has no tiles.
template <class T>
struct kernel_of {
    grouped_geometry geometry{};
    grouped_method method{};
    panels layout{};  // of a group's weights
    std::size_t packed_size = 0, row_multiple = 0, tiles = 0;
    void (*pack_weights)(const T*, const T*, T*, thread_slice) = nullptr;
    void (*whole)(const T*, const T*, const T*, const T*, T*, T*) = nullptr;
    void (*rows)(const T*, std::size_t, const convolution_weights<T>&, T*, item_range, T*) = nullptr;
    void (*row)(const T*, const convolution_weights<T>&, T*, item_range, T*) = nullptr;
};

/// Pixel i of `to`, of to_step elements, = `channels` values of pixel i of x, of step elements.
template <class T>
void copy_pixels(std::size_t pixels, std::size_t channels, const T* x, std::size_t step, T* to, std::size_t to_step) {
    for (std::size_t i = 0; i < pixels; ++i) std::copy_n(x + i * step, channels, to + i * to_step);
}

/// Weights and bias of all groups, and the expected outputs from a convolution of each group.
template <class T>
struct groups_data {
    const kernel_of<T>& of;
    const conv2d_geometry& one = of.geometry.one;
    const panels& kernel = of.layout;
    panels offset{.columns = one.out_channels, .width = kernel.width};
    guarded<T> x, w, bias;

    explicit groups_data(const kernel_of<T>& method)
        : of(method),
          x(numbers(99).array<T>(of.geometry.whole().in_size())),
          w(of.geometry.count * kernel.stored(), T(0)),
          bias(of.geometry.count * offset.stored(), T(0)) {
        numbers source(100);
        for (std::size_t i = 0; i < of.geometry.count; ++i)
            for (std::size_t f = 0; f < one.out_channels; ++f) {
                bias[i * offset.stored() + offset.offset(0, f)] = source.next<T>();
                for (std::size_t k = 0; k < kernel.rows; ++k)
                    w[i * kernel.stored() + kernel.offset(k, f)] = source.next<T>();
            }
    }
    guarded<T> expected(const T* b) const {
        guarded<T> y(of.geometry.whole().out_size()), in(one.in_size()), out(one.out_size());
        for (std::size_t i = 0; i < of.geometry.count; ++i) {
            copy_pixels<T>(one.height.input * one.width.input, one.in_channels, x.data() + i * one.in_channels,
                           of.geometry.count * one.in_channels, in.data(), one.in_channels);
            reference::conv2d<relu>(one, kernel, static_cast<const T*>(in.data()), w.data() + i * kernel.stored(),
                                    b != nullptr ? b + i * offset.stored() : nullptr, out.data());
            copy_pixels<T>(one.height.output * one.width.output, one.out_channels, out.data(), one.out_channels,
                           y.data() + i * one.out_channels, of.geometry.count * one.out_channels);
        }
        return y;
    }
};

/// The outputs of all groups with and without biases.
template <class T>
struct expected_outputs {
    const T* bias;
    guarded<T> y;
};

template <class T>
void compare(const kernel_of<T>& method, const groups_data<T>& d, const std::vector<expected_outputs<T>>& outputs) {
    const conv2d_geometry &one = method.geometry.one, whole = method.geometry.whole();
    CAPTURE(method.geometry.count, one.in_channels, one.out_channels, one.width.kernel, one.width.stride, method.method,
            lanes<T>);
    const std::size_t rows = one.height.output, row = one.width.output * whole.out_channels;
    const auto scratch_of = [&](std::size_t count) {
        return guarded<T>(grouped_scratch<T>(method.geometry, method.method, count));
    };
    const T bound = rounding<T> * static_cast<T>(one.depth());
    for (const auto& [bias, expected] : outputs) {
        guarded<T> y(whole.out_size()), packed(method.packed_size), scratch = scratch_of(one.height.output);
        for (std::size_t index = 0; index < 3; ++index)
            method.pack_weights(d.w.data(), bias, packed.data(), {.index = index, .count = 3});
        const T* ready = packed.data();
        method.whole(d.x.data(), d.w.data(), bias, ready, y.data(), scratch.data());
        require_close(y, expected, bound);

        // Some rows at a time, from the input that they read.
        guarded<T> by_rows(whole.out_size());
        for (std::size_t begin = 0; begin < rows;) {
            const item_range out{begin, std::min(begin + 3 * method.row_multiple, rows)};
            const std::size_t from = rows_read(one.height, out).begin;
            guarded<T> part = scratch_of(out.size());
            method.rows(d.x.data() + from * one.width.input * whole.in_channels, from, {d.w.data(), ready, bias},
                        by_rows.data() + begin * row, out, part.data());
            REQUIRE(part.is_intact());
            begin = out.end;
        }
        require_close(by_rows, expected, bound);
        if (method.row != nullptr) {
            guarded<T> by_tiles(whole.out_size());
            for (std::size_t t = 0; t < method.tiles; ++t)
                method.row(d.x.data(), {d.w.data(), ready, bias}, by_tiles.data(), {t, t + 1}, scratch.data());
            require_close(by_tiles, expected, bound);
        }
        REQUIRE(scratch.is_intact());
    }
}

/// The methods that are possible for one geometry.
template <class T>
struct methods_of_geometry {
    std::array<kernel_of<T>, 3> each{};
    std::size_t count = 0;
};

template <class T>
void compare(const methods_of_geometry<T>& methods) {
    const groups_data<T> d(methods.each[0]);
    std::vector<expected_outputs<T>> outputs;
    outputs.reserve(2);
    for (const T* bias : {d.bias.data(), static_cast<const T*>(nullptr)}) outputs.push_back({bias, d.expected(bias)});
    for (std::size_t i = 0; i < methods.count; ++i) compare(methods.each[i], d, outputs);
}

template <grouped_geometry G, grouped_method Method, class T>
constexpr kernel_of<T> method_of() {
    using method = grouped_convolution<G, T, Method>;
    kernel_of<T> kernel{.geometry = G,
                        .method = Method,
                        .layout = conv2d_panels<G.one, T>(),
                        .packed_size = method::packed_size,
                        .row_multiple = method::row_multiple,
                        .tiles = method::tiles.count(),
                        .pack_weights = method::pack_weights,
                        .whole = grouped_conv2d<method, G, relu, T>,
                        .rows = method::template rows<relu>,
                        .row = nullptr};
    if constexpr (is_one_row(G.one)) kernel.row = method::template row<relu>;
    return kernel;
}

/// Every method that is possible, not only the one that is chosen.
template <grouped_geometry G, class T>
inline constexpr methods_of_geometry<T> methods_of = [] {
    methods_of_geometry<T> result;
    result.each[result.count++] = method_of<G, grouped_method::slices, T>();
    if constexpr (largest_lanes_tile(lanes_window_of<T>(G)) > 0)
        result.each[result.count++] = method_of<G, grouped_method::lanes, T>();
    if constexpr (winograd_tile(G.one, G.count) > 0)
        result.each[result.count++] = method_of<G, grouped_method::winograd, T>();
    return result;
}();
template <grouped_geometry G, class T = float>
void compare() {
    compare(methods_of<G, T>);
}

/// The channels of each group are gathered, and scattered to where they were.
template <std::size_t Groups, std::size_t Channels>
void compare_groups() {
    constexpr std::size_t pixels = 5;
    const auto x = numbers(3).array<float>(pixels * Groups * Channels);
    guarded<float> group(pixels * Channels), expected(pixels * Channels), back(x.size());
    for (std::size_t i = 0; i < Groups; ++i) {
        gather_group<Groups, Channels>(pixels, i, x.data(), group.data());
        copy_pixels<float>(pixels, Channels, x.data() + i * Channels, Groups * Channels, expected.data(), Channels);
        require_close(group, expected, 0.0f);
        scatter_group<Groups, Channels>(pixels, i, group.data(), back.data());
    }
    require_close(back, x, 0.0f);
}

constexpr auto valid = padding_mode::valid;
constexpr auto same = padding_mode::same;

template <class T, std::size_t... C>
void compare_channels(std::index_sequence<C...>) {
    (compare<grouped(5, 7, 5, C + 1, C + 1, 3, 1, 1, same), T>(), ...);
    (compare<grouped(4, 5, 3, 2, C + 1, window{2, 3}, 1, 1, valid), T>(), ...);
    (compare<grouped(3, 4, 7, C + 1, 3, window{1, 2}, 1, 1, valid), T>(), ...);
}

}  // namespace

TEST_CASE("the channels of groups are gathered and scattered") {
    compare_groups<1, 3>();
    compare_groups<3, 1>();
    compare_groups<6, 4>();
    compare_groups<2, lanes<float>>();
    compare_groups<3, 2 * lanes<float> + 1>();
}

TEST_CASE("convolutions in groups equal their plain twin at every count of channels and filters") {
    compare_channels<float>(std::make_index_sequence<9>{});
    compare_channels<double>(std::make_index_sequence<5>{});
    compare<grouped(6, 7, 2, 17, 35, 3, 1, 1, same)>();
    compare<grouped(6, 5, 1, 3, 4, 3, 1, 1, same)>();
}

TEST_CASE("convolutions in groups equal their plain twin at every window") {
    compare<grouped(9, 40, 6, 4, 4, 3, 2, 1, same)>();
    compare<grouped(11, 33, 9, 2, 4, 3, 1, 2, same)>();
    compare<grouped(12, 30, 4, 4, 2, window{5, 4}, window{2, 3}, 1, valid)>();
    compare<grouped(7, 26, 8, 2, 2, 1, 1, 1, valid)>();
    compare<grouped(7, 26, 8, 2, 2, 1, 2, 1, same)>();
    compare<grouped(4, 13, 10, 2, 2, window{3, 9}, 1, 1, same)>();
    compare<grouped(16, 19, 2, 16, 16, 3, 1, 1, same)>();
    compare<grouped(3, 4, 4, 2, 2, 7, 1, 1, same)>();
    compare<grouped(90, 130, 8, 4, 4, 3, 1, 1, same)>();  // its padding is copied band by band
}

TEST_CASE("sequences in groups by tiles equal their plain twin") {
    compare<grouped(1, 103, 6, 4, 4, window{1, 5}, 1, 1, same)>();
    compare<grouped(1, 103, 5, 3, 6, window{1, 3}, 1, window{1, 4}, padding_mode::causal)>();
    compare<grouped(1, 80, 4, 4, 8, window{1, 4}, window{1, 2}, 1, valid)>();
    compare<grouped(1, 50, 3, 10, 20, window{1, 1}, 1, 1, valid)>();
}

TEST_CASE("groups of few channels share vectors, those of many are for Winograd") {
    constexpr std::size_t half = std::max<std::size_t>(1, lanes<float> / 2);
    constexpr auto method_of = [](std::size_t count, std::size_t channels, std::size_t filters) {
        return grouped_method_of<float>(grouped(32, 32, count, channels, filters, 3, 1, 1, same), false);
    };
    STATIC_REQUIRE((method_of(8, half, half) == grouped_method::lanes) == (lanes<float> > 1));
    STATIC_REQUIRE(method_of(8, 2 * half + 1, 1) != grouped_method::lanes);
    STATIC_REQUIRE(method_of(1, 1, 1) != grouped_method::lanes);
    STATIC_REQUIRE(grouped_method_of<float>(grouped(32, 32, 2, 32, 32, 3, 1, 1, same), false) ==
                   grouped_method::winograd);
    STATIC_REQUIRE(grouped_method_of<float>(grouped(32, 32, 2, 32, 32, 3, 1, 1, same), true) == grouped_method::slices);
}
