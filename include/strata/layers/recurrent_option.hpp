// Options of recurrent layers and of what wraps them.
#pragma once

#include <string_view>

#include <strata/core/config.hpp>

namespace strata::inline STRATA_ISA {

/// The outputs of all steps, not of the last one alone. Keras: `return_sequences=True`.
struct return_sequences {
    static constexpr std::string_view kind = "return_sequences";
};

/// From the last step to the first; outputs stand in that order. Keras: `go_backwards=True`.
struct go_backwards {
    static constexpr std::string_view kind = "go_backwards";
};

/// Sample i of a batch continues sample i of the batch before it, in fit, evaluate and predict of a Trainer. The
/// gradient ends at the batch. Keras: `stateful=True`.
struct stateful {
    static constexpr std::string_view kind = "stateful";
};

/// The activation of the gates, sigmoid where it is not given. Keras: `recurrent_activation=`.
template <class Activation>
struct recurrent_activation {
    static constexpr std::string_view kind = "recurrent_activation<...>";
    using type = Activation;
};

/// The initializer of the recurrent kernel. Keras: `recurrent_initializer=`.
template <class Initializer>
struct recurrent_initializer {
    static constexpr std::string_view kind = "recurrent_initializer<...>";
    using type = Initializer;
};

/// The penalty of the recurrent kernel. Keras: `recurrent_regularizer=`.
template <class Regularizer>
struct recurrent_regularizer {
    static constexpr std::string_view kind = "recurrent_regularizer<...>";
    using type = Regularizer;
};

/// Whether the biases of forget gates are one at first; without the option they are. Keras: `unit_forget_bias=`.
template <bool Value>
struct unit_forget_bias {
    static constexpr std::string_view kind = "unit_forget_bias<...>";
    static constexpr bool value = Value;
};

/// Whether a GRU's reset gate multiplies the recurrent product of the candidate (true, also without the option) or the
/// last output before that product (false). Keras: `reset_after=`.
template <bool Value>
struct reset_after {
    static constexpr std::string_view kind = "reset_after<...>";
    static constexpr bool value = Value;
};

/// The way in which the outputs of both directions of Bidirectional are merged. Keras: `merge_mode=`.
namespace merge {

struct concat {
    static constexpr std::string_view kind = "merge::...";
};
struct sum {
    static constexpr std::string_view kind = "merge::...";
};
struct mul {
    static constexpr std::string_view kind = "merge::...";
};
struct ave {
    static constexpr std::string_view kind = "merge::...";
};

}  // namespace merge

}  // namespace strata::inline STRATA_ISA
