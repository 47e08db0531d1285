// nam_any_of: files of Neural Amp Modeler (.nam) into an any_of, whose net the file decides. Needs nlohmann-json.
#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include <strata/applications/nam_files.hpp>
#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/type_list.hpp>
#include <strata/model/any_of.hpp>
#include <strata/model/any_of_checks.hpp>

namespace strata::inline STRATA_ISA::nam {

namespace detail {

/// A net of an any_of in messages, and why a file is not for it; no reason where it is.
struct nam_candidate {
    std::string label{};
    std::size_t parameters = 0;
    std::string reason{};
};

/// The number of the only candidate without a reason, or how many there are where all have one. Throws where several
/// have none.
inline std::size_t only_fitting(const std::filesystem::path& file, const std::vector<nam_candidate>& nets) {
    std::size_t chosen = nets.size();
    for (std::size_t i = 0; i < nets.size(); ++i) {
        if (!nets[i].reason.empty()) continue;
        if (chosen < nets.size())
            throw file_error(file, "fits " + nets[chosen].label + " and " + nets[i].label +
                                       " alike; give any_of nets of different architectures");
        chosen = i;
    }
    return chosen;
}

/// Refuses a file that fits no net, by the reason of the net whose number of weights is nearest among those of the
/// file's architecture.
[[noreturn]] inline void refuse_all_nets(const std::filesystem::path& file, const std::vector<nam_candidate>& nets,
                                         std::size_t weights) {
    std::size_t nearest = 0;
    const auto distance = [&](std::size_t i) {
        constexpr std::size_t another_architecture = std::numeric_limits<std::size_t>::max();
        if (nets[i].reason.find("holds the architecture") != std::string::npos) return another_architecture;
        return nets[i].parameters > weights ? nets[i].parameters - weights : weights - nets[i].parameters;
    };
    for (std::size_t i = 1; i < nets.size(); ++i)
        if (distance(i) < distance(nearest)) nearest = i;
    std::string reason = nets[nearest].reason;
    const std::string prefix = file_error(file, "").what();
    if (reason.starts_with(prefix)) reason.erase(0, prefix.size());
    throw file_error(file, "fits none of " + std::to_string(nets.size()) + " nets; the nearest is " +
                               nets[nearest].label + ": " + reason);
}

/// The models of all nets of an any_of into which one submodel is loaded.
template <class... Nets>
class nam_attempt {
public:
    /// The reader holds the file: a container of many submodels is parsed once.
    void read(const nam_reader& reader, std::size_t submodel) {
        nets_.clear();
        static_cast<void>((add(std::get<Model<Nets>>(models_), reader, submodel), ..., 0));
    }

    const std::vector<nam_candidate>& nets() const { return nets_; }
    void move_to(basic_any_of<float, Nets...>& to, std::size_t chosen) const {
        std::size_t i = 0;
        static_cast<void>(((i++ == chosen ? void(to = std::get<Model<Nets>>(models_)) : void()), ..., 0));
    }

private:
    template <class Net>
    void add(Model<Net>& model, const nam_reader& reader, std::size_t submodel) {
        using checked = net_check<Net>;
        static_cast<void>(require<checked>{});
        nam_candidate& net = nets_.emplace_back();
        net.label = strata::detail::net_label(nets_.size() - 1, Net::model_name()).str();
        net.parameters = Net::parameter_count();
        try {
            if constexpr (checked::value.ok) write(reader, detail::read<Net>(reader, submodel), model);
        } catch (const file_error& error) {
            net.reason = error.what();
        }
    }

    std::tuple<Model<Nets>...> models_{};
    std::vector<nam_candidate> nets_{};
};

}  // namespace detail

/// Reads the weights of a .nam file and takes the net of the file. Of a container it takes the submodel of that number;
/// where none is given, the largest one that is one of the nets. A file that fits none of the nets throws file_error,
/// which names the nearest net and its first difference, and changes nothing.
template <class... Nets>
void load(basic_any_of<float, Nets...>& to, const std::filesystem::path& file, std::size_t submodel = largest) {
    strata::internal::with_file_errors(file, [&] {
        const detail::nam_reader reader(file);
        const std::vector<std::size_t> sizes = reader.submodel_sizes();
        detail::nam_attempt<Nets...> attempt;
        const std::size_t first = submodel == largest ? sizes.size() - 1 : submodel;
        const std::size_t last = submodel == largest ? 0 : submodel;
        std::vector<detail::nam_candidate> tried;
        for (std::size_t i = first + 1; i-- > last;) {
            attempt.read(reader, i);
            const std::size_t chosen = detail::only_fitting(file, attempt.nets());
            if (chosen < sizeof...(Nets)) return attempt.move_to(to, chosen);
            if (tried.empty()) tried = attempt.nets();
        }
        detail::refuse_all_nets(file, tried, first < sizes.size() ? sizes[first] : 0);
    });
}

}  // namespace strata::inline STRATA_ISA::nam
