// The progress bar: Keras' look, how often it is drawn, what goes to a file.
#include <cstddef>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <strata/train/progress.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

double clock_now = 0;
double fake_clock() { return clock_now; }
std::size_t terminal_width = 0;
std::size_t fake_columns() { return terminal_width; }

struct shown {
    std::ostringstream out;
    progress bar;

    shown(int verbose, std::size_t epochs, std::size_t steps, bool is_terminal, std::size_t columns = 0,
          bool has_colors = true)
        : bar(verbose, epochs, steps, out, is_terminal, fake_columns, fake_clock, has_colors) {
        clock_now = 100;
        terminal_width = columns;
    }
    /// One epoch of steps that each take so long.
    void epoch(std::size_t number, std::size_t steps, double each, const Scores& scores) {
        bar.epoch_begin(number);
        for (std::size_t i = 0; i < steps; ++i) {
            clock_now += each;
            bar.step(i, scores);
        }
        bar.epoch_end(scores);
    }
    std::string text() const { return out.str(); }
};

/// Without colours and erasing.
std::string plain(std::string text) {
    for (std::size_t i = text.find('\x1b'); i != text.npos; i = text.find('\x1b'))
        text.erase(i, text.find_first_of("mK", i) - i + 1);
    return text;
}
std::string line(std::size_t length) {
    std::string result;
    for (std::size_t i = 0; i < length; ++i) result += "━";
    return result;
}
std::size_t count(const std::string& text, char c) {
    std::size_t result = 0;
    for (const char each : text) result += each == c ? 1 : 0;
    return result;
}

}  // namespace

TEST_CASE("the bar of an epoch looks as in Keras") {
    shown it(1, 5, 16, true);
    it.epoch(0, 16, 0.07, {{"loss", 0.5}, {"accuracy", 0.8125}, {"val_loss", 0.0005}, {"neg", -2.0}});
    const std::string text = plain(it.text());
    CHECK(text.starts_with("Epoch 1/5\n\r 1/16 " + line(20) + " 1s 70ms/step - loss: 0.5000"));
    CHECK(text.ends_with("\r16/16 " + line(20) +
                         " 1s 70ms/step - loss: 0.5000 - accuracy: 0.8125 - val_loss: 5.0000e-04 - neg: -2.0000\n"));
    // A step is 1/16 of twenty signs: one is green after the first step, all are at the end.
    CHECK(it.text().find("\x1b[32m" + line(1) + "\x1b[0m\x1b[37m" + line(19)) != std::string::npos);
    CHECK(it.text().find("\x1b[32m" + line(20) + "\x1b[0m\x1b[37m\x1b[0m") != std::string::npos);
}

TEST_CASE("the bar is drawn at most twenty times a second") {
    shown it(1, 1, 10000, true);
    it.epoch(0, 10000, 0.0002, {{"loss", 0.5}});  // two seconds
    const std::size_t drawn = count(it.text(), '\r');
    CHECK(drawn >= 38);
    CHECK(drawn <= 42);
    CHECK(plain(it.text()).find("200us/step") != std::string::npos);
}

TEST_CASE("the time left is that of the steps that are left, without the first one") {
    shown it(1, 1, 101, true);
    it.bar.epoch_begin(0);
    clock_now += 30;
    it.bar.step(0, {});
    CHECK(plain(it.text()).ends_with(" 50:00 30s/step"));
    clock_now += 40;
    it.bar.step(1, {});
    CHECK(plain(it.text()).ends_with(" 1:06:00 40s/step"));
    for (std::size_t i = 2; i < 100; ++i) {
        clock_now += 0.9;
        it.bar.step(i, {});
    }
    CHECK(plain(it.text()).ends_with(" 1s 1s/step"));
}

TEST_CASE("a line that is redrawn is cut to the terminal, the last one of an epoch is not") {
    shown it(1, 1, 4, true, 50);
    const Scores scores{{"loss", 0.5}, {"sparse_categorical_accuracy", 0.75}};
    it.epoch(0, 4, 1.0, scores);
    std::istringstream lines(plain(it.text()));
    std::string each, last;
    std::getline(lines, each, '\r');
    std::size_t cut = 0;
    while (std::getline(lines, each, '\r')) {
        last = each;
        const std::size_t columns = each.size() - 2 * 20;  // a sign of the bar is three bytes
        if (columns == 49) ++cut;
    }
    CHECK(cut == 4);
    CHECK(last.ends_with("sparse_categorical_accuracy: 0.7500\n"));
    shown narrow(1, 1, 4, true, 10);
    narrow.epoch(0, 4, 1.0, scores);
    CHECK(plain(narrow.text()).find(" 3s\r") != std::string::npos);
}

