// Scores and History: names and values, the table, the picture.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include <strata/core/file_error.hpp>
#include <strata/train/history.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

constexpr double NaN = std::numeric_limits<double>::quiet_NaN();

struct folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / "strata-history-test";
    folder() { std::filesystem::create_directories(path); }
    ~folder() { std::filesystem::remove_all(path); }
};
std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}
std::size_t count(const std::string& text, const std::string& part) {
    std::size_t result = 0;
    for (std::size_t i = text.find(part); i != text.npos; i = text.find(part, i + 1)) ++result;
    return result;
}
std::string picture(const History& history) {
    const folder at;
    history.write_svg(at.path / "a.svg");
    return read(at.path / "a.svg");
}
/// Numbers of all attributes of a name, in their order.
std::vector<double> attributes(const std::string& text, const std::string& name) {
    std::vector<double> result;
    const std::string begin = " " + name + "=\"";
    for (std::size_t i = text.find(begin); i != text.npos; i = text.find(begin, i + 1))
        result.push_back(std::stod(text.substr(i + begin.size())));
    return result;
}

}  // namespace

TEST_CASE("the values of a temporary history outlive it") {
    static_assert(!std::is_reference_v<decltype(History{}["loss"])>, "a reference into a temporary would dangle");
    const auto trained = [] {
        History history;
        for (const double loss : {0.5, 0.25}) history.append(Scores{{"loss", loss}});
        return history;
    };
    double sum = 0;
    for (const double loss : trained()["loss"]) sum += loss;
    REQUIRE(sum == 0.75);
}

TEST_CASE("scores keep the order of their names and overwrite values") {
    Scores scores{{"loss", 0.5}, {"accuracy", 0.75}};
    scores.set("loss", 0.25);
    scores.set("val_loss", 1.0);
    CHECK(scores == Scores{{"loss", 0.25}, {"accuracy", 0.75}, {"val_loss", 1.0}});
    CHECK(scores.size() == 3);
    CHECK(scores["val_loss"] == 1.0);
    std::string names;
    for (const auto& [name, value] : scores) names += name + " ";
    CHECK(names == "loss accuracy val_loss ");
}

TEST_CASE("an unknown name of scores and histories is refused with the known names") {
    const Scores scores{{"loss", 0.5}, {"accuracy", 0.75}};
    CHECK_THROWS_WITH(scores["acc"], "strata: no score is called \"acc\"; known are loss, accuracy");
    CHECK_THROWS_WITH(Scores()["acc"], "strata: no score is called \"acc\"; there are none");
    History history;
    CHECK_THROWS_WITH(history["acc"], "strata: the history has no \"acc\"; there are none");
    history.append(scores);
    CHECK_THROWS_WITH(history["acc"], "strata: the history has no \"acc\"; known are loss, accuracy");
    CHECK_THROWS_AS(history["acc"], std::invalid_argument);
}

TEST_CASE("a history has one value per epoch for every name, NaN where there was none") {
    History history;
    history.append({{"loss", 1.0}});
    history.append({{"loss", 0.5}, {"val_loss", 0.75}});
    history.append({{"val_loss", 0.625}});
    CHECK(history.epochs() == 3);
    CHECK(history.names() == std::vector<std::string>{"loss", "val_loss"});
    CHECK(history["val_loss"].size() == 3);
    CHECK(std::isnan(history["val_loss"][0]));
    CHECK(history["val_loss"][2] == 0.625);
    CHECK(history["loss"][1] == 0.5);
    CHECK(std::isnan(history["loss"][2]));
}

