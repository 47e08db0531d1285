// Pictures of nets: every layer, step, band and buffer is in them.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <span>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include <strata/inspect.hpp>
#include <strata/strata.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

constexpr Sequential banded{name<"banded">{}, Input<256, 256, 3>{},       Conv2D<32, 3, ReLU>{}, Conv2D<32, 3>{},
                            ReLU{},           GlobalAveragePooling2D<>{}, Dropout<0.5>{},        Dense<4>{}};
constexpr Sequential branched{Input<8>{}, Dense<8, ReLU>{}, Residual<Dense<8, ReLU>, Dense<8>>{}, Dense<2>{}};

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t result = 0;
    for (std::size_t i = text.find(part); i != text.npos; i = text.find(part, i + 1)) ++result;
    return result;
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("a net in Graphviz' language has its layers, edges, fused steps and bands") {
    const std::string dot = banded.to_dot();
    CHECK(dot.starts_with("digraph \"banded\" {\n"));
    CHECK(has(dot, "v0 [label=\"input\\n(256, 256, 3)\"];\n"));
    CHECK(has(dot, "v1 [label=\"conv2d\\nConv2D, ReLU\\n(254, 254, 32)\\n896 parameters\"];\n"));
    CHECK(has(dot, "v2 [label=\"conv2d_1\\nConv2D\\n(252, 252, 32)\\n"));
    CHECK(has(dot, "subgraph cluster_chain0 {\nlabel=\"bands of "));
    CHECK(count(dot, "#e3eefa") == 1);  // conv2d_1 and re_lu
    CHECK(count(dot, " [label=") == 7);
    CHECK(count(dot, " -> ") == 6);
    CHECK(count(dot, "{") == count(dot, "}"));
    const std::string branches = branched.to_dot();
    CHECK(has(branches, "v1 -> v2;\n"));
    CHECK(has(branches, "v3 -> v4;\nv1 -> v4;\nv4 -> v5;\n"));
}

TEST_CASE("the drawing of a plan has the arena's size, and buffers that live at once do not overlap") {
    const auto check = [](const detail::net_drawing& drawing, std::size_t arena_bytes) {
        CHECK(drawing.arena_bytes == arena_bytes);
        for (const detail::drawn_buffer& a : drawing.buffers) {
            CHECK(a.offset + a.size <= arena_bytes);
            CHECK_FALSE(a.contents.empty());
            for (const detail::drawn_buffer& b : drawing.buffers) {
                if (&a == &b || a.end < b.begin || b.end < a.begin) continue;
                const bool are_apart = a.offset + a.size <= b.offset || b.offset + b.size <= a.offset;
                CHECK(are_apart);
            }
        }
    };
    check(detail::draw_net<std::remove_const_t<decltype(banded)>, float>(), banded.arena_bytes());
    check(detail::draw_net<std::remove_const_t<decltype(branched)>, double>(), branched.arena_bytes<double>());
    constexpr Sequential small{memory::smallest{}, Input<64, 64, 3>{}, Conv2D<16, 3, ReLU>{}, Conv2D<16, 3, ReLU>{},
                               Conv2D<8, 3, strides<2>>{}};
    check(detail::draw_net<std::remove_const_t<decltype(small)>, float>(), small.arena_bytes());
}

