// Streams: infer of a net whose number of steps is open.
// at: infer
// expects: a net that states its number of steps
// got: Input<any, ...>, which leaves it open
// fix: write Input<steps, ...>, or step the net: model.stream()
#include <array>

#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<any, 2>{}, LSTM<4>{}}.build();
auto workspace = model.workspace();
void run() {
    std::array<float, 2> x{};
    std::array<float, 4> y{};
    model.infer(x, y, workspace);
}
#else
auto model = Sequential{Input<1, 2>{}, LSTM<4>{}}.build();
auto workspace = model.workspace();
void run() {
    std::array<float, 2> x{};
    std::array<float, 4> y{};
    model.infer(x, y, workspace);
}
#endif