TEST_CASE("the table of a history has a row per epoch and reads back to the same numbers") {
    const folder at;
    History history(5);
    history.append({{"loss", 1.0 / 3}, {"a,b", 2.0}});
    history.append({{"loss", 1e-7}, {"a,b", NaN}});
    history.write_csv(at.path / "a.csv");
    CHECK(read(at.path / "a.csv") == "epoch,loss,\"a,b\"\n5,0.3333333333333333,2.0\n6,1e-07,nan\n");
    CHECK(std::stod("0.3333333333333333") == 1.0 / 3);
    CHECK(internal::csv_fields("epoch,loss,\"a,b\",\"c\"\"d\"", ",") ==
          std::vector<std::string>{"epoch", "loss", "a,b", "c\"d"});
    CHECK(std::distance(std::filesystem::directory_iterator(at.path), std::filesystem::directory_iterator()) == 1);
}

TEST_CASE("numbers in tables are the shortest that Python writes") {
    for (const auto& [value, text] :
         std::vector<std::pair<double, std::string>>{{0.1, "0.1"},
                                                     {1.0, "1.0"},
                                                     {-0.0, "-0.0"},
                                                     {1e-4, "0.0001"},
                                                     {0.00001, "1e-05"},
                                                     {123456789.0, "123456789.0"},
                                                     {1e16, "1e+16"},
                                                     {5e-324, "5e-324"},
                                                     {-1.7976931348623157e308, "-1.7976931348623157e+308"},
                                                     {-NaN, "nan"},
                                                     {-std::numeric_limits<double>::infinity(), "-inf"}})
        CHECK(internal::shortest(value) == text);
}

TEST_CASE("a table or a picture that cannot be written throws file_error and leaves the old file") {
    const folder at;
    History history;
    history.append({{"loss", 1.0}});
    CHECK_THROWS_AS(history.write_csv(at.path / "no" / "a.csv"), file_error);
    CHECK_THROWS_AS(history.write_svg(at.path), file_error);
    std::ofstream(at.path / "a.csv") << "old";
    CHECK_THROWS_AS(replace_file(at.path / "a.csv",
                                 [](auto& out) {
                                     out.write("half", 4);
                                     throw std::runtime_error("interrupted");
                                 }),
                    std::runtime_error);
    CHECK(read(at.path / "a.csv") == "old");
    CHECK(std::distance(std::filesystem::directory_iterator(at.path), std::filesystem::directory_iterator()) == 1);
}

