// Everything that needs only Boost.Hana and xsimd.
#pragma once

#include <strata/core/features.hpp>

#if defined(STRATA_NO_EXCEPTIONS)
#error "strata: training and files need exceptions; fix: include <strata/infer.hpp>, or compile with exceptions"
#elif defined(STRATA_NO_FILES) || defined(STRATA_NO_HEAP)
#error "strata: training and files need files and a heap; fix: include <strata/infer.hpp>"
#endif

// Before all others: a refusal lists the files that its assertion was included from.
#include <strata/core/diagnostic.hpp>

#include <strata/applications/mobilenet.hpp>
#include <strata/applications/nam.hpp>
#include <strata/applications/resnet50.hpp>
#include <strata/applications/vgg16.hpp>
#include <strata/applications/xception.hpp>
#include <strata/infer.hpp>
#include <strata/io/any_weights.hpp>
#include <strata/io/mapped_weights.hpp>
#include <strata/io/state.hpp>
#include <strata/io/weights.hpp>
#include <strata/train/callbacks.hpp>
#include <strata/train/compile.hpp>
#include <strata/train/dataset.hpp>
#include <strata/train/history.hpp>
#include <strata/train/losses.hpp>
#include <strata/train/metrics.hpp>
#include <strata/train/optimizers.hpp>
#include <strata/train/schedules.hpp>
