// One channel of sound through an amplifier that may change while it plays.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <span>
#include <vector>

#include <strata/core/flush_subnormals.hpp>

#include "nets.hpp"

namespace player {

// [player]
/// Two streams: one is heard, the other one is for the next model. A change has two parts. First the new stream listens
/// until it knows as much of the sound as one that has always played. Then the output fades from the old stream to the
/// new one. Nothing allocates or waits. While a change runs a block takes the time of both models.
class amplifier_player {
public:
    /// Models must live as long as the player. Blocks usually have at most `most` samples; fades have `fade` samples.
    amplifier_player(const model& first, std::size_t most, std::size_t fade)
        : streams_{first.stream(), first.stream()}, other_(most), fade_(fade) {}

    /// The model to change to; any thread may call this. Of several calls while a change runs the last one counts.
    void change_to(const model& next) noexcept { wanted_.store(&next, std::memory_order_release); }

    /// The next samples. `in` and `out` may be the same.
    void process(std::span<const float> in, std::span<float> out) noexcept {
        const strata::flush_subnormals flush;
        while (!in.empty()) {
            if (left_ == 0) begin_change();
            const std::size_t part = left_ == 0 ? in.size() : std::min({in.size(), left_, other_.size()});
            if (left_ > 0) streams_[1 - heard_].process(in.first(part), std::span(other_).first(part), part);
            streams_[heard_].process(in.first(part), out.first(part), part);
            if (left_ > 0 && is_fading_) fade(out.first(part));
            if (left_ > 0) end_part(part);
            in = in.subspan(part);
            out = out.subspan(part);
        }
    }

private:
    void begin_change() noexcept {
        const model* next = wanted_.exchange(nullptr, std::memory_order_acquire);
        if (next == nullptr) return;
        auto& stream = streams_[1 - heard_];
        stream.use(*next);
        is_fading_ = false;
        left_ = std::min(stream.warm_up(), longest_warm_up) + 1;
    }
    void fade(std::span<float> out) noexcept {
        for (std::size_t i = 0; i < out.size(); ++i) {
            const float share = static_cast<float>(left_ - i) / static_cast<float>(fade_ + 1);  // of the old stream
            out[i] = other_[i] + share * (out[i] - other_[i]);
        }
    }
    void end_part(std::size_t samples) noexcept {
        left_ -= samples;
        if (left_ > 0) return;
        is_fading_ = !is_fading_ && fade_ > 0;
        if (is_fading_) left_ = fade_;
        else heard_ = 1 - heard_;
    }

    /// A recurrent net remembers without end. Half a second is what Neural Amp Modeler gives it.
    static constexpr std::size_t longest_warm_up = 24'000;

    std::array<model::stream_type, 2> streams_;
    std::vector<float> other_;  // outputs of the stream that is not heard yet
    std::size_t fade_;
    std::size_t heard_ = 0;
    std::size_t left_ = 0;  // samples of this part of a change
    bool is_fading_ = false;
    std::atomic<const model*> wanted_{nullptr};
};
// [/player]

}  // namespace player
