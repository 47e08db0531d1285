// History, with what writes it to files as a table or as a picture.
#pragma once

#include <strata/core/atomic_file.hpp>
#include <strata/train/history_scores.hpp>
