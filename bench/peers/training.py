"""Training beside peers: the same weights, data and Adam steps; losses are compared first, then all are timed in turn.

usage: python bench/peers/training.py BINARY [--threads 1 2] [--rounds 5] [--peers jax tensorflow] [--nets mlp cnn wide] [--json FILE]
BINARY is bench/training. Needs numpy, safetensors and the peers (jax, tensorflow-cpu), from PyPI.
Prints one line per net, batch and number of threads: median milliseconds of a step, and the best peer's time divided by strata's.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CASES = [("mlp", 32), ("mlp", 128), ("cnn", 32), ("cnn", 128), ("wide", 128)]
EPOCHS = 3
BATCHES = 8


def load_case(path):
    from safetensors.numpy import load_file
    arrays = load_file(path)
    weights = [arrays[f"weights/{i}"] for i in range(len(arrays) - 2)]
    return weights, arrays["data/x"], arrays["data/labels"].astype("int32")


def adam_rates():
    """Adam's rate of each step, in double: in float 1 - 0.999 ** t has few digits at first, and the losses part."""
    t = 0
    while True:
        t += 1
        yield 0.001 * (1 - 0.999**t) ** 0.5 / (1 - 0.9**t)


def jax_trainer(net, weights, x, labels, batch):
    import jax
    import jax.numpy as jnp
    import numpy as np

    def forward(w, h):
        if net == "cnn":
            for i in (0, 2):
                h = jax.lax.conv_general_dilated(h, w[i], (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
                h = jax.nn.relu(h + w[i + 1])
                h = jax.lax.reduce_window(h, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
            return h.reshape(h.shape[0], -1) @ w[4] + w[5]
        for i in range(0, len(w) - 2, 2):
            h = jax.nn.relu(h @ w[i] + w[i + 1])
        return h @ w[-2] + w[-1]

    def loss_of(w, h, y):
        logits = jax.nn.log_softmax(forward(w, h))
        return -jnp.mean(jnp.take_along_axis(logits, y[:, None], 1))

    @jax.jit
    def step(w, m, v, rate, h, y):
        loss, g = jax.value_and_grad(loss_of)(w, h, y)
        m = [a + (b - a) * 0.1 for a, b in zip(m, g)]
        v = [a + (b * b - a) * 0.001 for a, b in zip(v, g)]
        return [a - rate * b / (jnp.sqrt(c) + 1e-7) for a, b, c in zip(w, m, v)], m, v, loss

    w = [jnp.asarray(a) for a in weights]
    state = [w, [jnp.zeros_like(a) for a in w], [jnp.zeros_like(a) for a in w]]
    rates = adam_rates()
    batches = [(jnp.asarray(x[i:i + batch]), jnp.asarray(labels[i:i + batch])) for i in range(0, len(x), batch)]

    def epoch():
        losses = []
        for h, y in batches:
            *state[:], loss = step(*state, np.float32(next(rates)), h, y)
            losses.append(loss)
        jax.block_until_ready(state[0])
        return losses
    return epoch


def tensorflow_trainer(net, weights, x, labels, batch):
    import tensorflow as tf
    w = [tf.Variable(a) for a in weights]
    m = [tf.Variable(tf.zeros_like(a)) for a in w]
    v = [tf.Variable(tf.zeros_like(a)) for a in w]
    rates = adam_rates()

    def forward(h):
        if net == "cnn":
            for i in (0, 2):
                h = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(h, w[i], 1, "VALID"), w[i + 1]))
                h = tf.nn.max_pool2d(h, 2, 2, "VALID")
            return tf.reshape(h, (batch, -1)) @ w[4] + w[5]
        for i in range(0, len(w) - 2, 2):
            h = tf.nn.relu(h @ w[i] + w[i + 1])
        return h @ w[-2] + w[-1]

    @tf.function
    def step(rate, h, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, forward(h)))
        gradients = tape.gradient(loss, w)
        for a, b, c, g in zip(w, m, v, gradients):
            b.assign_add((g - b) * 0.1)
            c.assign_add((g * g - c) * 0.001)
            a.assign_sub(rate * b / (tf.sqrt(c) + 1e-7))
        return loss

    batches = [(tf.constant(x[i:i + batch]), tf.constant(labels[i:i + batch])) for i in range(0, len(x), batch)]

    def epoch():
        losses = [step(tf.constant(next(rates), tf.float32), h, y) for h, y in batches]
        losses[-1].numpy()
        return losses
    return epoch


