// Keras' files: the config and the weights of archives and of .h5 files.
#include <algorithm>
#include <map>
#include <utility>

#include <strata/core/text.hpp>
#include <strata/io/hdf5_reader.hpp>

#include "keras.hpp"

namespace convert {

namespace {

namespace io = strata::io;

/// Datasets of an HDF5 file as arrays.
class dataset_reader {
public:
    dataset_reader(const std::filesystem::path& file, const reading_options& options)
        : size_(strata::internal::input_file(file, "a model").size()),
          reader_(file),
          options_(options),
          shown_("reading weights", size_) {}

    const io::hdf5_reader& file() const { return reader_; }

    array read(const std::string& path, const extents& wanted, const node& layer, const weight_slot& slot) const {
        const auto refuse = [&](const std::string& message) {
            throw problem::in_layer(layer.name, layer.type, message);
        };
        if (!reader_.has_dataset(path))
            refuse("its weight " + slot.name + " is missing (" + printable(path) +
                   "); the file is damaged, save it again");
        io::weight_record record{.path = printable(layer.name), .type = printable(layer.type), .name = slot.name};
        record.is_integer = true;
        for (const std::size_t extent : wanted) record.extents.push_back(extent);
        if (!reader_.has_shape(path, record.extents))
            refuse("its weight " + slot.name + " has the shape " + reader_.shape_text(path) + ", expected " +
                   shape_text(wanted) + "; config and weights do not belong together, save the model again");
        // Before memory is taken: a dataset may claim more than its file holds.
        if (element_count(wanted) > size_)
            refuse("its weight " + slot.name + " claims more values than the file has bytes; the file is damaged");
        array result{.shape = wanted};
        if (options_.wants_doubles) result.doubles = reader_.values<double>(path, record);
        else result.floats = reader_.values<float>(path, record);
        shown_.advance(sizeof(float) * element_count(wanted));
        return result;
    }

private:
    io::hdf5_session session_;
    std::uint64_t size_;
    io::hdf5_reader reader_;
    const reading_options& options_;
    mutable progress shown_;
};

/// A layer of a container of Keras: the nodes that share its weights.
struct container_layer {
    std::vector<node*> nodes;
    node& first() const { return *nodes.front(); }
};
/// The layers of a graph in the order in which Keras saves them. Functions are no layers.
std::vector<container_layer> container_layers(graph& g) {
    std::map<std::size_t, container_layer> by_place;
    for (node& each : g.nodes)
        if (!each.has_no_place) by_place[each.place].nodes.push_back(&each);
    std::vector<container_layer> layers;
    for (auto& [place, layer] : by_place) layers.push_back(std::move(layer));
    return layers;
}

graph* inner_graph(const node& layer) {
    const auto* inner = std::get_if<nested>(&layer.op);
    return inner == nullptr ? nullptr : inner->model.get();
}
std::vector<weight_slot> slots_of(const graph& g, const node& layer) {
    return weights_of(layer.op, g.shape_of(layer.inputs.front()));
}

// Archives of Keras 3: layers/<class>_<number>/vars/<number of the weight>

class archive_weights {
public:
    archive_weights(const dataset_reader& data, remarks& notes) : data_(data), notes_(notes) {}

