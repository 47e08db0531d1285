// The networks of applications: sizes as Keras states them, shapes at every end and at images of one's own.
#include <string_view>
#include <type_traits>

#include <strata/strata.hpp>

namespace {

using namespace strata;
using namespace strata::applications;

// As keras.io/api/applications states them.
static_assert(Xception<>::parameter_count() == 22'910'480);
static_assert(MobileNet<>::parameter_count() == 4'253'864);
static_assert(VGG16<>::parameter_count() == 138'357'544);
static_assert(ResNet50<>::parameter_count() == 25'636'712);
static_assert(Xception<>::trainable_parameter_count() == 22'855'952);
static_assert(MobileNet<>::trainable_parameter_count() == 4'231'976);
static_assert(VGG16<>::trainable_parameter_count() == 138'357'544);
static_assert(ResNet50<>::trainable_parameter_count() == 25'583'592);

// The images that they were trained on, and a class for each of ImageNet's.
static_assert(Xception<>::input_shape() == shape{299, 299, 3} && Xception<>::output_shape() == shape{1000});
static_assert(MobileNet<>::input_shape() == shape{224, 224, 3} && MobileNet<>::output_shape() == shape{1000});
static_assert(VGG16<>::input_shape() == shape{224, 224, 3} && VGG16<>::output_shape() == shape{1000});
static_assert(ResNet50<>::input_shape() == shape{224, 224, 3} && ResNet50<>::output_shape() == shape{1000});
static_assert(Xception<>::model_name() == "xception" && MobileNet<>::model_name() == "mobilenet");
static_assert(VGG16<>::model_name() == "vgg16" && ResNet50<>::model_name() == "resnet50");

// Without the classifier: maps, or one number for each channel of them; images of any size, square or not, of any
// channels. Keras' shapes of the same.
static_assert(Xception<128, 160, 3, no_top>::output_shape() == shape{4, 5, 2048});
static_assert(MobileNet<100, 97, 1, no_top>::output_shape() == shape{3, 3, 1024});
static_assert(VGG16<100, 97, 3, no_top>::output_shape() == shape{3, 3, 512});
static_assert(ResNet50<100, 97, 4, no_top>::output_shape() == shape{4, 4, 2048});
static_assert(ResNet50<100, 97, 4, no_top>::parameter_count() == 23'590'848);
using described = MobileNet<96, 96, 3, pooling::max, name<"eyes">, no_top>;
static_assert(described::output_shape() == shape{1024} && described::model_name() == "eyes");

// The last activation of a classifier: Keras' is softmax.
template <class Net>
using last_layer = type_at<Net::item_list::size() - 1, typename Net::item_list>;
using dense_head = Dense<1000, Softmax, name<"predictions">>;
static_assert(std::is_same_v<last_layer<MobileNet<>>, Activation<Softmax, name<"predictions">>>);
static_assert(std::is_same_v<last_layer<ResNet50<>>, dense_head> && std::is_same_v<last_layer<VGG16<>>, dense_head>);
static_assert(std::is_same_v<last_layer<Xception<>>, dense_head>);
static_assert(ResNet50<>{}.get_layer<"predictions">().type == "Dense");

// As a layer it is frozen as a whole, and named as the network is.
constexpr auto stacked = Sequential{freeze(MobileNet<32, 32, 3, no_top, pooling::avg>{}), Dense<5>{}};
static_assert(stacked.trainable_parameter_count() == 1024 * 5 + 5);
static_assert(stacked.non_trainable_parameter_count() == 3'228'864);
static_assert(stacked.weights()[0].name == "mobilenet/conv1/kernel");

// A layer of it is trained again, or alone frozen, by its path; the network keeps its name.
constexpr auto tuned = unfreeze<"mobilenet/conv_pw_13">(stacked);
static_assert(tuned.trainable_parameter_count() == 1024 * 1024 + 1024 * 5 + 5);
static_assert(tuned.weights()[0].name == "mobilenet/conv1/kernel" && !tuned.weights()[0].trainable);
static_assert(std::is_same_v<decltype(freeze<"mobilenet">(tuned)), std::remove_const_t<decltype(stacked)>>);
static_assert(std::is_same_v<decltype(unfreeze(tuned)), decltype(unfreeze(stacked))>);
using part = decltype(freeze<"conv2_block1/conv2_block1_0_conv">(ResNet50<>{}));
static_assert(part::trainable_parameter_count() == ResNet50<>::trainable_parameter_count() - (64 * 256 + 256));
static_assert(part::model_name() == "resnet50");

}  // namespace
