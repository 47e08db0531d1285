#!/bin/bash
# Inference on Cortex-M4F, Cortex-M7 and Cortex-M0+ under QEMU: the numbers of a desktop machine, the size of the code,
# and no heap, exceptions, RTTI, threads or static constructors in the programs.
# usage: tests/targets/cortex_m.sh; ends with 0 where all holds
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/packages.sh
source tests/packages.sh
need g++ python3 libboost-dev gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-newlib qemu-system-arm

folder=build-target-cortex-m example=examples/microcontroller tests=tests/targets/cortex_m
mkdir -p "$folder/include"
failed=0
says() {  # whether it holds, sentence
    if [ "$1" -eq 0 ]; then echo "ok: $2"; else echo "FAILED: $2"; failed=$((failed + 1)); fi
}

# Boost.Hana, and nothing else of the folder of the desktop machine's headers.
boost=$(echo '#include <boost/hana/tuple.hpp>' | g++ -std=c++20 -E -x c++ - |
    sed -n 's|^# [0-9]* "\(.*\)/hana/tuple.hpp".*|\1|p' | sort -u)
ln -sfn "$boost" "$folder/include/boost"
python3 "$example/make_headers.py" "$example/digits.safetensors" examples/digits "$folder/include"

options=(-std=c++20 -Wall -Wextra -Wconversion -Werror -Iinclude "-I$example" "-I$folder/include" -DSTRATA_SCALAR
         -DSTRATA_NO_HEAP -DNDEBUG -fno-exceptions -fno-rtti)
embedded=(-mthumb -ffunction-sections -fdata-sections -fno-threadsafe-statics -nostartfiles -static --specs=nano.specs
          -T "$example/cortex_m.ld" -Wl,--gc-sections)
weights=$((27562 * 4))

# The numbers that a microcontroller must show. Compilers choose which products to fuse with additions, so checks are
# compiled without that, nor with the fused instructions that strata asks for, and must be equal bit by bit. The example
# is compiled as users do, and is compared to rounding.
declare -A arithmetic=([main]="" [checks]="-ffp-contract=off -U__FP_FAST_FMA")
for program in "$example/main.cpp" "$tests/checks.cpp"; do
    name=$(basename "$program" .cpp)
    g++ "${options[@]}" -Os -ffp-contract=off "$program" "$example/desktop.cpp" -o "$folder/$name"
    "$folder/$name" >"$folder/$name.expected"
done

build() { arm-none-eabi-g++ "${processor[@]}" "${options[@]}" "${embedded[@]}" "$@" "$example/startup.cpp"; }
emulate() { timeout 120 qemu-system-arm -M "$machine" -icount shift=0 -nographic -monitor none -serial none \
                -semihosting-config enable=on,target=native -kernel "$1" 2>&1; }
flash_of() { arm-none-eabi-size "$1" | awk 'END { print $1 + $2 }'; }
ram_of() { arm-none-eabi-size "$1" | awk 'END { print $2 + $3 }'; }
forbidden='_?(malloc|free|calloc|sbrk)(_r)?|_Zn[wa].*|_Zd[la].*|__aeabi_atexit'        # a heap
forbidden+='|__cxa_.*|_Unwind_.*|__gxx_personality.*|_ZSt[0-9]*__throw.*|_ZT[ISV].*'      # exceptions, RTTI
forbidden+='|pthread_.*|_GLOBAL__.*|_?printf.*'                                          # threads, constructors
found_in() { arm-none-eabi-nm "$1" | awk '{ print $NF }' | grep -xE "$forbidden" || true; }

processor_test() {  # title, machine, its MHz, most bytes of code, processor's options
    local title=$1 megahertz=$3 most=$4 name result compare symbols bytes stack ticks
    machine=$2 processor=("${@:5}")
    for program in "$example/main.cpp" "$tests/checks.cpp"; do
        name=$(basename "$program" .cpp)
        # shellcheck disable=SC2086
        build -Os ${arithmetic[$name]} "$program" -o "$folder/$name.elf"
        result=0
        emulate "$folder/$name.elf" >"$folder/$name.shown" || result=$?
        says "$result" "$title runs $name"
        compare=(cmp)
        [ -n "${arithmetic[$name]}" ] || compare=(python3 "$tests/close.py")
        "${compare[@]}" "$folder/$name.expected" "$folder/$name.shown" && result=0 || result=1
        says "$result" "$title shows the numbers of this machine in $name"
        [ "$result" -eq 0 ] || diff "$folder/$name.expected" "$folder/$name.shown" | head -6 || true
        symbols=$(found_in "$folder/$name.elf")
        says "$([ -z "$symbols" ] && echo 0 || echo 1)" "no heap, exceptions, RTTI, threads in $name $symbols"
    done
    for level in -Os -O2; do
        build "$level" -DNET=0 -DMEASURE=0 "$tests/size.cpp" -o "$folder/empty.elf"
        build "$level" -DNET=1 -DMEASURE=0 "$tests/size.cpp" -o "$folder/net.elf"
        build "$level" -DNET=1 -DMEASURE=1 "$tests/size.cpp" -o "$folder/measure.elf"
        bytes=$(($(flash_of "$folder/net.elf") - $(flash_of "$folder/empty.elf") - weights))
        says "$([ "$bytes" -gt 0 ] && [ "$bytes" -le "$most" ] && echo 0 || echo 1)" \
            "$title $level: $bytes bytes of flash beside $weights of weights, at most $most"
        # With -icount shift=0 an instruction takes a nanosecond of the emulated time, in which the timer ticks.
        read -r stack ticks < <(emulate "$folder/measure.elf" | sed 's/ bytes of stack, \| ticks/ /g')
        bytes=$(($(ram_of "$folder/net.elf") - $(ram_of "$folder/empty.elf")))
        echo "    RAM beside input and output: $bytes bytes and $stack of stack;" \
            " $((ticks * 1000 / megahertz)) instructions an inference"
    done
}

# 784-32-32-32-10, the net of the example. Without a floating-point unit libgcc's arithmetic counts too.
processor_test "Cortex-M4F" mps2-an386 25 2560 -mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16
processor_test "Cortex-M7" mps2-an500 25 2560 -mcpu=cortex-m7 -mfloat-abi=hard -mfpu=fpv5-d16
processor_test "Cortex-M0+" microbit 16 6144 -mcpu=cortex-m0plus

# Controls: what is looked for is found in programs that have it.
processor=(-mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16)
build -Os -DALLOCATES "$tests/control.cpp" -o "$folder/control.elf" 2>"$folder/control.log"
[[ $(found_in "$folder/control.elf") == *malloc* ]] && result=0 || result=1
says "$result" "malloc is found in a program that allocates"
result=0
build -Os -DCONSTRUCTS "$tests/control.cpp" -o "$folder/control.elf" 2>"$folder/control.log" || result=$?
grep -q "an object needs a constructor at start" "$folder/control.log" && [ "$result" -ne 0 ] && result=0 || result=1
says "$result" "a program with a static constructor does not link"

[ "$failed" -eq 0 ] || { echo "$failed failed"; exit 1; }
