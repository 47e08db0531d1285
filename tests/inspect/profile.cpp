// The profiler: its rows are the steps of the plan, its numbers add up, and nothing of the model changes.
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#if __has_include(<nlohmann/json.hpp>)
#include <nlohmann/json.hpp>
#define TESTS_HAVE_JSON
#endif

#include <strata/inspect.hpp>
#include <strata/strata.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

static_assert(std::is_empty_v<detail::no_observer>);

constexpr Sequential digits{Input<28, 28, 1>{},    Conv2D<16, 3>{}, ReLU{},     MaxPooling2D<2>{},
                            Conv2D<32, 3, ReLU>{}, Flatten<>{},     Dense<10>{}};

profile_options quick() { return {.repetitions = 2, .peak = 1e11}; }

double sum_of_flops(const Profile& profile) {
    double sum = 0;
    for (const profile_row& row : profile.rows()) sum += row.flops;
    return sum;
}
std::vector<std::string> names(const Profile& profile) {
    std::vector<std::string> result;
    for (const profile_row& row : profile.rows()) result.push_back(row.layers);
    return result;
}

}  // namespace

TEST_CASE("a profile has a row for each fused step, with all operations of the net") {
    const auto model = digits.build();
    const Profile found = profile(model, ones<1, 28, 28, 1>(), quick());
    CHECK(names(found) == std::vector<std::string>{"conv2d + re_lu + max_pooling2d", "conv2d_1", "dense"});
    CHECK(sum_of_flops(found) == static_cast<double>(digits.flops()));
    CHECK(found.count() == 1);
    CHECK(found.rows()[0].algorithm == "direct");
    CHECK(found.rows()[1].algorithm.starts_with("Winograd "));
    CHECK(found.rows()[2].algorithm == "product with panels");
    // Input, output and weights of the last layer, whose panels are padded.
    CHECK(found.rows()[2].bytes >= 4.0 * (32 * 11 * 11 + 10 + 10 * (32 * 11 * 11 + 1)));
    CHECK(found.rows()[2].bytes < 1.7 * 4.0 * (32 * 11 * 11 + 10 + 10 * (32 * 11 * 11 + 1)));
    for (const profile_row& row : found.rows()) {
        CHECK(row.seconds > 0);
        CHECK(row.threads == 1);
        CHECK(found.share_of_peak(row) == Approx(row.flops / row.seconds / 1e11));
    }
    CHECK(found.seconds() > 0);
}

TEST_CASE("samples that make tiles are profiled in tiles") {
    const auto model = digits.build();
    constexpr std::size_t tile = detail::batch_tile<decltype(model)::net_type, float>;
    REQUIRE(tile > 1);
    const std::vector<float> x(28 * 28 * (2 * tile + 1), 0.5f);
    const Profile found = profile(model, x, quick());
    CHECK(found.count() == 2 * tile);
    CHECK(sum_of_flops(found) == static_cast<double>(2 * tile * digits.flops()));
    CHECK(found.events().size() == 2 * found.rows().size());
    CHECK_THROWS_AS(profile(model, std::vector<float>(5)), std::invalid_argument);
}

TEST_CASE("a chain over bands of rows is one row, and threads share it") {
    constexpr Sequential large{Input<256, 256, 3>{}, Conv2D<32, 3, ReLU>{}, Conv2D<32, 3, ReLU>{},
                               GlobalAveragePooling2D<>{}, Dense<4>{}};
    const auto model = large.build();
    const auto x = ones<1, 256, 256, 3>();
    const Profile found = profile(model, x, quick());
    CHECK(names(found).front() == "conv2d, conv2d_1");
    CHECK(found.rows().front().algorithm.find("; bands of ") != std::string::npos);
    CHECK(sum_of_flops(found) == static_cast<double>(large.flops()));
    profile_options by_two = quick();
    by_two.threads = 2;
    const Profile shared = profile(model, x, by_two);
    CHECK(shared.rows().front().threads == 2);
    CHECK(shared.rows().back().threads == 1);
    const auto of_thread = [&](std::size_t thread) {
        return std::count_if(shared.events().begin(), shared.events().end(),
                             [&](const profile_event& each) { return each.thread == thread; });
    };
    CHECK(of_thread(0) == static_cast<std::ptrdiff_t>(shared.rows().size()));
    CHECK(of_thread(1) > 0);
}

TEST_CASE("a net that computes nothing has an empty profile") {
    const auto model = Sequential{Input<4, 2>{}, Flatten<>{}}.build();
    CHECK(profile(model, ones<1, 4, 2>(), quick()).rows().empty());
}

TEST_CASE("the table names steps, times and shares, and ends with their sum") {
    const Profile found(
        "net", "sample", 1, 1e11, 3e-3,
        {{.layers = "conv2d + re_lu", .algorithm = "direct", .seconds = 2e-3, .flops = 1e8, .bytes = 2048},
         {.layers = "dense", .algorithm = "product with panels", .seconds = 1e-6, .bytes = 1024}},
        {});
    CHECK(found.to_text() ==
          "net: 1 sample in 3.00 ms, 33.3 GFLOP/s; peak of one core 100 GFLOP/s\n"
          "step            algorithm               time    share  MFLOP  GFLOP/s  of peak   KB  threads\n"
          "conv2d + re_lu  direct               2.00 ms  100.0 %  100.0     50.0     50 %  2.0        1\n"
          "dense           product with panels  1.00 us    0.0 %  0.000                    1.0        1\n"
          "sum                                  2.00 ms  100.0 %  100.0     50.0     50 %  3.0        1\n");
    CHECK(found.to_markdown().starts_with(
        "| step | algorithm | time | share | MFLOP | GFLOP/s | of peak | KB | threads |\n"
        "|---|---|--:|--:|--:|--:|--:|--:|--:|\n| conv2d + re_lu | direct | 2.00 ms |"));
}

