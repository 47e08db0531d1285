// Attributes of a layer.
#include "config_reader.hpp"

#include <cmath>
#include <limits>

namespace convert {

const json& member(const json& object, const std::string& key) {
    static const json none;
    if (!object.is_object()) return none;
    const auto found = object.find(key);
    return found == object.end() ? none : *found;
}
std::string text_member(const json& object, const std::string& key) {
    const json& value = member(object, key);
    return value.is_string() ? value.get<std::string>() : "";
}

std::string config_reader::shown(const json& value) {
    return printable(value.dump(-1, ' ', true, json::error_handler_t::replace).substr(0, 60));
}

int config_reader::integer_of(const json& value, const std::string& key, int least) const {
    constexpr double most = std::numeric_limits<int>::max();
    // Some exporters write 3.0.
    const bool is_whole = value.is_number() && value.get<double>() == std::floor(value.get<double>());
    if (!is_whole || value.get<double>() < least || value.get<double>() > most)
        refuse(printable(key) + " is " + shown(value) + ", expected an integer of " + std::to_string(least) +
               " to 2147483647; the file is damaged, save the model again");
    return static_cast<int>(value.get<double>());
}

int config_reader::integer(const std::string& key, int least) { return integer_of(get(key), key, least); }

double config_reader::number(const std::string& key) {
    const json& value = get(key);
    if (!value.is_number() || !std::isfinite(value.get<double>()))
        refuse(printable(key) + " is " + shown(value) +
               ", expected a finite number; the file is damaged, save the model again");
    return value.get<double>();
}

bool config_reader::flag(const std::string& key, bool usual) {
    const json& value = get(key);
    if (value.is_null()) return usual;
    if (!value.is_boolean())
        refuse(printable(key) + " is " + shown(value) +
               ", expected true or false; the file is damaged, save the model again");
    return value.get<bool>();
}

std::string config_reader::text(const std::string& key, const std::string& usual) {
    const json& value = get(key);
    if (value.is_null()) return usual;
    if (!value.is_string())
        refuse(printable(key) + " is " + shown(value) + ", expected a text; the file is damaged, save the model again");
    return value.get<std::string>();
}

std::vector<int> config_reader::integers(const std::string& key, std::size_t count, int least) {
    const json& value = get(key);
    if (value.is_array() && value.size() == count) {
        std::vector<int> result;
        for (const json& each : value) result.push_back(integer_of(each, key, least));
        return result;
    }
    if (value.is_number()) return std::vector<int>(count, integer_of(value, key, least));
    refuse(printable(key) + " is " + shown(value) + ", expected " + std::to_string(count) +
           (count == 1 ? " integer" : " integers") + "; the file is damaged, save the model again");
}

std::vector<int> config_reader::list(const std::string& key, int least) {
    const json& value = get(key);
    constexpr std::size_t most = 8;
    if (!value.is_array() || value.size() > most)
        refuse(printable(key) + " is " + shown(value) + ", expected a short list of integers; the file is damaged");
    std::vector<int> result;
    for (const json& each : value) result.push_back(integer_of(each, key, least));
    return result;
}

void config_reader::require_unset(const std::string& key, const std::string& reason) {
    const json& value = get(key);
    if (value.is_null() || value == false || value == 0) return;
    refuse("has " + printable(key) + "=" + shown(value) + "; " + reason);
}

void config_reader::finish() const {
    for (const auto& [key, value] : config_.items()) {
        const auto ends = [&, text = std::string_view(key)](std::string_view end) { return text.ends_with(end); };
        if (used_.contains(key) || ends("_initializer") || ends("_regularizer") || ends("_constraint")) continue;
        refuse("has the attribute " + printable(key) + "=" + shown(value) +
               ", which strata-convert does not know and which may change its numbers; save the model without it");
    }
}

}  // namespace convert
