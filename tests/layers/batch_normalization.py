# BatchNormalization in the tests of all layers; registry.py says what each name means.
from registry import net

STREAMS = [net("Input<9, 3>{}", "Dense<5>{}", "BatchNormalization<>{}", "ReLU{}", "Dense<4>{}",
               "BatchNormalization<no_center, epsilon<0.5>>{}")]
