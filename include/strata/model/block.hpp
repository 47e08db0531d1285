// block: the one piece of memory that holds all weights of a model: its size, whose it may be, who may write it.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/model/shapes.hpp>
#include <strata/model/weights.hpp>

namespace strata::inline STRATA_ISA {

/// Elements of somebody else's memory, laid out as `Model::parameters()`; it must outlive the model.
template <class T>
class borrowed_storage {
public:
    static constexpr bool is_inline = false;

    constexpr explicit borrowed_storage(T* elements) : elements_(elements) {}
    constexpr T* data() const { return elements_; }

private:
    T* elements_;
};

namespace detail {

struct keras_order {};

template <class Net, class T>
constexpr std::size_t block_size() {
    if constexpr (net_verdict<Net>::value.ok) return weight_offsets_of<Net, T>.back();
    else return 0;
}

/// The parameters of a model for those that train it: writing keeps the kernels' layout and its zero padding.
struct parameter_access {
    template <class Model>
    static auto* of(Model& model) {
        return model.block_.data();
    }
    /// The batch that its summary shows.
    template <class Model>
    static constexpr std::size_t batch_of(const Model& model) {
        return model.batch_;
    }
};

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
