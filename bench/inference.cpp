// Microseconds of inference, one sample and 32 at once. With a folder it also writes weights, inputs and outputs, so
// that peers can compare theirs first (peers/inference.py). Prints a JSON line a case; fails where two of its own paths
// disagree. usage: inference [--folder FOLDER] [--threads N] [--batch N] [--seconds S] [NET...]
#include "inference.hpp"
#include "nets.hpp"
#include "settings.hpp"
#include "timing.hpp"

int main(int count, char** arguments) {
    const settings how = parse(count, arguments, 0.5);
    keep_memory();
    nets::for_each([&](auto net, const char* name) {
        if (!how.wants(name)) return;
        const auto model = nets::make_model(net);
        inference::run(model, model, name, nets::make_inputs(net), how);
    });
}