def run_peer(peer, case, net, batch, threads, seconds):
    """Prints the losses of the first epochs and the median milliseconds of a step, as JSON."""
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:threads]))
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["JAX_PLATFORMS"] = "cpu"
    if threads == 1:
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    weights, x, labels = load_case(case)
    if peer == "tensorflow":
        import tensorflow as tf
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        version, epoch = tf.__version__, tensorflow_trainer(net, weights, x, labels, batch)
    else:
        import jax
        version, epoch = jax.__version__, jax_trainer(net, weights, x, labels, batch)
    losses = [sum(float(loss) for loss in epoch()) / BATCHES for _ in range(EPOCHS)]
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 5:
        begin = time.perf_counter()
        epoch()
        times.append((time.perf_counter() - begin) / BATCHES * 1e3)
    print(json.dumps({"losses": losses, "ms": statistics.median(times), "version": version}))


def last_json(command):
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{run.stderr[-2000:]}")
    return [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--peers", nargs="+", default=["jax", "tensorflow"])
    parser.add_argument("--nets", nargs="+", default=["mlp", "cnn", "wide"])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    parser.add_argument("--case", help=argparse.SUPPRESS)
    parser.add_argument("--batch", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        run_peer(options.peer, options.case, options.nets[0], options.batch, options.threads[0], options.seconds)
        return 0
    wrong, rows, versions = 0, [], {}
    with tempfile.TemporaryDirectory() as folder:
        last_json([options.binary, "--folder", folder, "--seconds", "0"])
        print(f"{'net':>10} {'batch':>5} {'threads':>7} {'strata ms':>10} {'of peak':>8}", *(f"{p:>12}" for p in options.peers), "   ratio")
        for threads in options.threads:
            for net, batch in CASES:
                if net not in options.nets:
                    continue
                strata, peers, share = [], {peer: [] for peer in options.peers}, []
                for _ in range(options.rounds):
                    ours = next(row for row in last_json([options.binary, "--threads", str(threads), "--seconds",
                                                          str(options.seconds), net]) if row["batch"] == batch)
                    strata.append(ours["ms"])
                    share.append(ours["share_of_peak"])
                    for peer in options.peers:
                        theirs, = last_json([sys.executable, __file__, str(options.binary), "--peer", peer, "--case",
                                             f"{folder}/{net}-{batch}.safetensors", "--nets", net, "--batch", str(batch),
                                             "--threads", str(threads), "--seconds", str(options.seconds)])
                        peers[peer].append(theirs["ms"])
                        versions[peer] = theirs["version"]
                        gaps = [abs(a - b) / b for a, b in zip(theirs["losses"], ours["losses"])]
                        # Adam divides by the size of a gradient, so that rounding grows from step to step: the first
                        # epoch agrees to 1e-3, all of them to 1e-2.
                        if not (gaps[0] < 1e-3 and max(gaps) < 1e-2):
                            wrong += 1
                            print(f"{net} {batch}: {peer}'s losses {theirs['losses']} differ from {ours['losses']}")
                engines = {name: {"median": statistics.median(times), "low": min(times), "high": max(times)}
                           for name, times in [("strata", strata), *peers.items()]}
                rows.append({"net": net, "batch": batch, "threads": threads, "engines": engines,
                             "share_of_peak": statistics.median(share)})
                best = min(statistics.median(times) for times in peers.values())
                print(f"{net:>10} {batch:>5} {threads:>7} {statistics.median(strata):>10.4f} {statistics.median(share):>8.0%}",
                      *(f"{statistics.median(peers[p]):>9.4f} ms" for p in options.peers),
                      f"{best / statistics.median(strata):>8.2f}", flush=True)
    if options.json:
        options.json.write_text(json.dumps({"versions": versions, "rows": rows}, indent=1) + "\n", encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
