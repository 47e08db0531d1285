// stream_properties: the constants of a net's stream, and the checks of the spans that it is called with.
#pragma once

#include <cstddef>
#include <cstdint>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/graph/streaming_schedule.hpp>

namespace strata::inline STRATA_ISA {

/// The constants of a net's stream: sizes of one step, what it remembers and for how long.
template <class Net, class T = float>
struct stream_properties {
    /// Values of one step of the input and of the output.
    static constexpr std::size_t input_size = stream_plan_of<Net, T>.input_size;
    static constexpr std::size_t output_size = stream_plan_of<Net, T>.output_size;
    /// Values that the layers remember.
    static constexpr std::size_t state_size = stream_plan_of<Net, T>.state_size;
    /// Steps of the input before the one that gives the first output: 0 where no layer looks ahead.
    static constexpr std::size_t latency = detail::value_rates_of<Net, T>.back().first;
    /// Steps of the input from one output to the next.
    static constexpr std::size_t stride = detail::value_rates_of<Net, T>.back().stride;
    /// The most outputs that a number of steps can have.
    static constexpr std::size_t most_outputs(std::size_t steps) { return (steps + stride - 1) / stride; }
    /// Steps of the input that an output depends on, the present one included; `unbounded` for recurrent layers.
    static constexpr std::size_t receptive_field = stream_plan_of<Net, T>.receptive_field;
    /// Steps until outputs no longer depend on the zeros that a stream begins with.
    static constexpr std::size_t warm_up = receptive_field == unbounded ? unbounded : receptive_field - 1;
};

namespace detail {

/// Whether two ranges of memory have elements in common.
template <class T>
bool overlap(const T* a, std::size_t a_size, const T* b, std::size_t b_size) {
    const auto address = [](const T* of) { return reinterpret_cast<std::uintptr_t>(of); };
    return address(a) < address(b + b_size) && address(b) < address(a + a_size);
}

/// The spans of step and block: exactly one input and one output of so many steps.
template <class Facts, std::size_t Steps, std::size_t In, std::size_t Out>
struct stream_span_check {
    static constexpr std::size_t in = Steps * Facts::input_size, out = Facts::most_outputs(Steps) * Facts::output_size;
    static constexpr diagnostic value = [] {
        if (In != std::size_t(-1) && In != in)
            return refuse(text<64>() << in << " input values", text<64>() << In, "give a span of all steps",
                          "a step of a stream, input");
        if (Out != std::size_t(-1) && Out != out)
            return refuse(text<64>() << out << " output values", text<64>() << Out, "give a span of all steps",
                          "a step of a stream, output");
        return diagnostic{};
    }();
};

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
