// The outputs of samples, inferred one by one. model.predict makes the compiler build a net for tiles of samples too,
// which samples that fill no tile do not reach.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include <strata/core/aligned_array.hpp>
#include <strata/model/model.hpp>
#include <strata/runtime/forward_executor.hpp>

template <class Model>
auto outputs_of(const Model& model, std::span<const std::type_identity_t<typename Model::value_type>> x) {
    using T = typename Model::value_type;
    using executor = strata::detail::forward_executor<typename Model::net_type, T, 1>;
    constexpr std::size_t in = Model::input_shape().size(), out = Model::output_shape().size();
    std::vector<T> y(x.size() / in * out);
    strata::aligned_array<T> arena(executor::plan.arena_size);
    for (std::size_t n = 0; n < x.size() / in; ++n)
        executor::run(x.data() + n * in, model.parameters(), y.data() + n * out, arena.data());
    return y;
}
