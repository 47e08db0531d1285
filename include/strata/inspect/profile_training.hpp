// profile_training: where the time of a training step goes, forward and backward.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/thread_pool.hpp>
#include <strata/graph/training_schedule.hpp>
#include <strata/inspect/profile.hpp>
#include <strata/inspect/step_recorder.hpp>
#include <strata/train/data_checks.hpp>
#include <strata/train/gradient_computer.hpp>
#include <strata/train/optimizer_state.hpp>
#include <strata/train/reduction.hpp>
#include <strata/train/trainer.hpp>
#include <strata/train/weight_tables.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

struct training_profiler {
    template <class Model, class Optimizer, class Loss, class... Metrics, class Data>
    static Profile run(const Trainer<Model, Optimizer, Loss, Metrics...>& trainer, const Data& data,
                       const profile_options& options) {
        using net = typename Model::net_type;
        using T = typename Model::value_type;
        detail::check_data(data, Loss::targets, net::output_shape(), "the data");
        Model model(*trainer.model_);  // training steps change it
        T* parameters = parameter_access::of(model);
        thread_pool threads(options.threads);
        gradient_computer<net, T> computer(threads);
        optimizer_state<T, Optimizer, has_penalties<net>> state(trainer.optimizer_, weight_tables_of<net, T>);
        std::vector<std::size_t> order(std::clamp<std::size_t>(options.batch_size, 1, data.size()));
        std::iota(order.begin(), order.end(), std::size_t{0});
        computer.reserve(order.size());
        batch<Data> samples{.data = &data, .order = order};
        set_divisor(samples, reduction_of(trainer.loss_), net::output_shape().rows());
        std::uint64_t key = 0;
        const auto update = [&] { state.step(trainer.optimizer_, parameters, computer.gradients(), threads); };
        return measure_steps<T>(
            std::string(net::model_name()), "sample", order.size(), options,
            rows<net, T>(static_cast<double>(order.size()), threads.size()),
            [&](step_recorder& recorder) {
                computer.compute_observed(samples, trainer.loss_, parameters, ++key, static_cast<T*>(nullptr),
                                          recorder);
                recorder.begin(0);
                update();
                recorder.end(0, 0, phase::update);
            },
            [&] {
                computer.compute_gradients(samples, trainer.loss_, parameters, ++key);
                update();
            });
    }

private:
    template <class Net, class T>
    static step_rows rows(double samples, std::size_t threads) {
        constexpr const auto& plan = training_plan_of<Net, T>;
        constexpr auto bytes = static_cast<double>(sizeof(T));
        const auto weights = static_cast<double>(weight_offsets_of<Net, T>.back());
        step_rows result;
        const auto add = [&](phase part, std::size_t step, profile_row row) {
            row.threads = threads;
            result.add(part, step, std::move(row));
        };
        add(phase::pack, 0, {.layers = "all layers", .part = "pack weights", .bytes = 2 * weights * bytes});
        for (std::size_t s = 0; s < plan.step_count; ++s) {
            const double values = inputs_of_step(plan, s) + static_cast<double>(plan.steps[s].output.size);
            add(phase::forward, s,
                {.layers = names_of_step<Net>(plan.steps[s]),
                 .part = "forward",
                 .flops = samples * flops_of_step<Net>(plan.steps[s]),
                 .bytes = (samples * values + weights_read<Net, T>(plan.steps[s].layer)) * bytes});
        }
        add(phase::loss, 0,
            {.layers = "loss",
             .part = "loss",
             .bytes = samples * 2 * bytes * static_cast<double>(shapes_of<Net>.back().size())});
        for (std::size_t s = plan.step_count; s-- > 0;) {
            const trained_step& trained = plan.trained[s];
            if (!trained.has_backward()) continue;
            const double products = (trained.learns ? 1 : 0) + (trained.passes_down ? 1 : 0);
            const double in = inputs_of_step(plan, s), out = static_cast<double>(plan.steps[s].output.size);
            add(phase::backward, s,
                {.layers = names_of_step<Net>(plan.steps[s]),
                 .part = "backward",
                 .flops = samples * products * flops_of_step<Net>(plan.steps[s]),
                 .bytes =
                     (samples * products * (in + out) + products * weights_read<Net, T>(plan.steps[s].layer)) * bytes});
        }
        add(phase::update, 0, {.layers = "all weights", .part = "optimizer", .bytes = 3 * weights * bytes});
        return result;
    }
};

}  // namespace detail

/// The same of a training step: of the first `.batch_size` samples of the data, forward, loss, backward and optimizer.
/// It trains a copy of the trainer's model. Of a backward step as many operations are counted as forward has, once for
/// the gradient of its input, and once for that of its weights.
template <class Model, class Optimizer, class Loss, class... Metrics, class Data>
Profile profile(const Trainer<Model, Optimizer, Loss, Metrics...>& trainer, const Data& data,
                const profile_options& options = {}) {
    using checked = detail::fit_check<typename Model::net_type, Data, Loss>;
    static_cast<void>(require<checked>{});
    return detail::training_profiler::run(trainer, data, options);
}

}  // namespace strata::inline STRATA_ISA
