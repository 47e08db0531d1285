// BatchNormalization: each channel by the mean and the variance of the batch, or of the batches that it was trained on.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/elementwise/channels.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/capabilities/rows.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/trained_activation.hpp>

namespace strata::inline STRATA_ISA {

/// (..., channels), unchanged: gamma (x - mean) / sqrt(variance + epsilon) + beta. Weights: gamma (channels), beta
/// (channels), moving_mean (channels), moving_variance (channels); the last two follow the batches and are not trained.
/// A frozen one is trained with the moving statistics too. epsilon is 1e-3 and momentum 0.99 where none is given.
/// Keras: `BatchNormalization`. Ioffe and Szegedy 2015.
template <class... Options>  // strata: types, not values: BatchNormalization<epsilon<1e-3>>
    requires detail::says<"strata: options are types; fix: write BatchNormalization<epsilon<1e-3>>">
struct BatchNormalization : layer<BatchNormalization<Options...>, Options...> {
    using options = option_list<Options...>;

    static constexpr std::string_view type = "BatchNormalization";
    static constexpr layer_config config() { return {{"epsilon", smallest}, {"momentum", kept}}; }
    static constexpr std::array takes{epsilon<1e-3>::kind, momentum<0.99>::kind, no_center::kind, no_scale::kind};
    static constexpr bool works_in_place = true;

    static constexpr diagnostic check(const shape& in) {
        if (in.rank() < 1) return refuse("(channels)", to_text(in), "give it at least one axis");
        if (!(smallest > 0.0 && kept >= 0.0 && kept <= 1.0))
            return refuse("an epsilon above 0, a momentum of 0 to 1", "another number",
                          "write epsilon<1e-3>, momentum<0.99>");
        return {};
    }
    static constexpr parameter_table parameters(const shape& in) {
        const shape channels{in.back()};
        parameter_table table;
        if (!options::template has<no_scale>) table.push_back(channel_weight("gamma", in, Ones::value));
        if (!options::template has<no_center>) table.push_back(channel_weight("beta", in));
        table.push_back(
            {.name = "moving_mean", .extents = channels, .trainable = false, .layout = weight_layout::plain});
        table.push_back({.name = "moving_variance",
                         .extents = channels,
                         .initializer = Ones::value,
                         .trainable = false,
                         .layout = weight_layout::plain});
        return table;
    }
    static constexpr std::size_t flops(const shape& in) { return 2 * in.size(); }

    /// The factors of all channels, then their shifts.
    template <shape In, class T>
    static constexpr std::size_t packed_size() {
        return 2 * In.back();
    }
    template <shape In, class T>
    static constexpr void pack_weights(const T* const* weights, T* packed, thread_slice part) {
        const item_range mine = part.of(In.back());
        const named_weights<T> own(weights);
        for (std::size_t c = mine.begin; c < mine.end; ++c)
            own.write_line(c, own.mean[c], inverse(own.variance[c]), packed[c], packed[In.back() + c]);
    }

    /// An elementwise activation that follows.
    template <shape In, class... Next>
    static constexpr bool fuses() {
        return is_one_elementwise<Next...>;
    }
    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        const T* line = packed_weights<BatchNormalization, In>(s);
        kernels::scale_channels<function<Fused>, In.back()>(N * In.rows(), s.x, line, line + In.back(), s.y);
    }
    template <shape In, class Fused>
    static constexpr row_window rows() {
        if (In.rank() < 2) return {};
        return {.span = 1};
    }
    template <shape In>
    static constexpr streaming streams() {
        return each_step_of(In);
    }
    template <shape In, class Fused, class T>
    static void forward_rows(const forward_context<T>& s) {
        constexpr std::size_t row = In.size() / In[0];
        const T* line = packed_weights<BatchNormalization, In>(s);
        kernels::scale_channels<function<Fused>, In.back()>(
            s.range.size() * (row / In.back()), s.x + (s.range.begin - s.first_row) * row, line, line + In.back(), s.y);
    }

