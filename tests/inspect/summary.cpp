// summary<style::keras3>() letter for letter as Keras 3 prints it; keras3_summaries.py makes the texts.
#include <map>
#include <string>
#include <string_view>

#include <strata/strata.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

const std::map<std::string, std::string> keras{
#include "keras3_summaries.inc"
};
template <class Net>
void compare(const Net& net) {
    INFO(Net::model_name());
    CHECK(net.template summary<style::keras3>().str() == keras.at(std::string(Net::model_name())));
}

}  // namespace

TEST_CASE("the summary of Keras 3 is that of Keras, letter for letter") {
    compare(Sequential{name<"net">{}, Input<28, 28, 1>{}, Conv2D<16, 3, name<"c1">>{}, BatchNormalization<>{},
                       GlobalAveragePooling2D<>{}, Dense<10>{}});
    using inner = Sequential<name<"a_rather_long_name_of_an_inner_model">, Conv2D<32, 3>, ReLU>;
    compare(Sequential{name<"long">{}, Input<250, 250, 3>{}, Conv2D<32, 5, strides<2>, ReLU, frozen>{}, inner{},
                       MaxPooling2D<3>{}, Flatten<>{},
                       Dense<400, name<"very_long_name_that_does_not_fit_into_a_column">>{}, Dropout<0.5>{}});
    compare(Sequential{name<"wide">{}, Input<1000000>{}, Reshape<shape{10, 1000, 10, 10}>{},
                       Reshape<shape{1000, 1000, 1, 1}>{}});
    compare(Sequential{name<"sizes">{}, Input<1024>{}, Dense<1023>{}, Dense<524>{}, Dense<7, no_bias>{}});
    compare(Sequential{name<"batch">{}, Dense<2>{}, Dense<3>{}}.build_for(ones<1, 4>()));
}

TEST_CASE("the size of weights is rounded as Python rounds") {
    CHECK(detail::memory_text(0) == "0.00 B");
    CHECK(detail::memory_text(1023) == "1023.00 B");
    CHECK(detail::memory_text(1024) == "1.00 KB");
    CHECK(detail::memory_text(1029) == "1.00 KB");        // 1.00488
    CHECK(detail::memory_text(128 + 1024) == "1.12 KB");  // 1.125, to even
    CHECK(detail::memory_text(384 + 1024) == "1.38 KB");  // 1.375, to even
    CHECK(detail::memory_text(819262720) == "781.31 MB");
    const auto model = Sequential{Input<4>{}, Dense<2>{}}.build<double>();
    CHECK(model.summary<style::keras3>().str().find("Total params: 10 (80.00 B)") != std::string::npos);
}
