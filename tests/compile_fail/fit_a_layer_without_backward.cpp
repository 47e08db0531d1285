// Training: fit(...) of an own layer with weights and without a backward pass.
// at: Gains, layer 1 of 1
// expects: gradients of its weights, as they are trained
// got: a layer that gives none
// fix: write backward and weight_gradients, or freeze it
#include <strata/strata.hpp>

using namespace strata;

template <class... Options>
struct Gains : layer<Gains<Options...>, Options...> {
    static constexpr std::string_view type = "Gains";

    static constexpr parameter_table parameters(const shape& in) {
        return parameter_table{}.push_back(channel_weight("gains", in, Ones::value));
    }
    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        const T* gains = weight<Gains, In, "gains">(s);
        for (std::size_t i = 0; i < N * In.size(); ++i) s.y[i] = s.x[i] * gains[i % In.back()];
    }

#if !defined(REPAIR)
};
auto model = Sequential{Input<3>{}, Gains<>{}}.build();
auto history = compile(model, SGD{}, MeanSquaredError{}).fit(Dataset<float, shape{3}, float, shape{3}>{});
#else
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        const T* gains = weight<Gains, In, "gains">(s);
        if (s.dx == nullptr) return;
        for (std::size_t i = 0; i < s.count * In.size(); ++i) s.dx[i] = s.dy[i] * gains[i % In.back()];
    }
    template <shape In, class Fused, class T>
    static void weight_gradients(const backward_context<T>& s, thread_slice part) {
        T* dgains = gradient<Gains, In, "gains">(s);
        const item_range mine = part.of(In.back());
        for (std::size_t c = mine.begin; c < mine.end; ++c) {
            if (s.first) dgains[c] = T(0);
            for (std::size_t i = c; i < s.count * In.size(); i += In.back()) dgains[c] += s.dy[i] * s.x[i];
        }
    }
};
auto model = Sequential{Input<3>{}, Gains<>{}}.build();
auto history = compile(model, SGD{}, MeanSquaredError{}).fit(Dataset<float, shape{3}, float, shape{3}>{});
#endif
