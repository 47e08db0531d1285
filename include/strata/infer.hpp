// Everything that inference needs, and no files: what a product ships.
#pragma once

#include <strata/core/report.hpp>
#include <strata/layers/activation.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/alpha_dropout.hpp>
#include <strata/layers/conv2d.hpp>
#include <strata/layers/dense.hpp>
#include <strata/layers/dropout.hpp>
#include <strata/layers/flatten.hpp>
#include <strata/layers/gaussian_dropout.hpp>
#include <strata/layers/gaussian_noise.hpp>
#include <strata/layers/global_pooling2d.hpp>
#include <strata/layers/gru.hpp>
#include <strata/layers/initializer.hpp>
#include <strata/layers/input.hpp>
#include <strata/layers/lstm.hpp>
#include <strata/layers/pooling2d.hpp>
#include <strata/layers/reshape.hpp>
#include <strata/layers/simple_rnn.hpp>
#include <strata/layers/softmax.hpp>
#include <strata/layers/spatial_dropout.hpp>
#include <strata/model/freeze.hpp>
#include <strata/model/model.hpp>
#include <strata/model/residual.hpp>
#include <strata/model/sequential.hpp>
