// Programs that the checks of cortex_m.sh must find wrong: one allocates, one needs a constructor before main.
#include <cstddef>

#include "board.hpp"

#if defined(ALLOCATES)
extern "C" void* malloc(std::size_t);
// newlib's malloc asks this for memory.
extern "C" void* _sbrk(std::ptrdiff_t) { return nullptr; }
void* volatile kept;

int main() {
    kept = malloc(8);
    return 0;
}
#elif defined(CONSTRUCTS)
struct constructed {
    constructed() { board::write("before main\n"); }
};
constructed object;

int main() { return 0; }
#endif
