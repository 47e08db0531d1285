// Callbacks against a training that is made by hand, and against what Keras' own callbacks did with the same scores.
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <limits>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include <strata/core/file_error.hpp>
#include <strata/core/function.hpp>
#include <strata/io/weights.hpp>
#include <strata/train/callbacks.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

constexpr double NaN = std::numeric_limits<double>::quiet_NaN();

/// Its weights are the number of the epoch that ended last.
class fake_training final : public training_control {
public:
    void stop() override { is_stopped = true; }
    double learning_rate() const override { return rate; }
    void set_learning_rate(double value) override { rate = value; }
    void write_weights(const weight_file_name& file, weight_writer) const override {
        saved.push_back(file.path.string());
    }
    void keep_weights() override { kept = weights; }
    void restore_weights() override { restored = kept.value(); }
    std::size_t epochs() const override { return 24; }
    std::size_t steps() const override { return 1; }

    bool is_stopped = false;
    double rate = 0.5;
    mutable std::vector<std::string> saved;
    int weights = -1, restored = -1;
    std::optional<int> kept;
    std::vector<double> rates;
    std::vector<Scores> history;
};

/// As Keras' fit: hooks in their order, until a callback stops it.
void run(fake_training& training, callback each, const std::vector<Scores>& epochs, std::size_t steps = 0) {
    each.on_train_begin(training);
    for (std::size_t epoch = 0; epoch < epochs.size() && !training.is_stopped; ++epoch) {
        each.on_epoch_begin(training, epoch);
        for (std::size_t batch = 0; batch < steps; ++batch)
            each.on_batch_end(training, batch,
                              Scores{{"loss", epochs[epoch]["val_loss"] + static_cast<double>(batch)}});
        training.weights = static_cast<int>(epoch);
        Scores scores = epochs[epoch];
        each.on_epoch_end(training, epoch, scores);
        training.history.push_back(scores);
        training.rates.push_back(training.rate);
    }
    each.on_train_end(training);
}

std::vector<Scores> val_losses(const std::vector<double>& values) {
    std::vector<Scores> epochs;
    for (const double value : values) epochs.push_back({{"loss", value / 2}, {"val_loss", value}});
    return epochs;
}

std::string refusal(const std::function<void()>& act) {
    try {
        act();
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "not refused";
}
bool holds(const std::string& text, const std::vector<std::string>& parts) {
    for (const std::string& part : parts)
        if (text.find(part) == text.npos) {
            UNSCOPED_INFO("\"" << part << "\" is not in: " << text);
            return false;
        }
    return true;
}

/// Catches the standard output while it lives.
struct captured_output {
    std::ostringstream text;
    std::streambuf* before = std::cout.rdbuf(text.rdbuf());
    captured_output() = default;
    captured_output(const captured_output&) = delete;
    ~captured_output() { std::cout.rdbuf(before); }
};

struct folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / "strata-callbacks-test";
    folder() { std::filesystem::create_directories(path); }
    ~folder() { std::filesystem::remove_all(path); }
};
std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

struct counting_hooks {
    std::string calls;
    // [hooks]
    void on_train_begin(training_control&);
    void on_train_end(training_control&);
    void on_epoch_begin(training_control&, std::size_t epoch);               // epochs count from 0
    void on_epoch_end(training_control&, std::size_t epoch, const Scores&);  // or Scores&, to add to them
    void on_batch_end(training_control&, std::size_t batch, const Scores&);
    // [/hooks]
};
void counting_hooks::on_train_begin(training_control&) { calls += 'T'; }
void counting_hooks::on_train_end(training_control&) { calls += 't'; }
void counting_hooks::on_epoch_begin(training_control&, std::size_t) { calls += 'e'; }
void counting_hooks::on_epoch_end(training_control&, std::size_t, const Scores&) { calls += 'E'; }
void counting_hooks::on_batch_end(training_control&, std::size_t, const Scores&) { calls += 'b'; }
struct only_epochs {
    std::size_t* last;
    void on_epoch_end(training_control&, std::size_t epoch, const Scores&) const { *last = epoch; }
};
struct no_hooks {
    void on_epoch_ends(training_control&) {}
};

