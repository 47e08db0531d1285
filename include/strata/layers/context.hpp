// context: what a layer's functions are handed in a forward and in a backward call.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/random.hpp>
#include <strata/core/thread_slice.hpp>

namespace strata::inline STRATA_ISA {

/// A forward call. Samples follow each other in x, y and saved. Weights are in the layout of the kernels, in the order
/// of the layer's table; `weight<Layer, In, "kernel">(s)` reads one by name. Members below `scratch` are set in the
/// calls that name them.
template <class T>
struct forward_context {
    const T* x = nullptr;
    const T* const* weights = nullptr;
    T* y = nullptr;
    T* scratch = nullptr;  // of this thread, as many elements as the layer's scratch says

    /// forward_rows: x begins at this row of the input.
    std::size_t first_row = 0;
    /// forward_rows: the rows of the output, y begins at the first of them. forward_slices: the slices.
    item_range range{};
    /// step: what the layer remembers; zero at first.
    T* state = nullptr;

    std::size_t count = 1;  // training: samples; process: steps

    // Training: train_forward, collect, combine, batch_forward

    T* saved = nullptr;  // for the backward pass, saved_size elements a sample
    random_stream random{};
    /// Whole batch: shared_size elements of all samples.
    T* shared = nullptr;
    /// Whole batch: combine reads every stride-th sample of x and saved.
    std::size_t stride = 1;
    /// Whole batch: the weights that are not trained, for combine to write; null for the others.
    T* const* statistics = nullptr;

    // Batches that continue each other: forward, train_forward

    /// The values that the samples hand on to the next batch; null where every sample begins at zero.
    T* carried = nullptr;
    std::size_t carried_stride = 0;  // elements from one sample to the next
};

/// A backward call, for `count` samples. dy and saved may be overwritten. dx is null where nothing before the layer
/// learns; otherwise it is overwritten. kernels::gradient_slack elements after the last one of dy may be read.
template <class T>
struct backward_context {
    std::size_t count = 0;
    const T* x = nullptr;
    const T* y = nullptr;
    /// Saved by the forward call; weight_gradients finds here what backward wrote.
    T* saved = nullptr;
    T* dy = nullptr;
    T* dx = nullptr;
    const T* const* weights = nullptr;
    const T* backward_weights = nullptr;  // made by pack_for_backward, where dx is not null
    /// In the layout and order of the weights, null for those that are not trained: overwritten where `first`, added to
    /// otherwise.
    T* const* gradients = nullptr;
    bool first = true;  // this is the first tile of the batch
    T* scratch = nullptr;
    random_stream random{};
    T* shared = nullptr;     // whole batch, as above
    std::size_t stride = 1;  // whole batch: combine_gradient reads every stride-th sample of x, dy and saved
};

}  // namespace strata::inline STRATA_ISA
