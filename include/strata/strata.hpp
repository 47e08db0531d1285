// Everything that needs only Boost.Hana and xsimd; with STRATA_WITH_HDF5 also Keras' .h5 files.
#pragma once

#include <strata/infer.hpp>
#include <strata/io/weights.hpp>