TEST_CASE("a stream's profile is of its time steps, of blocks and of single ones, and leaves the stream as it was") {
    const auto model = Sequential{
        Input<any, 2>{}, Conv1D<8, 3, padding::causal, ReLU>{}, LSTM<4, return_sequences>{},
        Dense<1>{}}.build();
    auto stream = model.stream();
    const std::vector<float> x(2 * 100, 0.5f);
    for (const bool single : {false, true}) {
        profile_options options = quick();
        options.single_steps = single;
        const Profile found = profile(stream, x, options);
        CHECK(found.count() == 100);
        CHECK(names(found) == std::vector<std::string>{"conv1d", "lstm", "dense"});
        CHECK(found.rows()[0].flops == 100 * (2 * 2 * 3 * 8 + 8 + 8));
        CHECK(found.rows()[2].flops == 100 * (2 * 4 + 1));
        constexpr std::size_t frames = stream_plan_of<std::remove_const_t<decltype(model)>::net_type, float>.frames;
        CHECK(found.events().size() == (single ? 100 : (100 + frames - 1) / frames) * 3);
    }
    auto other = model.stream();
    std::vector<float> y(1), z(1);
    stream.step(std::vector<float>(2, 1.f), y);
    other.step(std::vector<float>(2, 1.f), z);
    CHECK(y == z);
    CHECK_THROWS(profile(stream, std::vector<float>(3)));
}

TEST_CASE("a training step's profile has forward, backward and the optimizer, and leaves the model as it was") {
    auto model = Sequential{Input<8, 8, 1>{}, Conv2D<4, 3, ReLU>{}, Flatten<>{}, Dense<3>{}}.build();
    const auto before = model;
    Dataset<float, shape{8, 8, 1}, int> data;
    for (int i = 0; i < 20; ++i) data.push_back(std::vector<float>(64, 0.125f * static_cast<float>(i)), i % 3);
    auto trainer = compile(model, Adam{}, SparseCategoricalCrossentropy{.from_logits = true});
    for (const std::size_t threads : {std::size_t{1}, std::size_t{2}}) {
        profile_options options = quick();
        options.threads = threads;
        options.batch_size = 16;
        const Profile found = profile(trainer, data, options);
        CHECK(found.count() == 16);
        std::vector<std::string> parts;
        for (const profile_row& row : found.rows()) parts.push_back(row.part + " " + row.layers);
        CHECK(parts == std::vector<std::string>{"pack weights all layers", "forward conv2d", "forward dense",
                                                "loss loss", "backward dense", "backward conv2d",
                                                "optimizer all weights"});
        const double conv = 16.0 * (2 * 9 + 2) * 6 * 6 * 4, dense = 16.0 * (2 * 144 + 1) * 3;
        CHECK(found.rows()[1].flops == conv);
        CHECK(found.rows()[4].flops == 2 * dense);
        CHECK(found.rows()[5].flops == conv);  // the first layer passes no gradient on
        for (const profile_row& row : found.rows()) CHECK(row.threads == threads);
    }
    CHECK(model == before);
    CHECK(trainer.steps() == 0);
}

TEST_CASE("the trace has what Chrome's viewer needs of each event") {
    const auto model = digits.build();
    const Profile found = profile(model, ones<1, 28, 28, 1>(), quick());
    const auto file = std::filesystem::temp_directory_path() / "strata-profile-test.json";
    found.write_trace(file);
    std::ifstream in(file);
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    CHECK(text == found.to_trace());
    std::filesystem::remove(file);
    CHECK(io::json_string("a\"b\\c\n") == "\"a\\\"b\\\\c\\u000a\"");
#if defined(TESTS_HAVE_JSON)
    const auto trace = nlohmann::json::parse(text);
    std::size_t complete = 0;
    for (const auto& event : trace.at("traceEvents")) {
        CHECK(event.at("name").is_string());
        CHECK(event.at("pid").is_number_integer());
        CHECK(event.at("tid").is_number_integer());
        if (event.at("ph") == "M") continue;
        CHECK(event.at("ph") == "X");
        CHECK(event.at("cat") == "forward");
        CHECK(event.at("ts").get<double>() >= 0);
        CHECK(event.at("dur").get<double>() > 0);
        CHECK(event.at("args").at("flops").get<double>() > 0);
        ++complete;
    }
    CHECK(complete == found.rows().size());
#endif
}

TEST_CASE("the calls of docs/profile.md") {
    auto model = digits.build();
    const auto x = ones<1, 28, 28, 1>();
    const auto folder = std::filesystem::temp_directory_path();
    std::ostringstream out;
    // [profile]
    const Profile found = profile(model, x);  // x: a Tensor, or a vector or span of whole samples
    out << found;
    found.write_trace(folder / "trace.json");  // for https://ui.perfetto.dev or chrome://tracing
    for (const profile_row& row : found.rows())
        if (found.share_of_peak(row) < 0.1) out << row.layers << " waits for memory\n";
    // [/profile]
    CHECK(out.str().starts_with("sequential: 1 sample in "));
    std::filesystem::remove(folder / "trace.json");
}
