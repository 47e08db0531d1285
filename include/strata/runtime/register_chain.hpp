// register_chain: runs of steps through which one sample goes in a vector register.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/graph/plan.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/runtime/step.hpp>

namespace strata::inline STRATA_ISA::detail {

template <class Net, class T, std::size_t N, std::size_t Count, std::size_t Step>
constexpr bool fits_vector() {
    using step = step_of<Net, T, N, Count, Step>;
    if constexpr (N > 1 || step::in.size() > kernels::lanes<T> || step::out.size() > kernels::lanes<T>) return false;
    else if constexpr (register_resident<typename step::layer>)
        return step::layer::template fits_vector<step::in, typename step::epilogue>();
    else return false;
}

/// For each step how many from it on pass a sample in a register: 1 where it stands alone, 0 inside such a chain.
template <class Net, class T, std::size_t N, std::size_t Count, std::size_t... Step>
constexpr auto register_chains(std::index_sequence<Step...>) {
    constexpr std::array<bool, sizeof...(Step) + 1> fits{fits_vector<Net, T, N, Count, Step>()..., false};
    constexpr std::array<bool, sizeof...(Step) + 1> follows{follows_of<Net, Count>[Step]..., false};
    std::array<std::size_t, fits.size()> lengths{};
    for (std::size_t i = 0; i < sizeof...(Step);) {
        std::size_t end = i;
        while (fits[end] && (end == i || follows[end])) ++end;
        lengths[i] = std::max<std::size_t>(end - i, 1);
        i += lengths[i];
    }
    return lengths;
}

/// The steps First + I as one.
template <class Net, class T, std::size_t Count, std::size_t First, std::size_t... I>
STRATA_INLINE void run_register_chain(const T* x, const T* parameters, T* y, std::index_sequence<I...>) {
    using first = step_of<Net, T, 1, Count, First>;
    using last = step_of<Net, T, 1, Count, First + sizeof...(I) - 1>;
    constexpr std::size_t largest = std::max({first::in.size(), step_of<Net, T, 1, Count, First + I>::out.size()...});
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
    evaluate_in_order{0, (pass(static_cast<const step_of<Net, T, 1, Count, First + I>*>(nullptr)), 0)...};
    kernels::store_exactly<last::out.size()>(y, value);
}

}  // namespace strata::inline STRATA_ISA::detail