    // Frozen: as in inference

    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        trained<Fused>::template through<In.back()>(s.count * In.rows(), s.y, s.saved, s.dy);
        if (s.dx != nullptr)
            kernels::scale_channel_gradients<In.back()>(s.count * In.rows(), s.dy,
                                                        packed_weights<BatchNormalization, In>(s), s.dx);
    }

    // Trained: statistics of the whole batch, combined from sums of each sample

    static constexpr bool takes_strided_batches = true;

    /// Two sums of each channel. A sample of one row needs none: the row is its own sum.
    template <shape In, class Fused, class T>
    static constexpr std::size_t saved_size() {
        return In.rows() > 1 ? 2 * In.back() : 0;
    }
    template <shape In, class T>
    static constexpr std::size_t shared_size() {
        return line_count * In.back();
    }
    template <shape In, class Fused, class T>
    static void collect(const forward_context<T>& s) {
        if constexpr (In.rows() > 1)
            for (std::size_t n = 0; n < s.count; ++n)
                kernels::channel_moments<In.back()>(In.rows(), s.x + n * In.size(), s.saved + n * 2 * In.back(),
                                                    s.saved + (2 * n + 1) * In.back());
    }
    template <shape In, class Fused, class T>
    static void combine(const forward_context<T>& s, thread_slice part) {
        constexpr std::size_t channels = In.back(), rows = In.rows();
        const item_range mine = part.of(channels, kernels::lanes<T>);
        T* mean = line<In>(s.shared, mean_line);
        T* squares = line<In>(s.shared, inverse_line);
        if constexpr (rows > 1)
            kernels::combine_moments<T>({s.count, s.stride * 2 * channels}, rows, s.saved, s.saved + channels, mine,
                                        mean, squares);
        else kernels::combine_moments<T>({s.count, s.stride * channels}, 1, s.x, nullptr, mine, mean, squares);
        const named_weights<T> own(s.weights);
        T* moving_mean = optional_entry<BatchNormalization, In, "moving_mean">(s.statistics);
        T* moving_variance = optional_entry<BatchNormalization, In, "moving_variance">(s.statistics);
        constexpr T keeps = static_cast<T>(kept), takes_in = static_cast<T>(1.0 - kept);
        for (std::size_t c = mine.begin; c < mine.end; ++c) {
            const T variance = squares[c] / static_cast<T>(s.count * rows);
            moving_mean[c] = moving_mean[c] * keeps + mean[c] * takes_in;
            moving_variance[c] = moving_variance[c] * keeps + variance * takes_in;
            squares[c] = inverse(variance);
            T &scale = line<In>(s.shared, scale_line)[c], &shift = line<In>(s.shared, shift_line)[c];
            own.write_line(c, mean[c], squares[c], scale, shift);
            if (s.count * rows > 1) continue;
            scale = T(0);  // one row is its own mean: the output is beta, without the rounding of x scale + shift
            shift = own.beta != nullptr ? own.beta[c] : T(0);
        }
    }
    template <shape In, class Fused, class T>
    static void batch_forward(const forward_context<T>& s) {
        kernels::scale_channels<function<Fused>, In.back()>(s.count * In.rows(), s.x, line<In>(s.shared, scale_line),
                                                            line<In>(s.shared, shift_line), s.y);
    }
    template <shape In, class Fused, class T>
    static void collect_gradient(const backward_context<T>& s) {
        trained<Fused>::template through<In.back()>(s.count * In.rows(), s.y, s.saved, s.dy);
        if constexpr (In.rows() > 1)
            for (std::size_t n = 0; n < s.count; ++n)
                kernels::channel_gradients<In.back()>(In.rows(), s.x + n * In.size(), s.dy + n * In.size(),
                                                      line<In>(s.shared, mean_line), s.saved + n * 2 * In.back(),
                                                      s.saved + (2 * n + 1) * In.back());
    }
    /// With the sums S of dy and P of dy (x - mean) over m rows: dbeta = S, dgamma = P inverse, and of the input
    /// gamma inverse (dy - S / m - (x - mean) inverse^2 P / m). Of one row that is 0, and exactly so: an optimizer that
    /// divides by the gradient's size would follow the rounding.
    template <shape In, class Fused, class T>
    static void combine_gradient(const backward_context<T>& s, thread_slice part) {
        constexpr std::size_t channels = In.back(), rows = In.rows();
        const item_range mine = part.of(channels, kernels::lanes<T>);
        const T* mean = line<In>(s.shared, mean_line);
        const T* inverses = line<In>(s.shared, inverse_line);
        T* scale = line<In>(s.shared, scale_line);
        T* sum = line<In>(s.shared, sum_line);
        T* product = line<In>(s.shared, product_line);
        T* dgamma = optional_gradient<BatchNormalization, In, "gamma">(s);
        T* dbeta = optional_gradient<BatchNormalization, In, "beta">(s);
        if constexpr (rows > 1) {
            kernels::combine_sums<T>({s.count, s.stride * 2 * channels}, s.saved, mine, sum);
            kernels::combine_sums<T>({s.count, s.stride * 2 * channels}, s.saved + channels, mine, product);
        } else {
            kernels::combine_row_gradients<T>({s.count, s.stride * channels}, s.x, s.dy, mean, mine, sum, product);
        }
        const T each = T(1) / static_cast<T>(s.count * rows);
        for (std::size_t c = mine.begin; c < mine.end; ++c) {
            if (dgamma != nullptr) dgamma[c] = (s.first ? T(0) : dgamma[c]) + product[c] * inverses[c];
            if (dbeta != nullptr) dbeta[c] = (s.first ? T(0) : dbeta[c]) + sum[c];
            if (s.count * rows == 1) scale[c] = T(0);
            sum[c] *= T(0) - scale[c] * each;
            product[c] *= T(0) - scale[c] * inverses[c] * inverses[c] * each;
        }
    }
    template <shape In, class Fused, class T>
    static void batch_backward(const backward_context<T>& s) {
        const auto at = [&](std::size_t which) { return static_cast<const T*>(line<In>(s.shared, which)); };
        kernels::channel_data_gradient<In.back()>(
            s.count * In.rows(), s.x, s.dy, {at(mean_line), at(scale_line), at(product_line), at(sum_line)}, s.dx);
    }

    // Hooks for optimize: capabilities/fusion_hooks.hpp
    template <class... Others>
    using with_options = BatchNormalization<Others...>;
    static constexpr void affine(const shape& in, const double* const* weights, double* scale, double* shift) {
        const named_weights<double> own(weights);
        for (std::size_t c = 0; c < in.back(); ++c)
            own.write_line(c, own.mean[c], inverse(own.variance[c]), scale[c], shift[c]);
    }

