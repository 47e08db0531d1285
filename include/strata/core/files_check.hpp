// files_check: refuses calls that read or write files where no header that does so is included.
#pragma once

#include <strata/core/diagnostic.hpp>
#include <strata/core/fixed_string.hpp>

namespace strata::internal {

/// Writes whole files; defined by strata/core/atomic_file.hpp.
template <class>
struct whole_files;

/// A call that reads or writes files; Files, which does so, is complete where its header is included.
template <class Files, fixed_string Call>
struct files_check {
    static constexpr diagnostic value =
        requires { sizeof(Files); }
            ? diagnostic{}
            : refuse("the headers that read and write files", "a program without them",
                     "write #include <strata/strata.hpp>, or <strata/io/weights.hpp> and <strata/io/state.hpp>",
                     Call.view());
};

}  // namespace strata::internal