static_assert(std::is_constructible_v<callback, counting_hooks> && std::is_constructible_v<callback, only_epochs>);
static_assert(std::is_constructible_v<callback, std::reference_wrapper<counting_hooks>>);
static_assert(!std::is_constructible_v<callback, no_hooks> && !std::is_constructible_v<callback, int>);
static_assert(std::is_convertible_v<EarlyStopping, callback>);

}  // namespace

TEST_CASE("EarlyStopping stops in the epoch and restores the weights that Keras does") {
#define EARLY_STOPPING(stopper_, values, epochs, stopped, restored_) \
    {                                                                \
        fake_training training;                                      \
        EarlyStopping stopper = stopper_;                            \
        run(training, std::ref(stopper), val_losses(values));        \
        CAPTURE(#stopper_, #values);                                 \
        CHECK(training.rates.size() == epochs);                      \
        CHECK(training.is_stopped == (stopped > 0));                 \
        CHECK(stopper.stopped_epoch == stopped);                     \
        CHECK(training.restored == restored_);                       \
    }
#include "../golden/data/callbacks.inc"
}

TEST_CASE("ReduceLROnPlateau gives the learning rates of Keras") {
#define REDUCE_LR(reducer, values, rates_)          \
    {                                               \
        fake_training training;                     \
        run(training, reducer, val_losses(values)); \
        CAPTURE(#reducer, #values);                 \
        CHECK(training.rates == rates_);            \
    }
#include "../golden/data/callbacks.inc"
}

TEST_CASE("ModelCheckpoint saves the files that Keras does, under the same names") {
#define CHECKPOINT(checkpoint, values, steps, files)          \
    {                                                         \
        fake_training training;                               \
        run(training, checkpoint, val_losses(values), steps); \
        CAPTURE(#checkpoint, #values);                        \
        CHECK(training.saved == files);                       \
    }
#include "../golden/data/callbacks.inc"
}

TEST_CASE("mode auto goes up and down with the metrics for which Keras does") {
#define DIRECTION(name, is_up)                                                 \
    {                                                                          \
        const std::string monitor = std::string("val_") + name, mode = "auto"; \
        CAPTURE(monitor);                                                      \
        CHECK(detail::monitor{"this", monitor, mode}.rises() == is_up);        \
    }
#include "../golden/data/callbacks.inc"
}

TEST_CASE("mode auto reads names of one's own and counted names by their ending") {
    const auto rises = [](const std::string& name) {
        const std::string mode = "auto";
        return detail::monitor{"this", name, mode}.rises();
    };
    CHECK(rises("val_my_accuracy"));
    CHECK(rises("auc_1"));
    CHECK(!rises("val_loss_2"));
    for (const char* unclear : {"inaccuracy", "val_", "gloss"}) {
        CAPTURE(unclear);
        CHECK(holds(refusal([&] { rises(unclear); }), {"rise or to fall", unclear, ".mode"}));
    }
}

TEST_CASE("EarlyStopping begins anew with every fit") {
    EarlyStopping stopper{.patience = 1, .restore_best_weights = true};
    for (const int round : {1, 2}) {
        CAPTURE(round);
        fake_training training;
        run(training, std::ref(stopper), val_losses({2.0 * round, 1.0 * round, 3.0, 3.0}));
        CHECK(training.rates.size() == 3);
        CHECK(training.restored == 1);
        CHECK(stopper.best == 1.0 * round);
        CHECK(stopper.best_epoch == 1);
    }
}

TEST_CASE("EarlyStopping counts its patience from zero in every fit") {
    // A baseline that is never reached: improvements do not set the count back.
    EarlyStopping stopper{.patience = 3, .baseline = 0.5};
    for (const int round : {1, 2}) {
        CAPTURE(round);
        fake_training training;
        run(training, std::ref(stopper), val_losses({2.0, 2.0, 2.0, 2.0, 2.0, 2.0}));
        CHECK(training.rates.size() == 3);
        CHECK(stopper.wait == 3);
    }
}

TEST_CASE("EarlyStopping does not take NaN for the best, even where it comes first") {
    EarlyStopping stopper{.patience = 3, .restore_best_weights = true};
    fake_training training;
    run(training, std::ref(stopper), val_losses({NaN, 2.0, 1.0, NaN, 1.5}));
    CHECK(stopper.best == 1.0);
    CHECK(training.restored == 2);
}

TEST_CASE("EarlyStopping does not stop in the first epoch, and restores it where no epoch was better") {
    fake_training training;
    run(training, EarlyStopping{.patience = 0}, val_losses({NaN, 1.0, 2.0, 3.0}));
    CHECK(training.rates.size() == 3);

    fake_training lost;
    run(lost, EarlyStopping{.patience = 1, .restore_best_weights = true}, val_losses({NaN, NaN, NaN}));
    CHECK(lost.rates.size() == 2);
    CHECK(lost.restored == 0);
}

TEST_CASE("EarlyStopping brings no weights back unless it is asked to") {
    fake_training training;
    run(training, EarlyStopping{}, val_losses({1.0, 2.0, 3.0}));
    CHECK(training.is_stopped);
    CHECK(!training.kept);
    CHECK(training.restored == -1);
}

TEST_CASE("EarlyStopping says in Keras' words what it does when verbose") {
    const captured_output output;
    fake_training training;
    run(training, EarlyStopping{.patience = 1, .verbose = 1, .restore_best_weights = true}, val_losses({1.0, 2.0}));
    CHECK(output.text.str() == "Epoch 2: early stopping\nRestoring model weights from the end of the best epoch: 1.\n");
}

TEST_CASE("a monitor that does not exist is refused at the end of the first epoch, with the names that do") {
    const std::vector<Scores> no_validation{{{"loss", 1.0}, {"accuracy", 0.5}}, {{"loss", 0.9}, {"accuracy", 0.6}}};
    const std::vector<callback> watchers{EarlyStopping{}, EarlyStopping{.start_from_epoch = 5}, ReduceLROnPlateau{},
                                         ModelCheckpoint{.filepath = "a.weights.h5", .save_best_only = true}};
    for (const callback& each : watchers) {
        fake_training training;
        CHECK(holds(refusal([&] { run(training, each, no_validation); }),
                    {"\"val_loss\"", "known are loss, accuracy", "validation data"}));
        CHECK(training.history.empty());
        CHECK(training.saved.empty());
    }
    fake_training training;
    const std::string misspelled = refusal([&] { run(training, EarlyStopping{.monitor = "acuracy"}, no_validation); });
    CHECK(holds(misspelled, {"EarlyStopping", "\"acuracy\"", "known are loss, accuracy"}));
    CHECK(misspelled.find("validation data") == misspelled.npos);
}

TEST_CASE("a name that does not tell its direction is refused at the end of the first epoch") {
    const std::vector<Scores> epochs{{{"loss", 1.0}, {"skill", 0.5}}, {{"loss", 1.0}, {"skill", 0.6}}};
    const std::vector<callback> watchers{
        EarlyStopping{.monitor = "skill"}, ReduceLROnPlateau{.monitor = "skill"},
        ModelCheckpoint{.filepath = "a.h5", .monitor = "skill", .save_best_only = true}};
    for (const callback& each : watchers) {
        fake_training training;
        CHECK(holds(refusal([&] { run(training, each, epochs); }), {"\"skill\"", "rise or to fall"}));
        CHECK(training.history.empty());
    }
    fake_training training;
    run(training, EarlyStopping{.monitor = "skill", .mode = "max"}, epochs);
    CHECK(training.history.size() == 2);
}

TEST_CASE("bad arguments are refused when a callback is made, in a sentence that names it and them") {
    const auto refused = [](auto hooks) { return refusal([&] { callback made(hooks); }); };
    CHECK(holds(refused(EarlyStopping{.mode = "maximum"}),
                {"EarlyStopping", "\"maximum\"", "\"auto\", \"min\" or \"max\""}));
    CHECK(holds(refused(EarlyStopping{.monitor = ""}), {"EarlyStopping", "monitor is empty"}));
    CHECK(holds(refused(EarlyStopping{.min_delta = NaN}), {"EarlyStopping", "min_delta"}));
    CHECK(holds(refused(EarlyStopping{.baseline = NaN}), {"EarlyStopping", "baseline"}));
    CHECK(holds(refused(ReduceLROnPlateau{.factor = 1.0}), {"ReduceLROnPlateau", "factor", "1"}));
    CHECK(holds(refused(ReduceLROnPlateau{.min_lr = -0.5}), {"ReduceLROnPlateau", "min_lr", "-0.5"}));
    CHECK(holds(refused(ModelCheckpoint{}), {"ModelCheckpoint", "filepath is empty"}));
    CHECK(holds(refused(ModelCheckpoint{.filepath = "a.h5", .save_weights_only = false}), {"save_weights_only"}));
    CHECK(holds(refused(ModelCheckpoint{.filepath = "a.h5", .save_freq = "batch"}), {"save_freq", "\"epoch\""}));
    CHECK(holds(refused(ModelCheckpoint{.filepath = "a.h5", .save_freq = -2}), {"save_freq", "above zero"}));
    for (const char* path :
         {"{epoch:02x}.h5", "{epoch", "epoch}.h5", "{}.h5", "{loss:.}.h5", "{loss:.99999f}.h5", "{epoch:.2d}.h5"}) {
        CAPTURE(path);
        CHECK(holds(refused(ModelCheckpoint{.filepath = path}), {"ModelCheckpoint", path}));
    }
    CHECK(holds(refused(LearningRateScheduler{}), {"LearningRateScheduler", "schedule is empty"}));
    CHECK(holds(refused(CSVLogger{}), {"CSVLogger", "filename is empty"}));
    CHECK(holds(refused(CSVLogger{.filename = "a.csv", .separator = ""}), {"CSVLogger", "separator"}));

    EarlyStopping stopper{.mode = "up"};
    CHECK(holds(refused(std::ref(stopper)), {"EarlyStopping", "\"up\""}));
}

TEST_CASE("ModelCheckpoint refuses an unknown name in braces with the names that are known") {
    fake_training training;
    const auto refused = [&](ModelCheckpoint checkpoint, std::size_t steps = 0) {
        return refusal([&] { run(training, checkpoint, val_losses({1.0}), steps); });
    };
    CHECK(holds(refused({.filepath = "{val_acc:.2f}.h5"}),
                {"{val_acc}", "known are loss, val_loss", "epoch", "{val_acc:.2f}.h5"}));
    CHECK(holds(refused({.filepath = "{batch}.h5"}), {"{batch}"}));
    CHECK(holds(refused({.filepath = "{loss:3d}.h5"}), {"{loss}", "no integer"}));
    CHECK(holds(refused({.filepath = "{val_loss}.h5", .save_freq = 1}, 1),
                {"{val_loss}", "known are loss, and epoch, batch"}));
    CHECK(training.saved.empty());
}

TEST_CASE("ModelCheckpoint makes the folders that are missing") {
    const folder at;
    fake_training training;
    ModelCheckpoint checkpoint{.filepath = (at.path / "run {epoch}" / "best.h5").string()};
    run(training, std::ref(checkpoint), val_losses({1.0, 0.5}));
    CHECK(std::filesystem::is_directory(at.path / "run 1"));
    CHECK(std::filesystem::is_directory(at.path / "run 2"));
    CHECK(checkpoint.last_saved == at.path / "run 2" / "best.h5");

    std::ofstream(at.path / "file") << "no folder";
    const ModelCheckpoint blocked{.filepath = (at.path / "file" / "a.h5").string()};
    CHECK_THROWS_AS(run(training, blocked, val_losses({1.0})), file_error);
}

TEST_CASE("ModelCheckpoint remembers the best of the fits before, as in Keras") {
    fake_training training;
    ModelCheckpoint checkpoint{.filepath = "{epoch}.h5", .save_best_only = true};
    run(training, std::ref(checkpoint), val_losses({3.0, 2.0}));
    run(training, std::ref(checkpoint), val_losses({2.5, 1.5}));
    CHECK(training.saved == std::vector<std::string>{"1.h5", "2.h5", "2.h5"});
}

TEST_CASE("a name of a file has as many decimals as it asks for, 300 at most") {
    fake_training training;
    run(training, ModelCheckpoint{.filepath = "{loss:.300f}.h5"}, {{{"loss", -1e308}}});
    REQUIRE(training.saved.size() == 1);
    const std::string& name = training.saved.front();
    CHECK(name.size() == 1 + 309 + 1 + 300 + 3);
    CHECK((name.starts_with("-1000000000000000") && name.ends_with("." + std::string(300, '0') + ".h5")));
    CHECK(holds(refusal([] { callback made(ModelCheckpoint{.filepath = "{loss:.301f}.h5"}); }), {"{loss:.301f}"}));
}

TEST_CASE("ModelCheckpoint says what it does when verbose") {
    const captured_output output;
    fake_training training;
    run(training, ModelCheckpoint{.filepath = "{epoch}.h5", .verbose = 1, .save_best_only = true},
        val_losses({2.0, 3.0, 1.0}));
    CHECK(output.text.str() ==
          "\nEpoch 1: val_loss improved from None to 2.00000, saving model to 1.h5\n"
          "\nEpoch 2: val_loss did not improve from 2.00000\n"
          "\nEpoch 3: val_loss improved from 2.00000 to 1.00000, saving model to 3.h5\n");
}

TEST_CASE("ReduceLROnPlateau and LearningRateScheduler add the learning rate of each epoch to its scores") {
    fake_training reduced, scheduled;
    run(reduced, ReduceLROnPlateau{.factor = 0.5, .patience = 1}, val_losses({1.0, 1.0, 1.0}));
    run(scheduled, LearningRateScheduler{[](std::size_t epoch, double rate) { return epoch == 1 ? rate / 4 : rate; }},
        val_losses({1.0, 1.0, 1.0}));
    const auto rates = [](const fake_training& training) {
        std::vector<double> result;
        for (const Scores& each : training.history) result.push_back(each["learning_rate"]);
        return result;
    };
    CHECK(rates(reduced) == std::vector<double>{0.5, 0.5, 0.25});       // the plateau is seen when its epoch has ended
    CHECK(rates(scheduled) == std::vector<double>{0.5, 0.125, 0.125});  // the schedule is asked before its epoch begins
}

TEST_CASE("LearningRateScheduler refuses a rate that is none") {
    for (const double bad : {NaN, -1e-5, std::numeric_limits<double>::infinity()}) {
        fake_training training;
        const LearningRateScheduler scheduler{
            .schedule = [=](std::size_t epoch, double) { return epoch == 1 ? bad : 0.25; }};
        CHECK(holds(refusal([&] { run(training, scheduler, val_losses({1.0, 1.0})); }),
                    {"LearningRateScheduler", "epoch 1"}));
        CHECK(training.rate == 0.25);
    }
}

TEST_CASE("TerminateOnNaN stops at the first batch whose loss is no number") {
    for (const double bad : {NaN, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
        const captured_output output;
        fake_training training;
        run(training, TerminateOnNaN{}, val_losses({1.0, bad, 1.0}), 2);
        CHECK(training.history.size() == 2);
        CHECK(output.text.str() == "\nBatch 0: Invalid loss, terminating training\n");

        fake_training raising;
        CHECK_THROWS_AS(run(raising, TerminateOnNaN{.raise_error = true}, val_losses({1.0, bad, 1.0}), 2),
                        std::runtime_error);
        CHECK(raising.history.size() == 1);
    }
    fake_training training;
    run(training, TerminateOnNaN{}, val_losses({1.0, 1e300}), 2);
    CHECK(!training.is_stopped);
}

TEST_CASE("CSVLogger writes a row per epoch, sorted by name, while the training runs") {
    const folder at;
    const std::filesystem::path file = at.path / "log.csv";
    std::ofstream(file) << "old\n";
    fake_training training;
    callback logger = CSVLogger{.filename = file};
    logger.on_train_begin(training);
    CHECK(read(file).empty());
    Scores scores{{"loss", 0.5}, {"accuracy", 1.0}, {"a,\"b\"", NaN}};
    logger.on_epoch_end(training, 3, scores);
    CHECK(read(file) == "epoch,\"a,\"\"b\"\"\",accuracy,loss\n3,nan,1.0,0.5\n");
    Scores fewer{{"accuracy", 1e-9}};
    logger.on_epoch_end(training, 4, fewer);
    CHECK(read(file) == "epoch,\"a,\"\"b\"\"\",accuracy,loss\n3,nan,1.0,0.5\n4,NA,1e-09,NA\n");
}

TEST_CASE("CSVLogger appends to what is there, in its columns") {
    const folder at;
    const std::filesystem::path file = at.path / "log.csv";
    const CSVLogger logger{.filename = file, .separator = ";", .append = true};
    fake_training training;
    run(training, logger, val_losses({1.0}));
    run(training, logger, val_losses({2.0}));
    CHECK(read(file) == "epoch;loss;val_loss\n0;0.5;1.0\n0;1.0;2.0\n");

    std::ofstream(file) << "epoch;val_loss;loss\r\n";
    run(training, logger, val_losses({3.0}));
    CHECK(read(file) == "epoch;val_loss;loss\r\n0;3.0;1.5\n");
    CHECK(holds(refusal([&] { run(training, logger, {{{"loss", 1.0}, {"val_loss", 1.0}, {"auc", 1.0}}}); }),
                {"no column for \"auc\""}));
    std::ofstream(file) << "something;else\n";
    CHECK_THROWS_AS(run(training, logger, val_losses({3.0})), file_error);
}

TEST_CASE("CSVLogger throws before the first epoch where its file cannot be written") {
    const folder at;
    fake_training training;
    CHECK_THROWS_AS(run(training, CSVLogger{.filename = at.path / "no" / "log.csv"}, val_losses({1.0})), file_error);
    CHECK_THROWS_AS(run(training, CSVLogger{.filename = at.path}, val_losses({1.0})), file_error);
    CHECK(training.history.empty());
}

TEST_CASE("LambdaCallback calls the functions that it has") {
    std::string calls;
    fake_training training;
    run(training,
        LambdaCallback{
            .on_epoch_begin = [&](training_control&, std::size_t epoch) { calls += "e" + std::to_string(epoch); },
            .on_epoch_end =
                [&](training_control& control, std::size_t, const Scores& scores) {
                    if (scores["val_loss"] > 1) control.stop();
                },
            .on_train_end = [&](training_control&) { calls += "t"; },
            .on_batch_end = [&](training_control&, std::size_t batch,
                                const Scores&) { calls += "b" + std::to_string(batch); }},
        val_losses({1.0, 2.0, 3.0}), 2);
    CHECK(calls == "e0b0b1e1b0b1t");
    run(training, LambdaCallback{.on_train_end = nullptr}, val_losses({1.0}), 1);
}

TEST_CASE("a hook holds a copy of a function, and none of an empty one") {
    using function = internal::function<int(int)>;
    int (*const no_pointer)(int) = nullptr;
    CHECK_FALSE(function());
    CHECK_FALSE(function(nullptr));
    CHECK_FALSE(function(no_pointer));
    CHECK_FALSE(function(std::function<int(int)>()));
    CHECK_FALSE(function(internal::function<long(int)>()));
    static_assert(!std::is_constructible_v<function, std::string>);

    function counted = [total = 0](int more) mutable { return total += more; };
    CHECK(counted(2) == 2);
    function copy = counted;
    CHECK(counted(3) == 5);
    CHECK(copy(10) == 12);
    function moved = std::move(copy);
    CHECK(moved(1) == 13);
    counted = moved;
    CHECK(counted(0) == 13);
    counted = std::function<int(int)>([](int x) { return -x; });
    CHECK(counted(4) == -4);
    counted = nullptr;
    CHECK_FALSE(counted);
}

TEST_CASE("a callback holds a copy, std::ref the object itself, and copies of a callback share what they hold") {
    counting_hooks hooks;
    fake_training training;
    run(training, hooks, val_losses({1.0, 2.0}), 2);
    CHECK(hooks.calls.empty());
    const std::vector<callback> list{std::ref(hooks)};
    run(training, list[0], val_losses({1.0, 2.0}), 2);
    CHECK(hooks.calls == "TebbEebbEt");

    std::size_t last = 0;
    run(training, only_epochs{&last}, val_losses({1.0, 2.0, 3.0}));
    CHECK(last == 2);

    EarlyStopping stopper{.patience = 1};
    callback first = std::ref(stopper), second = first;
    Scores scores{{"val_loss", 1.0}};
    first.on_epoch_end(training, 0, scores);
    second.on_epoch_end(training, 1, scores);
    CHECK(training.is_stopped);
}