TEST_CASE("a picture of a net has a line for each layer, a bar for each value and an arc for a branch") {
    const std::string svg = banded.to_svg();
    CHECK(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    CHECK(svg.ends_with("</svg>\n"));
    for (const char* name :
         {">conv2d</tspan>", ">+ re_lu</tspan>", ">= dropout</tspan>", ">dense</tspan>", ">banded</text>"})
        CHECK(has(svg, name));
    CHECK(has(svg, "Conv2D, ReLU  (254, 254, 32)  896 parameters"));
    CHECK(has(svg, ">bands of "));
    CHECK(has(svg, "arena: " + detail::bytes_text(banded.arena_bytes())));
    const auto drawing = detail::draw_net<std::remove_const_t<decltype(banded)>, float>();
    CHECK(count(svg, "<g><title>") == drawing.buffers.size());
    CHECK(count(svg, "marker-end") == drawing.steps.size());
    CHECK(count(branched.to_svg(), "fill=\"none\" stroke=\"#555\"") == 1);
    for (const detail::drawn_buffer& each : drawing.buffers) {  // in its bar, or in the list of narrow ones
        const std::string size = detail::bytes_text(each.size);
        CHECK((has(svg, ">" + each.contents + "</text><text") ||
               has(svg, ": " + each.contents + ": " + size + "</text>")));
    }
    constexpr Sequential long_name{Input<8>{}, Dense<2, name<"a_name_of_a_layer_that_is_longer_than_the_usual_box">>{}};
    CHECK(has(branched.to_svg(), "width=\"380.0\""));
    CHECK_FALSE(has(long_name.to_svg(), "width=\"380.0\""));
    CHECK(detail::flops_text(330) == "330 FLOP");
    CHECK(detail::flops_text(65'400) == "65.40 kFLOP");
    CHECK(detail::flops_text(2.5e6) == "2.50 MFLOP");
    CHECK(detail::flops_text(4e9) == "4.00 GFLOP");
    CHECK(detail::bytes_text(1023) == "1023 B");
    CHECK(detail::bytes_text(1536) == "1.5 KB");
    CHECK(detail::bytes_text(3 << 20) == "3.0 MB");
}

TEST_CASE("filters are pictures of a grid: colours of three channels, else a grey picture a channel") {
    auto model = Sequential{Input<8, 8, 3>{}, Conv2D<4, 2>{}, Conv2D<2, 3>{}}.build();
    std::vector<float> kernel(2 * 2 * 3 * 4, 0.f);
    kernel[1 * 4 + 2] = 2.f;             // (0, 0), channel 1, filter 2
    kernel[(3 * 3 + 0) * 4 + 2] = -1.f;  // (1, 1), channel 0, filter 2
    model.weights()[0].assign(kernel);
    const pixel_picture found = filters_picture(model.weights()[0], {.magnify = 1});
    CHECK(found.width == 2 * 4 + 2);
    CHECK(found.height == 2 * 4 + 2);
    REQUIRE(found.channels == 3);
    const auto at = [&](std::size_t y, std::size_t x, std::size_t c) {
        return int{found.pixels[(y * found.width + x) * 3 + c]};
    };
    CHECK(at(0, 0, 0) == 255);
    CHECK(at(2, 2, 0) == 128);
    CHECK(at(6, 2, 1) == 255);
    CHECK(at(6, 2, 0) == 128);
    CHECK(at(7, 3, 0) == 64);
    const pixel_picture grey = filters_picture(model.weights()[2], {.magnify = 2});
    CHECK(grey.channels == 1);
    CHECK(grey.width == 4 * (6 + 2) + 2);
    CHECK(grey.height == 2 * (6 + 2) + 2);
    CHECK(filters_picture(model.weights()[2]).width == 4 * (48 + 2) + 2);
    CHECK_THROWS_WITH(filters_picture(model.weights()[1]),
                      "strata: filters_picture takes a kernel of shape (height, width, channels, filters), got (4)");
}

TEST_CASE("each channel of a map has its own scale") {
    Tensor<float, 1, 1, 2, 2> map;
    map(0, 0, 0, 0) = -3.f;
    map(0, 0, 1, 0) = 5.f;
    map(0, 0, 0, 1) = map(0, 0, 1, 1) = 7.f;
    const pixel_picture found = maps_picture(map, {.magnify = 1, .columns = 1});
    CHECK(found.width == 2 + 4);
    CHECK(found.height == 2 * 3 + 2);
    CHECK(int{found.pixels[2 * found.width + 2]} == 0);
    CHECK(int{found.pixels[2 * found.width + 3]} == 255);
    CHECK(int{found.pixels[5 * found.width + 2]} == 128);
    CHECK_THROWS(maps_picture(std::span<const float>(map.data(), 3), shape{1, 2, 2}));
}

#if defined(STRATA_WITH_PNG)
TEST_CASE("a picture is read back from its PNG file") {
    pixel_picture picture{.width = 3, .height = 2, .channels = 3, .pixels = {}};
    for (int i = 0; i < 18; ++i) picture.pixels.push_back(static_cast<std::uint8_t>(14 * i));
    const auto file = std::filesystem::temp_directory_path() / "strata-picture-test.png";
    write_png(file, picture);
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    REQUIRE(png_image_begin_read_from_file(&image, file.c_str()) != 0);
    CHECK(image.width == 3);
    CHECK(image.height == 2);
    image.format = PNG_FORMAT_RGB;
    std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(image));
    REQUIRE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr) != 0);
    CHECK(pixels == picture.pixels);
    std::filesystem::remove(file);
    CHECK_THROWS_AS(write_png("/no/such/folder/a.png", picture), file_error);
}
#endif

