// TensorBoard: writes the files that TensorBoard reads.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
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
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/where_used.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/model/model_record.hpp>
#include <strata/train/callback.hpp>
#include <strata/train/event_file.hpp>
#include <strata/train/scores.hpp>
#if defined(STRATA_WITH_PNG)
#include <strata/train/png_image.hpp>
#endif

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

/// The files of a running fit. They are made when something is written to them.
struct tensorboard_files {
    std::optional<event_file<>> train{}, validation{};
    std::uint64_t batches = 0;
    std::uint64_t epoch_begin = 0;  // in batches
    double time = 0.0, batch_time = 0.0;
};

/// A weight as pictures, as Keras' callback cuts it: a vector is a column, a matrix lies, of a kernel of one channel
/// each filter is one. Empty for other weights.
struct weight_pictures {
    std::size_t width = 0, height = 0, channels = 1;
    std::vector<std::vector<double>> pictures{};
};
template <class = internal::where_used>
weight_pictures pictures_of_weight(const shape& whole, std::span<const double> values) {
    constexpr std::size_t most = 16;
    shape extents;
    for (std::size_t axis = 0; axis < whole.rank(); ++axis)
        if (whole[axis] != 1) extents.push_back(whole[axis]);
    if (extents.rank() < 2) return {.width = 1, .height = values.size(), .pictures = {{values.begin(), values.end()}}};
    weight_pictures result{.width = extents[1], .height = extents[0]};
    if (extents.rank() == 2 && result.height > result.width) {
        std::vector<double>& lying = result.pictures.emplace_back();
        for (std::size_t column = 0; column < result.width; ++column)
            for (std::size_t row = 0; row < result.height; ++row) lying.push_back(values[row * result.width + column]);
        std::swap(result.width, result.height);
    } else if (extents.rank() == 2) {
        result.pictures.emplace_back(values.begin(), values.end());
    } else if (extents.rank() == 3) {
        for (std::size_t k = 0; k < std::min(extents[2], most); ++k) {
            std::vector<double>& filter = result.pictures.emplace_back();
            for (std::size_t i = k; i < values.size(); i += extents[2]) filter.push_back(values[i]);
        }
    } else if (extents.rank() == 4 && extents[3] == 3) {
        result = {.width = extents[2], .height = extents[1], .channels = 3};
        const std::size_t size = extents[1] * extents[2] * 3;
        for (std::size_t k = 0; k < std::min(extents[0], most); ++k)
            result.pictures.emplace_back(values.begin() + static_cast<std::ptrdiff_t>(k * size),
                                         values.begin() + static_cast<std::ptrdiff_t>((k + 1) * size));
    }
    return result;
}
/// Grey levels: 0 is middle grey, the largest magnitude black or white.
template <class = internal::where_used>
std::vector<std::uint8_t> grey_levels(std::span<const double> values) {
    double most = 0.0;
    for (const double value : values)
        if (std::isfinite(value)) most = std::max(most, std::abs(value));
    std::vector<std::uint8_t> result;
    for (const double value : values) {
        const double share = most > 0.0 && std::isfinite(value) ? value / most : 0.0;
        result.push_back(static_cast<std::uint8_t>(std::lround(127.5 + 127.5 * share)));
    }
    return result;
}

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

    std::shared_ptr<detail::tensorboard_files> files = {};  // of the running or the last fit

    static constexpr std::string_view type = "TensorBoard";

    void validate() const {
        if (log_dir.empty()) throw std::invalid_argument("strata: TensorBoard: log_dir is empty");
#if !defined(STRATA_WITH_PNG)
        if (write_images)
            throw std::invalid_argument(
                "strata: TensorBoard: write_images needs libpng; define STRATA_WITH_PNG and link png");
#endif
    }

    // Templates, so that the code that writes files is compiled only in programs that use this callback.
    template <class Control>
    void on_train_begin(Control& control) {
        files = std::make_shared<detail::tensorboard_files>();
        files->train.emplace(log_dir / "train");
        if (write_graph && !control.graph().layers.empty()) files->train->graph(control.graph());
        files->train->flush();
        files->batch_time = detail::wall_time();
    }
    template <class Control>
    void on_epoch_begin(Control&, std::size_t) {
        files->epoch_begin = files->batches;
        files->time = files->batch_time = detail::wall_time();
    }
    template <class Control>
    void on_batch_end(Control&, std::size_t, const Scores& scores) {
        ++files->batches;
        const double now = detail::wall_time(), duration = now - files->batch_time;
        files->batch_time = now;
        if (!update_freq.includes(files->batches)) return;
        for (const score& each : scores) files->train->scalar("batch_" + each.name, each.value, files->batches);
        if (write_steps_per_second && duration > 0.0)
            files->train->scalar("batch_steps_per_second", 1.0 / duration, files->batches);
    }
    template <class Control>
    void on_epoch_end(Control& control, std::size_t epoch, const Scores& scores) {
        constexpr std::string_view prefix = "val_";
        for (const score& each : scores) {
            const std::string_view name = each.name;
            if (!name.starts_with(prefix)) {
                if (name != "learning_rate") files->train->scalar("epoch_" + each.name, each.value, epoch);
                continue;
            }
            if (!files->validation) files->validation.emplace(log_dir / "validation");
            const std::string own(name.substr(prefix.size()));
            files->validation->scalar("evaluation_" + own + "_vs_iterations", each.value, files->batches);
            files->validation->scalar("epoch_" + own, each.value, epoch);
        }
        files->train->scalar("epoch_learning_rate", control.learning_rate(), epoch);
        const double duration = detail::wall_time() - files->time;
        if (write_steps_per_second && duration > 0.0)
            files->train->scalar("epoch_steps_per_second",
                                 static_cast<double>(files->batches - files->epoch_begin) / duration, epoch);
        if (histogram_freq > 0 && epoch % histogram_freq == 0) write_weights(control, epoch);
        files->train->flush();
        if (files->validation) files->validation->flush();
    }
    template <class Control>
    void on_train_end(Control&) {
        if (files) files->train->flush();
    }

private:
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
    template <class = internal::where_used>
    static void visit(const model_record& model, void* context) {
        const auto& call = *static_cast<const weight_call*>(context);
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
            call.callback.files->train->histogram(tag + "/histogram", values, call.epoch);
            if (call.callback.write_images) write_pictures(call, tag, row.parameter.extents, values);
        }
    }
    template <class = internal::where_used>
    static void write_pictures([[maybe_unused]] const weight_call& call, [[maybe_unused]] const std::string& tag,
                               [[maybe_unused]] const shape& extents, [[maybe_unused]] std::span<const double> values) {
#if defined(STRATA_WITH_PNG)
        const detail::weight_pictures found = detail::pictures_of_weight(extents, values);
        if (found.pictures.empty()) return;
        std::vector<std::string> pictures;
        for (const std::vector<double>& each : found.pictures)
            pictures.push_back(
                detail::encode_png(found.width, found.height, found.channels, detail::grey_levels(each)));
        call.callback.files->train->images(tag + "/image", found.width, found.height, pictures, call.epoch);
#endif
    }
};

}  // namespace strata::inline STRATA_ISA
