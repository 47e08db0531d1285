// interrupt: Ctrl-C as a request to end a running fit.
#pragma once

#include <csignal>

#include <strata/core/config.hpp>

namespace strata::inline STRATA_ISA::detail {

inline volatile std::sig_atomic_t interrupt_requested = 0;

/// While it lives, SIGINT sets a flag instead of ending the program. The destructor restores the previous handler.
class interrupt_guard {
public:
    explicit interrupt_guard(bool active) : active_(active) {
        if (!active_) return;
        interrupt_requested = 0;
        previous_ = std::signal(SIGINT, [](int) { interrupt_requested = 1; });
    }
    interrupt_guard(const interrupt_guard&) = delete;
    interrupt_guard& operator=(const interrupt_guard&) = delete;
    ~interrupt_guard() {
        if (active_) std::signal(SIGINT, previous_);
    }

    /// Whether Ctrl-C was pressed.
    bool is_requested() const { return active_ && interrupt_requested != 0; }

private:
    bool active_;
    void (*previous_)(int) = nullptr;
};

}  // namespace strata::inline STRATA_ISA::detail
