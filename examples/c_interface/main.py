# The same from Python, by ctypes.
# usage: main.py LIBRARY [WEIGHTS], the shared library and a file of the weights
import ctypes
import sys

# [load]
library = ctypes.CDLL(sys.argv[1])
numbers = ctypes.POINTER(ctypes.c_float)
for name, result, *arguments in (
        ("meter_last_error", ctypes.c_char_p), ("meter_input_size", ctypes.c_size_t), ("meter_output_size", ctypes.c_size_t),
        ("meter_stream_input_size", ctypes.c_size_t), ("meter_create", ctypes.c_void_p), ("meter_destroy", None, ctypes.c_void_p),
        ("meter_load_weights", ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p),
        ("meter_workspace_create", ctypes.c_void_p), ("meter_workspace_destroy", None, ctypes.c_void_p),
        ("meter_infer", ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, numbers, numbers),
        ("meter_stream_create", ctypes.c_void_p, ctypes.c_void_p), ("meter_stream_destroy", None, ctypes.c_void_p),
        ("meter_stream_step", ctypes.c_int, ctypes.c_void_p, numbers, numbers)):
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments

model, workspace = library.meter_create(), library.meter_workspace_create()
if len(sys.argv) > 2 and library.meter_load_weights(model, sys.argv[2].encode()) != 0:
    sys.exit(library.meter_last_error().decode())
x = (ctypes.c_float * library.meter_input_size())(*((i % 8) / 8 - 0.5 for i in range(library.meter_input_size())))
y = (ctypes.c_float * library.meter_output_size())()
if library.meter_infer(model, workspace, x, y) != 0:
    sys.exit(library.meter_last_error().decode())
# [/load]
print(*(f"{value:.9g}" for value in y), sep="\n")

stream, step, out = library.meter_stream_create(model), library.meter_stream_input_size(), ctypes.c_float()
library.meter_destroy(model)
difference = 0.0
for i, expected in enumerate(y):
    frame = (ctypes.c_float * step)(*x[i * step:(i + 1) * step])
    library.meter_stream_step(stream, frame, ctypes.byref(out))
    difference = max(difference, abs(out.value - expected))
print("the stream gives the same" if difference < 1e-6 else "the stream gives something else")
if library.meter_infer(None, workspace, x, y) == 0:
    sys.exit("a null pointer is taken")
print(library.meter_last_error().decode())
library.meter_stream_destroy(stream)
library.meter_workspace_destroy(workspace)
