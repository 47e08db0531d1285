// native_file: reading and replacing files through the system: Windows' calls, or those of POSIX.
#pragma once

#if defined(_WIN32)
#include <strata/core/windows_file.hpp>
#else
#include <strata/core/posix_file.hpp>
#endif
