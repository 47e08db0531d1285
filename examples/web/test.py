#!/usr/bin/env python3
# Tests the page: the module under Node, then mouse and finger in a headless Chromium.
# usage: test.py --page FOLDER --host "read_strokes WEIGHTS" [--browser [--screenshots FOLDER]]
import argparse
import base64
import functools
import http.server
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import handwriting

LARGEST_MODULE = 120_000  # bytes
TOLERANCE = 2e-5          # between the host's and WebAssembly's probabilities: sums are rounded in another order
RIGHT = 0.98              # of the many digits of handwriting.py

failures = []


def check(holds, sentence):
    print(f"{'ok' if holds else 'FAILED'}: {sentence}", flush=True)
    if not holds:
        failures.append(sentence)


def positions(strokes):
    return [[x, y, int(i + 1 == len(stroke))] for stroke in strokes for i, (x, y) in enumerate(stroke)]


def largest(values):
    return max(range(len(values)), key=values.__getitem__)


def difference(a, b):
    return max(abs(x - y) for x, y in zip(a, b))


def on_host(command, digits):
    text = "".join("".join(f"{x!r} {y!r} {lifted}\n" for x, y, lifted in positions(d)) + "\n" for d in digits)
    lines = subprocess.run(command.split(), input=text, capture_output=True, text=True, check=True).stdout.splitlines()
    return [[float(value) for value in each.split()] for each in lines]


def test_module(page, host):
    module = page / "net.wasm"
    size = module.stat().st_size
    check(size <= LARGEST_MODULE, f"net.wasm has {size} bytes, at most {LARGEST_MODULE}")
    cases = list(handwriting.many())
    digits = [positions(strokes) for _, strokes in cases]
    run = subprocess.run(["node", Path(__file__).with_name("module.js"), module], input=json.dumps(digits),
                         capture_output=True, text=True)
    check(run.returncode == 0, f"the module runs without imports, its memory does not grow {run.stderr[-300:]}")
    if run.returncode != 0:
        return []
    answers = json.loads(run.stdout)["answers"]
    check(len(answers) == len(cases), f"{len(cases)} digits are answered")
    worst = max(map(difference, answers, on_host(host, [strokes for _, strokes in cases])))
    check(worst <= TOLERANCE, f"its probabilities are the host's within {worst:.1e}")
    wrong = [(digit, largest(answer)) for (digit, _), answer in zip(cases, answers) if largest(answer) != digit]
    rate = 1 - len(wrong) / len(cases)
    check(rate >= RIGHT, f"{100 * rate:.1f} % of {len(cases)} drawn digits are right; (digit, answer): "
                         f"{sorted(set(wrong))}")
    # The picture of the page shows an answer that is right and not quite sure.
    doubts = [abs(answer[digit] - 0.75) if largest(answer) == digit else 1 for (digit, _), answer in zip(cases, answers)]
    return cases[doubts.index(min(doubts))][1]


class Browser:
    """Chromium, by its DevTools protocol."""

    def __init__(self, folder):
        import websocket
        program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--remote-debugging-port=0", "--remote-allow-origins=*", f"--user-data-dir={folder}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        port_file = Path(folder, "DevToolsActivePort")
        wait(lambda: port_file.exists() and port_file.read_text().strip(), 60, "Chromium starts")
        port = port_file.read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
            target = next(each for each in json.load(answer) if each["type"] == "page")
        self.socket = websocket.create_connection(target["webSocketDebuggerUrl"], timeout=60)
        self.number = 0
        self.errors = []
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("method") == "Runtime.exceptionThrown":
                self.errors.append(message["params"]["exceptionDetails"]["text"])
            if message.get("method") == "Log.entryAdded" and message["params"]["entry"]["level"] == "error":
                self.errors.append(message["params"]["entry"]["text"])
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    def value(self, expression):
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def open(self, address, width, height, is_phone, scheme):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=2 if is_phone else 1, mobile=is_phone)
        self.call("Emulation.setTouchEmulationEnabled", enabled=is_phone)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Page.navigate", url=address)
        wait(lambda: self.value("document.body && document.body.dataset.state") == "ready", 30, "the net loads")

    def screenshot(self, file):
        time.sleep(0.4)  # the bars have moved
        picture = self.call("Page.captureScreenshot", format="png")["data"]
        file.write_bytes(base64.b64decode(picture))

    def draw(self, strokes, is_phone, extent=0.6):
        """Strokes in units of 100, drawn in the middle of the paper, by mouse or by finger."""
        box = json.loads(self.value("JSON.stringify(document.getElementById('paper').getBoundingClientRect())"))
        place = [[(box["x"] + box["width"] * (0.5 + extent * (x - 50) / 100),
                   box["y"] + box["height"] * (0.5 + extent * (y - 50) / 100)) for x, y in stroke] for stroke in strokes]
        for stroke in place:
            for i, (x, y) in enumerate(stroke):
                if is_phone:
                    self.call("Input.dispatchTouchEvent", type="touchMove" if i else "touchStart",
                              touchPoints=[{"x": x, "y": y}])
                else:
                    self.call("Input.dispatchMouseEvent", type="mouseMoved" if i else "mousePressed", x=x, y=y,
                              button="left", buttons=1, clickCount=1)
            if is_phone:
                self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
            else:
                self.call("Input.dispatchMouseEvent", type="mouseReleased", x=x, y=y, button="left", clickCount=1)

    def answer(self):
        """The digit that is shown and the probabilities, after the next picture."""
        self.call("Runtime.evaluate", awaitPromise=True, expression=
                  "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        shown = self.value("document.getElementById('digit').textContent")
        return shown, json.loads(self.value("document.body.dataset.answer") or "[]")

    def clear(self):
        self.value("document.getElementById('clear').click()")

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait(20)


def wait(condition, seconds, sentence):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"in {seconds} s it does not hold that {sentence}")
        time.sleep(0.05)


