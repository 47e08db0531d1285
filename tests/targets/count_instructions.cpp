// A plugin of QEMU: writes the number of instructions that the program executed to standard error when it ends.
// c++ -shared -fPIC -DPLUGIN_API=1 count_instructions.cpp -o count.so; qemu-aarch64 -plugin ./count.so PROGRAM
// Debian ships no header of the interface; these are its declarations (QEMU's include/qemu/qemu-plugin.h). PLUGIN_API
// is 1 before QEMU 9, 2 from there on.
#include <cstddef>
#include <cstdint>
#include <cstdio>

extern "C" {
struct qemu_info_t;
struct qemu_plugin_tb;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
void qemu_plugin_register_vcpu_tb_trans_cb(std::uint64_t id, void (*call)(std::uint64_t id, qemu_plugin_tb* block));
void qemu_plugin_register_vcpu_tb_exec_cb(qemu_plugin_tb* block, void (*call)(unsigned processor, void* data),
                                          qemu_plugin_cb_flags flags, void* data);
void qemu_plugin_register_atexit_cb(std::uint64_t id, void (*call)(std::uint64_t id, void* data), void* data);
std::size_t qemu_plugin_tb_n_insns(const qemu_plugin_tb* block);

__attribute__((visibility("default"))) extern const int qemu_plugin_version = PLUGIN_API;
}

namespace {

std::uint64_t executed = 0;

// The number of instructions of a block travels as the pointer that QEMU hands through.
void add_block(unsigned, void* count) { executed += reinterpret_cast<std::uintptr_t>(count); }
void translated(std::uint64_t, qemu_plugin_tb* block) {
    qemu_plugin_register_vcpu_tb_exec_cb(block, add_block, QEMU_PLUGIN_CB_NO_REGS,
                                         reinterpret_cast<void*>(qemu_plugin_tb_n_insns(block)));
}
void ended(std::uint64_t, void*) { std::fprintf(stderr, "%llu\n", static_cast<unsigned long long>(executed)); }

}  // namespace

extern "C" __attribute__((visibility("default"))) int qemu_plugin_install(std::uint64_t id, const qemu_info_t*, int,
                                                                          char**) {
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, nullptr);
    return 0;
}
