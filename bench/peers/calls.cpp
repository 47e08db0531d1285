// Seconds of many calls of a C function with up to eight arguments: lets a Python program time another library's C
// interface without Python between the calls. Arguments are integers or pointers, each in a word.
#include <chrono>
#include <cstddef>
#include <cstdint>

using word = std::uintptr_t;

namespace {

template <class... Words>
double seconds_of(std::size_t count, void* function, Words... arguments) {
    const auto call = reinterpret_cast<word (*)(Words...)>(function);
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < count; ++i) call(arguments...);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

/// Calls with one argument.
extern "C" double seconds_of_calls_1(std::size_t count, void* function, word a) {
    return seconds_of(count, function, a);
}
/// Calls with eight arguments.
extern "C" double seconds_of_calls_8(std::size_t count, void* function, const word* a) {
    return seconds_of(count, function, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
}
