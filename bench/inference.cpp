// inference: microseconds of inference for one sample and for 32 in one call. With --folder it also writes weights,
// inputs and outputs, so that other libraries compare theirs first (peers/inference.py). Prints a line of JSON for each
// case. Fails where infer and predict disagree.
// usage: inference [--folder FOLDER] [--threads N] [--batch N] [--seconds S] [NET...]
#include "inference.hpp"
#include "nets.hpp"
#include "settings.hpp"
#include "timing.hpp"

int main(int count, char** arguments) {
    const settings options = parse(count, arguments, 0.5);
    keep_memory();
    nets::for_each([&](auto net, const char* name) {
        if (!options.wants(name)) return;
        const auto model = nets::make_model(net);
        inference::run(model, model, name, nets::make_inputs(net), options);
    });
}