    void load(graph& g, const std::string& container) {
        std::map<std::string, std::size_t> counts;
        for (const container_layer& layer : container_layers(g)) {
            const std::string base = strata::snake_case(layer.first().type).str();
            const std::size_t number = counts[base]++;
            const std::string path = container + "layers/" + base + (number == 0 ? "" : "_" + std::to_string(number));
            require_name(path, layer.first());
            for (node* each : layer.nodes)
                if (graph* inner = inner_graph(*each)) load(*inner, path + "/");
                else load(g, *each, path);
            if (layer.nodes.size() > 1 && !slots_of(g, layer.first()).empty())
                notes_.push_back("layer \"" + printable(layer.first().name) + "\" is called " +
                                 std::to_string(layer.nodes.size()) +
                                 " times; the net has a copy of its weights for each call");
        }
    }

private:
    /// Keras 3 writes the name of each layer beside its weights.
    void require_name(const std::string& path, const node& layer) const {
        if (!data_.file().has_group(path + "/vars") || !data_.file().has_texts(path + "/vars", "name")) return;
        const std::string stated = data_.file().text(path + "/vars", "name");
        if (stated == layer.name) return;
        throw problem::in_layer(layer.name, layer.type,
                                "the weights at its place are those of \"" + printable(stated) +
                                    "\"; config and weights do not belong together, save the model again");
    }
    void load(const graph& g, node& layer, const std::string& path) const {
        const auto slots = slots_of(g, layer);
        if (layer.is_quantized && std::holds_alternative<dense>(layer.op)) {
            layer.weights = quantized(layer, slots, path);
            return;
        }
        for (const weight_slot& slot : slots)
            layer.weights.push_back(
                data_.read(path + slot.part + "/vars/" + std::to_string(slot.number), slot.shape, layer, slot));
        // Weights that nobody reads would be a layer that is not understood.
        for (const weight_slot& slot : slots)
            if (slot.number + 1 == slots.size() &&
                data_.file().has_dataset(path + "/vars/" + std::to_string(slots.size())))
                throw problem::in_layer(layer.name, layer.type,
                                        "the file has more weights than the layer; save the model again");
    }

    /// Keras' quantized Dense: kernel, bias, scale of the kernel; for blocks of int4 also zero points and the block of
    /// each input. int8: the kernel is q / scale. Blocks: (q - zero) scale.
    std::vector<array> quantized(const node& layer, const std::vector<weight_slot>& slots,
                                 const std::string& path) const {
        const auto read = [&](std::size_t number, const extents& shape, const char* name) {
            return data_.read(path + "/vars/" + std::to_string(number), shape, layer, {name, shape, "", number});
        };
        const extents& shape = slots[0].shape;
        const std::size_t inputs = shape[0], outputs = shape[1], packed = (outputs + 1) / 2, next = slots.size();
        const auto has = [&](std::size_t number, const extents& wanted) {
            strata::shape as_shape;
            for (const std::size_t extent : wanted) as_shape.push_back(extent);
            return data_.file().has_shape(path + "/vars/" + std::to_string(number), as_shape);
        };
        const bool is_int4 = !has(0, shape) && has(0, {inputs, packed});
        const array stored = read(0, is_int4 ? extents{inputs, packed} : shape, "kernel");
        const auto q = [&](std::size_t i, std::size_t o) {
            if (!is_int4) return stored[i * outputs + o];
            const int byte = static_cast<int>(stored[i * packed + o / 2]) & 0xff;  // the even one is the low half
            const int half = o % 2 == 0 ? byte & 0xf : byte >> 4;
            return static_cast<double>(half >= 8 ? half - 16 : half);
        };
        array kernel{.shape = shape, .floats = std::vector<float>(inputs * outputs)};
        if (has(next, {outputs})) {
            const array scale = read(next, {outputs}, "kernel_scale");
            for (std::size_t i = 0; i < inputs; ++i)
                for (std::size_t o = 0; o < outputs; ++o)
                    kernel.floats[i * outputs + o] = static_cast<float>(q(i, o) / scale[o]);
        } else {
            const array block = read(next + 2, {inputs}, "g_idx");
            std::size_t blocks = 0;
            for (std::size_t i = 0; i < inputs; ++i) {
                if (!(block[i] >= 0.0 && block[i] < static_cast<double>(inputs)))
                    throw problem::in_layer(layer.name, layer.type,
                                            "has a block number that is none; the file is damaged");
                blocks = std::max(blocks, static_cast<std::size_t>(block[i]) + 1);
            }
            const array scale = read(next, {blocks, outputs}, "kernel_scale"),
                        zero = read(next + 1, {blocks, outputs}, "kernel_zero");
            for (std::size_t i = 0; i < inputs; ++i)
                for (std::size_t o = 0; o < outputs; ++o) {
                    const std::size_t at = static_cast<std::size_t>(block[i]) * outputs + o;
                    kernel.floats[i * outputs + o] = static_cast<float>((q(i, o) - zero[at]) * scale[at]);
                }
        }
        std::vector<array> result{std::move(kernel)};
        if (slots.size() > 1) result.push_back(read(1, slots[1].shape, "bias"));
        return result;
    }

