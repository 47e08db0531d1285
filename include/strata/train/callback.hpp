// callback: an object whose hooks fit calls while it trains, and the interface that hooks have to the training.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/files_check.hpp>
#include <strata/graph/graph_record.hpp>
#include <strata/model/model_record.hpp>
#include <strata/train/scores.hpp>

namespace strata::inline STRATA_ISA {

/// The interface of a running fit for its callbacks.
class training_control {
public:
    virtual ~training_control() = default;

    /// Ends the fit as Keras' stop_training does.
    virtual void stop() = 0;
    virtual double learning_rate() const = 0;
    /// Throws std::invalid_argument for a rate that is negative or no finite number, and where the rate is a schedule.
    virtual void set_learning_rate(double rate) = 0;
    virtual bool has_schedule() const { return false; }
    /// Writes the model's weights; the file's extension says how. No virtual function: the code that writes files is
    /// compiled only in programs that call this.
    template <class Path, class Files = record_files<model_record>>
    void save_weights(const Path& file) const {
        using checked = internal::files_check<Files, "save_weights">;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) Files::save(*this, file);
    }
    /// Calls write(model, file).
    virtual void write_weights(const weight_file_name& file, weight_writer write) const = 0;
    /// Copies the weights as they are now.
    virtual void keep_weights() = 0;
    /// Writes the weights of the last keep_weights() back.
    virtual void restore_weights() = 0;
    /// The greatest number of epochs of this fit.
    virtual std::size_t epochs() const = 0;
    /// Whether there is validation data that validation_freq leaves out at the end of an epoch, counted from 0.
    virtual bool skips_validation(std::size_t) const { return false; }
    /// The graph of the model; empty where there is none.
    virtual graph_record graph() const { return {}; }
    /// Calls visit(model, context) with the model as it is now.
    virtual void visit_model(model_visitor, void*) const {}
    /// Batches in an epoch; where a pass over the data ends, it may have fewer.
    virtual std::size_t steps() const = 0;
};

namespace detail {

template <class T>
struct hooks_type : std::type_identity<T> {};
/// std::reference_wrapper, known by its members: its header is large.
template <class T>
    requires requires(const T& reference) {
        typename T::type;
        { reference.get() } noexcept -> std::same_as<typename T::type&>;
        requires std::convertible_to<const T&, typename T::type&>;
    }
struct hooks_type<T> : std::type_identity<typename T::type> {};

// clang-format off
template <class T> concept has_train_begin = requires(T& c, training_control& t) { c.on_train_begin(t); };
template <class T> concept has_train_end = requires(T& c, training_control& t) { c.on_train_end(t); };
template <class T> concept has_epoch_begin =
    requires(T& c, training_control& t, std::size_t i) { c.on_epoch_begin(t, i); };
template <class T> concept has_epoch_end =
    requires(T& c, training_control& t, std::size_t i, Scores& s) { c.on_epoch_end(t, i, s); };
template <class T> concept has_batch_end =
    requires(T& c, training_control& t, std::size_t i, const Scores& s) { c.on_batch_end(t, i, s); };

// A member of the name with other parameters: a mistake that must not count as "no such hook".
template <class T> concept names_train_begin = has_train_begin<T> || requires { &T::on_train_begin; };
template <class T> concept names_train_end = has_train_end<T> || requires { &T::on_train_end; };
template <class T> concept names_epoch_begin = has_epoch_begin<T> || requires { &T::on_epoch_begin; };
template <class T> concept names_epoch_end = has_epoch_end<T> || requires { &T::on_epoch_end; };
template <class T> concept names_batch_end = has_batch_end<T> || requires { &T::on_batch_end; };
// clang-format on

template <class T>
concept names_a_hook =
    names_train_begin<T> || names_train_end<T> || names_epoch_begin<T> || names_epoch_end<T> || names_batch_end<T>;

struct any_callback {
    virtual ~any_callback() = default;
    virtual void on_train_begin(training_control& control) = 0;
    virtual void on_train_end(training_control& control) = 0;
    virtual void on_epoch_begin(training_control& control, std::size_t epoch) = 0;
    virtual void on_epoch_end(training_control& control, std::size_t epoch, Scores& scores) = 0;
    virtual void on_batch_end(training_control& control, std::size_t batch, const Scores& scores) = 0;
};

/// Held is the type of the callback, or a reference_wrapper of it.
template <class Held>
class held_callback final : public any_callback {
    using T = typename hooks_type<Held>::type;
    static_assert(has_train_begin<T> || !names_train_begin<T>, "on_train_begin takes (training_control&)");
    static_assert(has_train_end<T> || !names_train_end<T>, "on_train_end takes (training_control&)");
    static_assert(has_epoch_begin<T> || !names_epoch_begin<T>,
                  "on_epoch_begin takes (training_control&, std::size_t epoch)");
    static_assert(has_epoch_end<T> || !names_epoch_end<T>,
                  "on_epoch_end takes (training_control&, std::size_t epoch, const Scores&)");
    static_assert(has_batch_end<T> || !names_batch_end<T>,
                  "on_batch_end takes (training_control&, std::size_t batch, const Scores&)");

public:
    explicit held_callback(Held held) : held_(std::move(held)) {}

    void on_train_begin(training_control& control) override {
        if constexpr (has_train_begin<T>) hooks().on_train_begin(control);
    }
    void on_train_end(training_control& control) override {
        if constexpr (has_train_end<T>) hooks().on_train_end(control);
    }
    void on_epoch_begin(training_control& control, std::size_t epoch) override {
        if constexpr (has_epoch_begin<T>) hooks().on_epoch_begin(control, epoch);
    }
    void on_epoch_end(training_control& control, std::size_t epoch, Scores& scores) override {
        if constexpr (has_epoch_end<T>) hooks().on_epoch_end(control, epoch, scores);
    }
    void on_batch_end(training_control& control, std::size_t batch, const Scores& scores) override {
        if constexpr (has_batch_end<T>) hooks().on_batch_end(control, batch, scores);
    }

private:
    T& hooks() { return held_; }

    Held held_;
};

}  // namespace detail

/// Made from any type that has some of the hooks below, or from std::ref of one, to read it after fit. Copies share
/// what they hold, as in Keras. A type with `void validate() const` is validated here: std::invalid_argument says what
/// is wrong. The epoch is counted from zero; on_epoch_end may add to the scores, which then reach the history and the
/// later callbacks.
class callback {
public:
    template <class T>
        requires(!std::same_as<std::remove_cvref_t<T>, callback> &&
                 detail::names_a_hook<typename detail::hooks_type<std::remove_cvref_t<T>>::type>)
    callback(T&& hooks) {
        using held = std::remove_cvref_t<T>;
        using type = typename detail::hooks_type<held>::type;
        if constexpr (requires(const type& c) { c.validate(); }) static_cast<const type&>(hooks).validate();
        held_ = std::make_shared<detail::held_callback<held>>(std::forward<T>(hooks));
    }

    void on_train_begin(training_control& control) { held_->on_train_begin(control); }
    void on_train_end(training_control& control) { held_->on_train_end(control); }
    void on_epoch_begin(training_control& control, std::size_t epoch) { held_->on_epoch_begin(control, epoch); }
    void on_epoch_end(training_control& control, std::size_t epoch, Scores& scores) {
        held_->on_epoch_end(control, epoch, scores);
    }
    void on_batch_end(training_control& control, std::size_t batch, const Scores& scores) {
        held_->on_batch_end(control, batch, scores);
    }

private:
    std::shared_ptr<detail::any_callback> held_;
};

}  // namespace strata::inline STRATA_ISA
