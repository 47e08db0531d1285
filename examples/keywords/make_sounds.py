#!/usr/bin/env python3
# Makes spoken words with espeak-ng: FOLDER/train/WORD/*.wav and FOLDER/test/WORD/*.wav, the latter by other voices.
# usage: make_sounds.py FOLDER [PROGRAM]      PROGRAM is called with FOLDER afterwards
import itertools
import subprocess
import sys
from pathlib import Path

WORDS = ("yes", "no", "up", "down", "left", "right", "stop", "go")
TRAIN = ("en-gb+m1", "en-us+m3", "en-gb-scotland+m4", "en-us+f1", "en-gb+f2", "en-gb-x-rp+f4", "en-us+m7", "en-gb+f5")
TEST = ("en-us+m2", "en-gb-x-rp+m5", "en-gb+f3", "en-us+f2")
SPEEDS, PITCHES = (130, 165, 200), (35, 50, 65)


def main(folder, program=None):
    for part, voices in (("train", TRAIN), ("test", TEST)):
        for word in WORDS:
            target = Path(folder) / part / word
            target.mkdir(parents=True, exist_ok=True)
            for voice, speed, pitch in itertools.product(voices, SPEEDS, PITCHES):
                subprocess.run(["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "-w",
                                target / f"{voice}-{speed}-{pitch}.wav", word], check=True)
    return subprocess.run([program, folder], check=False).returncode if program else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
