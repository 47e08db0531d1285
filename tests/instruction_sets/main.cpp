// Compares the files for different instruction sets within one program.
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <vector>

#define DECLARE(part) std::vector<float> part();
#define CALL(part) {#part, part()},
PARTS(DECLARE)

int main() {
    struct result {
        const char* name;
        std::vector<float> values;
    };
    const std::vector<result> results{PARTS(CALL)};
    int wrong = 0;
    for (const result& each : results) {
        if (each.values.size() != results.front().values.size() || each.values.empty()) return 2;
        for (std::size_t i = 0; i < each.values.size(); ++i) {
            const float expected = results.front().values[i];
            if (std::fabs(each.values[i] - expected) <= 2e-5f * (1.0f + std::fabs(expected))) continue;
            std::printf("%s, value %zu: %.7f instead of %.7f\n", each.name, i, static_cast<double>(each.values[i]),
                        static_cast<double>(expected));
            ++wrong;
        }
    }
    std::printf("%zu files, %zu values each, %d wrong\n", results.size(), results.front().values.size(), wrong);
    return wrong == 0 ? 0 : 1;
}
