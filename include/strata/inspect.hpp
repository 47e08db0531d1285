// Profiler and pictures: what happens inside nets, models and trainings, to be looked at.
#pragma once

#include <strata/inspect/filter_pictures.hpp>
#include <strata/inspect/net_pictures.hpp>
#include <strata/inspect/print_summary.hpp>
#include <strata/inspect/profile.hpp>
#include <strata/inspect/profile_stream.hpp>
#include <strata/inspect/profile_training.hpp>
#if defined(STRATA_WITH_PNG)
#include <strata/inspect/write_png.hpp>
#endif
