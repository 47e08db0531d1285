// any_of: a model of one of several nets; a file, or the program, says at run time of which.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/files_check.hpp>
#include <strata/core/heap_check.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/type_list.hpp>
#include <strata/core/weight_pointer.hpp>
#include <strata/graph/plan.hpp>
#include <strata/model/any_of_checks.hpp>
#include <strata/model/any_stream.hpp>
#include <strata/model/model.hpp>
#include <strata/model/state.hpp>
#include <strata/net/net.hpp>
#include <strata/net/shapes.hpp>
#include <strata/runtime/packing.hpp>
#include <strata/runtime/stream_properties.hpp>
#include <strata/runtime/subnormal_inputs.hpp>
#include <strata/runtime/weight_storage.hpp>

namespace strata::inline STRATA_ISA {

/// The arena of one thread for whichever net an any_of has: as large as the largest net needs.
template <class T, class... Nets>
class any_workspace {
public:
    /// Elements of T in the arena.
    static constexpr std::size_t size() { return detail::largest_of({plan_of<Nets, T, 1>.arena_size...}); }
    T* data() { return arena_.data(); }

private:
    storage<T, size()> arena_{};
};

/// A model of one of Nets, with weights of type T in memory for the largest of them. It begins as a model of the first
/// net whose weights are all zero. After it is made only load_weights, predict and a new net under the weights of
/// which streams still run allocate. Inference is const and thread-safe, as that of a model.
template <class T, class... Nets>
class basic_any_of {
    static_assert(sizeof(require<detail::any_of_check<T, Nets...>>) > 0);
    static constexpr bool is_valid = detail::any_of_check<T, Nets...>::value.ok;

public:
    using value_type = T;
    using nets = type_list<Nets...>;
    using stream_type = any_stream<T, Nets...>;
    using workspace_type = any_workspace<T, Nets...>;

    basic_any_of() { pack_weights(); }
    /// With the weights of a model of one of the nets.
    template <class Net, class Storage>
    basic_any_of(const Model<Net, T, Storage>& model) : basic_any_of() {
        *this = model;
    }

    // Which net

    static constexpr std::size_t size() { return sizeof...(Nets); }
    /// The number of the present net among Nets.
    std::size_t index() const noexcept { return index_; }
    template <class Net>
    bool holds() const noexcept {
        return index_ == index_of<Net>();
    }
    std::string_view model_name() const noexcept {
        return call<std::string_view>([]<class Net>(type_list<Net>) { return Net::model_name(); });
    }
    shape input_shape() const noexcept {
        return call<shape>([]<class Net>(type_list<Net>) { return Net::input_shape(); });
    }
    shape output_shape() const noexcept {
        return call<shape>([]<class Net>(type_list<Net>) { return Net::output_shape(); });
    }

    // Another net or other weights. Streams of another net keep that net and its weights.

