// Constants of nets: shapes, names, counts, plans, and inference in constant evaluation.
#include <array>
#include <limits>
#include <string_view>
#include <type_traits>

#include <strata/strata.hpp>

namespace {

using namespace strata;

constexpr auto cnn = Sequential{Input<28, 28, 1>{}, Conv2D<8, 3>{},        ReLU{},      MaxPooling2D<2>{},
                                Dropout<0.25>{},    Conv2D<16, 3, ReLU>{}, Flatten<>{}, Dense<10, Softmax>{}};
static_assert(cnn.size() == 7);
static_assert(cnn.output_shape() == shape{10});
static_assert(cnn.parameter_count() == 8 * 10 + 16 * 73 + 10 * (11 * 11 * 16 + 1));
// Convolution, activation and pooling are one step; Dropout vanishes, Flatten is a view.
static_assert(cnn.plan().step_count == 3);
static_assert(cnn.plan().steps[0].fused.count == 2);
static_assert(cnn.get_layer<"max_pooling2d">().type == "MaxPooling2D");

// Names: Keras' defaults, counted per model, passing over those that a user took.
constexpr auto named = Sequential{Input<4>{}, Dense<2>{}, Dense<2, name<"dense_1">>{}, Dense<2>{}};
static_assert(names_of<std::remove_const_t<decltype(named)>>[0] == "dense");
static_assert(names_of<std::remove_const_t<decltype(named)>>[2] == "dense_2");

// Layers that differ in their names, or in whether they are trained, share their code. A struct with a layer as its
// base may compute something else.
struct twofold : Dense<2, name<"a">> {};
static_assert(std::is_same_v<
              detail::computed_layers_of<Sequential<Dense<2, name<"a">, ReLU>, Activation<Tanh, name<"b">>, twofold,
                                                    frozen_layer<Conv2D<3, 3, name<"c">>>, MaxPooling2D<2>>>,
              type_list<Dense<2, ReLU>, Activation<Tanh>, twofold, Conv2D<3, 3>, MaxPooling2D<2>>>);

// Nested models: one layer in the list, weights named by path.
constexpr auto nested = Sequential{Input<6>{}, Sequential{name<"base">{}, Dense<3>{}, Dense<2, frozen>{}}, Dense<1>{}};
static_assert(nested.size() == 2);
static_assert(nested.weights()[0].name == "base/dense/kernel");
static_assert(nested.trainable_parameter_count() == 21 + 3 && nested.non_trainable_parameter_count() == 8);

// Padding and strides.
static_assert(Sequential{Input<10, 11, 2>{}, Conv2D<4, window{3, 2}, strides<2, 3>, padding::same>{}}.output_shape() ==
              shape{5, 4, 4});

// Digits in groups of three, whatever is left at the front.
static_assert(grouped(0).view() == "0" && grouped(123).view() == "123" && grouped(1234).view() == "1,234");
static_assert(grouped(123456).view() == "123,456" && grouped(1234567).view() == "1,234,567");

// Numbers in texts, and texts that are cut.
static_assert((text<8>() << -120).view() == "-120" &&
              (text<24>() << std::numeric_limits<long long>::min()).view() == "-9223372036854775808");
static_assert(text<4>("longer").view() == "long" && (text<4>("abc") << "defgh").view() == "abcd");
static_assert((text<4>("abc") << "de").size() == 4 && text<4>().append(9, 'x').size() == 4);

// Keras' names of classes: a word begins after a small letter, and before one.
static_assert(snake_case("MaxPooling2D").view() == "max_pooling2d" && snake_case("ReLU").view() == "re_lu");
static_assert(snake_case("GELUTanh").view() == "gelu_tanh" && snake_case("LSTM").view() == "lstm");
static_assert(snake_case("PReLU").view() == "p_re_lu");

// Axes in an order: each of 1 to their number once.
static_assert(axes{2, 1}.is_permutation() && axes{3, 1, 2}.is_permutation());
static_assert(!axes{1, 1}.is_permutation() && !axes{1, 3}.is_permutation() && !axes{0, 1}.is_permutation());

// A border is negative where any side of it is.
static_assert(!border{0, 0, 0, 0}.is_negative() && !border{1, 2, 3, 4}.is_negative());
static_assert(border{-1, 0, 0, 0}.is_negative() && border{0, -1, 0, 0}.is_negative());
static_assert(border{0, 0, -1, 0}.is_negative() && border{0, 0, 0, -1}.is_negative());

// A text longer than its column of the summary is cut, and a space follows it.
constexpr auto long_names = Sequential{Input<3>{}, Dense<1234567, name<"a_name_longer_than_its_column">>{}};
constexpr auto long_table = long_names.summary();
static_assert(long_table.view().find("a_name_longer_than_its_column") == std::string_view::npos);
static_assert(long_table.view().find("\na_name_longer_than_its_colum (None, 1234567)") != std::string_view::npos);

// Inference as a constant.
constexpr auto tiny = Sequential{Input<2>{}, Dense<2, ReLU>{}, Dense<1>{}};
constexpr auto bound = tiny.bind(std::array{1.0f, -1.0f, 2.0f, 0.5f, 0.0f, 1.0f, 3.0f, 10.0f, 0.25f});
static_assert(bound(Tensor<float, 1, 2>(std::array{1.0f, 2.0f}))(0, 0) == 5.0f * 3.0f + 1.0f * 10.0f + 0.25f);

// Nothing large lies in an object: a model of 23 million weights and tensors of whole images are safe as local
// variables.
constexpr auto large = Sequential{Input<299, 299, 3>{},       Conv2D<32, 3, strides<2>, ReLU>{},
                                  GlobalAveragePooling2D<>{}, Dense<4096, ReLU>{},
                                  Dense<4096, ReLU>{},        Dense<1500>{}};
static_assert(large.parameter_count() > 23'000'000);
static_assert(sizeof(Model<std::remove_const_t<decltype(large)>>) <= 64);
static_assert(sizeof(Workspace<std::remove_const_t<decltype(large)>>) <= 64);
static_assert(sizeof(Tensor<float, 1, 250, 250, 3>) <= 64);
// Small tensors are inside the object.
static_assert(sizeof(Model<std::remove_const_t<decltype(tiny)>>) > 9 * sizeof(float));
static_assert(std::is_nothrow_move_constructible_v<Model<std::remove_const_t<decltype(large)>>> &&
              std::is_copy_constructible_v<Model<std::remove_const_t<decltype(large)>>>);

// SplitMix64's first number of seed 0, and a fork: the engine some draws later.
static_assert(random_engine(0)() == 0xe220a8397b1dcdafu);
constexpr random_engine after_draws(random_engine engine, int count) {
    while (count-- > 0) static_cast<void>(engine());
    return engine;
}
static_assert(random_engine(7).fork(0).state() == random_engine(7).state());
static_assert(random_engine(7).fork(5)() == after_draws(random_engine(7), 5)());

}  // namespace
