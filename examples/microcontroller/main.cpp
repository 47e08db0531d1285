// Classifies handwritten digits on a microcontroller: the weights stay in flash, nothing is allocated.
#include <algorithm>
#include <array>
#include <type_traits>

#include "board.hpp"
#include "net.hpp"
#include "picture.hpp"
#include "pictures.hpp"

namespace {

// [infer]
// Static, so that the stack stays small. Both sizes are known before the program runs.
std::array<float, digits::net.input_shape().size()> input;
strata::Workspace<std::remove_const_t<decltype(digits::net)>> workspace;

std::array<float, 10> probabilities_of(const digits::labelled_picture& picture) {
    std::array<float, 10> probabilities{};
    digits::enlarge(picture.pixels, input);
    digits::model.infer(input, probabilities, workspace);
    return probabilities;
}
// [/infer]

}  // namespace

int main() {
    int right = 0;
    for (const auto& picture : digits::pictures) {
        const auto probabilities = probabilities_of(picture);
        const auto best = std::max_element(probabilities.begin(), probabilities.end());
        const int answer = static_cast<int>(best - probabilities.begin());
        right += answer == picture.digit ? 1 : 0;
        board::write("a ");
        board::write_number(picture.digit);
        board::write(", taken for a ");
        board::write_number(answer);
        board::write(" by ");
        board::write_number(static_cast<int>(*best * 100.0f));
        board::write(" %:");
        for (const float probability : probabilities) {
            board::write(" ");
            board::write_bits(probability);
        }
        board::write("\n");
    }
    board::write_number(right);
    board::write(" are right\n");
    return right == static_cast<int>(digits::pictures.size()) ? 0 : 1;
}
