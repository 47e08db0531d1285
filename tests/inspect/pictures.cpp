// Pictures of nets: every layer, step, band and buffer is in them.
#include <cstddef>
#include <string>
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
    CHECK(has(dot, "v1 [label=\"conv2d\\nConv2D\\n(254, 254, 32)\\n896 parameters\"];\n"));
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
    CHECK(has(svg, "Conv2D  (254, 254, 32)  896 parameters"));
    CHECK(has(svg, ">bands of "));
    CHECK(has(svg, "arena: " + detail::bytes_text(banded.arena_bytes())));
    const auto drawing = detail::draw_net<std::remove_const_t<decltype(banded)>, float>();
    CHECK(count(svg, "<g><title>") == drawing.buffers.size());
    CHECK(count(svg, "marker-end") == drawing.steps.size());
    CHECK(count(branched.to_svg(), "fill=\"none\" stroke=\"#555\"") == 1);
    CHECK(detail::bytes_text(1023) == "1023 B");
    CHECK(detail::bytes_text(1536) == "1.5 KB");
    CHECK(detail::bytes_text(3 << 20) == "3.0 MB");
}
