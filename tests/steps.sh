# shellcheck shell=bash
# Sourced by .ci/run and tests/long: steps that run beside each other, and how many of them failed.
logs=$(mktemp -d) count=0 slots=$(nproc)
trap 'rm -rf "$logs"' EXIT
begin() {  # title, command...: runs while the next steps do; first waits until fewer than `slots` steps run
    while [ "$(jobs -rp | wc -l)" -ge "$slots" ]; do wait -n; done
    count=$((count + 1))
    { local number=$count begin=$SECONDS said=ok
      echo failed >"$logs/$number.result"  # until it says otherwise, so that a step which is killed counts
      "${@:2}" >"$logs/$number" 2>&1 && echo passed >"$logs/$number.result" ||
          { said=FAILED; tail -n 80 "$logs/$number"; }
      echo "$said: $1 ($((SECONDS - begin)) s)"; } &
}
finish() { wait; }  # for all that began
step() { begin "$@"; finish; }
summary() {  # the last line, and whether all passed
    local failed
    failed=$(cat "$logs"/*.result | grep -c failed)
    echo "$((count - failed)) passed, $failed failed"
    [ "$failed" -eq 0 ]
}
suite() {  # folder, compiler, machine, further arguments of tests/run
    local folder=$1 compiler=$2 machine=$3
    shift 3
    tests/run --dir "build-ci-$folder" --compiler "$compiler" --machine "$machine" "$@"
}
keras=build-ci-keras/bin/python
# What Keras computes here is small, and compiling it takes longest: without optimization half as long. Values that are
# committed are made without this.
export XLA_FLAGS="--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
environment() {  # Keras in an environment of its own; further packages
    [ -x "$keras" ] || python3 -m venv build-ci-keras || return 1
    "$keras" -m pip install -q --disable-pip-version-check keras jax numpy h5py safetensors onnx tensorboard "$@"
}
