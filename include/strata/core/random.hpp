// random: a small counter-based generator; the same seed gives the same numbers on every machine.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace strata {

/// SplitMix64 (Steele, Lea and Flood 2014): constexpr, 64 bits of state, one stream per seed.
class random_engine {
public:
    using result_type = std::uint64_t;

    constexpr explicit random_engine(std::uint64_t seed = 0) : state_(seed) {}

    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return ~std::uint64_t{0}; }

    constexpr result_type operator()() {
        std::uint64_t z = (state_ += step);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    /// Uniform in [0, 1), 53 bits.
    constexpr double uniform() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }
    /// Uniform in [low, high).
    constexpr double uniform(double low, double high) { return low + (high - low) * uniform(); }

    constexpr std::uint64_t state() const { return state_; }
    /// The engine `n` draws later: engines forked from one seed start at different states.
    constexpr random_engine fork(std::uint64_t n) const { return random_engine(state_ + step * n); }

private:
    static constexpr std::uint64_t step = 0x9e3779b97f4a7c15u;

    std::uint64_t state_;
};

/// Random numbers by position: the same key and position give the same number. Threads and the backward pass draw the
/// numbers of the forward pass again. Two rounds of the integer hash of Wellons 2018.
struct random_stream {
    std::uint64_t key = 0;
    std::uint32_t offset = 0;

    /// 32 bits.
    constexpr std::uint32_t bits(std::uint32_t position) const {
        std::uint32_t x = (position + offset) * 0x9e3779b9u ^ static_cast<std::uint32_t>(key);
        x = mixed(x) + static_cast<std::uint32_t>(key >> 32);
        return mixed(x);
    }
    /// Uniform in [0, 1), 24 bits.
    constexpr float uniform(std::uint32_t position) const { return static_cast<float>(bits(position) >> 8) * 0x1p-24f; }
    /// Normal with mean 0 and deviation 1 (Box and Muller 1958); the second uniform number comes from another stream.
    float normal(std::uint32_t position) const {
        const random_stream other{.key = key ^ 0x5851f42d4c957f2du, .offset = offset};
        return std::sqrt(-2.0f * std::log(1.0f - uniform(position))) * std::cos(6.2831853f * other.uniform(position));
    }
    /// The stream that begins `count` positions later.
    constexpr random_stream from(std::size_t count) const {
        return {.key = key, .offset = offset + static_cast<std::uint32_t>(count)};
    }

private:
    static constexpr std::uint32_t mixed(std::uint32_t x) {
        x = (x ^ (x >> 16)) * 0x21f0aaadu;
        x = (x ^ (x >> 15)) * 0x735a2d97u;
        return x ^ (x >> 15);
    }
};

}  // namespace strata
