# Sourced by the scripts of this folder. The folder of a script's build is build-target-NAME.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
source tests/packages.sh

jobs=$(nproc) full=""
arguments() {  # of the script: [--full] [--jobs N]
    while [ $# -gt 0 ]; do
        case $1 in
            --full) full=yes ;;
            --jobs) [ $# -ge 2 ] || { echo "--jobs takes a number" >&2; exit 2; }; jobs=$2; shift ;;
            *) sed -n '2,/^[^#]/s/^# //p' "$0" >&2; exit 2 ;;
        esac
        shift
    done
}
done_with() { echo "ok: $1 ($SECONDS s)"; }

warnings=(-std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Werror)

# The probe's values on this machine: host_values FILE.
host_values() {
    mkdir -p "$(dirname "$1")"
    clang++-19 "${warnings[@]}" -O1 -Iinclude tests/targets/probe.cpp -o "$1.program" -pthread
    "$1.program" >"$1"
}
# refused NAME SENTENCE COMMAND...: the compiler refuses, and says the sentence.
refused() {
    local name=$1 sentence=$2 text
    shift 2
    if text=$("$@" -std=c++20 -Iinclude -fsyntax-only -x c++ - 2>&1 <<<'#include <strata/core/config.hpp>'); then
        echo "$name is not refused" >&2; exit 1
    fi
    grep -qF "$sentence" <<<"$text" ||
        { echo "$name: the refusal does not say \"$sentence\":" >&2; echo "$text" >&2; exit 1; }
    "$@" -std=c++20 -Iinclude -fsyntax-only -DSTRATA_SCALAR -x c++ - <<<'#include <strata/core/config.hpp>' ||
        { echo "$name: refused with STRATA_SCALAR too" >&2; exit 1; }
}
