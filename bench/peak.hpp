// peak: the measured peak of one core, with fused multiply-adds on registers.
#pragma once

#include <strata/inspect/peak.hpp>

/// GFLOP/s.
inline double fma_peak() { return 1e-9 * strata::measured_peak<float>(); }
