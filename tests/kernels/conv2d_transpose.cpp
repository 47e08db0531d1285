// Transposed convolutions against the reference kernels: forward and gradients, at every number of filters.
#include <cstddef>
#include <utility>

#include <strata/kernels/conv/conv2d_transpose.hpp>
#include <strata/kernels/conv/conv2d_transpose_backward.hpp>
#include <strata/kernels/conv/transposed_convolution.hpp>
#include <strata/kernels/elementwise/activation.hpp>

#include "../catch.hpp"
#include "guarded.hpp"
#include "shared_tiles.hpp"

namespace {

using namespace strata;
using namespace strata::kernels;

/// The convolution whose data gradient is the transposed convolution of (h, w, channels).
constexpr conv2d_geometry transposed(std::size_t h, std::size_t w, std::size_t channels, std::size_t filters,
                                     window kernel, window stride, window dilation, padding_mode mode) {
    const auto axis = [mode](std::size_t size, int k, int s, int d) {
        const auto span = static_cast<std::size_t>((k - 1) * d + 1), step = static_cast<std::size_t>(s);
        const std::size_t more = mode == padding_mode::valid && span > step ? span - step : 0;
        return slide(size * step + more, k, s, d, mode);
    };
    return {.height = axis(h, kernel.height, stride.height, dilation.height),
            .width = axis(w, kernel.width, stride.width, dilation.width),
            .in_channels = filters,
            .out_channels = channels};
}

template <class T>
guarded<T> weights_of(const panels& layout) {
    guarded<T> result(layout.stored(), T(0));
    numbers source(100);
    for (std::size_t r = 0; r < layout.rows; ++r)
        for (std::size_t c = 0; c < layout.columns; ++c) result[layout.offset(r, c)] = source.next<T>();
    return result;
}

/// A method as sizes and functions, so that what follows is compiled once for each T.
template <class T>
struct kernel_of {
    conv2d_geometry geometry;
    transpose_method method;
    panels layout;
    std::size_t packed_size, parts;
    void (*pack_weights)(const T*, T*, thread_slice);
    void (*whole)(const T*, const T*, const T*, const T*, T*, T*);
    void (*run)(const T*, const T*, const T*, T*, item_range, T*);
};

template <class T>
void compare(const kernel_of<T>& method) {
    const conv2d_geometry& g = method.geometry;
    CAPTURE(g.in_channels, g.out_channels, g.height.kernel, g.width.kernel, g.height.stride, g.width.stride, lanes<T>);
    const auto w = weights_of<T>(method.layout);
    const auto x = numbers(99).array<T>(g.out_size());
    const auto bias = weights_of<T>(panels{.columns = g.in_channels, .width = panel_width<T>(g.in_channels)});
    guarded<T> packed(method.packed_size), y(g.in_size()), expected(g.in_size()),
        scratch(transposed_scratch<T>(g, method.method));
    for (std::size_t index = 0; index < 3; ++index)
        method.pack_weights(w.data(), packed.data(), {.index = index, .count = 3});
    for (const T* b : {bias.data(), static_cast<const T*>(nullptr)}) {
        const T* ready = packed.data();
        method.whole(x.data(), w.data(), ready, b, y.data(), scratch.data());
        reference::conv2d_transpose<relu>(g, method.layout, x.data(), w.data(), b, expected.data());
        const T bound = rounding<T> * static_cast<T>(g.height.kernel * g.width.kernel * g.out_channels);
        require_close(y, expected, bound);
        guarded<T> by_parts(g.in_size());
        for (std::size_t index = 0; index < 5; ++index) {
            const item_range part = thread_slice{.index = index, .count = 5}.of(method.parts);
            if (part.size() > 0) method.run(x.data(), ready, b, by_parts.data(), part, scratch.data());
        }
        require_close(by_parts, expected, bound);
        REQUIRE(scratch.is_intact());
    }
}

template <conv2d_geometry G, transpose_method Method, class T>
void compare_method() {
    using method = transposed_convolution<G, T, Method>;
    compare<T>({.geometry = G,
                .method = Method,
                .layout = transpose_panels<G, T>(),
                .packed_size = method::packed_size,
                .parts = method::parts::count,
                .pack_weights = method::pack_weights,
                .whole = convolve_transposed<method, G, relu, T>,
                .run = method::template run<relu>});
}

/// Every method, whichever is chosen.
template <conv2d_geometry G, class T = float>
void compare() {
    compare_method<G, transpose_method::phases, T>();
    compare_method<G, transpose_method::columns, T>();
    if constexpr (mirrors(G) && winograd_tile(mirrored(G)) > 0) compare_method<G, transpose_method::winograd, T>();
}

template <class T>
void compare_gradient(const conv2d_geometry& g, const panels& layout, std::size_t scratch_size, std::size_t samples,
                      void (*run)(std::size_t, const T*, const T*, T*, bool, thread_slice, T*)) {
    CAPTURE(g.in_channels, g.out_channels, g.height.kernel, g.width.kernel, g.height.stride, samples, lanes<T>);
    const auto x = numbers(99).array<T>(samples * g.out_size()), dy = numbers(98).array<T>(samples * g.in_size());
    guarded<T> dw(layout.stored(), T(0)), expected(layout.stored(), T(0)), scratch(scratch_size);
    for (const bool first : {true, false})  // overwrites, then adds
        for (std::size_t index = 0; index < 2; ++index)
            run(samples, x.data(), dy.data(), dw.data(), first, {.index = index, .count = 2}, scratch.data());
    for (std::size_t i = 0; i < 2 * samples; ++i)
        reference::conv2d_transpose_weight_gradient(g, layout, x.data() + i % samples * g.out_size(),
                                                    dy.data() + i % samples * g.in_size(), expected.data());
    require_close(dw, expected, rounding<T> * static_cast<T>(2 * samples * g.height.output * g.width.output));
}
template <conv2d_geometry G, class T = float>
void compare_gradient(std::size_t samples) {
    compare_gradient<T>(G, transpose_panels<G, T>(), conv2d_transpose_gradient_scratch<G, T>(), samples,
                        conv2d_transpose_weight_gradient<G, T>);
}

constexpr auto valid = padding_mode::valid;
constexpr auto same = padding_mode::same;

template <class T, std::size_t... F>
void filters(std::index_sequence<F...>) {
    (compare<transposed(3, 4, 3, F + 1, 3, 2, 1, same), T>(), ...);
    (compare_gradient<transposed(3, 4, F + 1, 3, {3, 2}, 2, 1, same), T>(2), ...);
}
template <class T, std::size_t... C>
void channels(std::index_sequence<C...>) {
    (compare<transposed(3, 4, C + 1, 5, 2, 1, 1, valid), T>(), ...);
}

constexpr float constant_transpose() {
    constexpr conv2d_geometry g = transposed(1, 2, 1, 1, {1, 2}, {1, 2}, 1, valid);
    float x[2]{3, 5}, w[64]{}, y[4]{};
    w[0] = 1;
    w[panel_width<float>(1)] = 10;
    const float* none = nullptr;
    using method = transposed_convolution<g, float, transpose_method::phases>;
    convolve_transposed<method, g, linear>(x, w, none, none, y, static_cast<float*>(nullptr));
    return y[3];
}
static_assert(constant_transpose() == 50.0f);

}  // namespace

