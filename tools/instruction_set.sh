#!/bin/sh
# Prints the -march value for this machine: the x86-64 level that the processor has, `native` on other processors.
# A level is named because Clang 19 takes some processors for others when it is given `native`, and warns then.
case $(uname -m) in
    x86_64) ;;
    *) echo native; exit ;;
esac
flags=" $(sed -n 's/^flags[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1) "
has() {
    for flag in "$@"; do
        case $flags in *" $flag "*) ;; *) return 1 ;; esac
    done
}
level=x86-64
if has cx16 lahf_lm popcnt sse4_1 sse4_2 ssse3; then
    level=x86-64-v2
    if has avx avx2 bmi1 bmi2 f16c fma abm movbe xsave; then
        level=x86-64-v3
        if has avx512f avx512bw avx512cd avx512dq avx512vl; then level=x86-64-v4; fi
    fi
fi
echo $level
