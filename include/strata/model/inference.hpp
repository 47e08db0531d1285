// inference: what a model does with samples: calls, predict, infer.
#pragma once

#include <algorithm>
#include <cassert>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/core/aligned_array.hpp>
#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/flush_subnormals.hpp>
#include <strata/core/heap_check.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/tensor.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/core/view.hpp>
#include <strata/core/whole_samples.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/model/checks.hpp>
#include <strata/net/call_checks.hpp>
#include <strata/runtime/forward_executor.hpp>
#include <strata/runtime/parallel_batch_executor.hpp>
#include <strata/runtime/parallel_executor.hpp>
#include <strata/runtime/stream.hpp>
#include <strata/runtime/subnormal_inputs.hpp>
#include <strata/runtime/weight_storage.hpp>
#include <strata/runtime/workspace.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Whether predict takes these: samples, and perhaps a workspace with threads.
template <class Net, class T, class... Arguments>
inline constexpr bool is_predict_call = false;
template <class Net, class T, class Samples>
inline constexpr bool is_predict_call<Net, T, Samples> = std::convertible_to<const Samples&, std::span<const T>>;
template <class Net, class T, class Samples>
inline constexpr bool is_predict_call<Net, T, Samples, ParallelWorkspace<Net, T>> = is_predict_call<Net, T, Samples>;