TEST_CASE(
    "the picture has a panel for losses and one for metrics, training solid, validation dashed, each curve its "
    "colour") {
    History history;
    for (int i = 0; i < 10; ++i)
        history.append({{"loss", 2.0 / (i + 1)},
                        {"accuracy", 1 - 0.5 / (i + 1)},
                        {"val_loss", 2.5 / (i + 1)},
                        {"val_accuracy", 0.9 - 0.5 / (i + 1)},
                        {"auc", 0.75}});
    const std::string svg = picture(history);
    CHECK(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    CHECK(svg.ends_with("</svg>\n"));
    CHECK(count(svg, "class=\"title\"") == 2);
    CHECK(count(svg, ">epoch</text>") == 2);
    for (const char* name :
         {">loss</text>", ">val_loss</text>", ">accuracy</text>", ">val_accuracy</text>", ">auc</text>"})
        CHECK(svg.find(name) != svg.npos);
    CHECK(count(svg, "<title>") == 5);
    CHECK(count(svg, "stroke-dasharray") == 4);  // two curves, each in the legend too
    std::vector<std::string> colours;
    const std::string metrics = svg.substr(svg.rfind("class=\"title\""));
    for (std::size_t i = metrics.find("<g fill=\""); i != metrics.npos; i = metrics.find("<g fill=\"", i + 1))
        colours.push_back(metrics.substr(i + 9, 7));
    REQUIRE(colours.size() == 3);
    CHECK((colours[0] != colours[1] && colours[0] != colours[2] && colours[1] != colours[2]));
    for (int epoch = 1; epoch <= 10; epoch += 9)
        CHECK(count(svg, ">" + std::to_string(epoch == 1 ? 2 : epoch) + "</text>") >= 2);
}

TEST_CASE("a picture counts epochs from the first that its fit had, and from one") {
    History later(20);
    for (const double value : {3.0, 2.0, 1.0}) later.append({{"loss", value}});
    const std::string svg = picture(later);
    CHECK(count(svg, ">21</text>") == 1);
    CHECK(count(svg, ">23</text>") == 1);
    CHECK(count(svg, ">20</text>") == 0);
    CHECK(count(svg, ">24</text>") == 0);
}

TEST_CASE("a panel of a picture is left out where it would be empty, the learning rate has its own") {
    History history;
    CHECK(count(picture(history), "class=\"title\"") == 0);
    history.append({{"loss", 1.0}, {"learning_rate", 0.01}});
    CHECK(count(picture(history), "class=\"title\"") == 2);
    CHECK(picture(history).find(">learning rate</text>") != std::string::npos);
}

TEST_CASE("a picture draws a single epoch, leaves gaps for what is not finite and stays inside its frame") {
    History history;
    history.append({{"loss", 1.0}});
    CHECK(count(picture(history), "<circle") == 1);

    History gaps;
    for (const double value : {1.0, NaN, std::numeric_limits<double>::infinity(), 1e200, 0.5, 0.25})
        gaps.append({{"loss", value}});
    const std::string svg = picture(gaps);
    CHECK(count(svg, "<circle") == 3);
    CHECK(svg.find("nan") == svg.npos);
    CHECK(svg.find("inf") == svg.npos);
    const double height = attributes(svg, "height").front(), width = attributes(svg, "width").front();
    for (const double x : attributes(svg, "cx")) CHECK((x > 0 && x < width));
    for (const double y : attributes(svg, "cy")) CHECK((y > 0 && y < height));

    History none;
    none.append({{"loss", NaN}});
    CHECK(picture(none).find("nan") == std::string::npos);
}

TEST_CASE("a field of a table is quoted where it holds what separates fields, lines or quotes") {
    CHECK(internal::csv_row({"plain", "a b"}, ",") == "plain,a b\n");
    CHECK(internal::csv_row({"a,b", "say \"so\"", "two\nlines", "a\rb"}, ",") ==
          "\"a,b\",\"say \"\"so\"\"\",\"two\nlines\",\"a\rb\"\n");
    CHECK(internal::csv_row({"a,b", "c; d"}, "; ") == "a,b; \"c; d\"\n");
    for (const char* separator : {",", "; "}) {
        const std::vector<std::string> fields{"a,b", "", "say \"so\"", "; ", "last"};
        std::string line = internal::csv_row(fields, separator);
        line.pop_back();
        CHECK(internal::csv_fields(line, separator) == fields);
    }
}

TEST_CASE("rows of a table are read in their order, and say where they begin") {
    internal::csv_reader reader("a,\"b\r\nc\"\r\nd,\n", ",");
    std::vector<std::string> row;
    REQUIRE(reader.read(row));
    CHECK(row == std::vector<std::string>{"a", "b\r\nc"});
    CHECK(reader.line() == 1);
    REQUIRE(reader.read(row));
    CHECK(row == std::vector<std::string>{"d", ""});
    CHECK(reader.line() == 3);
    CHECK(!reader.read(row));
    CHECK_THROWS_AS(internal::csv_fields("a,\"b", ","), std::invalid_argument);
    CHECK_THROWS_AS(internal::csv_fields("\"a\"b", ","), std::invalid_argument);
}

TEST_CASE("a picture puts values where its ticks say they are") {
    History history;
    for (const double value : {0.0, 1.0, 0.5}) history.append({{"loss", value}});
    const std::string svg = picture(history);
    const std::vector<double> x = attributes(svg, "cx"), y = attributes(svg, "cy");
    REQUIRE(y.size() == 3);
    CHECK(x[1] - x[0] == Approx(200).margin(0.11));
    CHECK(y[0] - y[1] == Approx(240).margin(0.11));
    CHECK(y[2] == Approx((y[0] + y[1]) / 2).margin(0.11));
    for (const char* tick : {">0.0</text>", ">0.2</text>", ">1.0</text>"}) CHECK(svg.find(tick) != svg.npos);
}

TEST_CASE("names in a picture are escaped") {
    History history;
    history.append({{"<a & \"b\">", 1.0}});
    const std::string svg = picture(history);
    CHECK(svg.find("&lt;a &amp; &quot;b&quot;>") != svg.npos);
    CHECK(svg.find("<a &") == svg.npos);
}

TEST_CASE("the legend goes on in a second row where long names need it") {
    History narrow, wide;
    narrow.append({{"accuracy", 1.0}, {"val_accuracy", 1.0}});
    wide.append({{"sparse_categorical_accuracy", 1.0}, {"val_sparse_categorical_accuracy", 1.0}});
    const auto height = [](const History& history) { return attributes(picture(history), "height").front(); };
    CHECK(height(wide) > height(narrow));
}

TEST_CASE("an axis is logarithmic where most values would lie at its lower end") {
    History fast;
    for (int i = 0; i < 60; ++i) fast.append({{"loss", 2.0 * std::pow(0.85, i)}});
    const std::string svg = picture(fast);
    CHECK(svg.find("(logarithmic)") != svg.npos);
    for (const char* tick : {">0.001</text>", ">0.01</text>", ">1</text>"}) CHECK(svg.find(tick) != svg.npos);
    // A decay by one factor is a straight line.
    const internal::value_axis axis{internal::sorted_values{fast["loss"]}};
    CHECK(axis.place(fast["loss"][10]) - axis.place(fast["loss"][20]) ==
          Approx(axis.place(fast["loss"][30]) - axis.place(fast["loss"][40])));
    History rising;  // over a factor of a hundred, but most of it near one
    for (int i = 0; i < 60; ++i) rising.append({{"accuracy", 1 - 0.99 * std::pow(0.8, i)}});
    CHECK(picture(rising).find("(logarithmic)") == std::string::npos);
}

TEST_CASE("a few values far from all others do not flatten the rest of a curve") {
    History history;
    history.append({{"r2_score", -400.0}});
    for (int i = 0; i < 67; ++i) history.append({{"r2_score", 0.5 + 0.4 * i / 67}});
    const std::string svg = picture(history);
    const std::vector<double> y = [&] {
        std::vector<double> result;
        const internal::value_axis axis{internal::sorted_values{history["r2_score"]}};
        for (const double value : history["r2_score"]) result.push_back(axis.place(value));
        return result;
    }();
    CHECK(y[0] == 0);
    CHECK(y.back() - y[1] > 0.5);
    CHECK(svg.find(">-400</text>") != svg.npos);  // an arrow says where it is
}

TEST_CASE("metrics of different scales have axes of their own") {
    History history;
    for (int i = 0; i < 40; ++i)
        history.append({{"loss", 1.0 / (i + 1)},
                        {"mean_absolute_error", 30.0 / (i + 1)},
                        {"r2_score", 0.9 - 1.0 / (i + 1)},
                        {"accuracy", 1.0 - 0.8 / (i + 1)},
                        {"val_r2_score", 0.8 - 1.0 / (i + 1)}});
    const std::string svg = picture(history);
    CHECK(count(svg, "class=\"title\"") == 3);
    CHECK(svg.find("class=\"title\">mean_absolute_error") != svg.npos);
    CHECK(svg.find("class=\"title\">metrics") != svg.npos);  // r2_score and accuracy
    for (int i = 0; i < 40; ++i) history.append({{"loss", 1.0}, {"a", 1e3 * i}, {"learning_rate", 0.1}});
    const std::string rows = picture(history);  // five panels in three rows, three in two
    CHECK(count(rows, "class=\"title\"") == 5);
    CHECK(attributes(rows, "height").front() > 1.4 * attributes(svg, "height").front());
    CHECK(attributes(rows, "width").front() == attributes(svg, "width").front());
}
