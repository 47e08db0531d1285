// values_in_place: whether the values of a mapped file lie as in the memory of a model, which then reads them there.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/mapped_file.hpp>
#include <strata/core/message.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/text.hpp>
#include <strata/core/where_used.hpp>
#include <strata/graph/architecture.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/io/architecture_text.hpp>
#include <strata/io/record.hpp>
#include <strata/io/safetensors.hpp>
#include <strata/kernels/gemm/panels.hpp>

namespace strata::inline STRATA_ISA::io {

/// The weights of a net, and the offset of each in the block of a model, in elements; the last offset is the block's
/// size.
struct weight_offsets {
    std::span<const weight_row> rows{};
    std::span<const std::size_t> offsets{};
};

/// Why the weights of a net lie in memory in another way than in a file, which has them in Keras' order and one after
/// another; empty where they do not.
template <class T>
std::string reason_of_memory(const weight_offsets& net) {
    constexpr std::string_view remedy =
        "; save_block writes such weights as they lie in memory, and bind reads a block in place";
    for (std::size_t i = 0; i < net.rows.size(); ++i) {
        const weight_row& row = net.rows[i];
        const kernels::panels layout = row.parameter.template storage<T>();
        const std::size_t count = layout.rows * layout.columns, next = net.offsets[i + 1] - net.offsets[i];
        const std::string weight = internal::message({row.name.view(), " ", to_text(row.parameter.extents).view()});
        if (row.parameter.is_integer) return weight + " is an integer in files" + std::string(remedy);
        if (layout.width != 0 && layout.count() > 1)
            return internal::message({weight, " lies in panels of ", layout.width, " columns in memory", remedy});
        if (layout.stored() != count || (next != count && next < count + detail::aligned_size<T>(1)))
            return internal::message(
                {weight, " is padded to ", std::max(layout.stored(), next), " values in memory", remedy});
        if (next != count)
            return internal::message(
                {"the layer of ", weight, " has a packed form of its weights beside them", remedy});
    }
    return {};
}

/// The byte of each weight in a file, and the reason why values cannot be read there.
struct file_places {
    std::vector<std::size_t> begins{};
    std::string reason{};
};

/// The bytes at which a .safetensors file has the weights of a net. Throws file_error for a file that is not for the
/// net, as loading does.
template <class T>
file_places places_in_safetensors(const mapped_file& file, std::span<const weight_list> lists,
                                  const architecture_outline& net) {
    const safetensors_file tensors(file.path());
    refuse_checkpoint(tensors);
    const auto stated = tensors.metadata().find(std::string(architecture_key));
    if (stated != tensors.metadata().end()) compare_architecture(file.path(), stated->second, net);
    file_places result;
    std::string head(static_cast<std::size_t>(tensors.values_begin()), '\0');
    tensors.file().read(0, head.data(), head.size());
    if (tensors.file().size() != file.size() || !file.text().starts_with(head)) {
        result.reason = "the file was replaced by another one after it was mapped; map it again";
        return result;
    }
    for (const header_entry* entry : tensors_of_weights(tensors, lists)) {
        const std::string_view wanted = sizeof(T) == 4 ? "F32" : "F64";
        if (entry->dtype != wanted)
            result.reason = internal::message({"tensor ", entry->name, " has the type ", entry->dtype, ", the model ",
                                               wanted, "; save it in that type, or build the model with the file's"});
        result.begins.push_back(static_cast<std::size_t>(tensors.values_begin()) + entry->begin);
    }
    return result;
}

/// Why weights that lie at these bytes of a file cannot be read in place; empty where they can.
template <class T>
std::string reason_of_places(const weight_offsets& net, std::span<const std::size_t> begins) {
    constexpr std::string_view remedy = "; save the weights by save_weights, which aligns them and keeps their order";
    for (std::size_t i = 0; i < begins.size(); ++i) {
        if (begins[i] != begins[0] + net.offsets[i] * sizeof(T))
            return internal::message(
                {net.rows[i].name.view(), " does not follow ", net.rows[i - 1].name.view(), " in the file", remedy});
        if (begins[i] % values_alignment != 0)
            return internal::message({net.rows[i].name.view(), " begins at byte ", begins[i],
                                      ", which is no multiple of ", values_alignment, remedy});
    }
    return {};
}

static_assert(values_alignment == alignment, "strata: values in files are aligned as those in memory");

}  // namespace strata::inline STRATA_ISA::io
