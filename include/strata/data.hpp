// Reading data for training, and preparing it: tables, arrays, images. Files of images need STRATA_WITH_PNG and libpng,
// or STRATA_WITH_JPEG and libturbojpeg.
#pragma once

#include <strata/data/idx.hpp>
#include <strata/data/image_folder.hpp>
#include <strata/data/mapped_array.hpp>
#include <strata/data/npy_file.hpp>
#include <strata/data/preprocessing.hpp>
#include <strata/data/split.hpp>
#include <strata/data/table.hpp>
