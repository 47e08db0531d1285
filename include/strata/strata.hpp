// Everything that needs only Boost.Hana and xsimd.
#pragma once

#include <strata/infer.hpp>
