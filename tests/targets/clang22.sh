#!/bin/bash
# Newer compilers and languages: every header and a strict project's program by Clang 22 in C++20, 23 and 26, and by
# GCC and Clang 19 in C++23; a few refusals by Clang 22. The front ends alone, without the optimizer.
# usage: tests/targets/clang22.sh [--full] [--jobs N]
#   --full  the program in every language; without it by Clang 22 in C++26 alone. Without it Clang 22 leaves out C++23,
#           which C++26 contains
source "$(dirname "$0")/common.sh"
arguments "$@"
need clang-22 clang-19 g++ libboost-dev libhdf5-dev libxsimd-dev libzip-dev pkg-config python3

failed=0
check() { python3 "$@" || failed=$((failed + 1)); }  # a script, its arguments
for std in c++20 c++23 c++26; do
    for compiler in clang++-22 clang++-19 g++; do
        [ "$compiler" = clang++-22 ] || [ "$std" = c++23 ] || continue  # the suite has the others
        [ -n "$full" ] || [ "$compiler" != clang++-22 ] || [ "$std" != c++23 ] || continue
        check tests/tree/check_headers.py . --together --std $std --jobs "$jobs" --library hdf5=hdf5,hdf5-serial \
            --library zip=libzip -- "$compiler"
        [ -n "$full" ] || [ "$std" = c++26 ] || continue
        check tests/tree/check_warnings.py . --front-end --std $std --jobs "$jobs" -- "$compiler"
    done
    [ -n "$full" ] || [ "$std" != c++23 ] || continue
    check tests/compile_fail/check.py --include include --compiler clang++-22 --std $std --jobs "$jobs" \
        conv2d_window_does_not_fit infer_another_input not_built_build
done
[ "$failed" -eq 0 ] && echo "Clang 22 in C++20${full:+, C++23} and C++26, GCC and Clang 19 in C++23: no warning"
[ "$failed" -eq 0 ]
