// Identifiers and literals.
#include "names.hpp"

#include <algorithm>

namespace convert {

namespace {

/// Keywords; names that a program has already, and macros; functions of the C library in the global namespace. Each has
/// a space before and after it.
constexpr std::string_view reserved =
    " "
    "alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t char8_t class "
    "co_await co_return co_yield compl concept const const_cast consteval constexpr constinit continue decltype "
    "default delete do double dynamic_cast else enum explicit export extern false float for friend goto if "
    "inline int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected "
    "public register reinterpret_cast requires return short signed sizeof static static_assert static_cast "
    "struct switch template this thread_local throw true try typedef typeid typename union unsigned using "
    "virtual void volatile wchar_t while xor xor_eq "
    "main std posix strata assert errno stdin stdout stderr linux unix i386 signals slots emit min max offsetof "
    "setjmp va_arg va_copy va_end va_start near far small interface "
    "abs exp log sqrt sin cos tan tanh pow div time clock signal raise remove rename system read write open "
    "close link unlink stat random rand exit abort y0 y1 yn j0 j1 jn gamma signgam index rindex select pipe "
    "access sync nice pause alarm sleep fork kill times free malloc calloc realloc atoi atof floor ceil round "
    "rint erf erfc fabs fmod hypot cbrt log2 exp2 size_t ptrdiff_t wait send recv bind listen connect socket "
    "basename printf puts gets getenv setenv environ timezone daylight swab dup brk sbrk daemon encrypt crypt "
    "lrand48 ffs bcopy bzero bcmp memcpy memset strlen strcpy optarg optind opterr optopt truncate acct chroot "
    "ctermid putw getw tempnam tmpfile tmpnam perror ldiv labs qsort bsearch mblen strdup frexp ldexp modf scalb "
    "drem significand logb ilogb nan fma fdim fmax fmin trunc lround remquo remainder nearbyint asin acos atan "
    "atan2 sinh cosh asinh acosh atanh expm1 log10 log1p lgamma tgamma finite isinf isnan pow10 sched_yield "
    "umask mkdir chmod fchmod lockf flock fcntl creat lseek fsync ";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_identifier(std::string_view text) {
    constexpr std::size_t longest = 64;
    if (text.empty() || text.size() > longest || !is_letter(text[0])) return false;
    if (!std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c); })) return false;
    if (text[0] == '_' || text.find("__") != std::string_view::npos) return false;
    return reserved.find(" " + std::string(text) + " ") == std::string_view::npos;
}

std::string identifier_from(std::string_view text) {
    constexpr std::size_t longest = 48;
    std::string result;
    for (const char c : text.substr(0, longest))
        if (is_letter(c) ? c != '_' : is_digit(c)) result += c;
        else if (!result.empty() && result.back() != '_') result += '_';
    while (!result.empty() && result.back() == '_') result.pop_back();
    if (result.empty()) return "net";
    if (is_digit(result[0])) result.insert(0, "net_");
    return is_identifier(result) ? result : result + "_net";
}

std::string literal(std::string_view text) {
    constexpr std::string_view signs = "_-./: ";
    std::string result = "\"";
    for (const char c : text) {
        if ((is_letter(c) || is_digit(c) || signs.find(c) != std::string_view::npos)) {
            result += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        result += '\\';
        for (const int shift : {6, 3, 0}) result += static_cast<char>('0' + (byte >> shift & 7));
    }
    return result + "\"";
}

}  // namespace convert
