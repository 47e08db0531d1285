// mapped_weights: files whose weights a program reads in place: blocks, which strata writes for one instruction set,
// and files of values in Keras' order.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/core/aligned_array.hpp>
#include <strata/core/atomic_file.hpp>
#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/mapped_file.hpp>
#include <strata/core/text.hpp>
#include <strata/core/where_used.hpp>
#include <strata/graph/architecture.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/io/architecture_text.hpp>
#include <strata/io/npy.hpp>
#include <strata/io/values_in_place.hpp>
#include <strata/io/weight_lists.hpp>
#include <strata/io/weights.hpp>
#include <strata/model/model.hpp>
#include <strata/model/state.hpp>
#include <strata/runtime/packing.hpp>
#include <strata/runtime/weight_storage.hpp>

namespace strata::inline STRATA_ISA {

namespace io {

/// The begin of a block file. Then comes the architecture as text, and at `values_begin` the block as it lies in the
/// memory of a model.
struct block_header {
    std::array<char, 16> mark{'s', 't', 'r', 'a', 't', 'a', ' ', 'b', 'l', 'o', 'c', 'k', ' ', '1', '\n', '\0'};
    std::uint64_t byte_order = native_order;
    std::uint64_t layout = 0;  // of the block: a hash of all that it depends on
    std::uint64_t scalar_bytes = 0;
    std::uint64_t count = 0;  // of scalars
    std::uint64_t text_bytes = 0;
    std::uint64_t values_begin = 0;
    std::array<char, 64> instruction_set{};

    static constexpr std::uint64_t native_order = 0x0102030405060708;
    static constexpr std::uint64_t swapped_order = 0x0807060504030201;
};
static_assert(sizeof(block_header) == 128 && std::is_trivially_copyable_v<block_header>);

/// A page of the largest size that systems have.
inline constexpr std::size_t block_alignment = std::size_t{1} << 16;

/// A number that differs where blocks of a net lie in memory in another way: by instruction set, scalar, version.
template <class Net, class T>
inline constexpr std::uint64_t block_layout = [] {
    detail::fnv_hash hash;
    hash.add(architecture_hash<Net>);
    hash.add(std::string_view(STRATA_TEXT(STRATA_ISA)));
    for (const unsigned number : {STRATA_VERSION_MAJOR + 0u, STRATA_VERSION_MINOR + 0u, STRATA_VERSION_PATCH + 0u})
        hash.add(number);
    hash.add(sizeof(T));
    for (const std::size_t offset : weight_offsets_of<Net, T>) hash.add(offset);
    for (const std::size_t size : packed_sizes_of<Net, T>) hash.add(size);
    return hash.value;
}();

/// The facts of a net's block.
struct block_facts {
    std::uint64_t layout = 0;
    std::size_t scalar_bytes = 0;
    std::size_t count = 0;
    const architecture_outline* net = nullptr;
};

template <class = internal::where_used>
bool is_block(const mapped_file& file) {
    return file.text().starts_with(std::string_view(block_header{}.mark.data(), block_header{}.mark.size()));
}

/// The place of the values of a block file. Throws file_error where the block is of another net, another scalar or
/// another instruction set.
template <class T>
const T* block_values(const mapped_file& file, const block_facts& wanted) {
    block_header header;
    if (file.size() < sizeof(header)) throw file_error(file.path(), "is truncated; save it again");
    std::memcpy(&header, file.data(), sizeof(header));
    if (header.byte_order == block_header::swapped_order)
        throw file_error(file.path(), "was written on a machine of the other byte order; save it on this one");
    if (header.byte_order != block_header::native_order || header.text_bytes > file.size() - sizeof(header))
        throw file_error(file.path(), "is damaged; save it again");
    compare_architecture(file.path(), file.text().substr(sizeof(header), static_cast<std::size_t>(header.text_bytes)),
                         *wanted.net);
    if (header.scalar_bytes != wanted.scalar_bytes)
        throw file_error(file.path(), "holds values of " + std::to_string(header.scalar_bytes) +
                                          " bytes, the model has values of " + std::to_string(wanted.scalar_bytes) +
                                          "; save it from a model of that type");
    if (header.layout != wanted.layout || header.count != wanted.count) {
        const char* const name = header.instruction_set.data();
        const std::string of_file(name, std::find(name, name + header.instruction_set.size(), '\0'));
        throw file_error(file.path(),
                         "is a block for instruction set " + of_file +
                             " and its version of strata; this "
                             "program is built for " STRATA_TEXT(STRATA_ISA) ". Save the block by this program");
    }
    if (header.values_begin % alignment != 0)
        throw file_error(file.path(), "its values are not aligned; save it again");
    return file.values<T>(header.values_begin, wanted.count).data();
}

/// The values of a net's weights in Keras' order, one weight's after the other's, in a raw file or an array of numpy.
template <class T>
std::span<const T> keras_values(const mapped_file& file, std::size_t count) {
    if (!file.text().starts_with(npy_magic)) {
        if (file.size() != count * sizeof(T))
            throw file_error(file.path(), "has " + std::to_string(file.size()) +
                                              " bytes; a raw file of the weights has " + std::to_string(count) +
                                              " values of " + std::to_string(sizeof(T)) + " bytes");
        return file.values<T>(0, count);
    }
    std::size_t at = 0;
    npy_header header;
    try {
        header = read_npy_header([&](std::size_t bytes) {
            if (bytes > file.size() - at)
                throw file_error(file.path(), "is no array of numpy; save it with numpy.save");
            at += bytes;
            return file.text().substr(at - bytes, bytes);
        });
    } catch (const std::invalid_argument& error) {
        throw file_error(file.path(), error.what());
    }
    const std::string type = sizeof(T) == 4 ? "<f4" : "<f8";
    if (header.type.starts_with('>'))
        throw file_error(file.path(), "holds big-endian values, " + header.type + ", expected " + type +
                                          "; save a.astype('" + type + "')");
    if (header.type != type)
        throw file_error(file.path(), "holds values of type " + header.type + ", expected " + type +
                                          "; save a.astype('" + type + "')");
    if (header.is_fortran && header.extents.size() > 1)
        throw file_error(file.path(), "holds values in Fortran's order; save numpy.ascontiguousarray(a)");
    if (header.extents.size() != 1 || header.extents[0] != count)
        throw file_error(file.path(), "holds an array of shape " + header.shape_text() + ", expected (" +
                                          std::to_string(count) + ",): all weights in weights() order");
    return file.values<T>(at, count);
}

}  // namespace io

template <class Net, class T>
struct mapped_weights {
    using model = Model<Net, T, shared_constants<T>>;

