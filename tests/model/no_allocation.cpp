// infer allocates nothing: the program counts every allocation that it makes. Exit code 0 where there is none.
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>

#include <strata/strata.hpp>

namespace {

std::size_t allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
    ++allocations;
    if (void* p = std::malloc(size)) return p;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t align) {
    ++allocations;
    const std::size_t unit = static_cast<std::size_t>(align);
    if (void* p = std::aligned_alloc(unit, (size + unit - 1) / unit * unit)) return p;
    throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

int main() {
    using namespace strata;
    constexpr auto net = Sequential{Input<40, 40, 3>{}, Conv2D<8, 3, padding::same>{}, ReLU{}, MaxPooling2D<2>{},
                                    Conv2D<17, 3, ReLU>{}, Flatten<>{}, Dense<5, Softmax>{}};
    const auto model = net.build({.seed = 4});
    auto workspace = model.workspace();
    const auto x = ones<1, 40, 40, 3>();
    std::array<float, 5> y{};
    const std::size_t before = allocations;
    for (int i = 0; i < 10; ++i) model.infer(x, y, workspace);
    const bool held = before > 0 && allocations == before && y[0] > 0.0f && y[0] < 1.0f;
    std::printf("%zu allocations in 10 inferences\n", allocations - before);
    return held ? 0 : 1;
}
