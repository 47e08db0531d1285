// Everything that needs only Boost.Hana and xsimd.
#pragma once

#include <strata/core/report.hpp>
#include <strata/infer.hpp>
#include <strata/io/weights.hpp>