    static constexpr io::block_facts facts{.layout = io::block_layout<Net, T>,
                                           .scalar_bytes = sizeof(T),
                                           .count = detail::block_size<Net, T>(),
                                           .net = &architecture_outline_of<Net>};

    static constexpr io::weight_offsets offsets{.rows = weight_rows_of<Net>, .offsets = weight_offsets_of<Net, T>};

    /// The bytes at which a file has the weights, or why bind copies them.
    static io::file_places places(const mapped_file& file) {
        if (std::string reason = io::reason_of_memory<T>(offsets); !reason.empty()) return {{}, std::move(reason)};
        const std::string extension = io::extension_of(file.path());
        io::file_places result;
        if (extension == ".safetensors") {
            result = io::places_in_safetensors<T>(file, io::weight_lists<Net>(), architecture_outline_of<Net>);
        } else if (extension == ".npy" || extension == ".bin") {
            const T* const first = io::keras_values<T>(file, Net::parameter_count()).data();
            const auto begin = static_cast<std::size_t>(reinterpret_cast<const std::byte*>(first) - file.data());
            for (std::size_t i = 0; i < weight_rows_of<Net>.size(); ++i)
                result.begins.push_back(begin + weight_offsets_of<Net, T>[i] * sizeof(T));
        } else {
            result.reason =
                "the values of such a file are not read in place; save a block by save_block, or .safetensors";
        }
        if (result.reason.empty()) result.reason = io::reason_of_places<T>(offsets, result.begins);
        return result;
    }

    static model bind(const mapped_file& file) {
        return internal::with_file_errors(file.path(), [&] {
            if (io::is_block(file)) return model(shared_constants<T>(file.share(io::block_values<T>(file, facts))));
            if constexpr (facts.count > 0)
                if (const io::file_places found = places(file); found.reason.empty())
                    return model(shared_constants<T>(file.share(file.values<T>(found.begins[0], facts.count).data())));
            const auto block = std::make_shared<aligned_array<T>>(facts.count);
            Model<Net, T, borrowed_storage<T>> filled(borrowed_storage<T>(block->data()));
            const auto weights = filled.weights();
            const std::string extension = io::extension_of(file.path());
            if (extension == ".npy" || extension == ".bin") {
                const T* values = io::keras_values<T>(file, Net::parameter_count()).data();
                for (const auto& weight : weights)
                    for (std::size_t i = 0; i < weight.size(); ++i) weight.put(i, *values++);
            } else {
                const auto values =
                    io::read_weights<T>(file.path(), io::weight_lists<Net>(), architecture_outline_of<Net>);
                for (std::size_t w = 0; w < weights.size(); ++w)
                    for (std::size_t i = 0; i < weights[w].size(); ++i) weights[w].put(i, values[w][i]);
            }
            detail::pack_all_weights<Net>(block->data());
            return model(shared_constants<T>(std::shared_ptr<const T>(block, block->data())));
        });
    }
};

/// Why `Net::bind(file)` copies the weights of a file into memory of the model; empty where the model reads them in
/// place. Throws file_error for a file that bind refuses.
template <class Net, class T = float>
std::string copy_reason(const mapped_file& file) {
    return internal::with_file_errors(
        file.path(), [&] { return io::is_block(file) ? std::string() : mapped_weights<Net, T>::places(file).reason; });
}

/// Writes the weights of a model as a block: as they lie in its memory, with their packed forms. A program that is
/// built for the same instruction set with the same version of strata binds it without reading or copying it:
/// `net.bind(mapped_file("net.block"))`. A failed save leaves the old file.
template <class Net, class T, class Storage>
void save_block(const Model<Net, T, Storage>& model, const std::filesystem::path& file) {
    const auto& facts = mapped_weights<Net, T>::facts;
    const std::string text = io::architecture_text(*facts.net);
    io::block_header header{
        .layout = facts.layout, .scalar_bytes = sizeof(T), .count = facts.count, .text_bytes = text.size()};
    header.values_begin =
        (sizeof(header) + text.size() + io::block_alignment - 1) / io::block_alignment * io::block_alignment;
    constexpr std::string_view name(STRATA_TEXT(STRATA_ISA));
    std::copy(name.begin(), name.end(), header.instruction_set.begin());
    const std::string gap(static_cast<std::size_t>(header.values_begin) - sizeof(header) - text.size(), '\0');
    replace_file(file, [&](auto& out) {
        out.write(&header, sizeof(header));
        out.write(text.data(), text.size());
        out.write(gap.data(), gap.size());
        out.write(model.parameters(), facts.count * sizeof(T));
    });
}

}  // namespace strata::inline STRATA_ISA
