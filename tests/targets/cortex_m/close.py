#!/usr/bin/env python3
# Compares two outputs of one program: words are the same; numbers, which are written as their bits, differ by at most
# some 80 units in the last place, as exponentials of sums that were rounded otherwise do.
# usage: close.py EXPECTED SHOWN
import re
import struct
import sys

BITS = re.compile(r"[0-9a-f]{8}")


def number(word):
    return struct.unpack(">f", bytes.fromhex(word))[0]


def main():
    expected, shown = (open(name, encoding="utf-8").read().split() for name in sys.argv[1:3])
    if len(expected) != len(shown):
        return 1
    for a, b in zip(expected, shown):
        if a != b and not (BITS.fullmatch(a) and BITS.fullmatch(b) and
                           abs(number(a) - number(b)) <= 1e-5 * abs(number(a))):
            print(f"{a} and {b} differ")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
