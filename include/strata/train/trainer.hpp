// Trainer: a model with an optimizer, a loss and metrics; fit, evaluate, predict, single batches.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/random.hpp>
#include <strata/core/report.hpp>
#include <strata/model/model.hpp>
#include <strata/model/state.hpp>
#include <strata/train/callback.hpp>
#include <strata/train/checkpoint.hpp>
#include <strata/train/data_checks.hpp>
#include <strata/train/dataset.hpp>
#include <strata/train/engine.hpp>
#include <strata/train/evaluator.hpp>
#include <strata/train/fit_options.hpp>
#include <strata/train/history.hpp>
#include <strata/train/interrupt.hpp>
#include <strata/train/judge.hpp>
#include <strata/train/loss.hpp>
#include <strata/train/optimizer.hpp>
#include <strata/train/progress.hpp>
#include <strata/train/running_fit.hpp>
#include <strata/train/scores.hpp>
#include <strata/train/updater.hpp>
#include <strata/train/verdicts.hpp>

namespace strata::inline STRATA_ISA {

/// What compile() makes. It refers to the model, which must live longer and stay where it is; the optimizer's state
/// lives on between calls of fit. Everything that a step needs is allocated before the first one. Keras: a compiled
/// `Model`.
template <class Model, class Optimizer, class Loss, class... Metrics>
class Trainer {
    using net = typename Model::net_type;
    using T = typename Model::value_type;

public:
    /// Throws std::invalid_argument for arguments of the optimizer that are out of their range.
    Trainer(Model& model, Optimizer optimizer, Loss loss, Metrics... metrics)
        : model_(&model), optimizer_(std::move(optimizer)), loss_(loss), judge_(loss, net::output_shape(), metrics...) {
        optimizer_.validate();
    }

    /// Trains for some epochs and returns the scores of each. Throws std::invalid_argument, before any weight changes,
    /// for empty data, NaN, labels out of range, and options that leave nothing to do. Keras: `fit`.
    template <class Data>
    History fit(const Data& data, fit_options<Data> how = {}) {
        static_cast<void>(asserted<trains<Data>>{});
        if constexpr (trains<Data>::value.ok) return run(data, how);
        else return {};
    }
    /// The loss and the metrics of data, by name. Keras: `evaluate`.
    template <class Data>
    Scores evaluate(const Data& data, evaluate_options how = {}) {
        static_cast<void>(asserted<judges<Data>>{});
        if constexpr (judges<Data>::value.ok) {
            check_data(data, "the data");
            Scores scores;
            progress bar(how.verbose, 1, 1);
            bar.epoch_begin(0);
            prepare(how.threads == 0 ? threads() : how.threads);
            judge_samples(data, {0, data.size()}).write(scores);
            bar.epoch_end(scores);
            return scores;
        } else {
            return {};
        }
    }
    /// The outputs of any number of samples. Keras: `predict`.
    std::vector<T> predict(std::span<const T> x) const { return model_->predict(x); }
    /// One step on all the data as one batch; the scores are that batch's, before the step. Keras: `train_on_batch`.
    template <class Data>
    Scores train_on_batch(const Data& data) {
        static_cast<void>(asserted<trains<Data>>{});
        if constexpr (trains<Data>::value.ok) {
            check_data(data, "the batch");
            begin_training(threads(), data.size());
            judge_.reset();
            train_step(detail::batch<Data>{.data = &data, .order = order_}, 0);
            Scores scores;
            judge_.write(scores);
            return scores;
        } else {
            return {};
        }
    }
    /// The scores of all the data as one batch. Keras: `test_on_batch`.
    template <class Data>
    Scores test_on_batch(const Data& data) {
        return evaluate(data);
    }

    /// Steps of the optimizer so far. Keras: `optimizer.iterations`.
    std::uint64_t steps() const { return updater_ ? updater_->steps() : 0; }
    /// Epochs of fit so far, counted from its initial_epoch: what to give to initial_epoch to go on.
    std::size_t epochs() const { return epochs_; }
    double learning_rate() const { return optimizer_.learning_rate(steps()); }
    void set_learning_rate(double value) { optimizer_.learning_rate = value; }

