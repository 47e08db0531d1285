// Workspace: the arena of one thread.
#pragma once

#include <cstddef>

#include <strata/core/report.hpp>
#include <strata/core/storage.hpp>
#include <strata/model/plan.hpp>
#include <strata/model/shapes.hpp>

namespace strata {

/// Every activation and scratch buffer of one inference, one sample at a time; its size is a constant. One per thread.
template <class Net, class T = float>
class Workspace {
    static_assert(sizeof(asserted<net_verdict<Net>>) > 0);

public:
    /// Elements of T in the arena.
    static constexpr std::size_t size() {
        if constexpr (net_verdict<Net>::value.ok) return plan_of<Net, T, 1>.arena_size;
        else return 0;
    }

    constexpr T* data() { return arena_.data(); }

private:
    storage<T, size()> arena_{};
};

}  // namespace strata