private:
    static constexpr double smallest = options::template get<epsilon<1e-3>>::value;
    static constexpr double kept = options::template get<momentum<0.99>>::value;

    /// Lines of one value a channel, which all samples of a batch share.
    enum : std::size_t { mean_line, inverse_line, scale_line, shift_line, sum_line, product_line, line_count };
    template <shape In, class T>
    static T* line(T* shared, std::size_t which) {
        return shared + which * In.back();
    }

    template <class Fused>
    using function = typename final_activation<Fused, Linear>::type::function;
    template <class Fused>
    using trained = trained_activation<typename final_activation<Fused, Linear>::type>;

    template <class T>
    static constexpr T inverse(T variance) {
        return T(1) / kernels::square_root(variance + static_cast<T>(smallest));
    }
    /// The weights, null where options leave one out. Which there are does not depend on the shape of the input.
    template <class T>
    struct named_weights {
        const T *gamma, *beta, *mean, *variance;

        explicit constexpr named_weights(const T* const* weights)
            : gamma(optional_entry<BatchNormalization, shape{1}, "gamma">(weights)),
              beta(optional_entry<BatchNormalization, shape{1}, "beta">(weights)),
              mean(optional_entry<BatchNormalization, shape{1}, "moving_mean">(weights)),
              variance(optional_entry<BatchNormalization, shape{1}, "moving_variance">(weights)) {}

        /// Channel c as x scale + shift.
        constexpr void write_line(std::size_t c, T average, T inverse_deviation, T& scale, T& shift) const {
            scale = gamma != nullptr ? gamma[c] * inverse_deviation : inverse_deviation;
            shift = (beta != nullptr ? beta[c] : T(0)) - average * scale;
        }
    };
};

}  // namespace strata::inline STRATA_ISA