    /// Takes net and weights of a model.
    template <class Net, class Storage>
    basic_any_of& operator=(const Model<Net, T, Storage>& model) {
        begin_net(index_of<Net>());
        std::copy_n(model.parameters(), detail::block_size<Net, T>(), weights_.data());
        return *this;
    }
    /// Takes a net whose weights are then written: f is called with a Model<Net, T, ...>& over weights that are all
    /// zero.
    template <class Net, class F>
    void emplace(F f) {
        begin_net(index_of<Net>());
        std::fill_n(weights_.data(), detail::block_size<Net, T>(), T(0));
        pack_weights();
        auto model = model_over<Net>(weights_.data());
        f(model);
    }
    /// Reads the weights of a file, whose extension tells the format as for Model, and takes the net of the file. A
    /// file that fits none of the nets, or more than one, throws and changes nothing; the message names the nearest net
    /// and its first difference.
    template <class Path, class Files = weight_files<basic_any_of>>
    void load_weights(const Path& file) {
        using checked = internal::files_check<Files, "load_weights">;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) Files::load(*this, file);
    }
    /// As of Model.
    template <class Path, class Files = weight_files<basic_any_of>>
    void save_weights(const Path& file) const {
        using checked = internal::files_check<Files, "save_weights">;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) Files::save(*this, file);
    }

    // The present net

    /// Calls f with the present model, a Model<Net, T, ...>&, and returns its result, whose type is one for all nets.
    /// The model refers to the weights in this object.
    template <class F>
    decltype(auto) visit(F&& f) const {
        return visit_weights<const T>(f, weights_.data());
    }
    template <class F>
    decltype(auto) visit(F&& f) {
        return visit_weights<T>(f, weights_.data());
    }
    /// As of Model: the outputs of any number of samples.
    std::vector<T> predict(std::span<const T> x) const {
        using checked = detail::any_samples_check<"predict", false, Nets...>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) return visit([&](const auto& model) { return model.predict(x); });
        else return {};
    }
    /// As of Model: one sample, without allocation. The spans hold exactly one input and one output of the net.
    template <class In, class Out>
    void infer(const In& in, Out&& out, workspace_type& workspace) const noexcept STRATA_NONBLOCKING {
        using checked = detail::any_samples_check<"infer", true, Nets...>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) {
            using first [[maybe_unused]] = type_at<0, nets>;
            assert(std::size(in) == first::input_shape().size() && "strata: infer's input is not one sample");
            assert(std::size(out) == first::output_shape().size() && "strata: infer's output is not one sample");
            assert(!detail::overlap<T>(std::data(in), std::size(in), std::data(out), std::size(out)) &&
                   "strata: input and output of infer overlap");
            STRATA_BEGIN_PERMITTED  // the choice of the net is a table of pointers
                call<void>([&]<class Net>(type_list<Net>) {
                    detail::flushed_executor<Net, T>::run(std::data(in), weights_.data(), std::data(out),
                                                          workspace.data());
                });
            STRATA_END_PERMITTED
        }
    }
    static auto workspace() {
        using checked = detail::any_samples_check<"workspace()", true, Nets...>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) return workspace_type{};
        else return refused{};
    }
    /// A stream of one channel over the present net and its weights.
    auto stream() const {
        using checked = detail::any_stream_check<T, Nets...>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) return stream_type(*this);
        else return refused{};
    }

private:
    friend stream_type;

    static constexpr std::size_t block_size = [] {
        if constexpr (is_valid) return detail::largest_of({detail::block_size<Nets, T>()...});
        else return std::size_t{1};
    }();
    using storage_type = std::conditional_t<has_heap, shared_storage<T, block_size>, storage<T, block_size>>;

    template <class Net>
    static constexpr std::size_t index_of() {
        constexpr std::array<bool, sizeof...(Nets) + 1> is_same{std::is_same_v<Net, Nets>..., true};
        constexpr std::size_t index =
            static_cast<std::size_t>(std::find(is_same.begin(), is_same.end(), true) - is_same.begin());
        static_assert(index < sizeof...(Nets), "strata: the net of this model is none of the nets of this any_of");
        return index;
    }
    /// Calls f with the present net as a type_list<Net>.
    template <class Result, class F>
    Result call(F f) const {
        using function = Result (*)(F&);
        static constexpr std::array<function, sizeof...(Nets)> table{
            +[](F& each) -> Result { return each(type_list<Nets>{}); }...};
        return table[index_](f);
    }
    template <class Net, class Scalar>
    static auto model_over(Scalar* weights) {
        return Model<Net, T, borrowed_storage<Scalar>>(borrowed_storage<Scalar>(weights));
    }
    template <class Scalar, class F>
    decltype(auto) visit_weights(F& f, Scalar* weights) const {
        using model = Model<type_at<0, nets>, T, borrowed_storage<Scalar>>;
        using result = std::invoke_result_t<F&, std::conditional_t<std::is_const_v<Scalar>, const model, model>&>;
        return call<result>([&]<class Net>(type_list<Net>) -> result {
            std::conditional_t<std::is_const_v<Scalar>, const Model<Net, T, borrowed_storage<Scalar>>,
                               Model<Net, T, borrowed_storage<Scalar>>>
                present = model_over<Net>(weights);
            return f(present);
        });
    }

    void begin_net(std::size_t index) {
        if constexpr (requires { weights_.is_shared(); })
            if (index != index_ && weights_.is_shared()) weights_ = storage_type();
        index_ = index;
    }
    void pack_weights() {
        if constexpr (is_valid)
            call<void>([&]<class Net>(type_list<Net>) { detail::pack_all_weights<Net>(weights_.data()); });
    }
    weight_pointer<const T> shared_parameters() const noexcept {
        if constexpr (requires { weights_.share(); }) return weights_.share();
        else return weight_pointer<const T>(weight_pointer<const T>(), weights_.data());
    }

    storage_type weights_{};
    std::size_t index_ = 0;
};

/// A model of one of Nets, with weights of type float.
template <class... Nets>
using any_of = basic_any_of<float, std::remove_const_t<Nets>...>;

}  // namespace strata::inline STRATA_ISA
