// config_reader: the attributes of a layer in a JSON object. Each has to be read or known to change nothing.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "operation.hpp"
#include "problem.hpp"
#include "source_file.hpp"

namespace convert {

/// Reads attributes by name and remembers which were read. `finish` refuses what is left: an attribute that nobody
/// knows may change numbers. Problems name the layer.
class config_reader {
public:
    config_reader(const json& config, std::string name, std::string type)
        : config_(config), name_(std::move(name)), type_(std::move(type)) {
        if (!config.is_object()) refuse("has no attributes; the file is damaged, save the model again");
    }

    config_reader(json&& config, std::string name, std::string type) = delete;  // it refers to the object

    const std::string& name() const { return name_; }
    const std::string& type() const { return type_; }
    [[noreturn]] void refuse(const std::string& message) const { throw problem::in_layer(name_, type_, message); }

    /// The attribute, or null where there is none or where it is null.
    const json& get(const std::string& key) {
        static const json none;
        used_.insert(key);
        const auto found = config_.find(key);
        return found == config_.end() ? none : *found;
    }
    bool has(const std::string& key) { return !get(key).is_null(); }

    /// An integer of `least` to 2^31 - 1.
    int integer(const std::string& key, int least = 1);
    int integer(const std::string& key, int least, int usual) { return has(key) ? integer(key, least) : usual; }
    double number(const std::string& key);
    double number(const std::string& key, double usual) { return has(key) ? number(key) : usual; }
    bool flag(const std::string& key, bool usual);
    std::string text(const std::string& key, const std::string& usual);
    /// A list of `count` integers, or one integer for all of them.
    std::vector<int> integers(const std::string& key, std::size_t count, int least = 1);
    /// A list of any number of integers.
    std::vector<int> list(const std::string& key, int least);

    /// Refuses a flag that is set. The message says what strata lacks.
    void require_unset(const std::string& key, const std::string& reason);
    /// Attributes that change nothing at inference.
    void ignore(std::initializer_list<std::string_view> keys) {
        for (const std::string_view key : keys) used_.emplace(key);
    }
    /// Refuses attributes that were not read, but initializers, regularizers and constraints.
    void finish() const;

private:
    int integer_of(const json& value, const std::string& key, int least) const;
    static std::string shown(const json& value);

    const json& config_;
    std::string name_, type_;
    std::set<std::string> used_;
};

/// A member of an object; null where there is none, or no object.
const json& member(const json& object, const std::string& key);
/// The same, where it is a text; else empty.
std::string text_member(const json& object, const std::string& key);

}  // namespace convert
