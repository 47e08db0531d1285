// Writes the weights of a file as numbers that net.cpp includes, in the order that bind takes.
// usage: embed_weights WEIGHTS.safetensors > weights.inc
#include <cstdio>
#include <exception>

#include <strata/strata.hpp>

#include "net.hpp"

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: embed_weights WEIGHTS.safetensors\n");
        return 2;
    }
    try {
        auto model = web::net.build();
        model.load_weights(argv[1]);
        for (const auto weight : model.weights())
            for (const float value : weight.to_vector()) std::printf("%af,\n", static_cast<double>(value));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "embed_weights: %s\n", error.what());
        return 1;
    }
}
