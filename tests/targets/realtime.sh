#!/bin/bash
# infer and stream.step under Clang's RealtimeSanitizer: one thread, a team, and controls that it must stop. Then a
# team's pool without the sanitizer: it waits without system calls.
# usage: tests/targets/realtime.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=../packages.sh
source tests/packages.sh
need clang-22 libclang-rt-22-dev g++ libboost-dev libxsimd-dev

folder=build-target-realtime
mkdir -p $folder
machine=$(tools/instruction_set.sh)
flags=(-std=c++20 -O1 -Wall -Wextra -Werror ${machine:+-march=$machine} -Iinclude -pthread)
# The warning says, too, whether a program's own nonblocking functions may call infer.
clang++-22 "${flags[@]}" -Wfunction-effects -fsanitize=realtime tests/targets/realtime.cpp -o $folder/realtime
clang++-22 "${flags[@]}" tests/model/system_calls.cpp -o $folder/system_calls

failed=0
for part in infer team large-team stream; do
    $folder/realtime $part || { echo "FAILED: $part"; failed=$((failed + 1)); }
done
for part in control-allocation control-lock control-workspace; do
    if said=$($folder/realtime $part 2>&1) || [[ "$said" != *"RealtimeSanitizer: unsafe-library-call"* ]]; then
        echo "FAILED: the sanitizer does not stop $part: $said"
        failed=$((failed + 1))
    else
        echo "$part: stopped"
    fi
done
$folder/system_calls || failed=$((failed + 1))
[ $failed -eq 0 ] && echo "RealtimeSanitizer: infer, teams and streams run, 3 controls are stopped"
[ $failed -eq 0 ]
