// All optimizers, and the schedules of their learning rates.
#pragma once

#include <strata/train/optimizer.hpp>
#include <strata/train/optimizers/adadelta.hpp>
#include <strata/train/optimizers/adagrad.hpp>
#include <strata/train/optimizers/adam.hpp>
#include <strata/train/optimizers/adamax.hpp>
#include <strata/train/optimizers/adamw.hpp>
#include <strata/train/optimizers/ftrl.hpp>
#include <strata/train/optimizers/lion.hpp>
#include <strata/train/optimizers/nadam.hpp>
#include <strata/train/optimizers/rmsprop.hpp>
#include <strata/train/optimizers/sgd.hpp>
#include <strata/train/schedules.hpp>
