// trainer_session: a running fit of one trainer on one dataset.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/graph/graph_record.hpp>
#include <strata/model/model.hpp>
#include <strata/model/model_record.hpp>
#include <strata/train/fit_options.hpp>
#include <strata/train/fit_session.hpp>
#include <strata/train/fit_setup.hpp>
#include <strata/train/gradient_computer.hpp>
#include <strata/train/scores.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Connects the loop over epochs with the model, the optimizer and the metrics of a trainer, and with the data.
template <class Trainer, class Model, class Data>
class trainer_session final : public fit_session {
public:
    trainer_session(Trainer& trainer, const Data& data, const fit_options<Data>& options, const fit_setup<Data>& setup)
        : fit_session(trainer.optimizer_.learning_rate, options.epochs, setup.schedule.steps,
                      setup.validation.is_empty() ? nullptr : &options.validation_freq),
          trainer_(trainer),
          data_(data),
          setup_(setup),
          seed_(options.seed) {}

    double learning_rate() const override { return learning_rate_function()(trainer_.calls()); }
    void write_weights(const weight_file_name& file, weight_writer write) const override {
        write(model_record_of(*trainer_.model_), file);
    }
    graph_record graph() const override { return graph_record_of<typename Model::net_type>(); }
    void visit_model(model_visitor visit, void* context) const override {
        visit(model_record_of(*trainer_.model_), context);
    }
    void keep_weights() override {
        const auto* weights = trainer_.model_->parameters();
        kept_.assign(weights, weights + Model::parameter_block_size());
    }
    void restore_weights() override { std::copy(kept_.begin(), kept_.end(), trainer_.parameters()); }

    void require_unchanged_data() const override { setup_.require_unchanged(data_); }
    void reset_scores() override { trainer_.tracker_.reset(); }
    void train_batch(std::span<const std::size_t> samples) override {
        trainer_.train_step(batch<Data>{.data = &data_, .order = samples, .weights = setup_.weights}, seed_);
    }
    void write_scores(Scores& scores) const override { trainer_.tracker_.write(scores); }
    void validate(Scores& scores) override {
        trainer_.track_samples(*trainer_.threads_, *trainer_.evaluator_, setup_.validation).write(scores, "val_");
    }
    void set_epochs_done(std::size_t epochs) override { trainer_.epochs_ = epochs; }
    void finish_weights() override { trainer_.optimizer_state_->finish(trainer_.parameters()); }

private:
    Trainer& trainer_;
    const Data& data_;
    const fit_setup<Data>& setup_;
    std::uint64_t seed_;
    std::vector<typename Model::value_type> kept_;
};

}  // namespace strata::inline STRATA_ISA::detail
