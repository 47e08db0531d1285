// Headers that nearly every test reads: compiled once a program instead of once a file.
#include "../catch.hpp"

#include <strata/strata.hpp>
