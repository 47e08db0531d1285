// Workspace: the arena of one thread.
#pragma once

#include <cstddef>

#include <strata/core/storage.hpp>
#include <strata/model/plan.hpp>

namespace strata {

/// Every activation and scratch buffer of one inference, one sample at a time; its size is a constant. One per thread.
template <class Net, class T = float>
class Workspace {
public:
    /// Elements of T in the arena.
    static constexpr std::size_t size() { return plan_of<Net, T, 1>.arena_size; }

    constexpr T* data() { return arena_.data(); }

private:
    storage<T, size()> arena_{};
};

}  // namespace strata
