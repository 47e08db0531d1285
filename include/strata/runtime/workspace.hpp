// Workspace: the arena of one thread, or of a team of them.
#pragma once

#include <cstddef>

#include <strata/core/aligned_array.hpp>
#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/owned.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/thread_pool.hpp>
#include <strata/graph/plan.hpp>
#include <strata/net/shapes.hpp>

namespace strata::inline STRATA_ISA {

/// Every activation and scratch buffer of one inference, one sample at a time; its size is a constant. One per thread.
template <class Net, class T = float>
class Workspace {
    static_assert(sizeof(require<net_check<Net>>) > 0);

public:
    /// Elements of T in the arena.
    static constexpr std::size_t size() {
        if constexpr (net_check<Net>::value.ok) return plan_of<Net, T, 1>.arena_size;
        else return 0;
    }

    constexpr T* data() { return arena_.data(); }

private:
    storage<T, size()> arena_{};
};

/// How a workspace is made: with more than one thread it holds a pool of them.
struct workspace_options {
    std::size_t threads = 1;
};

/// Workspaces of a team of threads that share one inference, and the team; made by `model.workspace({.threads = 2})`.
/// The threads sleep while there is nothing to do. One inference at a time: builds with assertions stop where two
/// threads use one at once, or where a child process uses its parent's (a child makes its own, after fork).
template <class Net, class T = float>
class ParallelWorkspace {
public:
    /// Throws std::system_error where the system does not give that many threads.
    explicit ParallelWorkspace(workspace_options options) {
        threads_.emplace(options.threads);
        arenas_ = aligned_array<T>(threads_->size() * size());
    }

    /// Elements of T in the arena of one thread.
    static constexpr std::size_t size() { return Workspace<Net, T>::size(); }

    thread_pool& threads() { return *threads_; }
    T* data() { return arenas_.data(); }

private:
    internal::owned<thread_pool> threads_;
    aligned_array<T> arenas_;
};

}  // namespace strata::inline STRATA_ISA