    const dataset_reader& data_;
    remarks& notes_;
};

// .h5 files: model_weights/<layer>, whose attribute weight_names lists the datasets in the order of layer.weights

class legacy_weights {
public:
    legacy_weights(const dataset_reader& data, std::string root, remarks& notes)
        : data_(data), root_(std::move(root)), notes_(notes) {}

    void load(graph& g) {
        for (const container_layer& layer : container_layers(g)) {
            for (node* each : layer.nodes) load(g, *each);
            if (layer.nodes.size() > 1 && !names(layer.first()).empty())
                notes_.push_back("layer \"" + printable(layer.first().name) + "\" is called " +
                                 std::to_string(layer.nodes.size()) +
                                 " times; the net has a copy of its weights for each call");
        }
    }

private:
    struct wanted_weight {
        node* layer;
        weight_slot slot;
        bool is_trainable;
        std::size_t at;  // in the layer's list
    };

    std::string group(const node& layer) const { return root_ + layer.name; }
    std::vector<std::string> names(const node& layer) const {
        if (!data_.file().has_group(group(layer)) || !data_.file().has_texts(group(layer), "weight_names")) return {};
        return data_.file().texts(group(layer), "weight_names");
    }
    void collect(graph& g, node& layer, bool is_trainable, std::vector<wanted_weight>& result) const {
        is_trainable = is_trainable && !layer.is_frozen;
        if (graph* inner = inner_graph(layer)) {
            for (const container_layer& each : container_layers(*inner))
                collect(*inner, each.first(), is_trainable, result);
            return;
        }
        const auto slots = slots_of(g, layer);
        layer.weights.resize(slots.size());
        for (std::size_t i = 0; i < slots.size(); ++i)
            result.push_back({&layer, slots[i], is_trainable && slots[i].is_trainable, i});
    }

    /// The weights of a layer in the file's order: trained ones first. A model inside a model has all of its layers
    /// so; Keras wrote other orders too, so names and shapes decide, and a file where they do not fit is refused.
    void load(graph& g, node& layer) const {
        std::vector<wanted_weight> in_order;
        collect(g, layer, true, in_order);
        const std::vector<std::string> stored = names(layer);
        if (in_order.empty() && stored.empty()) return;
        if (stored.size() != in_order.size())
            throw problem::in_layer(layer.name, layer.type,
                                    "has " + std::to_string(stored.size()) + " weights in the file, expected " +
                                        std::to_string(in_order.size()) + "; save the model again");
        const auto first_those_that = [&](auto is_first) {
            std::vector<wanted_weight> result;
            for (const bool first : {true, false})
                for (const wanted_weight& each : in_order)
                    if (is_first(each) == first) result.push_back(each);
            return result;
        };
        const auto trained_first = first_those_that([](const wanted_weight& w) { return w.is_trainable; });
        const auto by_variable = first_those_that([](const wanted_weight& w) { return w.slot.is_trainable; });
        const bool is_nested = inner_graph(layer) != nullptr;
        for (const std::vector<wanted_weight>* order : {&trained_first, &std::as_const(in_order), &by_variable})
            if (fits(*order, stored, layer, is_nested)) return read(*order, stored, layer);
        // No order fits: read says which weight is wrong.
        if (!is_nested) return read(trained_first, stored, layer);
        throw problem::in_layer(layer.name, layer.type,
                                "names and shapes do not tell which weights are whose; save it as .keras");
    }
    bool fits(const std::vector<wanted_weight>& order, const std::vector<std::string>& stored, const node& layer,
              bool is_nested) const {
        for (std::size_t i = 0; i < order.size(); ++i) {
            strata::shape shape;
            for (const std::size_t extent : order[i].slot.shape) shape.push_back(extent);
            if (!data_.file().has_shape(group(layer) + "/" + stored[i], shape)) return false;
            if (!has_name(stored[i], order[i], is_nested)) return false;
        }
        return true;
    }
    /// `dense_1/kernel:0`: the weight's name is the last part; of a model inside the layer's name is one before.
    static bool has_name(std::string stored, const wanted_weight& wanted, bool is_nested) {
        if (const std::size_t colon = stored.rfind(':'); colon != std::string::npos) stored.erase(colon);
        const std::size_t slash = stored.rfind('/');
        const std::string last = slash == std::string::npos ? stored : stored.substr(slash + 1);
        const std::string& name = wanted.slot.name;
        if (last != name && !last.ends_with("_" + name) && !name.ends_with("_" + last)) return false;
        const std::string before = "/" + (slash == std::string::npos ? "" : stored.substr(0, slash)) + "/";
        return !is_nested || before.find("/" + wanted.layer->name + "/") != std::string::npos;
    }
    void read(const std::vector<wanted_weight>& order, const std::vector<std::string>& stored,
              const node& layer) const {
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i].layer->weights[order[i].at] =
                data_.read(group(layer) + "/" + stored[i], order[i].slot.shape, *order[i].layer, order[i].slot);
    }

