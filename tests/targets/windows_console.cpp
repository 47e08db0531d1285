// Prints a bar as fit does, and the console that it found; windows.sh runs it in a console and into a file. strata's
// headers pass after those of Windows.
#include <iostream>  // libstdc++ defines NOMINMAX

#include <windows.h>  // with all its other macros, before strata's headers

#include <strata/strata.hpp>

int main() {
    strata::progress bar(1, 2, 10);
    bar.epoch_begin(0);
    bar.epoch_end({});
    strata::detail::print_message("saving model to größe-日本");
    std::cout << "terminal " << strata::internal::stdout_is_terminal() << ", columns "
              << strata::internal::terminal_columns() << '\n';
}
