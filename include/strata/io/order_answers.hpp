// order_answers: finds the order of an Add's inputs with which a file was saved, for each Residual, where exactly one
// order fits.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/where_used.hpp>
#include <strata/io/record.hpp>

namespace strata::inline STRATA_ISA::io {

/// The list whose orders fit a file, or the branching layer that is ambiguous; neither where no order fits.
struct settled_list {
    std::optional<weight_sequence> list{};
    std::string doubt{};
};

/// Where a file has each record whose location depends on the answer, by the index of the weight.
using answer_locations = std::map<std::size_t, std::string>;

/// The indices of the records that differ among the answers of a question.
template <class = internal::where_used>
std::set<std::size_t> differing_records(const weight_list& list, const order_question& question) {
    std::set<std::size_t> result;
    for (const weight_sequence& answer : question.answers)
        for (std::size_t i = 0; i < list.records.size(); ++i)
            if (answer.places[i] != list.places[i] || answer.records[i].group != list.records[i].group)
                result.insert(i);
    return result;
}

/// Whether an answer has the orders that the file names. Orders of other questions do not count: no answer of this one
/// has them.
template <class = internal::where_used>
bool has_saved_orders(const weight_sequence& answer, const order_question& question, const std::string& saved_orders) {
    if (saved_orders.size() != answer.orders.size()) return true;
    for (std::size_t i = 0; i < saved_orders.size(); ++i)
        if (answer.orders[i] != saved_orders[i])
            for (const weight_sequence& other : question.answers)
                if (other.orders[i] == saved_orders[i]) return false;
    return true;
}

/// The paths of the records, without repetitions that follow each other, separated by commas.
template <class = internal::where_used>
std::string layers_of_records(const weight_list& list, const std::set<std::size_t>& records) {
    std::string layers, last;
    for (const std::size_t i : records)
        if (const std::string& path = list.records[i].path; path != std::exchange(last, path))
            layers += (layers.empty() ? "" : ", ") + path;
    return layers;
}

/// Answers the questions of a list. locate(list) returns the location of each record in the file, or nothing.
/// fits(record, location) tells whether the file may have the record there. `saved_orders` are the orders that the file
/// names; empty where it names none. Questions are about different records, so that each can be answered alone.
template <class Locate, class Fits>
settled_list settle_orders(const weight_list& list, const std::string& saved_orders, const Locate& locate,
                           const Fits& fits) {
    weight_sequence result = list;
    for (const order_question& question : list.questions) {
        // Too many orders to try, but the file says which one it has.
        if (question.answers.empty() && saved_orders == list.orders) continue;
        const std::set<std::size_t> differs = differing_records(list, question);
        std::map<answer_locations, const weight_sequence*> found;
        for (const weight_sequence& answer : question.answers) {
            const std::vector<std::string> locations = locate(answer);
            bool fit = locations.size() == answer.records.size() && has_saved_orders(answer, question, saved_orders);
            answer_locations by_weight;
            for (const std::size_t i : differs) {
                fit = fit && fits(answer.records[i], locations[i]);
                if (fit) by_weight.emplace(answer.places[i], locations[i]);
            }
            if (fit) found.emplace(std::move(by_weight), &answer);
        }
        if (found.empty() && !question.answers.empty()) return {};
        if (found.size() != 1) {
            const std::string layers = layers_of_records(list, differs);
            return {.doubt = question.residual + " (" + (layers.empty() ? "with too many paths to try" : layers) + ")"};
        }
        const weight_sequence& answer = *found.begin()->second;
        for (const std::size_t i : differs) {
            result.records[i] = answer.records[i];
            result.places[i] = answer.places[i];
        }
    }
    return {.list = std::move(result)};
}

/// The error of a file in which the weights of two layers may be exchanged.
template <class = internal::where_used>
[[noreturn]] void refuse_doubt(const std::filesystem::path& file, const std::string& doubt) {
    throw file_error(file, "does not tell which weights belong to which path of " + doubt +
                               ": the shapes are the same either way; give these layers the names that they have in "
                               "Keras, by name<\"...\">");
}

}  // namespace strata::inline STRATA_ISA::io