TEST_CASE("where the output is no terminal there is one line per epoch without control characters") {
    for (const bool is_terminal : {false, true}) {
        shown it(is_terminal ? 2 : 1, 3, 16, is_terminal);
        it.epoch(0, 16, 0.1, {{"loss", 0.5}});
        it.epoch(1, 16, 0.0, {{"loss", 0.25}});
        CHECK(it.text() ==
              "Epoch 1/3 - 16/16 - 2s - 100ms/step - loss: 0.5000\nEpoch 2/3 - 16/16 - 0s - 0s/step - loss: 0.2500\n");
    }
}

TEST_CASE("nothing is said with verbose 0, and no epoch is named where there is one") {
    shown silent(0, 3, 16, true), evaluation(2, 1, 8, true);
    silent.epoch(0, 16, 0.1, {{"loss", 0.5}});
    CHECK(silent.text().empty());
    evaluation.epoch(0, 8, 0.25, {{"loss", 0.5}});
    CHECK(evaluation.text() == "8/8 - 2s - 250ms/step - loss: 0.5000\n");
}

TEST_CASE("an epoch that is stopped before its first step, and one without steps, are shown") {
    shown it(1, 1, 0, true);
    it.bar.epoch_begin(0);
    it.bar.epoch_end({});
    CHECK(plain(it.text()) == "\r0/0 " + line(20) + " 0s 0s/step\n");
    shown stopped(2, 1, 120, true);
    stopped.epoch(0, 3, 1.0, {});
    CHECK(stopped.text() == "120/120 - 3s - 1s/step\n");
}

TEST_CASE("times and scores change their form where Keras' do") {
    CHECK(detail::time_left(60.0) == "60s");
    CHECK(detail::time_left(61.0) == "1:01");
    CHECK(detail::time_left(3600.0) == "60:00");
    CHECK(detail::time_left(3601.0) == "1:00:01");
    CHECK(internal::score_text(0.0011) == "0.0011");
    CHECK(internal::score_text(0.001) == "1.0000e-03");
    CHECK(internal::score_text(-0.0005) == "-5.0000e-04");
}

TEST_CASE("an unknown verbose is refused") {
    CHECK_THROWS_AS(progress(3, 1, 1), std::invalid_argument);
    CHECK_THROWS_WITH(progress(-1, 1, 1),
                      "strata: verbose is -1; it may be 0 (nothing), 1 (a bar) or 2 (a line per epoch)");
}

TEST_CASE("the bar follows a terminal whose width changes") {
    shown it(1, 1, 4, true, 60);
    const Scores scores{{"loss", 0.5}, {"sparse_categorical_accuracy", 0.75}};
    it.bar.epoch_begin(0);
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < 3; ++i) {
        clock_now += 1;
        it.out.str("");
        it.bar.step(i, scores);
        widths.push_back(plain(it.text()).size() - 1 - 2 * 20);  // a sign of the bar is three bytes
        terminal_width -= 8;
    }
    CHECK(widths == std::vector<std::size_t>{59, 51, 43});
}

TEST_CASE("without colours the bar has no other escape sequence than the one that erases") {
    shown it(1, 1, 4, true, 0, false);
    it.epoch(0, 4, 1.0, {{"loss", 0.5}});
    std::string text = it.text();
    for (std::size_t i = text.find("\x1b[K"); i != text.npos; i = text.find("\x1b[K")) text.erase(i, 3);
    CHECK(text.find('\x1b') == text.npos);
    CHECK(text.ends_with("\r4/4 " + line(20) + " 4s 1s/step - loss: 0.5000\n"));
}

TEST_CASE("verbose is a number or auto") {
    CHECK(verbosity("auto") == 1);
    CHECK(verbosity(2) == 2);
    CHECK_THROWS_WITH(verbosity("loud"), "strata: verbose is \"loud\"; it may be 0, 1, 2 or \"auto\"");
}
