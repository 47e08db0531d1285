// TensorBoard: writes the files that TensorBoard reads.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <strata/core/clock.hpp>
#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/where_used.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/graph/weight_view.hpp>
#include <strata/model/model_record.hpp>
#include <strata/train/callback.hpp>
#include <strata/train/event_file.hpp>
#include <strata/train/scores.hpp>

namespace strata::inline STRATA_ISA {

/// How often scores are written: "epoch", "batch", or after every so many batches.
class update_frequency {
public:
    constexpr update_frequency() = default;
    /// Throws std::invalid_argument for other words.
    update_frequency(std::string_view word) : batches_(word == "batch" ? 1 : 0) {
        if (word != "epoch" && word != "batch")
            throw std::invalid_argument(internal::message(
                {"strata: TensorBoard: update_freq is \"", word, "\"; it may be \"epoch\", \"batch\" or a number"}));
    }
    update_frequency(const char* word) : update_frequency(std::string_view(word)) {}
    template <std::integral Integer>
    constexpr update_frequency(Integer batches) : batches_(static_cast<std::size_t>(batches)) {}

    /// Whether scores are written after a batch, counted from 1.
    constexpr bool includes(std::uint64_t batch) const { return batches_ > 0 && batch % batches_ == 0; }

private:
    std::size_t batches_ = 0;
};

namespace detail {

/// Makes PNG files of weights; defined by strata/train/png_image.hpp.
template <class>
struct weight_images;

/// The files of a running fit. They are made when something is written to them.
template <class = internal::where_used>
struct tensorboard_files {
    std::optional<event_file<>> train{}, validation{};
    std::uint64_t batches = 0;
    std::uint64_t epoch_begin = 0;  // in batches
    double time = 0.0, batch_time = 0.0;
};

}  // namespace detail

/// Keras' TensorBoard: scalars of each epoch, `epoch_loss` and so on, in the folders `train` and `validation` of
/// log_dir, and with update_freq of batches, `batch_loss`; `evaluation_loss_vs_iterations` of the validation; with
/// histogram_freq the distribution of each weight after every so many epochs, and with write_images pictures of them,
/// which need STRATA_WITH_PNG; with write_graph the net as a graph. `tensorboard --logdir logs` shows them. Throws
/// file_error where files cannot be written.
struct TensorBoard {
    std::filesystem::path log_dir = "logs";
    std::size_t histogram_freq = 0;
    bool write_graph = true;
    bool write_images = false;
    bool write_steps_per_second = false;
    update_frequency update_freq = "epoch";

    std::shared_ptr<detail::tensorboard_files<>> files = {};  // of the running or the last fit

    static constexpr std::string_view type = "TensorBoard";

    template <class Where = internal::where_used>
    void validate() const {
        if (log_dir.empty()) throw std::invalid_argument("strata: TensorBoard: log_dir is empty");
        if constexpr (!requires { sizeof(detail::weight_images<Where>); })
            if (write_images)
                throw std::invalid_argument(
                    "strata: TensorBoard: write_images needs libpng; define STRATA_WITH_PNG, include "
                    "<strata/inspect.hpp> and link png");
    }

    // Templates, so that the code that writes files is compiled only in programs that use this callback.
    template <class Control>
    void on_train_begin(Control& control) {
        files = make_files<Control>();
        auto& all = files_of<Control>();
        all.train.emplace(log_dir / "train");
        if (write_graph && !control.graph().layers.empty()) all.train->graph(control.graph());
        all.train->flush();
        all.batch_time = internal::seconds_since_1970();
    }
    template <class Control>
    void on_epoch_begin(Control&, std::size_t) {
        auto& all = files_of<Control>();
        all.epoch_begin = all.batches;
        all.time = all.batch_time = internal::seconds_since_1970();
    }
    template <class Control>
    void on_batch_end(Control&, std::size_t, const Scores& scores) {
        auto& all = files_of<Control>();
        ++all.batches;
        const double now = internal::seconds_since_1970(), duration = now - all.batch_time;
        all.batch_time = now;
        if (!update_freq.includes(all.batches)) return;
        for (const score& each : scores) all.train->scalar("batch_" + each.name, each.value, all.batches);
        if (write_steps_per_second && duration > 0.0)
            all.train->scalar("batch_steps_per_second", 1.0 / duration, all.batches);
    }
    template <class Control>
    void on_epoch_end(Control& control, std::size_t epoch, const Scores& scores) {
        auto& all = files_of<Control>();
        constexpr std::string_view prefix = "val_";
        for (const score& each : scores) {
            const std::string_view name = each.name;
            if (!name.starts_with(prefix)) {
                if (name != "learning_rate") all.train->scalar("epoch_" + each.name, each.value, epoch);
                continue;
            }
            if (!all.validation) all.validation.emplace(log_dir / "validation");
            const std::string own(name.substr(prefix.size()));
            all.validation->scalar("evaluation_" + own + "_vs_iterations", each.value, all.batches);
            all.validation->scalar("epoch_" + own, each.value, epoch);
        }
        all.train->scalar("epoch_learning_rate", control.learning_rate(), epoch);
        const double duration = internal::seconds_since_1970() - all.time;
        if (write_steps_per_second && duration > 0.0)
            all.train->scalar("epoch_steps_per_second", static_cast<double>(all.batches - all.epoch_begin) / duration,
                              epoch);
        if (histogram_freq > 0 && epoch % histogram_freq == 0) write_weights(control, epoch);
        all.train->flush();
        if (all.validation) all.validation->flush();
    }
    template <class Control>
    void on_train_end(Control&) {
        if (files) files_of<Control>().train->flush();
    }

private:
    /// The files, as a type that depends on a template's argument: it is complete only in programs that use this.
    template <class>
    detail::tensorboard_files<>& files_of() const {
        return *files;
    }
    template <class Control>
    static auto make_files() {
        return std::make_shared<
            detail::tensorboard_files<std::enable_if_t<sizeof(Control*) != 0, internal::where_used>>>();
    }
    struct weight_call {
        const TensorBoard& callback;
        std::string model;
        std::size_t epoch;
    };
    template <class Control>
    void write_weights(Control& control, std::size_t epoch) const {
        weight_call call{*this, std::string(control.graph().model), epoch};
        control.visit_model(&visit<>, &call);
    }
    template <class Where = internal::where_used>
    static void visit(const model_record& model, void* context) {
        const auto& call = *static_cast<const weight_call*>(context);
        auto& all = call.callback.template files_of<Where>();
        for (std::size_t i = 0; i < model.rows.size(); ++i) {
            const weight_row& row = model.rows[i];
            std::vector<double> values(row.parameter.extents.size());
            const auto read = [&]<class T>(const T* block) {
                const weight_view<const T> view(row, block + model.offsets[i]);
                for (std::size_t k = 0; k < values.size(); ++k) values[k] = static_cast<double>(view[k]);
            };
            if (model.floats != nullptr) read(model.floats);
            else read(model.doubles);
            const std::string tag = call.model + "/" + row.name.str();
            all.train->histogram(tag + "/histogram", values, call.epoch);
            if constexpr (requires { sizeof(detail::weight_images<Where>); })
                if (call.callback.write_images)
                    detail::weight_images<Where>::write(all.train.value(), tag + "/image", row.parameter.extents,
                                                        values, call.epoch);
        }
    }
};

}  // namespace strata::inline STRATA_ISA
