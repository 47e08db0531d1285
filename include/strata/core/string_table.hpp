// string_table: which strings were seen before, in constant evaluation, in time linear in them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace strata {

/// The first places of at most Capacity strings, by their hashes. It refers to the strings. Comparing each with every
/// other one would be more than compilers allow a constant, from some hundred on.
template <std::size_t Capacity>
class string_table {
public:
    /// The place of a string: `place`, unless it was seen before; then the place that it had first.
    constexpr std::size_t first_place(std::string_view string, std::size_t place) {
        std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a
        for (const char c : string) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
        std::size_t slot = static_cast<std::size_t>(hash ^ (hash >> 32)) % size;
        for (; slots_[slot].is_taken; slot = (slot + 1) % size)
            if (slots_[slot].hash == hash && slots_[slot].string == string) return slots_[slot].place;
        slots_[slot] = {.string = string, .hash = hash, .place = place, .is_taken = true};
        return place;
    }

private:
    static constexpr std::size_t size = 2 * Capacity + 1;
    struct slot_type {
        std::string_view string{};
        std::uint64_t hash = 0;
        std::size_t place = 0;
        bool is_taken = false;
    };
    slot_type slots_[size]{};
};

}  // namespace strata
