# Sourced by tests/run and examples/run: need PACKAGE... installs the Debian packages that are missing.
need() {
    local package state missing=()
    command -v dpkg-query >/dev/null || { echo "no Debian system: needed are $*" >&2; return 0; }
    for package in "$@"; do
        state=$(dpkg-query -W -f='${db:Status-Status} ' "$package" 2>/dev/null || true)
        [[ " $state" == *" installed "* ]] || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            { echo "missing packages: ${missing[*]}; install them as root, or install sudo" >&2; return 1; }
        as_root=(sudo)
    fi
    echo "installing ${missing[*]}" >&2
    # Scripts that run at the same time install one after the other.
    local alone=(flock --close "${TMPDIR:-/tmp}/strata-packages.lock")
    "${as_root[@]}" "${alone[@]}" apt-get update -qq >/dev/null ||
        echo "apt-get update failed; trying what is known already" >&2
    "${as_root[@]}" "${alone[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        { echo "cannot install ${missing[*]}" >&2; return 1; }
}
