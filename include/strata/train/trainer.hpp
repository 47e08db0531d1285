// Trainer: a model with an optimizer, a loss and metrics; fit, evaluate, predict, single batches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/files_check.hpp>
#include <strata/core/owned.hpp>
#include <strata/core/random.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/model/model.hpp>
#include <strata/model/state.hpp>
#include <strata/train/call_checks.hpp>
#include <strata/train/callback.hpp>
#include <strata/train/carried_state.hpp>
#include <strata/train/checkpoint.hpp>
#include <strata/train/checks.hpp>
#include <strata/train/data_checks.hpp>
#include <strata/train/dataset.hpp>
#include <strata/train/evaluator.hpp>
#include <strata/train/fit_loop.hpp>
#include <strata/train/fit_options.hpp>
#include <strata/train/fit_setup.hpp>
#include <strata/train/gradient_computer.hpp>
#include <strata/train/history_scores.hpp>
#include <strata/train/loss.hpp>
#include <strata/train/metric_tracker.hpp>
#include <strata/train/optimizer.hpp>
#include <strata/train/optimizer_state.hpp>
#include <strata/train/progress.hpp>
#include <strata/train/reduction.hpp>
#include <strata/train/sample_weights.hpp>
#include <strata/train/scores.hpp>
#include <strata/train/trainer_session.hpp>
#include <strata/train/weight_tables.hpp>

namespace strata::inline STRATA_ISA {

/// A model that compile() bound: it must live longer and stay where it is. The optimizer's state is kept between calls
/// of fit. All memory of a step is allocated before the first one. Keras: a compiled `Model`.
template <class Model, class Optimizer, class Loss, class... Metrics>
class Trainer : public detail::refused_calls<Trainer<Model, Optimizer, Loss, Metrics...>> {
    using refused_calls = detail::refused_calls<Trainer>;
    using net = typename Model::net_type;
    using T = typename Model::value_type;
    static constexpr bool is_stateful = detail::carried_state<net, T>::is_used;

public:
    using refused_calls::evaluate, refused_calls::fit, refused_calls::test_on_batch, refused_calls::train_on_batch;

    /// Throws std::invalid_argument for arguments of the optimizer that are out of their range.
    Trainer(Model& model, Optimizer optimizer, Loss loss, Metrics... metrics)
        : model_(&model),
          optimizer_(std::move(optimizer)),
          loss_(loss),
          tracker_(loss, net::output_shape(), metrics...),
          validation_tracker_(loss, net::output_shape(), metrics...) {
        optimizer_.validate();
    }

    /// Trains for some epochs and returns the scores of each. Throws std::invalid_argument, before any weight changes,
    /// for empty data, NaN, labels out of range, and options that leave nothing to do. Throws std::logic_error where a
    /// callback of this trainer's fit calls it. Keras: `fit`.
    template <class Data>
    History fit(const Data& data, fit_options<Data> options = {}) {
        static_cast<void>(require<trains<Data>>{});
        if constexpr (trains<Data>::value.ok) return run(data, options);
        else return {};
    }
    /// The loss and the metrics of data, by name; may be called by callbacks. Keras: `evaluate`.
    template <class Data>
    Scores evaluate(const Data& data, evaluate_options options = {}) {
        static_cast<void>(require<evaluates<Data>>{});
        if constexpr (evaluates<Data>::value.ok) {
            check_data(data, "the data");
            const std::vector<double> weights =
                detail::loss_weights(data, Loss::targets, options.class_weight, options.sample_weight);
            options.batch_size = carried_.batch_size_or(options.batch_size);
            const auto part = detail::make_evaluation(data, options, weights);
            carried_.check(part.samples.size(), part.batch_size, "the data");
            Scores scores;
            progress bar(options.verbose, 1, 1);
            bar.epoch_begin(0);
            const std::size_t count = options.threads == 0 ? threads() : options.threads;
            internal::owned<thread_pool> own_threads;
            internal::owned<evaluator> own_evaluator;
            const bool needs_own = is_running_ && count != threads();  // the fit that calls this keeps its threads
            auto& pool = needs_own ? own_threads : threads_;
            auto& outputs = needs_own ? own_evaluator : evaluator_;
            prepare(count, pool, outputs);
            track_samples(*pool, *outputs, part).write(scores);
            bar.epoch_end(scores);
            return scores;
        } else {
            return {};
        }
    }
    /// The outputs of any number of samples. Keras: `predict`.
    std::vector<T> predict(std::span<const T> x) const
        requires(!is_stateful)
    {
        return model_->predict(x);
    }
    /// With stateful layers: continues the batches before. Keras: `predict` of such a model.
    std::vector<T> predict(std::span<const T> x, const predict_options& options = {})
        requires is_stateful
    {
        prepare(threads(), threads_, evaluator_);
        return evaluator_->predict(*threads_, x, parameters(), carried_, options.batch_size);
    }
    /// The next batch of stateful layers begins at zero. Keras: `reset_state` of these layers.
    void reset_states()
        requires is_stateful
    {
        carried_.reset();
    }
    /// One step on all the data as one batch; the scores are that batch's, before the step. Throws std::logic_error
    /// where a callback of this trainer's fit calls it. Keras: `train_on_batch`.
    template <class Data>
    Scores train_on_batch(const Data& data, const batch_options& options = {}) {
        static_cast<void>(require<trains<Data>>{});
        if constexpr (trains<Data>::value.ok) {
            const detail::running_guard running(is_running_, "train_on_batch");
            check_data(data, "the batch");
            const std::vector<double> weights =
                detail::loss_weights(data, Loss::targets, options.class_weight, options.sample_weight);
            carried_.check(data.size(), data.size(), "the batch");
            begin_training(threads(), data.size());
            tracker_.reset();
            train_step(detail::batch<Data>{.data = &data, .order = order_, .weights = weights}, 0);
            Scores scores;
            tracker_.write(scores);
            return scores;
        } else {
            return {};
        }
    }
    /// The scores of all the data as one batch. Keras: `test_on_batch`.
    template <class Data>
    Scores test_on_batch(const Data& data, const batch_options& options = {}) {
        return evaluate(
            data,
            {.batch_size = data.size(), .class_weight = options.class_weight, .sample_weight = options.sample_weight});
    }

