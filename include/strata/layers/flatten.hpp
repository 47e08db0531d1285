// Flatten: all axes as one.
#pragma once

#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/layers/layer.hpp>

namespace strata::inline STRATA_ISA {

/// (a, b, c) -> (a b c), in row-major order: the same memory. Keras: `Flatten`.
template <class... Options>  // strata: types, not values: Flatten<>
    requires detail::says<"strata: options are types; fix: write Flatten<>">
struct Flatten : layer<Flatten<Options...>, Options...> {
    static constexpr std::string_view type = "Flatten";
    static constexpr layer_config config() { return {}; }
    static constexpr bool is_view = true;

    static constexpr shape output(const shape& in) { return shape{in.size()}; }
};

}  // namespace strata::inline STRATA_ISA
