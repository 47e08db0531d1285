// startup: the first code of a Cortex-M after reset, and text by semihosting: a debugger, or QEMU, writes it.
#include <cstddef>
#include <cstdint>

#include "board.hpp"

int main();

extern "C" {

// Addresses from cortex_m.ld.
extern std::uint32_t data_in_flash, data_begin, data_end, bss_begin, bss_end, stack_end;

[[noreturn]] void reset();
[[noreturn]] void fault();
/// The library's abort brings signals along, and these malloc.
[[noreturn]] void abort();
}

namespace {

/// Operations of Arm's "Semihosting for AArch32 and AArch64".
constexpr std::uint32_t write_text = 0x04, exit_program = 0x18, exit_extended = 0x20;
constexpr std::uint32_t application_exit = 0x20026, run_time_error = 0x20023;

void semihosting(std::uint32_t operation, std::uintptr_t argument) {
    asm volatile("mov r0, %0\n\tmov r1, %1\n\tbkpt 0xab" : : "r"(operation), "r"(argument) : "r0", "r1", "memory");
}

/// The processor reads this table at address 0: the stack, then where it begins, then where exceptions go.
struct vector_table {
    const std::uint32_t* stack;
    void (*handlers[15])();
};
[[gnu::section(".vectors"), gnu::used]] const vector_table vectors{
    &stack_end,
    {reset, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault}};

}  // namespace

void reset() {
#if defined(__ARM_FP)
    // The floating-point unit is off after reset: full access to coprocessors 10 and 11.
    auto* const access = reinterpret_cast<volatile std::uint32_t*>(0xe000ed88);
    *access = *access | (0xfu << 20);
    asm volatile("dsb\n\tisb" ::: "memory");
#endif
    const std::uint32_t* from = &data_in_flash;
    for (std::uint32_t* to = &data_begin; to != &data_end; ++to) *to = *from++;
    for (std::uint32_t* to = &bss_begin; to != &bss_end; ++to) *to = 0;
    board::leave(main());
}

void fault() {
    board::write("fault\n");
    board::leave(1);
}

void abort() {
    board::write("abort\n");
    board::leave(1);
}

void board::write(const char* text) { semihosting(write_text, reinterpret_cast<std::uintptr_t>(text)); }

void board::leave(int code) {
    const std::uint32_t block[2] = {application_exit, static_cast<std::uint32_t>(code)};
    semihosting(exit_extended, reinterpret_cast<std::uintptr_t>(block));
    // Debuggers that do not know the operation above.
    semihosting(exit_program, code == 0 ? application_exit : run_time_error);
    for (;;) {
    }
}