/// The part of a model that infers; Self has `parameters()`.
template <class Self, class Net, class T>
class inference {
public:
    /// The outputs of a batch: (batch, input...) -> (batch, output...).
    template <std::size_t... Extents>
    constexpr auto operator()(const Tensor<T, Extents...>& x) const {
        return (*this)(view<const T, Extents...>(x));
    }
    template <std::size_t... Extents>
    constexpr auto operator()(view<const T, Extents...> x) const {
        using checked = call_check<Net, Tensor<T, Extents...>::shape()>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) {
            constexpr std::size_t count = Tensor<T, Extents...>::shape()[0];
            tensor_of<T, batch_shape(count, Net::output_shape())> y;
            constexpr std::size_t tile = std::min(count, batch_tile<Net, T>);
            if constexpr (count == 1) infer_one(x.data(), y.data());
            else run_tiles<tile>(x.data(), y.data(), count);
            return y;
        } else {
            return refused{};
        }
    }
    /// A batch of another scalar is refused.
    template <class Other, std::size_t... Extents>
    constexpr refused operator()(const Tensor<Other, Extents...>&) const {
        static_cast<void>(require<scalar_check<Net, T, Other>>{});
        return {};
    }
    template <class Value>
    constexpr refused operator()(std::initializer_list<Value>) const {
        static_cast<void>(require<call_arguments_check<Net, std::initializer_list<Value>>>{});
        return {};
    }
    template <class... Arguments>
    constexpr refused operator()(const Arguments&...) const {
        static_cast<void>(require<call_arguments_check<Net, Arguments...>>{});
        return {};
    }
    /// The outputs of any number of samples that follow each other in x. Throws std::invalid_argument where x does not
    /// hold whole samples.
    std::vector<T> predict(std::span<const T> x) const {
        static_cast<void>(require<predict_allocates>{});
        static_cast<void>(require<length_check<Net, "predict">>{});
        if constexpr (!has_heap) return {};
        const std::size_t count = samples_in(x);
        std::vector<T> y(count * Net::output_shape().size());
        run_tiles<batch_tile<Net, T>>(x.data(), y.data(), count);
        return y;
    }
    std::vector<T> predict(std::initializer_list<T> x) const {
        return predict(std::span<const T>(x.begin(), x.size()));
    }
    /// The same by the workspace's threads where that is worth it: each takes some of the samples, or, where reading
    /// the weights takes long, some of the weights for all samples.
    std::vector<T> predict(std::span<const T> x, ParallelWorkspace<Net, T>& workspace) const {
        static_cast<void>(require<length_check<Net, "predict">>{});
        constexpr std::size_t tile = batch_tile<Net, T>, out = Net::output_shape().size();
        std::vector<T> y(samples_in(x) * out);
        const std::size_t count = y.size() / out;
        // Parts of tiles, where there are few tiles for the threads; a sample is computed alike in both.
        constexpr std::size_t part = tile % 4 == 0 ? tile / 4 : tile;
        thread_pool& threads = workspace.threads();
        const auto share_samples = [&] {
            if (part < tile && count < 2 * tile * threads.size()) share_tiles<part>(x.data(), y.data(), count, threads);
            else share_tiles<tile>(x.data(), y.data(), count, threads);
        };
        if (count * Net::flops() < least_shared_flops) run_tiles<tile>(x.data(), y.data(), count);
        else if constexpr (tile > 1 && parallel_batch_executor<Net, T, tile>::shares_weights())
            if (count < 2 * tile * threads.size()) share_weights<tile>(x.data(), y.data(), count, threads);
            else share_samples();
        else share_samples();
        return y;
    }
    template <class... Arguments>
        requires(!is_predict_call<Net, T, Arguments...>)
    refused predict(const Arguments&...) const {
        using checked = arguments_check<Net, "predict", "the values of any number of samples, a vector or a span",
                                        "write predict(values), of a Dataset predict(data.inputs())", Arguments...>;
        static_cast<void>(require<checked>{});
        return {};
    }
    /// One sample, without allocation; workspace is this thread's, or one with threads of its own. The spans hold
    /// exactly one input and one output, which must not overlap.
    template <class In, class Out>
    constexpr void infer(const In& in, Out&& out, Workspace<Net, T>& workspace) const noexcept STRATA_NONBLOCKING {
        static_cast<void>(require<spans_check<In, Out>>{});
        if constexpr (spans_check<In, Out>::value.ok) {
            check_spans(in, out);
            STRATA_BEGIN_PERMITTED  // kernels call some tiles by tables of pointers
                flushed_executor<Net, T>::run(std::data(in), self().parameters(), std::data(out), workspace.data());
            STRATA_END_PERMITTED
        }
    }
    template <class In, class Out>
    void infer(const In& in, Out&& out, ParallelWorkspace<Net, T>& workspace) const noexcept STRATA_NONBLOCKING {
        static_cast<void>(require<spans_check<In, Out>>{});
        if constexpr (spans_check<In, Out>::value.ok) {
            check_spans(in, out);
            STRATA_BEGIN_PERMITTED
            parallel_executor<Net, T>::run(workspace.threads(), std::data(in), self().parameters(), std::data(out),
                                           workspace.data());
            STRATA_END_PERMITTED
        }
    }
    template <class... Arguments>
    void infer(const Arguments&...) const {
        using checked =
            arguments_check<Net, "infer", "an input, an output and a workspace that has a name",
                            "auto workspace = model.workspace(); then infer(x, y, workspace)", Arguments...>;
        static_cast<void>(require<checked>{});
    }
    static constexpr Workspace<Net, T> workspace() { return {}; }
    /// A workspace whose threads share each inference: rows of maps, columns of wide Dense layers. A net too small for
    /// that is inferred by the calling thread alone.
    static auto workspace(workspace_options options) {
        using checked = heap_check<Net, "workspace({.threads = ...})", "write workspace()">;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) return ParallelWorkspace<Net, T>(options);
        else return refused{};
    }

    /// A stream of one channel over these weights: one time step after the other; each thread has its own. It keeps the
    /// weights of a model that was built, so that both may move; where a model only refers to weights (one that was
    /// bound, a layer of a model, features), so does the stream, and the weights must live longer and stay where they
    /// are. Of a temporary model it is refused.
    auto stream() const& {
        using checked = stream_check<Net, T>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) return Stream<Net, T>(parameter_access::shared_of(self()));
        else return refused{};
    }
    auto stream() const&& {
        using checked = temporary_check<Net, owns_weights<typename Self::storage_type>, "stream()">;
        if constexpr (stream_check<Net, T>::value.ok) static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok || !stream_check<Net, T>::value.ok)
            return stream();  // *this is no temporary here
        else return refused{};
    }

