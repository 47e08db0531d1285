// Checkpoints: what they hold, what is refused, and that a training goes on from one as if it had never stopped.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "../io/files.hpp"

namespace {

using namespace strata;
using data = Dataset<float, shape{4}, int>;

constexpr auto net = Sequential{Input<4>{}, Dense<5, ReLU>{}, Dense<3>{}};

data samples(std::size_t count) {
    data result;
    random_engine engine(3);
    for (std::size_t i = 0; i < count; ++i) {
        std::vector<float> x(4);
        for (float& value : x) value = static_cast<float>(engine.uniform(-1.0, 1.0));
        result.push_back(x, static_cast<int>(engine() % 3));
    }
    return result;
}
template <class Model, class Optimizer>
auto trainer_of(Model& model, Optimizer optimizer) {
    return compile(model, optimizer, SparseCategoricalCrossentropy{.from_logits = true});
}

/// The message of a trainer with the optimizer `to` for the checkpoint of one with `from`; empty where it loads.
template <class From, class To>
std::string refusal_of(From from, To to) {
    const folder at;
    auto first = net.build({.seed = 1});
    trainer_of(first, from).save_checkpoint(at / "a.safetensors");
    auto second = net.build({.seed = 2});
    const auto before = second;
    auto trainer = trainer_of(second, to);
    const std::string what = refusal([&] { trainer.load_checkpoint(at / "a.safetensors"); });
    if (!what.empty()) {
        REQUIRE(second == before);
        REQUIRE(contains(what, "a.safetensors"));
    }
    return what;
}
/// Trains on a batch, saves a checkpoint and gives the bytes of its file.
template <class Trainer>
std::string trained_and_saved(Trainer& trainer, const std::filesystem::path& file) {
    trainer.train_on_batch(samples(8));
    trainer.save_checkpoint(file);
    return read(file);
}
/// Whether a message has both values of a fact.
bool has_both(const std::string& what, const std::string& key, const std::string& saved, const std::string& here) {
    INFO(what);
    CHECK(contains(what, "holds a training with " + key + " " + saved + ", this one has " + key + " " + here));
    return true;
}
template <class Optimizer, class Change>
std::string changed(Change change) {
    Optimizer other;
    change(other);
    return refusal_of(Optimizer{}, other);
}

}  // namespace

TEST_CASE("the checkpoint of another optimizer is refused with both names") {
    has_both(refusal_of(Adam{}, Adamax{}), "optimizer", "Adam", "Adamax");
    has_both(refusal_of(Adam{}, Ftrl{}), "optimizer", "Adam", "Ftrl");
    has_both(refusal_of(RMSprop{}, Adagrad{}), "optimizer", "RMSprop", "Adagrad");
    has_both(refusal_of(SGD{.momentum = 0.9}, Lion{}), "optimizer", "SGD", "Lion");
    has_both(refusal_of(Adam{}, SGD{}), "optimizer", "Adam", "SGD");
    has_both(refusal_of(Adam{}, AdamW{}), "optimizer", "Adam", "AdamW");
    CHECK(refusal_of(Adam{.learning_rate = 0.1}, Adam{.learning_rate = 0.2}) == "");
}

