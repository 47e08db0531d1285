// properties: constants by which a layer states what its functions do not show.
//
// A layer states the ones that hold, each as `static constexpr bool NAME = true`, and leaves the others out:
//
//   is_identity      inference gives the input unchanged (Dropout); no forward is needed
//   is_view          only the shape changes (Flatten): the output is the input's memory; no forward is needed
//   works_in_place   forward may write over its input. True of each elementwise layer without being stated
//   is_random        training draws random numbers, so that the layer runs even where nothing learns
//   is_max_pooling   a max pooling with geometry(in), which a convolution may run in its epilogue
//
// A layer that chooses among algorithms may name the one of an input, for the table of `profile`:
//
//   template <shape In, class T> static constexpr text<48> algorithm_name()
#pragma once

#include <strata/core/config.hpp>

namespace strata::inline STRATA_ISA {

template <class Layer>
concept identity_at_inference = requires { requires Layer::is_identity; };

template <class Layer>
concept view_layer = requires { requires Layer::is_view; };

template <class Layer>
concept in_place_layer = requires { requires Layer::works_in_place; };

template <class Layer>
concept random_layer = requires { requires Layer::is_random; };

template <class Layer>
concept max_pooling_layer = requires { requires Layer::is_max_pooling; };

}  // namespace strata::inline STRATA_ISA
