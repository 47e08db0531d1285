// ModelCheckpoint: saves the weights while the training runs, every time or when a score has improved.
#pragma once

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/callback.hpp>
#include <strata/train/callbacks/message.hpp>
#include <strata/train/callbacks/monitor.hpp>
#include <strata/train/callbacks/path_template.hpp>
#include <strata/train/decimal.hpp>

namespace strata::inline STRATA_ISA {

/// Keras' save_freq: "epoch", or a number of batches.
struct save_frequency {
    std::size_t batches = 0;  // 0: at the end of each epoch
    bool is_known = true;

    constexpr save_frequency(const char* word) : is_known(std::string_view(word) == "epoch") {}
    template <std::integral Integer>
    constexpr save_frequency(Integer count)
        : batches(count > 0 ? static_cast<std::size_t>(count) : 0), is_known(count > 0) {}
};

/// Keras' ModelCheckpoint. The file's extension chooses its kind, as in save_weights; folders that are missing are
/// made. A monitor that does not exist or an unknown name in braces throws std::invalid_argument when the first file is
/// due; Keras only warns. Only weights are saved: the architecture is the program. `best` is kept for the next fit, as
/// in Keras.
struct ModelCheckpoint {
    std::string filepath = {};
    std::string monitor = "val_loss";
    int verbose = 0;
    bool save_best_only = false;
    bool save_weights_only = true;
    std::string mode = "auto";
    save_frequency save_freq = "epoch";
    std::optional<double> initial_value_threshold = std::nullopt;

    // State.
    std::optional<double> best = std::nullopt;
    std::size_t current_epoch = 0, batches_since_saving = 0;
    std::filesystem::path last_saved = {};

    static constexpr std::string_view type = "ModelCheckpoint";

    template <class = internal::where_used>
    void validate() const {
        watched().validate();
        if (filepath.empty()) throw std::invalid_argument(watched().message("filepath is empty"));
        if (!save_weights_only)
            throw std::invalid_argument(watched().message(
                "save_weights_only is false; only weights are saved, the architecture is the program"));
        if (!save_freq.is_known)
            throw std::invalid_argument(
                watched().message("save_freq may be \"epoch\" or a number of batches above zero"));
        if (initial_value_threshold && internal::is_nan(*initial_value_threshold))
            throw std::invalid_argument(watched().message("initial_value_threshold is NaN"));
        explained([&] { detail::for_each_part(filepath, [](std::string_view) {}, [](const detail::placeholder&) {}); });
    }

    void on_epoch_begin(training_control&, std::size_t epoch) { current_epoch = epoch; }

    // Templates, so that the code that writes files is compiled only in programs that use this callback.
    template <class Control>
    void on_batch_end(Control& control, std::size_t batch, const Scores& scores) {
        if (save_freq.batches == 0 || ++batches_since_saving < save_freq.batches) return;
        batches_since_saving = 0;
        save(control, current_epoch, batch + 1, scores);
    }

    template <class Control>
    void on_epoch_end(Control& control, std::size_t epoch, const Scores& scores) {
        if (save_freq.batches == 0) save(control, epoch, std::nullopt, scores);
    }

private:
    detail::monitor watched() const { return {type, monitor, mode}; }

    /// Calls a function; adds filepath to the message of std::invalid_argument.
    template <class Function>
    std::invoke_result_t<Function> explained(Function function) const {
        try {
            return function();
        } catch (const std::invalid_argument& error) {
            throw std::invalid_argument(watched().message("filepath \"" + filepath + "\": " + error.what()));
        }
    }

    template <class Control>
    void save(Control& control, std::size_t epoch, std::optional<std::size_t> batch, const Scores& scores) {
        std::optional<double> found;
        if (save_best_only) {
            found = watched().value(control, epoch, scores);
            watched().rises();  // refuses a name that tells nothing in the first epoch, not in the second
            if (!found) return;
        }
        const std::filesystem::path file =
            internal::path_of(explained([&] { return detail::fill_path(filepath, epoch + 1, batch, scores); }));
        const std::string now = "\nEpoch " + std::to_string(epoch + 1) + ": ";
        std::string saving = now + "saving model to " + internal::path_text(file);
        if (save_best_only) {
            const double value = *found;
            const std::optional<double> before = best ? best : initial_value_threshold;
            const std::string from = before ? internal::decimal(*before, 5) : "None";
            if (!watched().is_improvement(value, before, 0)) {
                if (verbose > 0) detail::print_message(now + monitor + " did not improve from " + from);
                return;
            }
            best = value;
            saving = now + monitor + " improved from " + from + " to " + internal::decimal(value, 5) +
                     ", saving model to " + internal::path_text(file);
        }
        if (verbose > 0) detail::print_message(saving);
        if (file.has_parent_path()) {
            std::error_code code;
            std::filesystem::create_directories(file.parent_path(), code);
            if (code) throw file_error(file, "its folder cannot be made: " + code.message());
        }
        control.save_weights(file);
        last_saved = file;
    }
};

}  // namespace strata::inline STRATA_ISA