    const dataset_reader& data_;
    std::string root_;
    remarks& notes_;
};

void load_archive_weights(graph& g, const std::filesystem::path& file, const reading_options& options, remarks& notes) {
    const dataset_reader data(file, options);
    if (!data.file().has_group("layers") && !g.nodes.empty())
        throw problem(
            "has no group \"layers\" in model.weights.h5; Keras 2 wrote it: load and save it with Keras 3, or save it "
            "as .h5");
    archive_weights(data, notes).load(g, "");
}

}  // namespace

graph read_keras_archive(const std::filesystem::path& file, const reading_options& options, remarks& notes) {
    const archive members(file);
    constexpr std::uint64_t allowed_ratio = 20, least = 1 << 24;
    const std::uint64_t most = std::max(least, members.file_size() * allowed_ratio);
    const json config =
        parse_json(members.read("config.json", std::min(most, members.file_size() * 100 + least)), "its config.json");
    keras_config reader(options, false, notes);
    graph g = reader.model(config);
    infer_shapes(g);
    if (!members.has("model.weights.h5"))
        throw problem("has no model.weights.h5; strata-convert reads archives that Keras 3 saved with model.save");
    const temporary_file weights;
    members.extract("model.weights.h5", most, weights.path());
    try {
        load_archive_weights(g, weights.path(), options, notes);
    } catch (const strata::file_error& error) {  // names the temporary file
        const std::string text = error.what(), name = weights.path().string();
        const std::size_t at = text.find(name);
        throw problem("its model.weights.h5" + (at == std::string::npos ? ": " + text : text.substr(at + name.size())));
    }
    return g;
}

graph read_keras_h5(const std::filesystem::path& file, const reading_options& options, remarks& notes) {
    const dataset_reader data(file, options);
    if (!data.file().has_texts("", "model_config"))
        throw problem("has weights alone and no model_config; save the whole model with model.save(\"x.keras\")");
    const json config = parse_json(data.file().text("", "model_config"), "its model_config");
    const std::string version =
        data.file().has_texts("", "keras_version") ? data.file().text("", "keras_version") : "2";
    keras_config reader(options, !version.starts_with("3"), notes);
    graph g = reader.model(config);
    infer_shapes(g);
    legacy_weights(data, data.file().has_group("model_weights") ? "model_weights/" : "", notes).load(g);
    return g;
}

}  // namespace convert
