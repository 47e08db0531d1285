// register_chain: runs of steps through which one sample goes in a vector register.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/plan.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/runtime/step.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Whether one sample may go through a step in a register. Step has a layer, its epilogue, and the shapes in and out.
template <class Step, class T>
constexpr bool fits_vector() {
    if constexpr (Step::in.size() > kernels::lanes<T> || Step::out.size() > kernels::lanes<T>) return false;
    else if constexpr (register_resident<typename Step::layer>)
        return Step::layer::template fits_vector<Step::in, typename Step::epilogue>();
    else return false;
}

/// For each step how many from it on pass a sample in a register: 1 where it stands alone, 0 inside such a chain.
/// `fits` says which steps may, `follows` which steps alone read the output of the step before.
template <std::size_t Count>
constexpr auto lengths_of_chains(const std::array<bool, Count>& fits, const std::array<bool, Count>& follows) {
    std::array<std::size_t, Count + 1> lengths{};
    for (std::size_t i = 0; i < Count;) {
        std::size_t end = i;
        while (end < Count && fits[end] && (end == i || follows[end])) ++end;
        lengths[i] = std::max<std::size_t>(end - i, 1);
        i += lengths[i];
    }
    return lengths;
}

/// The chains of an inference of N samples.
template <class Net, class T, std::size_t N, std::size_t Count, std::size_t... Step>
constexpr auto register_chains(std::index_sequence<Step...>) {
    return lengths_of_chains<sizeof...(Step)>({(N == 1 && fits_vector<step_of<Net, T, N, Count, Step>, T>())...},
                                              {follows_of<Net, Count>[Step]...});
}

/// Steps of one sample as one.
template <class T, class... Steps>
STRATA_INLINE void run_register_chain(const T* x, const T* parameters, T* y, type_list<Steps...>) {
    using first = type_at<0, type_list<Steps...>>;
    using last = type_at<sizeof...(Steps) - 1, type_list<Steps...>>;
    constexpr std::size_t largest = std::max({first::in.size(), Steps::out.size()...});
    using vector = kernels::simd_for<T, largest>;
    vector value;
    const auto pass = [&]<class Step>(const Step*) STRATA_INLINE_CALL {
        const auto weights = Step::weights::of(parameters);
        const forward_context<T> call{.x = x, .weights = weights.data()};
        if constexpr (!std::is_same_v<Step, first>)
            value = Step::layer::template forward_in_vector<Step::in, typename Step::epilogue>(value, call);
        else if constexpr (loads_into_vector<typename Step::layer>)
            value = Step::layer::template forward_into_vector<Step::in, typename Step::epilogue, vector>(call);
        else
            value = Step::layer::template forward_in_vector<Step::in, typename Step::epilogue>(
                kernels::load_exactly<vector, Step::in.size()>(x), call);
    };
    evaluate_in_order{0, (pass(static_cast<const Steps*>(nullptr)), 0)...};
    kernels::store_exactly<last::out.size()>(y, value);
}

}  // namespace strata::inline STRATA_ISA::detail
