// Every loss.
#pragma once

#include <strata/train/loss.hpp>
#include <strata/train/losses/binary_crossentropy.hpp>
#include <strata/train/losses/categorical_crossentropy.hpp>
#include <strata/train/losses/cosine_similarity.hpp>
#include <strata/train/losses/hinge.hpp>
#include <strata/train/losses/probabilistic.hpp>
#include <strata/train/losses/regression.hpp>
#include <strata/train/losses/signal.hpp>