TEST_CASE("the checkpoint of another schedule is refused with both") {
    const ExponentialDecay falling{.initial_learning_rate = 0.01, .decay_steps = 10, .decay_rate = 0.5};
    const std::string text =
        "ExponentialDecay(initial_learning_rate = 0.01, decay_steps = 10.0, decay_rate = 0.5, staircase = false)";
    const auto with = [](rate learning_rate) { return Adam{.learning_rate = std::move(learning_rate)}; };
    has_both(refusal_of(with(falling), with(0.01)), "learning_rate", text, "a number");
    has_both(refusal_of(with(0.01), with(falling)), "learning_rate", "a number", text);
    ExponentialDecay faster = falling;
    faster.decay_rate = 0.25;
    CHECK(contains(refusal_of(with(falling), with(faster)), "decay_rate = 0.25"));
    const InverseTimeDecay other{.initial_learning_rate = 0.01, .decay_steps = 10, .decay_rate = 0.5};
    CHECK(contains(refusal_of(with(falling), with(other)), "this one has learning_rate InverseTimeDecay("));
    const auto function = [](std::uint64_t) { return 0.01; };
    has_both(refusal_of(with(function), with(falling)), "learning_rate", "a function", text);
    CHECK(refusal_of(with(falling), with(falling)) == "");
    CHECK(refusal_of(with(function), with(function)) == "");
    const PiecewiseConstantDecay steps{.boundaries = {5, 9}, .values = {0.1, 0.2, 0.3}};
    CHECK(contains(refusal_of(with(steps), with(0.1)),
                   "PiecewiseConstantDecay(boundaries = [5, 9], values = [0.1, 0.2, 0.3])"));
    CosineDecay cosine{.initial_learning_rate = 0.1, .decay_steps = 7};
    CHECK(contains(refusal_of(with(cosine), with(0.1)), "warmup_target = none"));
    cosine.warmup_target = 0.3;
    CHECK(contains(refusal_of(with(cosine), with(0.1)), "warmup_target = 0.3"));
}

TEST_CASE("a checkpoint with another setting of the optimizer is refused with the setting") {
    has_both(changed<Adam>([](Adam& o) { o.beta_1 = 0.8; }), "beta_1", "0.9", "0.8");
    has_both(changed<Adam>([](Adam& o) { o.beta_2 = 0.8; }), "beta_2", "0.999", "0.8");
    has_both(changed<Adam>([](Adam& o) { o.epsilon = 1e-3; }), "epsilon", "1e-07", "0.001");
    has_both(changed<Adam>([](Adam& o) { o.amsgrad = true; }), "slots", "2", "3");
    has_both(changed<Adam>([](Adam& o) { o.weight_decay = 0.1; }), "weight_decay", "0.0", "0.1");
    has_both(changed<Adam>([](Adam& o) { o.clipnorm = 1; }), "clipnorm", "0.0", "1.0");
    has_both(changed<Adam>([](Adam& o) { o.clipvalue = 1; }), "clipvalue", "0.0", "1.0");
    has_both(changed<Adam>([](Adam& o) { o.global_clipnorm = 1; }), "global_clipnorm", "0.0", "1.0");
    has_both(changed<Adam>([](Adam& o) { o.use_ema = true; }), "use_ema", "false", "true");
    has_both(changed<Adam>([](Adam& o) { o.ema_momentum = 0.5; }), "ema_momentum", "0.99", "0.5");
    has_both(changed<Adam>([](Adam& o) { o.ema_overwrite_frequency = 4; }), "ema_overwrite_frequency", "0", "4");
    has_both(changed<AdamW>([](AdamW& o) { o.beta_1 = 0.8; }), "beta_1", "0.9", "0.8");
    has_both(changed<Adadelta>([](Adadelta& o) { o.rho = 0.5; }), "rho", "0.95", "0.5");
    has_both(changed<Adagrad>([](Adagrad& o) { o.initial_accumulator_value = 1; }), "initial_accumulator_value", "0.1",
             "1.0");
    has_both(changed<Adamax>([](Adamax& o) { o.beta_2 = 0.5; }), "beta_2", "0.999", "0.5");
    has_both(changed<Ftrl>([](Ftrl& o) { o.learning_rate_power = -1; }), "learning_rate_power", "-0.5", "-1.0");
    has_both(changed<Ftrl>([](Ftrl& o) { o.l1_regularization_strength = 1; }), "l1_regularization_strength", "0.0",
             "1.0");
    has_both(changed<Ftrl>([](Ftrl& o) { o.l2_regularization_strength = 1; }), "l2_regularization_strength", "0.0",
             "1.0");
    has_both(changed<Ftrl>([](Ftrl& o) { o.l2_shrinkage_regularization_strength = 1; }),
             "l2_shrinkage_regularization_strength", "0.0", "1.0");
    has_both(changed<Ftrl>([](Ftrl& o) { o.beta = 1; }), "beta", "0.0", "1.0");
    has_both(changed<Lion>([](Lion& o) { o.beta_1 = 0.5; }), "beta_1", "0.9", "0.5");
    has_both(changed<Nadam>([](Nadam& o) { o.epsilon = 1; }), "epsilon", "1e-07", "1.0");
    has_both(changed<RMSprop>([](RMSprop& o) { o.rho = 0.5; }), "rho", "0.9", "0.5");
    has_both(changed<RMSprop>([](RMSprop& o) { o.momentum = 0.5; }), "slots", "1", "2");
    has_both(refusal_of(RMSprop{.momentum = 0.25}, RMSprop{.momentum = 0.5}), "momentum", "0.25", "0.5");
    has_both(refusal_of(SGD{.momentum = 0.25}, SGD{.momentum = 0.5}), "momentum", "0.25", "0.5");
    has_both(refusal_of(SGD{.momentum = 0.5}, SGD{.momentum = 0.5, .nesterov = true}), "nesterov", "false", "true");
}

