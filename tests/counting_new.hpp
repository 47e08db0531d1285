// counting_new: the number of allocations of a program that links counting_new.cpp.
#pragma once

#include <atomic>
#include <cstddef>

extern std::atomic<std::size_t> allocations;
