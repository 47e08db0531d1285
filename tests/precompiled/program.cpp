// A program of no tests: it stands for its precompiled header, which is built with it.
