// Run by keras_residuals.py: residual_tool NET load FILE INPUTS OUTPUTS. The nets are the script's cases.
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
    if (arguments.size() < 2) throw std::runtime_error("usage: residual_tool NET load FILE INPUTS OUTPUTS");
    const std::string& net = arguments[0];
    const std::span<const std::string> commands = std::span(arguments).subspan(1);
    if (net == "projection")
        run(Sequential{Input<6, 5, 3>{},
                       Residual{Conv2D<4, 3, padding::same, ReLU>{}, Conv2D<4, 3, padding::same>{},
                                shortcut<Conv2D<4, 1>>{}},
                       GlobalAveragePooling2D<>{}},
            commands);
    else if (net == "normalized")
        run(Sequential{Input<6, 5, 3>{},
                       Residual{Conv2D<4, 3, strides<2>, padding::same>{}, BatchNormalization<>{}, ReLU{},
                                Conv2D<4, 3, padding::same>{}, BatchNormalization<>{},
                                shortcut<Conv2D<4, 1, strides<2>>, BatchNormalization<>>{}},
                       ReLU{}, GlobalAveragePooling2D<>{}, Dense<3>{}},
            commands);
    else if (net == "identity")
        run(Sequential{Input<6, 5, 3>{}, Conv2D<4, 1>{},
                       Residual{Conv2D<4, 3, padding::same>{}, BatchNormalization<>{}, ReLU{},
                                Conv2D<4, 3, padding::same>{}},
                       Residual{Conv2D<4, 3, padding::same, Tanh>{}, Conv2D<4, 3, padding::same>{}},
                       GlobalAveragePooling2D<>{}},
            commands);
    else if (net == "alike")
        run(Sequential{Input<6, 5, 3>{}, Residual{Conv2D<3, 1, Tanh>{}, Conv2D<3, 1>{}, shortcut<Conv2D<3, 1>>{}},
                       GlobalAveragePooling2D<>{}},
            commands);
    else if (net == "named")
        run(Sequential{Input<6, 5, 3>{},
                       Residual{Conv2D<3, 1, Tanh, name<"one">>{}, Conv2D<3, 1, name<"two">>{},
                                shortcut<Conv2D<3, 1, name<"side">>>{}},
                       GlobalAveragePooling2D<>{}},
            commands);
    else if (net == "side_named")
        run(Sequential{Input<6, 5, 3>{},
                       Residual{Conv2D<3, 1, Tanh>{}, Conv2D<3, 1>{}, shortcut<Conv2D<3, 1, name<"side">>>{}},
                       GlobalAveragePooling2D<>{}},
            commands);
    else if (net == "fused")
        run(Sequential{Input<6, 5, 3>{},
                       Residual{Conv2D<3, 1>{}, Conv2D<3, 3, padding::same>{}, shortcut<Conv2D<3, 1, Tanh>>{}},
                       GlobalAveragePooling2D<>{}},
            commands);
    else if (net == "nested")
        run(Sequential{Input<6>{},
                       Residual{Dense<5, Tanh>{}, Residual{Dense<4, Tanh>{}, Dense<7>{}, shortcut<Dense<7, no_bias>>{}},
                                Dense<3>{}, shortcut<Dense<2, Tanh>, Dense<8, ReLU>, Dense<3, no_bias>>{}}},
            commands);
    else if (net == "inception")
        run(
            Sequential{
                Input<6, 5, 3>{},
                Concatenate<branch<Conv2D<4, 3, padding::same, ReLU>, Conv2D<2, 1>>, branch<>, branch<Conv2D<3, 1>>>{},
                GlobalAveragePooling2D<>{}},
            commands);
    else if (net == "gate")
        run(
            Sequential{
                Input<6, 5, 3>{},
                Multiply<branch<Conv2D<3, 3, padding::same, Tanh>>, branch<Conv2D<3, 3, padding::same, Sigmoid>>>{},
                GlobalAveragePooling2D<>{}},
            commands);
    else if (net == "named_gate")
        run(Sequential{Input<6, 5, 3>{},
                       Multiply<branch<Conv2D<3, 3, padding::same, Tanh, name<"filter">>>,
                                branch<Conv2D<3, 3, padding::same, Sigmoid, name<"gate">>>>{},
                       GlobalAveragePooling2D<>{}},
            commands);
    else if (net == "added")
        run(Sequential{Input<6>{},
                       Add<branch<Dense<5, Tanh>, Dense<3>>, branch<Dense<4, Tanh>, Dense<3>>, branch<Dense<3>>>{}},
            commands);
    else if (net == "subtracted") run(Sequential{Input<6>{}, Subtract<branch<Dense<3>>, branch<Dense<3>>>{}}, commands);
    else throw std::runtime_error("no net is called " + net);
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
