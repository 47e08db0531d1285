// file_error, for the readers and writers of weight files.
#pragma once

#include <strata/core/file_error.hpp>
