// What keras_applications.py runs: applications_tool NET {load FILE INPUTS OUTPUTS | load_layer FILE | save FILE}...
// NET is top, features or nested: the application APPLICATION<SIZE> with its classifier, without it, and frozen under
// another one. NAME is the application's own.
#include <exception>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <strata/strata.hpp>

#include "commands.hpp"

using namespace strata;

int main(int count, char** words) try {
    const std::vector<std::string> arguments(words + 1, words + count);
    if (arguments.size() < 2) throw std::runtime_error("usage: applications_tool NET COMMAND...");
    const std::span<const std::string> commands = std::span(arguments).subspan(1);
    using base = applications::APPLICATION<SIZE, SIZE, 3, no_top, pooling::avg>;
    if (arguments[0] == "top") run(applications::APPLICATION<SIZE, SIZE, 3, classes<7>>{}, commands);
    else if (arguments[0] == "features") run(base{}, commands);
    else if (arguments[0] == "nested")
        run(Sequential{freeze(base{}), Dense<5>{}}, commands, [](auto& model, const std::string& file) {
            model.template get_layer<fixed_string(NAME)>().load_weights(file);
        });
    else throw std::runtime_error("no net is called " + arguments[0]);
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
