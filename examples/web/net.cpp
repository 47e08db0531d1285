// The net of the page as a WebAssembly module: no imports, no heap. The page writes the positions of the pen to
// positions(), calls classify(count), and reads probabilities() and pixels().
#include <array>
#include <cstddef>
#include <span>

#include "net.hpp"

namespace {

// [model]
constexpr std::array weights{
#include "weights.inc"
};
static_assert(weights.size() == web::net.parameter_count());

constexpr auto model = web::net.bind(weights);
// [/model]

constexpr std::size_t most_positions = 4096;
/// Three floats each: x, y, and 1 where the pen was lifted after it, else 0.
std::array<float, 3 * most_positions> positions_of_page;
std::array<web::position, most_positions> strokes;
web::picture picture;
std::array<float, web::digits> answer;
constinit strata::Workspace<web::net_type> workspace;

}  // namespace

extern "C" {

[[clang::export_name("positions")]] float* positions() { return positions_of_page.data(); }
[[clang::export_name("most_positions")]] std::size_t largest_count() { return most_positions; }
/// The most probable digit.
[[clang::export_name("classify")]] std::size_t classify(std::size_t count) {
    count = count < most_positions ? count : most_positions;
    for (std::size_t i = 0; i < count; ++i)
        strokes[i] = {positions_of_page[3 * i], positions_of_page[3 * i + 1], positions_of_page[3 * i + 2] != 0.0f};
    web::draw_digit(std::span(strokes).first(count), picture);
    // [infer]
    model.infer(picture, answer, workspace);
    std::size_t best = 0;
    for (std::size_t i = 1; i < answer.size(); ++i) best = answer[i] > answer[best] ? i : best;
    return best;
    // [/infer]
}
[[clang::export_name("probabilities")]] const float* probabilities() { return answer.data(); }
[[clang::export_name("pixels")]] const float* pixels() { return picture.data(); }
[[clang::export_name("side")]] std::size_t side() { return web::side; }

}  // extern "C"