TEST_CASE("the checkpoint of another architecture is refused, also where all weights have its shapes") {
    const folder at;
    auto saved = net.build({.seed = 1});
    trainer_of(saved, Adam{}).save_checkpoint(at / "a.safetensors");
    const auto says = [&](auto model) {
        const auto before = model;
        auto trainer = trainer_of(model, Adam{});
        const std::string what = refusal([&] { trainer.load_checkpoint(at / "a.safetensors"); });
        REQUIRE(model == before);
        return what;
    };
    has_both(says(Sequential{Input<4>{}, Dense<5, Tanh>{}, Dense<3>{}}.build()), "layer 0", "Dense(5) ReLU",
             "Dense(5) Tanh");
    has_both(says(Sequential{Input<4>{}, Dense<6, ReLU>{}, Dense<3>{}}.build()), "layer 0", "Dense(5) ReLU",
             "Dense(6) ReLU");
    CHECK(contains(says(Sequential{Input<4>{}, Dense<5, ReLU>{}, Dense<3>{}, Softmax{}}.build()), "layer 2 (none)"));
    CHECK(contains(says(Sequential{Input<4>{}, Dense<5, ReLU, name<"a">>{}, Dense<3>{}}.build()), "weights/a/kernel"));
    CHECK(!says(Sequential{Input<4>{}, Dense<5, ReLU, frozen>{}, Dense<3>{}}.build()).empty());
    has_both(says(net.build<double>()), "values", "float32", "float64");
}

TEST_CASE("a checkpoint of which any bit has changed is refused") {
    const folder at;
    auto model = net.build({.seed = 1});
    auto trainer = trainer_of(model, SGD{.momentum = 0.9});
    const std::string bytes = trained_and_saved(trainer, at / "a.safetensors");
    const auto before = model;
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string broken = bytes;
        broken[i] = static_cast<char>(broken[i] ^ (1 << (i % 8)));
        write(at / "b.safetensors", broken);
        accepted += refusal([&] { trainer.load_checkpoint(at / "b.safetensors"); }).empty() ? 1u : 0u;
    }
    CHECK(accepted == 0);
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{7}, std::size_t{8}, bytes.size() / 2, bytes.size() - 1}) {
        write(at / "b.safetensors", bytes.substr(0, size));
        CHECK(!refusal([&] { trainer.load_checkpoint(at / "b.safetensors"); }).empty());
    }
    write(at / "b.safetensors", bytes + '\0');
    CHECK(!refusal([&] { trainer.load_checkpoint(at / "b.safetensors"); }).empty());
    CHECK(model == before);
    CHECK(trainer.steps() == 1);
    trainer.load_checkpoint(at / "a.safetensors");
}

