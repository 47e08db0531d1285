// fit_session: a fit while it runs, as its callbacks see it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/model/model.hpp>
#include <strata/train/callback.hpp>
#include <strata/train/count_option.hpp>
#include <strata/train/optimizer.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Refers to what the trainer holds. validation_freq is null without validation data.
template <class Model, class Updater>
class fit_session final : public training_control {
public:
    fit_session(Model& model, rate& learning_rate, const Updater& state, std::size_t epochs, std::size_t steps,
                const validation_frequency* validation_freq)
        : model_(model),
          learning_rate_(learning_rate),
          state_(state),
          epochs_(epochs),
          steps_(steps),
          validation_freq_(validation_freq) {}

    bool stopped = false;

    void stop() override { stopped = true; }
    double learning_rate() const override { return learning_rate_(state_.calls()); }
    void set_learning_rate(double value) override { learning_rate_.assign(value); }
    bool has_schedule() const override { return learning_rate_.is_schedule(); }
    void write_weights(const std::filesystem::path& file, weight_writer write) const override {
        write(weight_files<Model>::record(model_), file);
    }
    void keep_weights() override {
        const auto* block = model_.parameters();
        kept_.assign(block, block + Model::parameter_block_size());
    }
    void restore_weights() override { std::copy(kept_.begin(), kept_.end(), parameter_access::of(model_)); }
    std::size_t epochs() const override { return epochs_; }
    bool skips_validation(std::size_t epoch) const override {
        return validation_freq_ != nullptr && !validation_freq_->includes(epoch);
    }
    std::size_t steps() const override { return steps_; }

private:
    Model& model_;
    rate& learning_rate_;
    const Updater& state_;
    std::size_t epochs_, steps_;
    const validation_frequency* validation_freq_;  // null without validation data
    std::vector<typename Model::value_type> kept_;
};

}  // namespace strata::inline STRATA_ISA::detail
