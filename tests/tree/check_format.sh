#!/bin/bash
# Compares the tree with what clang-format 19 makes of it; other versions format differently.
# usage: check_format.sh [--write]
set -euo pipefail
cd "$(dirname "$0")/../.."
for tool in clang-format-19 clang-format; do
    if "$tool" --version 2>/dev/null | grep -q 'version 19\.'; then break; fi
    tool=
done
[ -n "$tool" ] || { echo "check_format: clang-format 19 is not installed (Debian: clang-format-19)" >&2; exit 1; }
folders=()
for folder in include tests examples bench; do [ -d "$folder" ] && folders+=("$folder"); done
mapfile -d '' files < <(find "${folders[@]}" \( -name '*.hpp' -o -name '*.cpp' \) -print0 | sort -z)
[ ${#files[@]} -gt 0 ] || { echo "check_format: no files" >&2; exit 1; }
if [ "${1:-}" = --write ]; then
    "$tool" -i "${files[@]}"
    exit
fi
differing=0
for file in "${files[@]}"; do
    if ! "$tool" --dry-run -Werror "$file" >/dev/null 2>&1; then
        echo "$file"
        differing=$((differing + 1))
    fi
done
echo "${#files[@]} files, $differing differ from $("$tool" --version)"
[ "$differing" -eq 0 ]
