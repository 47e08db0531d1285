// Inference in a program that may lack exceptions, RTTI, threads, files and a heap. The first argument says what it
// does: `results` prints what nets compute, the others make a mistake. check.py compiles and runs it.
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

#include <strata/infer.hpp>

using namespace strata;

namespace {

constexpr auto classifier = Sequential{Input<4>{}, Dense<6, ReLU>{}, Dense<3, Softmax>{}};
constexpr auto camera =
    Sequential{Input<12, 12, 2>{}, Conv2D<8, 3, padding::same>{}, BatchNormalization<>{},     ReLU{},
               MaxPooling2D<2>{},  SeparableConv2D<5, 3>{},       GlobalAveragePooling2D<>{}, Dense<3>{}};
constexpr auto voice = Sequential{Input<16, 2>{}, Conv1D<4, 3, padding::causal, Tanh>{}, LSTM<5, return_sequences>{},
                                  GRU<3, return_sequences>{}, Dense<1>{}};
[[maybe_unused]] constexpr auto scaled = Sequential{Input<3>{}, Normalization<>{}, Dense<1>{}};

/// Weights that are no round numbers.
template <std::size_t Count>
constexpr std::array<float, Count> values() {
    std::array<float, Count> result{};
    for (std::size_t i = 0; i < Count; ++i) result[i] = static_cast<float>((i * 37 + 11) % 61) / 61.0f - 0.5f;
    return result;
}
constexpr auto classifier_values = values<classifier.parameter_count()>();
constexpr auto camera_values = [] {
    auto result = values<camera.parameter_count()>();
    for (float& value : result) value = value < 0.0f ? -value : value;  // variances are positive
    return result;
}();
constexpr auto voice_values = values<voice.parameter_count()>();
constexpr auto bound = classifier.bind(classifier_values);

template <class Values>
void print(const char* name, const Values& printed) {
    std::printf("%s", name);
    for (const float value : printed) std::printf(" %.5f", static_cast<double>(value));
    std::printf("\n");
}

void results() {
    std::array<float, 4> x{0.5f, -0.25f, 1.0f, 0.125f};
    std::array<float, 3> y{};
    auto workspace = bound.workspace();
    bound.infer(x, y, workspace);
    print("bound", y);

    auto changed = bound;
    changed.weights()[0].assign(values<24>());
    changed.get_layer<"dense_1">().bias().write(1, 2.0f);
    changed.infer(x, y, workspace);
    print("assigned", y);

    const auto seen = camera.bind(camera_values);
    auto image = ones<2, 12, 12, 2>();
    for (std::size_t i = 0; i < image.size(); ++i) image[i] = static_cast<float>(i % 7) * 0.25f;
    print("batch", seen(image));

    const auto heard = voice.bind(voice_values);
    auto stream = heard.stream();
    float sample = 0.0f;
    std::array<float, 1> spoken{};
    for (int step = 0; step < 9; ++step, sample += 0.125f) stream.step(std::array<float, 2>{sample, -sample}, spoken);
    print("stream", spoken);

    static const auto drawn = camera.build({.seed = 3});
    print("drawn", drawn(image));
#if !defined(STRATA_NO_HEAP)
    print("predicted", bound.predict(std::array<float, 8>{1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f, 7.0f, 8.0f}));
    static const auto built = voice.build({.seed = 3});
    auto other = built.stream();
    for (int step = 0; step < 9; ++step) other.step(std::array<float, 2>{0.5f, -0.5f}, spoken);
    print("built", spoken);
    auto alone = bound.workspace({.threads = 1});
    bound.infer(x, y, alone);
    print("alone", y);
#endif
}

void mistake([[maybe_unused]] std::string_view name) {
    auto model = classifier.bind(classifier_values);
    if (name == "assign") model.weights()[1].assign(std::array<float, 2>{});
#if !defined(STRATA_NO_HEAP)
    const std::array<float, 7> seven{};
    auto normalized = scaled.build();
    if (name == "predict") static_cast<void>(model.predict(seven));
    if (name == "adapt") adapt(normalized.get_layer<"normalization">(), seven);
    if (name == "threads") static_cast<void>(model.workspace({.threads = 2}));
#endif
}

// [error_handler]
void print_and_exit(const char* message) {
    std::printf("handled: %s\n", message);
    std::fflush(stdout);
    std::_Exit(7);
}
// [/error_handler]
void go_on(const char* message) {
    std::printf("returned: %s\n", message);
    std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
    const std::string_view name = count > 1 ? arguments[1] : "results";
    const std::string_view handler = count > 2 ? arguments[2] : "";
    if (name == "results") {
        results();
        return 0;
    }
    if (handler == "ends") set_error_handler(print_and_exit);
    if (handler == "returns") set_error_handler(go_on);
    if (handler == "restored" && (set_error_handler(go_on) == go_on || set_error_handler(nullptr) != go_on)) return 1;
#if defined(STRATA_NO_EXCEPTIONS)
    mistake(name);
#else
    try {
        mistake(name);
    } catch (const std::exception& error) {
        std::printf("caught: %s\n", error.what());
        return 7;
    }
#endif
    std::printf("no error\n");
    return 0;
}
