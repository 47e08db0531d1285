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

/// The activation of the gates, sigmoid where it is not given. Keras: `recurrent_activation=`.
template <class Activation>
struct recurrent_activation {
    static constexpr std::string_view kind = "recurrent_activation<...>";
    using type = Activation;
};

/// How the recurrent kernel begins. Keras: `recurrent_initializer=`.
template <class Initializer>
struct recurrent_initializer {
    static constexpr std::string_view kind = "recurrent_initializer<...>";
    using type = Initializer;
};

/// What the recurrent kernel's size adds to the loss. Keras: `recurrent_regularizer=`.
template <class Regularizer>
struct recurrent_regularizer {
    static constexpr std::string_view kind = "recurrent_regularizer<...>";
    using type = Regularizer;
};

/// Whether the biases of forget gates begin as one, which they do where it is not given. Keras: `unit_forget_bias=`.
template <bool Value>
struct unit_forget_bias {
    static constexpr std::string_view kind = "unit_forget_bias<...>";
    static constexpr bool value = Value;
};

/// How the two directions of Bidirectional become one output. Keras: `merge_mode=`.
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
