# The function objects of layers/functions.hpp in the tests of all layers; registry.py says what each name means.
from registry import net

EXAMPLES = [("2, 5", f"Elementwise<functions::{function}>{{}}") for function in ("absolute", "square", "power<3.0>", "clip<-0.25, 0.5>")]

# Softplus gives positive values.
GRADIENTS = [net("Input<5>{}", "Dense<9, Softplus>{}", f"Elementwise<functions::{function}>{{}}", "Dense<2>{}")
             for function in ("square_root", "logarithm", "reciprocal", "power<1.5>", "power<-2.0>", "power<0.3>")]
GRADIENTS += [net("Input<5>{}", "Dense<9, Tanh>{}", f"Elementwise<functions::{function}>{{}}", "Dense<2>{}")
              for function in ("absolute", "square", "power<3.0>", "power<0.0>", "clip<-0.25, 0.5>")]
