// replace_file, for the writers of weight files.
#pragma once

#include <strata/core/atomic_file.hpp>

namespace strata::io {

using strata::replace_file;

}  // namespace strata::io
