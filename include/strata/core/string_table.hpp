// string_table: finds repeated strings in constant evaluation, in linear time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace strata {

/// The first index of each of at most Capacity strings, in a hash table. It refers to the strings. Comparing each pair
/// of some hundred strings would exceed the steps that compilers allow in a constant.
template <std::size_t Capacity>
class string_table {
public:
    /// The index at which a string was given first; `index` where it is new.
    constexpr std::size_t first_place(std::string_view string, std::size_t index) {
        std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a
        for (const char c : string) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
        std::size_t slot = static_cast<std::size_t>(hash ^ (hash >> 32)) % size;
        for (; slots_[slot].is_taken; slot = (slot + 1) % size)
            if (slots_[slot].hash == hash && slots_[slot].string == string) return slots_[slot].index;
        slots_[slot] = {.string = string, .hash = hash, .index = index, .is_taken = true};
        return index;
    }

private:
    static constexpr std::size_t size = 2 * Capacity + 1;
    struct slot_type {
        std::string_view string{};
        std::uint64_t hash = 0;
        std::size_t index = 0;
        bool is_taken = false;
    };
    slot_type slots_[size]{};
};

}  // namespace strata
