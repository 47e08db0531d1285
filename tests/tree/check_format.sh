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
# All at once: the tool takes longer to begin than to read a file.
said=$(LC_ALL=C "$tool" --dry-run -Werror "${files[@]}" 2>&1) && result=0 || result=$?
differing=$(sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: error: .*/\1/p' <<<"$said" | sort -u)
[ -z "$differing" ] || echo "$differing"
[ "$result" -eq 0 ] || [ -n "$differing" ] || echo "$said"
echo "${#files[@]} files, $(grep -c . <<<"$differing" || true) differ from $("$tool" --version)"
[ "$result" -eq 0 ]
