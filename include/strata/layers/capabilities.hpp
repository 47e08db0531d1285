// capabilities: all capability headers, and the check that a layer has each of its capabilities whole.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/layers/capabilities/carried_state.hpp>
#include <strata/layers/capabilities/epilogue.hpp>
#include <strata/layers/capabilities/packed_weights.hpp>
#include <strata/layers/capabilities/properties.hpp>
#include <strata/layers/capabilities/register_resident.hpp>
#include <strata/layers/capabilities/rows.hpp>
#include <strata/layers/capabilities/scratch.hpp>
#include <strata/layers/capabilities/slices.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/capabilities/training.hpp>
#include <strata/layers/capabilities/whole_batch.hpp>
#include <strata/layers/context.hpp>
#include <strata/layers/parameter.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

template <class Layer>
concept has_forward = requires(const forward_context<float>& s) { Layer::template forward<shape{}, 1, fused<>>(s); } ||
                      requires(const forward_context<double>& s) { Layer::template forward<shape{}, 1, fused<>>(s); };

/// A function that a layer has, and another one without which it is never called. Plain pointers: constant evaluation
/// would count the characters of each view, for each layer.
struct capability_pair {
    bool has_first = false;
    bool has_second = false;
    const char* first = nullptr;
    const char* second = nullptr;  // with its arguments
    const char* header = nullptr;
};

template <class Layer>
inline constexpr std::array capability_pairs{
    capability_pair{has_packed_size<Layer>, has_pack_weights<Layer>, "packed_size",
                    "pack_weights<In>(weights, packed, thread_slice)", "packed_weights"},
    capability_pair{has_pack_weights<Layer>, has_packed_size<Layer>, "pack_weights", "packed_size<In, T>()",
                    "packed_weights"},
    capability_pair{has_rows<Layer>, has_forward_rows<Layer>, "rows", "forward_rows<In, Fused>(forward_context)",
                    "rows"},
    capability_pair{has_forward_rows<Layer>, has_rows<Layer>, "forward_rows", "rows<In, Fused>()", "rows"},
    capability_pair{has_slice_count<Layer>, has_forward_slices<Layer>, "slice_count",
                    "forward_slices<In, Fused>(forward_context)", "slices"},
    capability_pair{has_forward_slices<Layer>, has_slice_count<Layer>, "forward_slices", "slice_count<In, Fused, T>()",
                    "slices"},
    capability_pair{has_fits_vector<Layer>, has_forward_in_vector<Layer>, "fits_vector",
                    "forward_in_vector<In, Fused>(x, forward_context)", "register_resident"},
    capability_pair{has_forward_in_vector<Layer>, has_fits_vector<Layer>, "forward_in_vector",
                    "fits_vector<In, Fused>()", "register_resident"},
    capability_pair{has_vector_matches_process<Layer>, has_forward_of_lanes<Layer>, "vector_matches_process",
                    "forward_of_lanes<In, Fused>(x, y, forward_context)", "register_resident"},
    capability_pair{has_forward_of_lanes<Layer>, has_vector_matches_process<Layer>, "forward_of_lanes",
                    "vector_matches_process<In, T>()", "register_resident"},
    capability_pair{has_step<Layer>, has_streams<Layer>, "step", "streams<In>()", "streaming"},
    capability_pair{has_step<Layer>, has_lookback<Layer>, "step", "lookback<In>()", "streaming"},
    capability_pair{has_step<Layer>, has_state_size<Layer>, "step", "state_size<In, T>()", "streaming"},
    capability_pair{has_state_size<Layer>, has_step<Layer>, "state_size", "step<In, Fused>(forward_context)",
                    "streaming"},
    capability_pair{has_lookback<Layer>, has_step<Layer>, "lookback", "step<In, Fused>(forward_context)", "streaming"},
    capability_pair{has_output_rate<Layer>, has_streams<Layer>, "output_rate", "streams<In>()", "streaming"},
    capability_pair{has_state_parts<Layer>, has_state_size<Layer>, "state_parts", "state_size<In, T>()", "streaming"},
    capability_pair{has_process<Layer>, has_streams<Layer>, "process", "streams<In>()", "streaming"},
    capability_pair{has_process_scratch<Layer>, has_process<Layer>, "process_scratch",
                    "process<In, Fused>(forward_context)", "streaming"},
    capability_pair{has_saved_size<Layer>, has_train_forward<Layer> || has_collect<Layer>, "saved_size",
                    "train_forward<In, Fused>(forward_context)", "training"},
    capability_pair{has_train_forward<Layer>, has_backward<Layer>, "train_forward",
                    "backward<In, Fused>(backward_context)", "training"},
    capability_pair{has_weight_gradients<Layer>, has_backward<Layer>, "weight_gradients",
                    "backward<In, Fused>(backward_context)", "training"},
    capability_pair{has_backward_packed_size<Layer>, has_pack_for_backward<Layer>, "backward_packed_size",
                    "pack_for_backward<In>(weights, packed, thread_slice)", "training"},
    capability_pair{has_pack_for_backward<Layer>, has_backward_packed_size<Layer>, "pack_for_backward",
                    "backward_packed_size<In, T>()", "training"},
    capability_pair{random_layer<Layer>, has_train_forward<Layer>, "is_random",
                    "train_forward<In, Fused>(forward_context)", "training"},
    capability_pair{has_combine<Layer>, has_shared_size<Layer>, "combine", "shared_size<In, T>()", "whole_batch"},
    capability_pair{has_combine<Layer>, has_collect<Layer>, "combine", "collect<In, Fused>(forward_context)",
                    "whole_batch"},
    capability_pair{has_combine<Layer>, has_batch_forward<Layer>, "combine",
                    "batch_forward<In, Fused>(forward_context)", "whole_batch"},
    capability_pair{has_combine<Layer>, has_collect_gradient<Layer>, "combine",
                    "collect_gradient<In, Fused>(backward_context)", "whole_batch"},
    capability_pair{has_combine<Layer>, has_combine_gradient<Layer>, "combine",
                    "combine_gradient<In, Fused>(backward_context, thread_slice)", "whole_batch"},
    capability_pair{has_combine<Layer>, has_batch_backward<Layer>, "combine",
                    "batch_backward<In, Fused>(backward_context)", "whole_batch"},
    capability_pair{has_collect<Layer> || has_batch_forward<Layer> || has_collect_gradient<Layer> ||
                        has_combine_gradient<Layer> || has_batch_backward<Layer>,
                    has_combine<Layer>, "a part of the whole batch",
                    "combine<In, Fused>(forward_context, thread_slice)", "whole_batch"},
};

