// Embedding: a trained vector for each word.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/shape/embedding.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/layer.hpp>

namespace strata::inline STRATA_ISA {

/// (...) -> (..., Dimension): for each value, cut to an integer, that row of the table. One outside [0, Vocabulary), or
/// NaN, reads nothing: its row of the output is NaN, and it teaches nothing. Weights: embeddings (Vocabulary,
/// Dimension). Floats hold integers up to 16,777,216 exactly. Keras: `Embedding`.
template <int Vocabulary, int Dimension, class... Options>  // strata: types, not values: Embedding<1000, 16>
    requires detail::says<"strata: options are types; fix: write Embedding<1000, 16>">
struct Embedding : layer<Embedding<Vocabulary, Dimension, Options...>, Options...> {
    static constexpr std::string_view type = "Embedding";
    static constexpr layer_config config() { return {{"input_dim", Vocabulary}, {"output_dim", Dimension}}; }

    static constexpr diagnostic check(const shape& in) {
        if (Vocabulary < 1 || Dimension < 1)
            return refuse("at least 1 word and 1 dimension",
                          text<64>("Embedding<") << Vocabulary << ", " << Dimension << ">",
                          "write Embedding<vocabulary, dimension>");
        if (in.rank() < shape::max_rank) return {};
        return refuse("an input of at most 5 axes", to_text(in), "put Reshape<shape{...}> before it");
    }
    static constexpr shape output(shape in) {
        in.push_back(dimension);
        return in;
    }
    static constexpr parameter_table parameters(const shape&) {
        return parameter_table{}.push_back({.name = "embeddings",
                                            .extents = shape{Vocabulary, Dimension},
                                            .initializer = RandomUniform<>::value,
                                            .layout = weight_layout::plain});
    }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        kernels::take_rows(N * In.size(), words, dimension, s.x, weight<Embedding, In, "embeddings">(s), s.y);
    }
    template <shape In>
    static constexpr streaming streams() {
        return each_step_of(In);
    }
    /// The output does not change with a value of the input but in steps: its gradient is zero.
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx != nullptr) std::fill_n(s.dx, s.count * In.size(), T(0));
    }
    template <shape In, class Fused, class T>
    static void weight_gradients(const backward_context<T>& s, thread_slice part) {
        kernels::add_to_rows(s.count * In.size(), words, dimension, s.x, s.dy,
                             {gradient<Embedding, In, "embeddings">(s), s.first}, part);
    }

private:
    static constexpr std::size_t words = static_cast<std::size_t>(Vocabulary);
    static constexpr std::size_t dimension = static_cast<std::size_t>(Dimension);
};

}  // namespace strata::inline STRATA_ISA
