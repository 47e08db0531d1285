// diagnostic: the result of a check as a value, and the assertion that turns a refusal into a compile error.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>
#include <utility>

#include <strata/core/fixed_string.hpp>
#include <strata/core/text.hpp>

namespace strata {

/// The result of a check: ok, or a refusal. A refusal has the location of the mistake, the expected and the given
/// thing, and the fix.
struct diagnostic {
    bool ok = true;
    text<300> at{};
    text<300> expects{};
    text<300> got{};
    text<300> fix{};

    /// The facts as one sentence.
    constexpr text<1300> sentence() const {
        text<1300> result("strata: ");
        result << at << " expects " << expects;
        if (!got.empty()) result << ", got " << got;
        return result << "; fix: " << fix;
    }
};

/// A refusal. `at` may stay empty where the caller fills it in.
constexpr diagnostic refuse(std::string_view expects, std::string_view got, std::string_view fix,
                            std::string_view at = {}) {
    return {.ok = false, .at = at, .expects = expects, .got = got, .fix = fix};
}

// The facts of a refusal, as compilers print them. Clang cuts strings at 36 characters: long ones come in pieces.
template <fixed_string... Words>
struct at;
template <fixed_string... Words>
struct expects;
template <fixed_string... Words>
struct got;
template <fixed_string... Words>
struct fix;

namespace internal {

inline constexpr std::size_t longest_piece = 34;

/// Where piece number `index` of `words` begins: pieces end after a space and have at most 34 characters.
constexpr std::size_t piece_begin(std::string_view words, std::size_t index) {
    std::size_t begin = 0;
    for (; index > 0 && begin < words.size(); --index) {
        std::size_t end = words.size();
        if (end - begin > longest_piece) {
            end = begin + longest_piece;
            const std::size_t space = words.substr(begin, longest_piece).rfind(' ');
            if (space != std::string_view::npos && space > 0) end = begin + space + 1;
        }
        begin = end;
    }
    return begin;
}

constexpr std::size_t piece_count(std::string_view words) {
    std::size_t count = 0;
    while (piece_begin(words, count) < words.size()) ++count;
    return count;
}

template <class Check, auto Member, std::size_t Index>
constexpr auto piece() {
    constexpr auto words = Check::value.*Member;
    constexpr std::size_t begin = piece_begin(words, Index), end = piece_begin(words, Index + 1);
    constexpr std::size_t trimmed = words.chars[end - 1] == ' ' ? end - 1 : end;
    return fixed_string<trimmed - begin + 1>(words.view().substr(begin, trimmed - begin));
}

template <template <fixed_string...> class Fact, class Check, auto Member,
          class = std::make_index_sequence<piece_count(Check::value.*Member)>>
struct fact;
template <template <fixed_string...> class Fact, class Check, auto Member, std::size_t... Index>
struct fact<Fact, Check, Member, std::index_sequence<Index...>> {
    using type = Fact<piece<Check, Member, Index>()...>;
};

template <class Check>
constexpr auto sentence_of() {
    constexpr auto words = Check::value.sentence();
    return fixed_string<words.size() + 1>(words.view());
}

}  // namespace internal

/// Compiles where Ok; otherwise the compiler stops here and prints the facts.
template <bool Ok, fixed_string Sentence, class... Facts>
struct requirement {
// Clang 22 defines the macro so in every language, but takes such a message without a warning in C++26 alone.
#if defined(__cpp_static_assert) && __cpp_static_assert >= 202306L && __cplusplus > 202302L
    static_assert(Ok, Sentence);
#else
    static_assert(Ok, "strata: this is refused; the facts stand in at<>, expects<>, got<>, fix<> (see docs/errors.md)");
#endif
};

namespace internal {

template <bool Ok>
struct facts_of_check {
    template <class Check>
    using type = requirement<true, "">;
};
template <>
struct facts_of_check<false> {
    template <class Check>
    using type = requirement<false, sentence_of<Check>(), typename fact<at, Check, &diagnostic::at>::type,
                             typename fact<expects, Check, &diagnostic::expects>::type,
                             typename fact<got, Check, &diagnostic::got>::type,
                             typename fact<fix, Check, &diagnostic::fix>::type>;
};

}  // namespace internal

/// `require<Check>{}` stops the compiler where the diagnostic `Check::value` is a refusal. Callers compile their own
/// code only where `Check::value.ok`, so that one mistake gives one error. An alias: a class would add a line to the
/// error.
template <class Check>
using require = typename internal::facts_of_check<Check::value.ok>::template type<Check>;

/// The result of a refused call. It has the members of nets, models, layers, views, streams and trainers, and converts
/// to any type, so that code that uses it gives no second error.
struct refused {
    template <class... Arguments>
    constexpr refused operator()(const Arguments&...) const {
        return {};
    }
    constexpr refused operator[](std::size_t) const { return {}; }
    template <std::default_initializable Wanted>
    constexpr operator Wanted() const {
        return Wanted();
    }
    constexpr const refused* begin() const { return nullptr; }
    constexpr const refused* end() const { return nullptr; }
    template <fixed_string Name>
    constexpr refused get_layer() const {
        return {};
    }
    template <fixed_string Name>
    constexpr refused features() const {
        return {};
    }
    template <fixed_string Name>
    constexpr refused weight() const {
        return {};
    }
    constexpr refused bias() const { return {}; }
    constexpr refused data() const { return {}; }
    constexpr refused features() const { return {}; }
    constexpr refused kernel() const { return {}; }
    constexpr refused layers() const { return {}; }
    constexpr refused name() const { return {}; }
    constexpr refused parameters() const { return {}; }
    constexpr refused reset() const { return {}; }
    constexpr refused shape() const { return {}; }
    constexpr refused size() const { return {}; }
    constexpr refused stream() const { return {}; }
    constexpr refused to_vector() const { return {}; }
    constexpr refused weights() const { return {}; }
    constexpr refused workspace() const { return {}; }
    template <class... Arguments>
    constexpr void assign(const Arguments&...) const {}
    template <class... Arguments>
    constexpr void infer(const Arguments&...) const {}
    template <class... Arguments>
    constexpr void load_weights(const Arguments&...) const {}
    template <class... Arguments>
    constexpr refused predict(const Arguments&...) const {
        return {};
    }
    template <class... Arguments>
    constexpr void process(const Arguments&...) const {}
    template <class... Arguments>
    constexpr void save(const Arguments&...) const {}
    template <class... Arguments>
    constexpr void save_weights(const Arguments&...) const {}
    template <class... Arguments>
    constexpr void step(const Arguments&...) const {}
};

}  // namespace strata
