// any_stream: a stream of one of several nets, which may change to another without an allocation.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>

#include <strata/core/config.hpp>
#include <strata/core/heap_check.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/weight_pointer.hpp>
#include <strata/graph/streaming_schedule.hpp>
#include <strata/model/any_of_checks.hpp>
#include <strata/runtime/stream.hpp>
#include <strata/runtime/stream_properties.hpp>
#include <strata/runtime/weight_storage.hpp>

namespace strata::inline STRATA_ISA {

template <class T, class... Nets>
class basic_any_of;

/// A stream of one channel over the weights of an any_of, in memory for the largest of its nets. It has the net that
/// the any_of had when the stream was made, and keeps that net's weights where the any_of takes another net later;
/// weights that the same net is given act from the next step on. use(...) takes another net; neither that nor a step
/// allocates.
template <class T, class... Nets>
class any_stream {
public:
    /// Values of one step of the input and of the output.
    static constexpr std::size_t input_size = detail::largest_of({stream_properties<Nets, T>::input_size...});
    static constexpr std::size_t output_size = detail::largest_of({stream_properties<Nets, T>::output_size...});

    explicit any_stream(const basic_any_of<T, Nets...>& source) : stream_(made(source)) {}
    /// A copy goes on by itself over the same weights.
    any_stream(const any_stream& other) : memory_(other.memory_), stream_(other.stream_) { bind_memory(); }
    any_stream(any_stream&& other) noexcept : memory_(std::move(other.memory_)), stream_(std::move(other.stream_)) {
        bind_memory();
    }
    any_stream& operator=(const any_stream& other) {
        memory_ = other.memory_;
        stream_ = other.stream_;
        bind_memory();
        return *this;
    }
    any_stream& operator=(any_stream&& other) noexcept {
        std::swap(memory_, other.memory_);
        std::swap(stream_, other.stream_);
        bind_memory();
        other.bind_memory();
        return *this;
    }
    ~any_stream() = default;

    /// Which of the nets this is a stream of.
    std::size_t index() const noexcept { return stream_.index(); }
    /// Takes the net and the weights that `source` has now; the next step is the first. Allocates nothing. The last
    /// stream of weights that their any_of has given up frees them.
    void use(const basic_any_of<T, Nets...>& source) noexcept {
        std::fill_n(memory_.data(), memory_size, T(0));
        stream_ = made(source);
    }

    /// As those of stream_properties, of the present net.
    std::size_t latency() const noexcept {
        return property([](const auto& stream) { return stream.latency; });
    }
    std::size_t stride() const noexcept {
        return property([](const auto& stream) { return stream.stride; });
    }
    std::size_t warm_up() const noexcept {
        return property([](const auto& stream) { return stream.warm_up; });
    }
    std::size_t most_outputs(std::size_t steps) const noexcept { return (steps + stride() - 1) / stride(); }

    /// As the members of Stream.
    template <class In, class Out>
    bool step(const In& in, Out&& out) noexcept STRATA_NONBLOCKING {
        bool has_output = false;
        visit_noexcept([&](auto& stream) noexcept { has_output = stream.step(in, out); });
        return has_output;
    }
    template <class In, class Out>
    std::size_t process(const In& in, Out&& out, std::size_t n) noexcept STRATA_NONBLOCKING {
        std::size_t outputs = 0;
        visit_noexcept([&](auto& stream) noexcept { outputs = stream.process(in, out, n); });
        return outputs;
    }
    void prewarm(std::size_t n) noexcept STRATA_NONBLOCKING {
        visit_noexcept([&](auto& stream) noexcept { stream.prewarm(n); });
    }
    void reset() noexcept STRATA_NONBLOCKING {
        visit_noexcept([](auto& stream) noexcept { stream.reset(); });
    }

    /// Calls f with the stream of the present net, a Stream&.
    template <class F>
    decltype(auto) visit(F&& f) {
        return std::visit(std::forward<F>(f), stream_);
    }

private:
    friend basic_any_of<T, Nets...>;

    using memory_view = borrowed_storage<T>;
    static constexpr std::size_t memory_size = detail::largest_of({stream_plan_of<Nets, T>.arena_size...});
    /// Its address does not change when a stream moves, where there is a heap.
    using memory = std::conditional_t<has_heap, heap_storage<T, memory_size>, inline_storage<T, memory_size>>;
    using streams = std::variant<Stream<Nets, T, memory_view>...>;

    streams made(const basic_any_of<T, Nets...>& source) noexcept {
        return source.template call<streams>([&]<class Net>(type_list<Net>) {
            return streams(std::in_place_type<Stream<Net, T, memory_view>>, source.shared_parameters(),
                           memory_view(memory_.data()));
        });
    }
    void bind_memory() noexcept {
        std::visit([&](auto& stream) { detail::memory_access::of(stream) = memory_view(memory_.data()); }, stream_);
    }
    template <class F>
    static void call_all(F& f, streams& stream) noexcept {
        std::visit(f, stream);
    }
    template <class F>
    STRATA_INLINE void visit_noexcept(F f) noexcept STRATA_NONBLOCKING {
        STRATA_BEGIN_PERMITTED  // the choice of the net is a table of pointers
            call_all(f, stream_);
        STRATA_END_PERMITTED
    }
    template <class F>
    std::size_t property(F f) const noexcept {
        return std::visit([&](const auto& stream) -> std::size_t { return f(stream); }, stream_);
    }

    memory memory_{};
    streams stream_;
};

}  // namespace strata::inline STRATA_ISA
