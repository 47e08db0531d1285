// GroupNormalization: groups of channels, each over the whole sample.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/normalization/normalization.hpp>
#include <strata/kernels/normalization/normalization_backward.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/layer_normalization.hpp>

namespace strata::inline STRATA_ISA {

/// (..., channels), unchanged: each of Groups groups of channels with mean 0 and variance 1 over the sample, times
/// gamma plus beta; -1: a group for each channel. Weights: gamma (channels), beta (channels). `epsilon` is 1e-3 where
/// none is given. Keras: `GroupNormalization(groups)`. Wu and He 2018.
template <int Groups = 32, class... Options>  // strata: types, not values: GroupNormalization<8>
    requires detail::says<"strata: options are types; fix: write GroupNormalization<8>">
struct GroupNormalization : layer<GroupNormalization<Groups, Options...>, Options...> {
    using options = option_list<Options...>;
    static constexpr double smallest = options::template get<epsilon<1e-3>>::value;

    static constexpr std::string_view type = "GroupNormalization";
    static constexpr layer_config config() { return {{"groups", Groups}, {"epsilon", smallest}}; }
    static constexpr std::array takes{epsilon<0.0>::kind, no_center::kind, no_scale::kind};

    static constexpr diagnostic check(const shape& in) {
        if (const diagnostic usual = check_normalization(in, smallest); !usual.ok) return usual;
        if (Groups == -1 || (Groups > 0 && in.back() % static_cast<std::size_t>(Groups) == 0)) return {};
        return refuse(text<200>("groups that share out ") << in.back() << " channels",
                      text<64>() << Groups << " groups", "give a divisor of the channels, or -1");
    }
    static constexpr parameter_table parameters(const shape& in) { return gamma_and_beta<options>(in); }
    static constexpr std::size_t flops(const shape& in) { return in.size() * (5 + parameters(in).size()); }
    template <class T>
    static constexpr std::size_t scratch(const shape& in) {
        return 3 * in.back();
    }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        for (std::size_t n = 0; n < N; ++n)
            kernels::normalize_groups(geometry(In), s.x + n * In.size(), terms<In>(s.weights), s.y + n * In.size(),
                                      nullptr, s.scratch);
    }

    /// Mean and scale of each group.
    template <shape In, class Fused, class T>
    static constexpr std::size_t saved_size() {
        return 2 * geometry(In).groups;
    }
    template <shape In, class Fused, class T>
    static constexpr std::size_t gradient_scratch(std::size_t) {
        return 4 * In.back();
    }
    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s) {
        for (std::size_t n = 0; n < s.count; ++n)
            kernels::normalize_groups(geometry(In), s.x + n * In.size(), terms<In>(s.weights), s.y + n * In.size(),
                                      s.saved + n * saved_size<In, Fused, T>(), s.scratch);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx == nullptr) return;
        for (std::size_t n = 0; n < s.count; ++n)
            kernels::normalize_groups_gradient(
                geometry(In), s.x + n * In.size(), optional_weight<GroupNormalization, In, "gamma">(s),
                s.saved + n * saved_size<In, Fused, T>(), s.dy + n * In.size(), s.dx + n * In.size(), s.scratch);
    }
    template <shape In, class Fused, class T>
    static void weight_gradients(const backward_context<T>& s, thread_slice part) {
        const T* dy = s.dy;
        if constexpr (has_weight<GroupNormalization, In, "gamma">)
            kernels::group_gamma_gradient(
                geometry(In), kernels::gradient_samples<T>{s.count, s.x, In.size(), dy, In.size()}, s.saved,
                saved_size<In, Fused, T>(), {gradient<GroupNormalization, In, "gamma">(s), s.first}, part, s.scratch);
        if constexpr (has_weight<GroupNormalization, In, "beta">)
            kernels::column_sums(s.count * In.rows(), In.back(), dy, gradient<GroupNormalization, In, "beta">(s),
                                 s.first, part);
    }

private:
    template <shape In, class T>
    static constexpr kernels::normalization_parameters<T> terms(const T* const* weights) {
        return {.gamma = optional_entry<GroupNormalization, In, "gamma">(weights),
                .beta = optional_entry<GroupNormalization, In, "beta">(weights),
                .epsilon = static_cast<T>(smallest)};
    }
    static constexpr kernels::group_geometry geometry(const shape& in) {
        return {.rows = in.rows(),
                .channels = in.back(),
                .groups = Groups == -1 ? in.back() : static_cast<std::size_t>(Groups)};
    }
};

}  // namespace strata::inline STRATA_ISA