    /// Writes weights, the optimizer's state, steps and epochs as .safetensors. A failed save leaves the old file.
    template <class Files = state_files<T>>
    void save_checkpoint(const std::filesystem::path& file) {
        require_updater();
        Files::save(file, state(), facts());
    }
    /// Reads what save_checkpoint wrote of the same model and optimizer. fit with the same data, seed and options, and
    /// with .initial_epoch = epochs(), then gives the weights of a training that was never stopped, bit for bit. The
    /// file of another optimizer, other settings, another schedule or architecture is refused with both, and so is one
    /// of which a bit has changed. A failed load throws and leaves everything as it was.
    template <class Files = state_files<T>>
    void load_checkpoint(const std::filesystem::path& file) {
        require_updater();
        auto loaded = state();
        Files::load(file, loaded, facts());
        const detail::training_counters counters = detail::restore_training<net>(loaded, parameters(), *updater_);
        epochs_ = static_cast<std::size_t>(counters.epochs);
        if (!optimizer_.learning_rate.is_schedule()) optimizer_.learning_rate = counters.learning_rate;
    }

    /// Bytes of activations and their gradients, whatever the batch; for batches of 32 where one may not be cut.
    static constexpr std::size_t arena_bytes() { return training_arena_bytes<net, T>; }
    static constexpr auto plan() { return training_plan_of<net, T>; }

private:
    using control = detail::running_fit<Model, detail::updater<net, T, Optimizer>>;
    using engine = detail::training_engine<net, T>;
    using updater = detail::updater<net, T, Optimizer>;

    template <class Data>
    using trains = detail::fit_verdict<net, Data, Loss, detail::judging<Loss, Metrics>...>;
    template <class Data>
    using judges = detail::data_verdict<net, Data, Loss, detail::judging<Loss, Metrics>...>;

    template <class Data>
    static void check_data(const Data& data, const char* which) {
        detail::check_data(data, Loss::targets, net::output_shape(), which);
    }
    T* parameters() { return detail::parameter_access::of(*model_); }

    /// Those of the last call, one at first.
    std::size_t threads() const { return team_ ? team_->size() : 1; }
    void require_updater() {
        if (!updater_) updater_ = std::make_unique<updater>(optimizer_);
    }
    auto state() {
        const double rate = optimizer_.learning_rate.is_schedule() ? 0.0 : learning_rate();
        return detail::training_state<net>(parameters(), *updater_, {.epochs = epochs_, .learning_rate = rate});
    }
    std::vector<state_fact> facts() const { return detail::training_facts<net, T>(optimizer_); }

    void prepare(std::size_t threads) {
        if (threads == 0) detail::refuse_data("threads is 0; fix: give at least 1");
        if (!team_ || team_->size() != threads) {
            engine_.reset();
            evaluator_.reset();
            team_ = std::make_unique<team>(threads);
        }
        if (!evaluator_) evaluator_.emplace(threads);
    }
    void begin_training(std::size_t threads, std::size_t batch) {
        prepare(threads);
        if (!engine_) engine_ = std::make_unique<engine>(*team_);
        require_updater();
        updater_->resume(parameters());
        engine_->reserve(batch);
        if (order_.size() != batch) order_.resize(batch);
        std::iota(order_.begin(), order_.end(), std::size_t{0});
    }

    /// Gradients, losses, metrics and the optimizer's step for one batch.
    template <class Data>
    void train_step(const detail::batch<Data>& samples, std::uint64_t seed) {
        random_engine key(seed + 0x9e3779b97f4a7c15u * (steps() + 1));
        engine_->compute_gradients(samples, loss_, parameters(), key());
        double total = 0.0;
        for (std::size_t i = 0; i < samples.size(); ++i) {
            total += engine_->loss(i);
            judge_.see(engine_->output(i), samples.label(i));
        }
        judge_.add_loss(total / static_cast<double>(samples.size()) + updater::penalties(parameters()), samples.size());
        updater_->step(optimizer_, parameters(), engine_->gradients(), *team_);
    }
    template <class Data>
    const auto& judge_samples(const Data& data, item_range samples, std::span<const double> weights = {}) {
        validation_judge_.reset();
        double total = 0.0;
        evaluator_->run(*team_, data, samples, parameters(), [&](std::size_t i, const T* y) {
            const auto* label = data.label(i).data();
            total += (weights.empty() ? 1.0 : weights[i]) * validation_judge_.loss_of(y, label);
            validation_judge_.see(y, label);
        });
        validation_judge_.add_loss(total / static_cast<double>(samples.size()) + updater::penalties(parameters()),
                                   samples.size());
        return validation_judge_;
    }

