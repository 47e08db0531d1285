// c_interface: a net for callers that speak C; tools/c_interface makes the functions that they call.
#pragma once

#include <algorithm>
#include <cstddef>
#include <exception>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/io/weights.hpp>
#include <strata/model/checks.hpp>
#include <strata/model/model.hpp>
#include <strata/runtime/stream.hpp>
#include <strata/runtime/weight_storage.hpp>
#include <strata/runtime/workspace.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// Why the last call of this thread failed. A buffer of its own, since an error of memory must not need memory.
inline constexpr std::size_t longest_error = 1024;
inline thread_local char last_c_error[longest_error] = "";

inline void set_c_error(std::string_view text) noexcept {
    const std::size_t size = std::min(text.size(), longest_error - 1);
    std::copy_n(text.data(), size, last_c_error);
    last_c_error[size] = '\0';
}

/// work(), or `failure` where it throws: no exception may leave for C.
template <class Result, class Work>
Result without_exceptions(Result failure, const Work& work) noexcept {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        set_c_error("strata: not enough memory");
    } catch (const std::exception& error) {
        set_c_error(error.what());
    } catch (...) {
        set_c_error("strata: an exception of an unknown type");
    }
    return failure;
}

/// Whether no pointer of a call is null; where one is, the error text says so.
template <class... Pointers>
bool are_given(const Pointers*... pointers) noexcept {
    const bool given = (... && (pointers != nullptr));
    if (!given) set_c_error("strata: a pointer is null");
    return given;
}

template <class Net, class T, bool Streams = stream_check<Net, T>::value.ok>
struct c_stream {
    static constexpr std::size_t input_size = 0, output_size = 0;
};
template <class Net, class T>
struct c_stream<Net, T, true> {
    static constexpr std::size_t input_size = stream_properties<Net, T>::input_size;
    static constexpr std::size_t output_size = stream_properties<Net, T>::output_size;
    Stream<Net, T> stream;
};

}  // namespace detail

/// The calls of a C interface for models of type Made, in terms of handles that the interface defines: structs with the
/// one member `value`, of the types `model`, `workspace` and `stream` below. Calls that can fail give 0 for success or
/// null for a handle that was not made, and `last_error()` says why, in the thread of the call.
template <class Made>
struct c_interface {
    using model = Made;
    using net = typename Made::net_type;
    using number = typename Made::value_type;
    using workspace = Workspace<net, number>;
    using stream = detail::c_stream<net, number>;
    static constexpr bool owns_weights = detail::owns_weights<typename Made::storage_type>;
    static constexpr bool has_stream = stream_check<net, number>::value.ok;

    static constexpr std::size_t input_size = net::input_shape().size(), output_size = net::output_shape().size();

    static const char* last_error() noexcept { return detail::last_c_error; }

    template <class Handle, class Make>
    static Handle* create(const Make& make) noexcept {
        return detail::without_exceptions<Handle*>(nullptr, [&] { return new Handle{make()}; });
    }
    /// Weights from a file of any format that the program has.
    template <class Handle>
    static int load_weights(Handle* handle, const char* file) noexcept {
        if (!detail::are_given(handle, file)) return 1;
        return detail::without_exceptions(1, [&] {
            if constexpr (owns_weights) {
                handle->value.load_weights(file);
                return 0;
            } else {
                return refuse_weights();
            }
        });
    }
    /// All weights after each other, in the order of `weights()`, each in Keras' order.
    template <class Handle>
    static int set_weights(Handle* handle, const number* values, std::size_t count) noexcept {
        if (!detail::are_given(handle, values)) return 1;
        if constexpr (owns_weights) {
            if (count != net::parameter_count()) {
                detail::set_c_error(
                    (text<128>("strata: set_weights expects ") << net::parameter_count() << " values, got " << count)
                        .view());
                return 1;
            }
            for (const auto weight : handle->value.weights()) {
                weight.assign(std::span<const number>(values, weight.size()));
                values += weight.size();
            }
            return 0;
        } else {
            return refuse_weights();
        }
    }
    template <class Handle>
    static Handle* create_workspace() noexcept {
        return create<Handle>([] { return workspace(); });
    }
    /// Neither allocates nor waits, and each thread may call it with a workspace of its own.
    template <class Handle, class WorkspaceHandle>
    static int infer(const Handle* handle, WorkspaceHandle* arena, const number* in, number* out) noexcept {
        if (!detail::are_given(handle, arena, in, out)) return 1;
        handle->value.infer(std::span<const number, input_size>(in, input_size),
                            std::span<number, output_size>(out, output_size), arena->value);
        return 0;
    }
    /// A stream keeps the weights of a model that owns them.
    template <class Handle, class ModelHandle>
    static Handle* create_stream(const ModelHandle* handle) noexcept {
        if (!detail::are_given(handle)) return nullptr;
        if constexpr (has_stream) {
            return create<Handle>([&] { return stream{handle->value.stream()}; });
        } else {
            detail::set_c_error(stream_check<net, number>::value.sentence().view());
            return nullptr;
        }
    }
    /// One time step; neither allocates nor waits.
    template <class Handle>
    static int step(Handle* handle, const number* in, number* out) noexcept {
        if (!detail::are_given(handle, in, out)) return 1;
        if constexpr (has_stream)
            handle->value.stream.step(std::span<const number, stream::input_size>(in, stream::input_size),
                                      std::span<number, stream::output_size>(out, stream::output_size));
        return 0;
    }
    template <class Handle>
    static void reset(Handle* handle) noexcept {
        if constexpr (has_stream)
            if (handle != nullptr) handle->value.stream.reset();
    }

private:
    static int refuse_weights() noexcept {
        detail::set_c_error("strata: the weights of this model are not its own");
        return 1;
    }
};

}  // namespace strata::inline STRATA_ISA
