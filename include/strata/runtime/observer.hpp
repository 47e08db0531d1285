// observer: a hook of the executors, called before and after each step. The default is empty, and no code is made for
// it.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>

namespace strata::inline STRATA_ISA::detail {

/// The parts of a training step; an inference and a stream have `forward` alone.
enum class phase { pack, forward, loss, backward, update };

/// The observer of executors that nobody observes. Another one has `is_active = true`, `begin(thread)`, called before a
/// step by the thread that runs it, and `end(thread, step, phase)`, called after it.
struct no_observer {
    static constexpr bool is_active = false;
};

/// The profilers of inspect/, friends of what they observe.
struct stream_profiler;
struct training_profiler;

}  // namespace strata::inline STRATA_ISA::detail