private:
    constexpr const Self& self() const { return static_cast<const Self&>(*this); }

    using predict_allocates =
        heap_check<Net, "predict(values)", "write auto workspace = model.workspace(); then infer(x, y, workspace)">;

    /// How many samples x holds.
    static std::size_t samples_in(std::span<const T> x) {
        return whole_samples("predict", Net::input_shape(), x.size());
    }
    /// Whether spans made of these hold one input and one output, as far as their types say.
    template <class In, class Out>
    using spans_check =
        span_check<Net, T, decltype(std::span(std::declval<const In&>())), decltype(std::span(std::declval<Out&>()))>;
    /// Checks of the spans beyond their types, in builds with assertions.
    template <class In, class Out>
    constexpr void check_spans(const In& in, Out& out) const {
        static_cast<void>(std::size(in) == std::size(out));  // both are used without assertions too
        assert(self().parameters() != nullptr && "strata: a moved-from model infers");
        assert(std::size(in) == Net::input_shape().size() && "strata: infer's input is not one sample");
        assert(std::size(out) == Net::output_shape().size() && "strata: infer's output is not one sample");
        assert((std::is_constant_evaluated() ||
                !overlap<T>(std::data(in), std::size(in), std::data(out), std::size(out))) &&
               "strata: input and output of infer overlap");
    }

    /// Samples that make whole tiles of a batch in tiles of Tile, the rest one by one, as run_tiles does.
    template <std::size_t Tile>
    void share_tiles(const T* x, T* y, std::size_t count, thread_pool& threads) const {
        constexpr std::size_t in = Net::input_shape().size(), out = Net::output_shape().size();
        const std::size_t whole = count / batch_tile<Net, T> * batch_tile<Net, T>;
        const std::size_t arena = aligned_size<T>(batch_arena_size<Net, T, Tile>);
        aligned_array<T> arenas(threads.size() * arena);
        auto work = [&](thread_slice part) noexcept {
            const auto run = [&](item_range mine) {
                run_batch<Net, T, Tile>(x + mine.begin * in, self().parameters(), y + mine.begin * out, mine.size(),
                                        arenas.data() + part.index * arena);
            };
            run(part.of(whole, Tile));
            const item_range rest = part.of(count - whole);
            for (std::size_t i = rest.begin; i < rest.end; ++i) run({whole + i, whole + i + 1});
        };
        threads.run(work);
    }

    /// Runs tile by tile; of each tile every thread computes some columns. Samples that fill no tile run one by one.
    template <std::size_t Tile>
    void share_weights(const T* x, T* y, std::size_t count, thread_pool& threads) const {
        constexpr std::size_t in = Net::input_shape().size(), out = Net::output_shape().size();
        using walk = parallel_batch_executor<Net, T, Tile>;
        const std::size_t whole = count / Tile * Tile;
        aligned_array<T> arenas(std::max(walk::plan.arena_size, threads.size() * plan_of<Net, T, 1>.arena_size));
        auto work = [&](thread_slice part) noexcept {
            for (std::size_t i = 0; i < whole; i += Tile) {
                if (i > 0) threads.barrier();
                walk::run(threads, part, x + i * in, self().parameters(), y + i * out, arenas.data());
            }
        };
        if (whole > 0) threads.run(work);
        for (std::size_t i = whole; i < count; ++i)
            parallel_executor<Net, T>::run(threads, x + i * in, self().parameters(), y + i * out, arenas.data());
    }

    constexpr void infer_one(const T* x, T* y) const {
        storage<T, plan_of<Net, T, 1>.arena_size> arena{};
        flushed_executor<Net, T>::run(x, self().parameters(), y, arena.data());
    }
    template <std::size_t Tile>
    constexpr void run_tiles(const T* x, T* y, std::size_t count) const {
        const flush_subnormals flush;
        using arena_storage = storage<T, batch_arena_size<Net, T, Tile>>;
        arena_storage arena{};
        run_batch<Net, T, Tile>(x, self().parameters(), y, count, arena.data());
    }
};

}  // namespace strata::inline STRATA_ISA::detail