    /// A metric as the last evaluate or validation left it: `trainer.get_metric<ConfusionMatrix>().matrix`.
    template <class Metric>
    const auto& get_metric() const {
        return validation_tracker_.template metric_of<Metric>();
    }
    /// Steps of the optimizer so far. Keras: `optimizer.iterations`.
    std::uint64_t steps() const { return optimizer_state_ ? optimizer_state_->steps() : 0; }
    /// Epochs of fit so far, counted from its initial_epoch; to continue, give it as initial_epoch.
    std::size_t epochs() const { return epochs_; }
    double learning_rate() const { return optimizer_.learning_rate(calls()); }
    /// Throws std::invalid_argument for a rate that is negative or not finite, and where the rate is a schedule.
    void set_learning_rate(double value) { optimizer_.learning_rate.assign(value); }

    /// Writes weights, the optimizer's state, steps and epochs as .safetensors. A failed save leaves the old file.
    template <class Path, class Files = state_files<T>>
    void save_checkpoint(const Path& file) {
        using checked = internal::files_check<Files, "save_checkpoint">;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) Files::save(file, state(), facts());
    }
    /// Reads the file of save_checkpoint. One of another optimizer, other settings, another schedule or another
    /// architecture is refused with both names; so is a damaged one. fit with the same data, seed and options, and with
    /// .initial_epoch = epochs(), then gives the weights of a training that was never stopped, bit for bit. A failed
    /// load throws and changes nothing.
    template <class Path, class Files = state_files<T>>
    void load_checkpoint(const Path& file) {
        using checked = internal::files_check<Files, "load_checkpoint">;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) {
            auto loaded = state();
            detail::load_state<Files>(file, loaded, facts());
            const auto counters = detail::restore_training<net>(loaded, parameters(), *optimizer_state_);
            epochs_ = static_cast<std::size_t>(counters.epochs);
            if (!optimizer_.learning_rate.is_schedule()) optimizer_.learning_rate = counters.learning_rate;
        }
    }

    /// Bytes of activations and their gradients; where layers need the whole batch, for batches of 32.
    static constexpr std::size_t arena_bytes() { return training_arena_bytes<net, T>; }
    static constexpr auto plan() { return training_plan_of<net, T>; }

