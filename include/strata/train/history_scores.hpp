// history_scores: History, the scores of every epoch, which fit returns. history.hpp adds what writes it to files.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/files_check.hpp>
#include <strata/core/message.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/csv.hpp>
#include <strata/train/decimal.hpp>
#include <strata/train/history_svg.hpp>
#include <strata/train/scores.hpp>

namespace strata {

/// One value per epoch and name. An epoch that lacks a name has NaN there, so that all names have epochs() values.
class History {
public:
    History() = default;
    /// The number of the first epoch, for a fit that continues another (Keras' initial_epoch).
    explicit History(std::size_t initial_epoch) : initial_epoch_(initial_epoch) {}

    /// The values of a name; std::invalid_argument lists the known names where there is none.
    const std::vector<double>& operator[](std::string_view name) const& {
        if (const internal::curve* found = find(name)) return found->values;
        refuse(name);
    }
    /// Of a temporary, as in `trainer.fit(data)["loss"]`: the values themselves, which a reference keeps alive.
    std::vector<double> operator[](std::string_view name) const&& { return (*this)[name]; }
    bool contains(std::string_view name) const { return find(name) != nullptr; }

    /// The names in the order of their first values.
    std::vector<std::string> names() const {
        std::vector<std::string> result;
        for (const internal::curve& each : curves_) result.push_back(each.name);
        return result;
    }
    std::size_t epochs() const { return epochs_; }
    std::size_t initial_epoch() const { return initial_epoch_; }

    void append(const Scores& scores) {
        for (const score& each : scores)
            if (!contains(each.name)) curves_.emplace_back().name.append(each.name);
        ++epochs_;
        for (internal::curve& each : curves_) {
            double value = internal::not_a_number<double>;
            for (const score& now : scores)
                if (now.name == each.name) value = now.value;
            // A new name has NaN in the epochs before.
            while (each.values.size() < epochs_)
                each.values.push_back(each.values.size() + 1 < epochs_ ? internal::not_a_number<double> : value);
        }
    }

    // Templates, so that writing files is compiled only in programs that do it. A path is any type that
    // std::filesystem::path is made of; only files include that header.

    /// A row per epoch, counted from zero as Keras' CSVLogger does: `epoch,loss,val_loss`. Throws file_error.
    template <class Path, class Files = internal::whole_files<Path>>
    void write_csv(const Path& file) const {
        using checked = internal::files_check<Files, "write_csv">;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) Files::replace(file, csv_text());
    }
    /// The curves as a picture: losses in one panel, metrics in another; epochs count from one, as fit shows them.
    /// Throws file_error.
    template <class Path, class Files = internal::whole_files<Path>>
    void write_svg(const Path& file) const {
        using checked = internal::files_check<Files, "write_svg">;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok)
            Files::replace(file, internal::history_svg<internal::curve>(curves_, initial_epoch_ + 1));
    }

private:
    /// The text of write_csv.
    template <class Curve = internal::curve>
    std::string csv_text() const {
        std::vector<std::string> fields = names();
        fields.insert(fields.begin(), "epoch");
        std::string table = internal::csv_row(fields, ",");
        for (std::size_t i = 0; i < epochs_; ++i) {
            fields.assign(1, std::to_string(initial_epoch_ + i));
            for (const Curve& each : curves_) fields.push_back(internal::shortest(each.values[i]));
            table += internal::csv_row(fields, ",");
        }
        return table;
    }
    template <class = internal::where_used>
    [[noreturn]] STRATA_COLD void refuse(std::string_view name) const {
        throw std::invalid_argument(
            internal::message({"strata: the history has no \"", name, "\"; ", internal::known_names(curves_)}));
    }
    const internal::curve* find(std::string_view name) const {
        for (const internal::curve& each : curves_)
            if (each.name == name) return &each;
        return nullptr;
    }

    std::size_t initial_epoch_ = 0, epochs_ = 0;
    std::vector<internal::curve> curves_;
};

}  // namespace strata