TEST_CASE("a transposed convolution equals the plain loops over windows, strides, padding and dilation") {
    compare<transposed(4, 5, 3, 5, 3, 1, 1, valid)>();
    compare<transposed(4, 5, 3, 33, 3, 1, 1, same)>();
    compare<transposed(5, 4, 2, 16, 3, 2, 1, valid)>();
    compare<transposed(5, 4, 2, 16, {4, 2}, 2, 1, same)>();
    compare<transposed(5, 33, 7, 17, {2, 5}, {2, 1}, 1, same)>();
    compare<transposed(20, 21, 33, 34, 3, 1, 1, same)>();  // by Winograd's algorithm too
    compare<transposed(4, 3, 5, 6, 2, 3, 1, valid)>();     // gaps between the windows
    compare<transposed(4, 3, 5, 6, 2, 3, 1, same)>();
    compare<transposed(4, 3, 5, 6, 1, {2, 3}, 1, same)>();
    compare<transposed(4, 5, 3, 8, 5, 3, 1, same), double>();
    compare<transposed(4, 5, 3, 8, 7, 3, 1, valid)>();
    compare<transposed(4, 5, 3, 8, 3, 1, 2, valid)>();
    compare<transposed(6, 5, 3, 8, 3, 1, {2, 3}, same)>();
    compare<transposed(1, 20, 4, 40, {1, 4}, {1, 2}, 1, same)>();
    compare<transposed(3, 3, 60, 150, 4, 1, 1, same)>();  // weights above 512 KB: panels outside
}

TEST_CASE("the method of a transposed convolution follows its cost") {
    constexpr auto deep = transposed(28, 28, 64, 64, 3, 1, 1, same), wide = transposed(28, 28, 64, 64, 3, 2, 1, same);
    constexpr auto narrow = transposed(28, 28, 64, 1, 3, 2, 1, same);
    STATIC_REQUIRE(transpose_method_of<float>(wide, false) == transpose_method::phases);
    STATIC_REQUIRE(transpose_method_of<float>(deep, true) == transpose_method::phases);
    STATIC_REQUIRE((transpose_method_of<float>(narrow, false) == transpose_method::columns) == (lanes<float> > 1));
    STATIC_REQUIRE((transpose_method_of<float>(deep, false) == transpose_method::winograd) ==
                   (winograd_tile(mirrored(deep)) > 0));
}

TEST_CASE("the weight gradient of a transposed convolution equals the plain loops") {
    compare_gradient<transposed(4, 5, 3, 5, 3, 1, 1, valid)>(1);
    compare_gradient<transposed(5, 4, 20, 33, 3, 2, 1, same)>(3);
    compare_gradient<transposed(1, 3, 1, 4, 3, 2, 1, same)>(16);  // samples shorter than a vector
    compare_gradient<transposed(4, 3, 5, 6, 2, 3, 1, same)>(2);
    compare_gradient<transposed(2, 2, 5, 6, 5, 1, 1, same)>(2);
    compare_gradient<transposed(6, 5, 33, 4, 3, 1, {2, 3}, same), double>(2);
}

TEST_CASE("a transposed convolution equals the plain loops at every count of filters") {
    filters<float>(sweep_sequence<float>{});
    filters<double>(sweep_sequence<double>{});
    channels<float>(end_sequence<float>{});
    channels<double>(end_sequence<double>{});
}