TEST_CASE("a checkpoint whose counters are no integers is refused, though its checksum is right") {
    const folder at;
    auto model = net.build({.seed = 1});
    auto trainer = trainer_of(model, SGD{.momentum = 0.9});
    const std::string bytes = trained_and_saved(trainer, at / "a.safetensors");
    const auto before = model;
    // The counters are the last array: 20 floats, of which the first is the number of steps, 1.
    const std::size_t counter = bytes.size() - 20 * sizeof(float);
    for (const float value : {-1.0f, 0.5f, 65536.0f, -1.7e38f, std::numeric_limits<float>::quiet_NaN(), 2.0f}) {
        std::string changed = bytes;
        std::memcpy(changed.data() + counter, &value, sizeof(value));
        const std::string key = "\"checksum\":\"";
        const std::size_t digits = changed.find(key) + key.size();
        changed.replace(digits, 16, std::string(16, '0'));
        io::checksum sum;
        sum.add(changed.data(), changed.size());
        changed.replace(digits, 16, sum.text());
        write(at / "b.safetensors", changed);
        const std::string message = refusal([&] { trainer.load_checkpoint(at / "b.safetensors"); });
        CHECK(contains(message, value == 2.0f ? "" : "counters of steps are no integers"));
        CHECK(trainer.steps() == (value == 2.0f ? 2 : 1));
        CHECK(model == before);
    }
}

TEST_CASE("the sum over a checkpoint is CRC-64 as xz has it") {
    io::checksum sum;
    sum.add("123456789", 9);
    CHECK(sum.text() == "995dc9bbdf1939fa");
    io::checksum parts;
    parts.add("1234", 4);
    parts.add("56789", 5);
    CHECK(parts.text() == sum.text());
}

TEST_CASE("weights are no checkpoint, a checkpoint is no file of weights, another version is called so") {
    const folder at;
    auto model = net.build({.seed = 1});
    auto trainer = trainer_of(model, SGD{});
    model.save_weights(at / "weights.safetensors");
    CHECK(contains(refusal([&] { trainer.load_checkpoint(at / "weights.safetensors"); }), "is no checkpoint"));
    trainer.save_checkpoint(at / "a.safetensors");
    CHECK(contains(refusal([&] { model.load_weights(at / "a.safetensors"); }), "give it to load_checkpoint"));
    std::string bytes = read(at / "a.safetensors");
    const std::size_t version = bytes.find("\"version\":\"2\"");
    REQUIRE(version != bytes.npos);
    bytes[version + 11] = '7';
    write(at / "b.safetensors", bytes);
    CHECK(contains(refusal([&] { trainer.load_checkpoint(at / "b.safetensors"); }),
                   "is a checkpoint of version 7, expected version 2"));
}

namespace {

/// A training of four epochs that never stops, that goes on in the same trainer, and that goes on from a checkpoint.
template <class Optimizer>
void check_resuming(Optimizer optimizer) {
    const folder at;
    const data train = samples(40);
    const auto options = [](std::size_t begin, std::size_t end) {
        return fit_options<data>{.batch_size = 8, .epochs = end, .seed = 4, .initial_epoch = begin, .verbose = 0};
    };
    auto whole = net.build({.seed = 1});
    trainer_of(whole, optimizer).fit(train, options(0, 4));

    auto first = net.build({.seed = 1});
    auto trainer = trainer_of(first, optimizer);
    trainer.fit(train, options(0, 2));
    trainer.save_checkpoint(at / "a.safetensors");
    auto second = net.build({.seed = 8});
    auto resumed = trainer_of(second, optimizer);
    resumed.load_checkpoint(at / "a.safetensors");
    CHECK(second == first);
    CHECK(second.predict(train.inputs()) == first.predict(train.inputs()));
    // A loaded state is saved as the same file.
    resumed.save_checkpoint(at / "b.safetensors");
    CHECK(read(at / "b.safetensors") == read(at / "a.safetensors"));
    resumed.fit(train, options(2, 4));
    CHECK(second == whole);
    trainer.fit(train, options(2, 4));
    CHECK(first == whole);
}

}  // namespace

