// Every metric.
#pragma once

#include <strata/train/metrics/accuracy.hpp>
#include <strata/train/metrics/auc.hpp>
#include <strata/train/metrics/confusion_matrix.hpp>
#include <strata/train/metrics/error_to_signal_ratio.hpp>
#include <strata/train/metrics/f1_score.hpp>
#include <strata/train/metrics/metric.hpp>
#include <strata/train/metrics/precision_recall.hpp>
#include <strata/train/metrics/regression.hpp>
#include <strata/train/metrics/top_k_accuracy.hpp>
#include <strata/train/metrics/weighted.hpp>
