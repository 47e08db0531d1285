// nam_json: the members of a .nam file, which is one JSON object, with checks that name what they refuse. Needs
// nlohmann-json.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/json_depth.hpp>
#include <strata/core/native_file.hpp>

namespace strata::inline STRATA_ISA::nam::detail {

/// The contents of a file. Every member that could change the sound and is not understood is refused by name.
class nam_json {
public:
    explicit nam_json(const std::filesystem::path& file) : file_(file) {
        const strata::internal::input_file reader(file, "a .nam file");
        std::string text(static_cast<std::size_t>(reader.size()), '\0');
        reader.read(0, text.data(), text.size());
        if (strata::internal::json_levels(text) > strata::internal::most_json_levels)
            fail("has lists nested deeper than 200; a .nam file has not, it is damaged");
        root_ = nlohmann::json::parse(text, nullptr, false);
        if (root_.is_discarded()) fail("is no JSON; a .nam file is one object");
        const std::string version = text_of(root_, "version");
        if (!version.starts_with("0.5.") && !version.starts_with("0.6.") && !version.starts_with("0.7."))
            fail("has version " + version + "; versions 0.5 to 0.7 are read");
    }

    [[noreturn]] void fail(const std::string& message) const { throw file_error(file_, message); }

    /// A number as strata writes it in a type: 0.01.
    static std::string decimal_of(double value) { return nlohmann::json(value).dump(); }

protected:
    std::vector<float> weights_of(const nlohmann::json& model) const {
        const nlohmann::json& weights = member(model, "weights");
        if (!weights.is_array()) fail("weights is no list of numbers");
        std::vector<float> result;
        for (const nlohmann::json& value : weights) {
            if (!value.is_number() || !std::isfinite(value.get<float>()))
                fail("weights[" + std::to_string(result.size()) + "] is no finite number");
            result.push_back(value.get<float>());
        }
        return result;
    }
    double rate_of(const nlohmann::json& model) const {
        if (!has(model, "sample_rate")) return 48000.0;
        const nlohmann::json& value = model["sample_rate"];
        if (!value.is_number() || !(value.get<double>() > 0.0) || value.get<double>() > 1e6)
            fail("sample_rate: " + value.dump() + ", expected Hz");
        return value.get<double>();
    }
    std::string activation_of(const nlohmann::json& value, const std::string& place) const {
        const std::string name = value.is_object()   ? text_of(value, "type")
                                 : value.is_string() ? value.get<std::string>()
                                                     : "";
        for (const std::string_view known : {"Tanh", "ReLU", "Sigmoid", "SiLU", "Softsign"})
            if (name == known) return name;
        if (name == "Hardswish") return "HardSiLU";
        if (name == "LeakyReLU") {
            const bool is_given = value.is_object() && has(value, "negative_slope");
            if (is_given && !value["negative_slope"].is_number())
                fail(place + ".activation.negative_slope is no number");
            return "LeakyReLU<" + decimal_of(is_given ? value["negative_slope"].get<double>() : 0.01) + ">";
        }
        fail(place + ".activation: " + value.dump() + " is not supported");
    }

    /// A value for all layers, or a list with one for each, which must be equal.
    template <class Read>
    std::string same_of_all(const nlohmann::json& value, std::size_t layers, const std::string& place,
                            Read read) const {
        if (!value.is_array()) return read(value);
        if (value.size() != layers) fail(place + " has another length than dilations");
        const std::string first = read(value[0]);
        for (const nlohmann::json& each : value)
            if (read(each) != first) fail(place + " differs from layer to layer, which is not supported");
        return first;
    }
    void refuse_others(const nlohmann::json& object, const std::string& place,
                       std::initializer_list<std::string_view> known) const {
        if (!object.is_object()) fail(place + " is no object");
        for (const auto& [name, value] : object.items()) {
            bool found = false;
            for (const std::string_view each : known) found = found || name == each;
            if (!found && !value.is_null()) fail(place + "." + name + " is not supported");
        }
    }
    static bool has(const nlohmann::json& object, const char* name) {
        return object.is_object() && object.contains(name) && !object[name].is_null();
    }
    bool flag_of(const nlohmann::json& object, const char* name, bool otherwise) const {
        if (!has(object, name)) return otherwise;
        if (!object[name].is_boolean()) fail(std::string(name) + " is neither true nor false");
        return object[name].get<bool>();
    }
    const nlohmann::json& member(const nlohmann::json& object, const char* name) const {
        if (!object.is_object() || !object.contains(name)) fail(std::string("has no ") + name);
        return object[name];
    }
    std::string text_of(const nlohmann::json& object, const char* name) const {
        const nlohmann::json& value = member(object, name);
        if (!value.is_string()) fail(std::string(name) + " is no text");
        return value.get<std::string>();
    }
    std::size_t size_of(const nlohmann::json& object, const char* name) const {
        return size_in(member(object, name), name);
    }
    std::size_t size_in(const nlohmann::json& value, const std::string& place) const {
        if (!value.is_number_unsigned() || value.get<std::uint64_t>() < 1 || value.get<std::uint64_t>() > most)
            fail(place + ": " + value.dump() + ", expected a whole number from 1 to " + std::to_string(most));
        return value.get<std::size_t>();
    }
    std::vector<std::size_t> sizes_of(const nlohmann::json& object, const char* name, const std::string& place) const {
        const nlohmann::json& list = member(object, name);
        if (!list.is_array() || list.empty()) fail(place + " is no list");
        std::vector<std::size_t> result;
        for (const nlohmann::json& value : list) result.push_back(size_in(value, place));
        return result;
    }

    static constexpr std::uint64_t most = 1 << 20;

    std::filesystem::path file_;
    nlohmann::json root_;
};

}  // namespace strata::inline STRATA_ISA::nam::detail
