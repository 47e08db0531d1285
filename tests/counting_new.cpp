// Replaces operator new by one that counts, for programs of their own. Apart from them: GCC would warn of free in what
// it inlines.
#include "counting_new.hpp"

#include <cstdlib>
#include <new>

std::atomic<std::size_t> allocations{0};

namespace {

void* allocate(std::size_t size, std::size_t unit) {
    ++allocations;
    if (void* p = std::aligned_alloc(unit, (size + unit - 1) / unit * unit)) return p;
    throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t unit) { return allocate(size, static_cast<std::size_t>(unit)); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
