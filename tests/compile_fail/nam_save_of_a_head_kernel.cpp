// Files: a .nam file of version 0.5.4 for a net that it cannot describe.
// at: a .nam file
// expects: a net that .nam files of version 0.5.4 can describe
// got: kernels of several sizes, a head kernel, options of LSTM, or several channels of sound
// fix: take nam::A1Standard, A1Lite, A1Feather, A1Nano or nam::LSTM
#include <strata/applications/nam.hpp>
#include <strata/applications/nam_save.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = nam::A2Lite{}.build();
#else
auto model = nam::A1Nano{}.build();
#endif
void write() { nam::save(model, "amp.nam"); }