def serve(page):
    class handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=page))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}/"


SIZES = {"desktop": (1000, 700, False, "light"), "phone": (390, 844, True, "dark")}


def test_page(page, host, shown, screenshots):
    server, address = serve(page)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(folder)
        try:
            for name, size in SIZES.items():
                test_size(browser, address, name, size, host, shown, screenshots)
            check(not browser.errors, f"no errors in the browser's log {browser.errors}")
        finally:
            browser.close()
            server.shutdown()


def test_size(browser, address, name, size, host, to_show, screenshots):
    is_phone = size[2]
    browser.open(address, *size)
    pen = "a finger" if is_phone else "the mouse"
    check(browser.answer() == ("?", []), f"{name}: nothing is answered before anything is drawn")
    width = browser.value("document.documentElement.scrollWidth")
    check(width <= size[0], f"{name}: the page is {width} pixels wide, the window {size[0]}")
    cases = [(digit, handwriting.written(form)) for digit, forms in handwriting.FORMS.items() for form in forms]
    wrong, worst, differs = [], 0.0, []
    for (digit, strokes), expected in zip(cases, on_host(host, [strokes for _, strokes in cases])):
        browser.draw(strokes, is_phone)
        shown, probabilities = browser.answer()
        if shown != str(digit):
            wrong.append((digit, shown))
        if len(probabilities) == 10:
            worst = max(worst, difference(probabilities, expected))
        else:
            differs.append(digit)
        browser.clear()
    check(not wrong, f"{name}: {len(cases) - len(wrong)} of {len(cases)} digits drawn by {pen} are right {wrong}")
    # The browser rounds positions to pixels or parts of them, so that lines lie up to half a pixel off.
    check(not differs and worst <= 0.1, f"{name}: the probabilities are the host's within {worst:.3f}")
    shown, _ = browser.answer()
    check(shown == "?", f"{name}: Clear empties the paper")
    browser.draw(handwriting.written(handwriting.FORMS[4][0]), is_phone)
    browser.value("document.getElementById('undo').click()")
    strokes = browser.value("strokes.length")
    check(strokes == 1, f"{name}: Undo takes the last stroke back")
    browser.clear()
    browser.draw(to_show, is_phone)
    shown, probabilities = browser.answer()
    wide = browser.value("Array.from(document.querySelectorAll('.bar'), (bar) => parseFloat(bar.style.width))")
    check(difference([each / 100 for each in wide], probabilities) < 1e-3, f"{name}: the bars show the probabilities")
    if screenshots:
        screenshots.mkdir(parents=True, exist_ok=True)
        browser.screenshot(screenshots / f"{name}.png")
    browser.clear()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--page", type=Path, required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--browser", action="store_true")
    parser.add_argument("--screenshots", type=Path)
    options = parser.parse_args()
    shown = test_module(options.page, options.host)
    if options.browser:
        test_page(options.page, options.host, shown, options.screenshots)
    print(f"FAILED: {len(failures)}" if failures else "the page passes its tests")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