    template <class Data>
    History run(const Data& data, fit_options<Data>& how) {
        check_data(data, "the data");
        if (how.batch_size == 0) detail::refuse_data("batch_size is 0; fix: give at least 1");
        const Data* validation = how.validation_data.get();
        if (validation != nullptr) check_data(*validation, "validation_data");
        const std::size_t count =
            validation != nullptr ? data.size() : detail::training_count(data.size(), how.validation_split);
        const item_range held =
            validation != nullptr ? item_range{0, validation->size()} : item_range{count, data.size()};
        const std::span<const double> held_weights =
            validation != nullptr ? std::span<const double>{} : how.sample_weight;
        if (validation == nullptr && held.size() > 0) validation = &data;
        const std::vector<double> weights = detail::loss_weights(data, how.class_weight, how.sample_weight);
        const std::size_t batch_size = std::min(how.batch_size, count), batches = (count + batch_size - 1) / batch_size;

        begin_training(how.threads, batch_size);
        order_.resize(count);
        progress bar(how.verbose, how.epochs, batches);
        control running(*model_, optimizer_.learning_rate, *updater_, how.epochs, batches);
        const detail::interrupt_guard interrupt(how.stop_on_interrupt);
        History history(how.initial_epoch);
        Scores scores;
        judge_.reset();
        judge_.write(scores);
        for (callback& each : how.callbacks) each.on_train_begin(running);
        for (std::size_t epoch = how.initial_epoch; epoch < how.epochs && !running.stopped; ++epoch) {
            for (callback& each : how.callbacks) each.on_epoch_begin(running, epoch);
            bar.epoch_begin(epoch);
            arrange(how, epoch);
            judge_.reset();
            for (std::size_t b = 0; b < batches && !running.stopped; ++b) {
                const std::size_t begin = b * batch_size;
                train_step(
                    detail::batch<Data>{.data = &data,
                                        .order = std::span(order_).subspan(begin, std::min(batch_size, count - begin)),
                                        .weights = weights},
                    how.seed);
                if (interrupt.seen()) {
                    finish(how, running);
                    return history;
                }
                if (bar.wants_scores() || !how.callbacks.empty()) judge_.write(scores);
                for (callback& each : how.callbacks) each.on_batch_end(running, b, scores);
                bar.step(b, scores);
            }
            Scores whole;
            judge_.write(whole);
            if (validation != nullptr) judge_samples(*validation, held, held_weights).write(whole, "val_");
            epochs_ = epoch + 1;
            for (callback& each : how.callbacks) each.on_epoch_end(running, epoch, whole);
            history.append(whole);
            bar.epoch_end(whole);
        }
        finish(how, running);
        return history;
    }
    template <class Data>
    void finish(fit_options<Data>& how, control& running) {
        updater_->finish(parameters());
        for (callback& each : how.callbacks) each.on_train_end(running);
    }
    /// The order of samples in an epoch depends on the seed and the epoch alone, so that a training that goes on
    /// repeats it.
    template <class Data>
    void arrange(const fit_options<Data>& how, std::size_t epoch) {
        std::iota(order_.begin(), order_.end(), std::size_t{0});
        if (!how.shuffle) return;
        random_engine mixed(how.seed);
        random_engine random(mixed() + 0x9e3779b97f4a7c15u * (epoch + 1));
        for (std::size_t i = order_.size(); i > 1; --i) std::swap(order_[i - 1], order_[random() % i]);
    }

    Model* model_;
    Optimizer optimizer_;
    Loss loss_;
    detail::judge<Loss, Metrics...> judge_;
    detail::judge<Loss, Metrics...> validation_judge_ = judge_;
    std::unique_ptr<team> team_;
    std::optional<detail::evaluator<net, T>> evaluator_;
    std::unique_ptr<engine> engine_;
    std::unique_ptr<updater> updater_;
    std::vector<std::size_t> order_;
    std::size_t epochs_ = 0;
};

}  // namespace strata::inline STRATA_ISA
