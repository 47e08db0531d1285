// check: prints whether what an example shows holds, and makes its exit code.
#pragma once

#include <cstdio>

namespace example {

inline int failures = 0;

/// Prints the sentence, and counts it where it does not hold.
inline void check(bool holds, const char* sentence) {
    std::printf("%s %s\n", holds ? "   holds:" : "VIOLATED:", sentence);
    if (!holds) ++failures;
}

inline int exit_code() { return failures == 0 ? 0 : 1; }

}  // namespace example
