// Classifies drawn digits on this machine, as the page does: test.py compares.
// usage: read_strokes WEIGHTS.safetensors < DIGITS
//   DIGITS  a line `x y lifted` for each position of the pen, an empty line after each digit
//   prints  the ten probabilities of each digit, a line each
#include <array>
#include <cstdio>
#include <exception>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <strata/strata.hpp>

#include "net.hpp"

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: read_strokes WEIGHTS.safetensors < DIGITS\n");
        return 2;
    }
    try {
        auto model = web::net.build();
        model.load_weights(argv[1]);
        auto workspace = model.workspace();
        std::vector<web::position> strokes;
        web::picture picture{};
        std::array<float, web::digits> answer{};
        for (std::string line; std::getline(std::cin, line);) {
            if (!line.empty()) {
                float x = 0, y = 0;
                int is_lifted = 0;
                std::istringstream(line) >> x >> y >> is_lifted;
                strokes.push_back({x, y, is_lifted != 0});
                continue;
            }
            web::draw_digit(strokes, picture);
            model.infer(picture, answer, workspace);
            for (const float value : answer) std::printf("%.9g ", static_cast<double>(value));
            std::printf("\n");
            strokes.clear();
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "read_strokes: %s\n", error.what());
        return 1;
    }
}
