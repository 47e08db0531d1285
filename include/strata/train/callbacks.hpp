// All callbacks.
#pragma once

#include <strata/train/callbacks/csv_logger.hpp>
#include <strata/train/callbacks/early_stopping.hpp>
#include <strata/train/callbacks/lambda_callback.hpp>
#include <strata/train/callbacks/learning_rate_scheduler.hpp>
#include <strata/train/callbacks/model_checkpoint.hpp>
#include <strata/train/callbacks/reduce_lr_on_plateau.hpp>
#include <strata/train/callbacks/tensorboard.hpp>
#include <strata/train/callbacks/terminate_on_nan.hpp>