private:
    template <class, class, class>
    friend class detail::trainer_session;
    friend detail::training_profiler;

    using gradient_computer = detail::gradient_computer<net, T>;
    using evaluator = detail::evaluator<net, T>;
    using optimizer_state = detail::optimizer_state<T, Optimizer, detail::has_penalties<net>>;
    static constexpr const auto& tables = detail::weight_tables_of<net, T>;
    template <class Data>
    using trains = detail::fit_check<net, Data, Loss, detail::compiled_metric<Loss, Metrics>...>;
    template <class Data>
    using evaluates = detail::data_check<net, Data, Loss, detail::compiled_metric<Loss, Metrics>...>;
    template <class Data>
    static void check_data(const Data& data, const char* which) {
        detail::check_data(data, Loss::targets, net::output_shape(), which);
    }
    T* parameters() { return detail::require_weights(detail::parameter_access::of(*model_)); }
    /// The number of threads of the last call, one at first.
    std::size_t threads() const { return threads_ ? threads_->size() : 1; }
    /// Batches trained on so far; more than steps where gradients are accumulated.
    std::uint64_t calls() const { return optimizer_state_ ? optimizer_state_->calls() : 0; }
    void require_optimizer_state() {
        if (!optimizer_state_) optimizer_state_.emplace(optimizer_, tables);
    }
    auto state() {
        require_optimizer_state();
        const double rate = optimizer_.learning_rate.is_schedule() ? 0.0 : learning_rate();
        return detail::training_state<net>(parameters(), *optimizer_state_, {.epochs = epochs_, .learning_rate = rate});
    }
    std::vector<state_fact> facts() const { return detail::training_facts<net, T>(optimizer_); }

    void prepare(std::size_t threads, internal::owned<thread_pool>& pool, internal::owned<evaluator>& outputs) {
        prepare_threads(threads, pool, outputs);
        if (!outputs) outputs.emplace(threads);
    }
    /// Without the evaluator, for which inference is planned: a program that calls only train_on_batch has none.
    STRATA_NOINLINE void prepare_threads(std::size_t threads, internal::owned<thread_pool>& pool,
                                         internal::owned<evaluator>& outputs) {
        if (threads == 0) detail::refuse_data({"threads is 0; fix: give at least 1"});
        if (pool && pool->size() == threads) return;
        if (&pool == &threads_) gradients_.reset();
        outputs.reset();
        pool.emplace(threads);
    }
    void begin_training(std::size_t threads, std::size_t batch) {
        prepare_threads(threads, threads_, evaluator_);
        if (!gradients_) gradients_.emplace(*threads_);
        require_optimizer_state();
        optimizer_state_->resume(parameters());
        gradients_->reserve(batch);
        if (order_.size() != batch) order_ = std::vector<std::size_t>(batch);
        std::iota(order_.begin(), order_.end(), std::size_t{0});
    }

    /// Gradients, losses, metrics and the optimizer's step for one batch.
    template <class Data>
    void train_step(detail::batch<Data> samples, std::uint64_t seed) {
        random_engine key = random_engine(seed).fork(calls() + 1);
        detail::set_divisor(samples, detail::reduction_of(loss_), net::output_shape().rows());
        gradients_->compute_gradients(samples, loss_, parameters(), key(), carried_.of(samples.size()).values);
        detail::track_batch(tracker_, samples, gradients_->results(), optimizer_state::penalties(tables, parameters()));
        optimizer_state_->step(optimizer_, parameters(), gradients_->gradients(), *threads_);
    }
    template <class Data>
    const auto& track_samples(thread_pool& threads, evaluator& outputs, const detail::evaluation<Data>& part) {
        detail::track_samples(validation_tracker_, outputs, threads, part, parameters(),
                              optimizer_state::penalties(tables, parameters()), carried_.of(part.batch_size));
        return validation_tracker_;
    }

    template <class Data>
    History run(const Data& data, fit_options<Data>& options) {
        const detail::running_guard guard(is_running_, "fit");
        const detail::fit_setup<Data> setup(data, options, Loss::targets, net::output_shape());
        detail::check_states(carried_, setup, options.shuffle);
        progress::check_verbose(options.verbose);
        begin_training(options.threads, setup.schedule.batch_size);
        if (!setup.validation.is_empty()) prepare(options.threads, threads_, evaluator_);
        order_ = std::vector<std::size_t>(setup.schedule.samples);
        detail::trainer_session<Trainer, Model, Data> session(*this, data, options, setup);
        return detail::fit_loop<>(session,
                                  {.initial_epoch = options.initial_epoch,
                                   .epochs = options.epochs,
                                   .shuffle = options.shuffle,
                                   .seed = options.seed,
                                   .stop_on_interrupt = options.stop_on_interrupt,
                                   .verbose = options.verbose},
                                  setup.schedule, options.callbacks, order_)
            .run();
    }

    Model* model_;
    Optimizer optimizer_;
    Loss loss_;
    detail::metric_tracker<Loss, Metrics...> tracker_;
    detail::metric_tracker<Loss, Metrics...> validation_tracker_;
    internal::owned<thread_pool> threads_;
    internal::owned<evaluator> evaluator_;
    internal::owned<gradient_computer> gradients_;
    internal::owned<optimizer_state> optimizer_state_;
    detail::carried_state<net, T> carried_;
    std::vector<std::size_t> order_;
    std::size_t epochs_ = 0;
    bool is_running_ = false;
};

}  // namespace strata::inline STRATA_ISA
