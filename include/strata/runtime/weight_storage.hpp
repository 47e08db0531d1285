// block: the one piece of memory that holds all weights of a model: its size, whose it may be, who may write it.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/heap_check.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/weight_pointer.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/net/shapes.hpp>

namespace strata::inline STRATA_ISA {

/// Elements of the caller's memory, laid out as `Model::parameters()`; it must outlive the model.
template <class T>
class borrowed_storage {
public:
    static constexpr bool is_inline = false;

    constexpr explicit borrowed_storage(T* elements) : elements_(elements) {}
    constexpr T* data() const { return elements_; }

private:
    T* elements_;
};

/// Elements that are only read, laid out as `Model::parameters()`, with shared ownership: those of a mapped file, or of
/// an array.
template <class T>
class shared_constants {
public:
    static constexpr bool is_inline = false;

    explicit shared_constants(std::shared_ptr<const T> elements) : elements_(std::move(elements)) {}
    const T* data() const { return elements_.get(); }
    std::shared_ptr<const T> share() const { return elements_; }

private:
    std::shared_ptr<const T> elements_;
};

namespace detail {

struct keras_order {};

template <class Net, class T>
constexpr std::size_t block_size() {
    if constexpr (net_check<Net>::value.ok) return weight_offsets_of<Net, T>.back();
    else return 0;
}

/// The memory of a model's own weights. Where the input has a time axis, streams hold it too, whatever its size, so
/// that a model may move with its streams. Without a heap it lies in the model, and streams refer to it.
template <class Net, class T>
using weight_storage = std::conditional_t<(has_heap && input_of<Net>().rank() > 1),
                                          shared_storage<T, block_size<Net, T>()>, storage<T, block_size<Net, T>()>>;

/// Whether a model with weights in Storage is what they live in. One over borrowed weights (a layer of a model) is not:
/// what refers to its weights may live longer than it does.
template <class Storage>
inline constexpr bool owns_weights = true;
template <class T>
inline constexpr bool owns_weights<borrowed_storage<T>> = false;

/// The parameters of a model for those that train it: writing keeps the kernels' layout and its zero padding.
struct parameter_access {
    template <class Model>
    static auto* of(Model& model) {
        return model.block_.data();
    }
    /// The parameters as a stream holds them: kept alive where the model's storage can be shared, else referred to.
    template <class Model>
    static auto shared_of(const Model& model) {
        using T = typename Model::value_type;
        if constexpr (requires { model.block_.share(); }) return model.block_.share();
        else return weight_pointer<const T>(weight_pointer<const T>(), model.block_.data());
    }
    /// The batch that its summary shows.
    template <class Model>
    static constexpr std::size_t batch_of(const Model& model) {
        return model.batch_;
    }
};

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
