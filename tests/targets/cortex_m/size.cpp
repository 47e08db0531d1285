// The net of examples/microcontroller and nothing else. With NET=0 the same program without the net: the difference is
// what the net takes. With MEASURE=1 it writes the bytes of stack and the ticks of the SysTick timer of one inference.
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "board.hpp"
#include "net.hpp"

// Global, so that the compiler keeps them.
std::array<float, 784> input;
std::array<float, 10> output;

namespace {

#if NET
strata::Workspace<std::remove_const_t<decltype(digits::net)>> workspace;

[[gnu::noinline]] void infer() { digits::model.infer(input, output, workspace); }
#else
[[gnu::noinline]] void infer() { asm volatile("" : : "r"(&input), "r"(&output) : "memory"); }
#endif

#if MEASURE
extern "C" std::uint32_t bss_end;

volatile std::uint32_t& at(std::uintptr_t address) { return *reinterpret_cast<volatile std::uint32_t*>(address); }

[[gnu::noinline]] void measure() {
    constexpr std::uint32_t mark = 0x5afe5afe, longest = 0xffffff;
    std::uint32_t* top = nullptr;
    asm volatile("mov %0, sp" : "=r"(top));
    for (volatile std::uint32_t* word = &bss_end; word < top; ++word) *word = mark;
    at(0xe000e014) = longest;  // SysTick counts down from here
    at(0xe000e018) = 0;
    at(0xe000e010) = 5;  // on, by the processor's clock, without interrupts
    const std::uint32_t before = at(0xe000e018);
    infer();
    const std::uint32_t after = at(0xe000e018);
    const volatile std::uint32_t* deepest = &bss_end;
    while (deepest < top && *deepest == mark) ++deepest;
    board::write_number(static_cast<int>((top - deepest) * 4));
    board::write(" bytes of stack, ");
    board::write_number(static_cast<int>((before - after) & longest));
    board::write(" ticks\n");
}
#endif

}  // namespace

int main() {
#if MEASURE
    for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<float>(i % 17) / 16.0f;
    measure();
#else
    infer();
#endif
    return 0;
}
