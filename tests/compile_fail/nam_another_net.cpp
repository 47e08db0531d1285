// Calls: a file of Neural Amp Modeler for another kind of net.
// at: a .nam file
// expects: one WaveNet, LSTM layers and a Dense, causal Conv1D layers of 2 taps and a Dense, or one Conv1D
// got: another net
// fix: take nam::A1Standard, or another net of strata/applications/nam.hpp
#include <strata/applications/nam_files.hpp>
#include <strata/strata.hpp>

using namespace strata;

#if !defined(REPAIR)
using net = Sequential<Input<64, 1>, Conv1D<4, 3, padding::causal>, Dense<1>>;
#else
using net = nam::A1Nano;
#endif
void load(Model<net>& model) { nam::load(model, "amp.nam"); }
