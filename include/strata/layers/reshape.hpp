// Reshape: the same elements in another shape.
#pragma once

#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/layers/layer.hpp>

namespace strata::inline STRATA_ISA {

/// (...) -> Target, in row-major order: the same memory; the sizes must be equal. Keras: `Reshape`.
template <shape Target, class... Options>  // strata: types, not values: Reshape<shape{28, 28, 1}>
    requires detail::says<"strata: options are types; fix: write Reshape<shape{28, 28, 1}>">
struct Reshape : layer<Reshape<Target, Options...>, Options...> {
    static constexpr std::string_view type = "Reshape";
    static constexpr layer_config config() { return {{"target_shape", config_value(Target, Target.rank())}}; }
    static constexpr bool is_view = true;

    static constexpr diagnostic check(const shape& in) {
        if (in.size() == Target.size()) return {};
        return refuse(text<200>() << Target.size() << " elements for " << to_text(Target),
                      text<200>() << to_text(in) << ", " << in.size() << " elements",
                      text<200>() << "choose a shape of " << in.size() << " elements");
    }
    static constexpr shape output(const shape&) { return Target; }
};

}  // namespace strata::inline STRATA_ISA