/// The first pair that is not whole; null where there is none.
constexpr const capability_pair* find_half(const capability_pair* pairs, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        if (pairs[i].has_first && !pairs[i].has_second) return &pairs[i];
    return nullptr;
}
template <class Layer>
inline constexpr const capability_pair* half_capability_of =
    find_half(capability_pairs<Layer>.data(), capability_pairs<Layer>.size());

/// Refuses a function without the other one of its pair.
constexpr diagnostic refuse_half(const capability_pair& pair) {
    return refuse(pair.second, text<200>(pair.first) << " alone",
                  text<200>("write it as layers/capabilities/")
                      << pair.header << ".hpp says, or leave out " << pair.first);
}

constexpr diagnostic refuse_backward_alone(std::string_view weight) {
    return refuse("weight_gradients<In, Fused>(backward_context, thread_slice)",
                  text<200>("backward alone, and a trained weight ") << weight,
                  "write it as layers/capabilities/training.hpp says, or set .trainable = false");
}

}  // namespace detail

/// Refuses a layer without forward, one that has a part of a capability, and one whose trained weights would never
/// learn: it passes gradients on and gives none of its weights.
template <class Layer>
constexpr diagnostic check_capabilities(const shape& in) {
    if constexpr (!requires { typename Layer::item_list; }) {
        if constexpr (!detail::has_forward<Layer> && !view_layer<Layer> && !identity_at_inference<Layer>)
            return refuse("forward<In, N, Fused>(const forward_context<T>&)", "a layer without it",
                          "write it as docs/own_layers.md says");
        if (detail::half_capability_of<Layer> != nullptr)
            return detail::refuse_half(*detail::half_capability_of<Layer>);
        if constexpr (has_backward<Layer> && !has_weight_gradients<Layer> && !needs_whole_batch<Layer>)
            for (const parameter& row : Layer::parameters(in))
                if (row.trainable) return detail::refuse_backward_alone(row.name);
    }
    return {};
}

}  // namespace strata::inline STRATA_ISA
