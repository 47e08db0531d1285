// The parts of CLAP 1.2 and of JUCE 8 that the plug-ins of docs/audio.md use: tests compile these without either
// library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

struct clap_plugin_t {
    void* plugin_data;
};
struct clap_audio_buffer_t {
    float** data32;
};
struct clap_process_t {
    std::uint32_t frames_count;
    const clap_audio_buffer_t* audio_inputs;
    clap_audio_buffer_t* audio_outputs;
};
using clap_process_status = std::int32_t;
inline constexpr clap_process_status CLAP_PROCESS_CONTINUE = 1;

namespace juce {

template <class T>
struct AudioBuffer {
    std::vector<std::vector<T>> channels;
    int getNumSamples() const { return static_cast<int>(channels.front().size()); }
    T* getWritePointer(int channel) { return channels[static_cast<std::size_t>(channel)].data(); }
};
struct MidiBuffer {};

class AudioProcessor {
public:
    AudioProcessor() = default;
    AudioProcessor(const AudioProcessor&) = delete;
    AudioProcessor& operator=(const AudioProcessor&) = delete;
    virtual ~AudioProcessor() = default;
    virtual void prepareToPlay(double rate, int samples) = 0;
    virtual void processBlock(AudioBuffer<float>& buffer, MidiBuffer& midi) = 0;
    int getTotalNumOutputChannels() const { return 2; }
    void suspendProcessing(bool is_suspended_now) { is_suspended = is_suspended_now; }
    bool is_suspended = false;
};

}  // namespace juce