TEST_CASE("a training with a moving average goes on bit for bit") {
    check_resuming(SGD{.learning_rate = 0.1, .use_ema = true});
    check_resuming(SGD{.learning_rate = 0.1, .momentum = 0.5, .use_ema = true, .ema_momentum = 0.7});
    check_resuming(Adam{.learning_rate = 0.01, .use_ema = true, .ema_overwrite_frequency = 7});
    check_resuming(Nadam{.learning_rate = 0.01});
    check_resuming(
        Adam{.learning_rate = ExponentialDecay{.initial_learning_rate = 0.1, .decay_steps = 3, .decay_rate = 0.9}});
}

TEST_CASE("weights that were changed after a training with a moving average are those from which it goes on") {
    const folder at;
    const data train = samples(40);
    const SGD optimizer{.learning_rate = 0.1, .use_ema = true};
    auto model = net.build({.seed = 1});
    auto trainer = trainer_of(model, optimizer);
    trainer.fit(train, {.epochs = 2, .seed = 4, .verbose = 0});
    auto given = net.build({.seed = 6});
    for (std::size_t i = 0; i < given.weights().size(); ++i) model.weights()[i].assign(given.weights()[i].to_vector());
    trainer.save_checkpoint(at / "a.safetensors");
    auto other = net.build({.seed = 7});
    auto other_trainer = trainer_of(other, optimizer);
    other_trainer.load_checkpoint(at / "a.safetensors");
    CHECK(other == given);
    trainer.train_on_batch(train);
    other_trainer.train_on_batch(train);
    CHECK(model == other);
    auto fresh = net.build({.seed = 6});
    trainer_of(fresh, optimizer).train_on_batch(train);
    CHECK(model == fresh);
}

namespace {

/// A model that loads a checkpoint infers as the one that saved it: weights are packed again.
template <class Net>
void check_packing(Net layers) {
    const folder at;
    auto first = layers.build({.seed = 1});
    auto second = layers.build({.seed = 2});
    std::vector<float> x(2 * Net::input_shape().size());
    random_engine engine(5);
    for (float& value : x) value = static_cast<float>(engine.uniform(-1.0, 1.0));
    const auto wanted = first.predict(x);
    REQUIRE(second.predict(x) != wanted);
    compile(first, SGD{}, MeanSquaredError{}).save_checkpoint(at / "a.safetensors");
    compile(second, SGD{}, MeanSquaredError{}).load_checkpoint(at / "a.safetensors");
    CHECK(second.predict(x) == wanted);
    CHECK(second == first);
}

}  // namespace

TEST_CASE("a checkpoint's weights are packed when they are loaded") {
    check_packing(Sequential{Input<9, 8, 3>{}, Conv2D<5, 3, ReLU>{}, Conv2D<4, 2, strides<2>>{}, Flatten<>{}});
    check_packing(Sequential{Input<12, 12, 16>{}, Conv2D<16, 3, padding::same>{}});
    check_packing(
        Sequential{Input<8, 8, 8>{}, Conv2D<8, 3, groups<4>>{}, DepthwiseConv2D<3>{}, Flatten<>{}, Dense<1>{}});
    check_packing(Sequential{Input<6, 3>{}, Bidirectional<LSTM<4, return_sequences>>{}, LSTM<5, return_sequences>{},
                             GRU<7>{}, Dense<1>{}});
    check_packing(Sequential{Input<6, 3>{}, Conv1D<4, 3>{}, SimpleRNN<5>{}});
    check_packing(Sequential{Input<5, 5, 4>{}, Conv2DTranspose<3, 3, strides<2>>{}, SeparableConv2D<6, 3>{}});
}