TEST_CASE("a summary in colours is the same text, with Keras' colours") {
    std::ostringstream plain, colored;
    print_summary(banded, plain, false);
    print_summary(banded, colored, true);
    CHECK(plain.str() == banded.summary<style::keras3>().str());
    std::string text = colored.str();
    for (const char* part :
         {"conv2d (\x1b[38;5;33mConv2D\x1b[0m)", "(\x1b[38;5;45mNone\x1b[0m, \x1b[38;5;34m254\x1b[0m, ",
          "\x1b[1m Total params: \x1b[0m\x1b[38;5;34m10,276\x1b[0m (40.14 KB)"})
        CHECK(has(text, part));
    for (std::size_t i = text.find('\x1b'); i != text.npos; i = text.find('\x1b'))
        text.erase(i, text.find('m', i) - i + 1);
    CHECK(text == plain.str());
}

TEST_CASE("the calls of docs/pictures.md") {
    const auto folder = std::filesystem::temp_directory_path() / "strata-pictures-test";
    std::filesystem::create_directories(folder);
    constexpr auto net = banded;
    // [net]
    std::ofstream(folder / "net.svg") << net.to_svg();
    std::ofstream(folder / "net.dot") << net.to_dot();  // dot -Tpdf net.dot > net.pdf
    // [/net]
    CHECK(std::filesystem::file_size(folder / "net.svg") > 1000);
    std::ostringstream out;
    // [summary]
    out << net.summary<style::keras3>();
    print_summary(net);  // the same, in colours where the output is a terminal
    // [/summary]
    CHECK(out.str().starts_with("Model: \"banded\"\n"));

    auto model = Sequential{Input<8, 8, 3>{}, Conv2D<4, 3, ReLU>{}, Flatten<>{}, Dense<2>{}}.build();
    auto trainer = compile(model, Adam{}, SparseCategoricalCrossentropy{.from_logits = true},
                           ConfusionMatrix{.class_names = {"cat", "dog"}});
    Dataset<float, shape{8, 8, 3}, int> test;
    for (int i = 0; i < 4; ++i) test.push_back(std::vector<float>(192, static_cast<float>(i)), i % 2);
    // [confusion]
    trainer.evaluate(test);
    const ConfusionMatrix& matrix = trainer.get_metric<ConfusionMatrix>().matrix;
    std::cout << matrix;
    matrix.write_svg(folder / "confusion.svg");
    // [/confusion]
    CHECK(matrix.targets(1) == 2);
    // [table]
    ConfusionMatrix counts{.class_names = {"cat", "dog"}};
    counts.add(0, 1);                                         // a cat that was taken for a dog
    counts.add(model.predict(test.inputs()), test.labels());  // and all samples of a dataset
    // [/table]
    CHECK(counts.targets(0) == 3);
    [[maybe_unused]] const auto x = ones<1, 8, 8, 3>();
#if defined(STRATA_WITH_PNG)
    // [png]
    write_png(folder / "filters.png", filters_picture(model.get_layer<"conv2d">().kernel()));
    const auto up_to = model.features<"conv2d">();
    write_png(folder / "maps.png", maps_picture(up_to(x)));
    // [/png]
    CHECK(std::filesystem::file_size(folder / "maps.png") > 60);
#endif
    std::filesystem::remove_all(folder);
}
