// Calls: a checkpoint saved where only the headers of a training are included.
// at: save_checkpoint
// expects: the headers that read and write files
// got: a program without them
// fix: write #include <strata/strata.hpp>, or <strata/io/weights.hpp> and <strata/io/state.hpp>
#include <strata/layers/dense.hpp>
#include <strata/model/sequential.hpp>
#include <strata/train/compile.hpp>
#include <strata/train/losses/regression.hpp>
#include <strata/train/optimizers/sgd.hpp>
#if defined(REPAIR)
#include <strata/io/state.hpp>
#endif

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
auto trainer = compile(model, SGD{}, MeanSquaredError{});
#if !defined(REPAIR)
void save() { trainer.save_checkpoint("training.safetensors"); }
#else
void save() { trainer.save_checkpoint("training.safetensors"); }
#endif
