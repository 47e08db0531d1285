// Calls that a program without a heap refuses; macros say which this program makes.
#include <type_traits>
#include <vector>

#include <strata/infer.hpp>

using namespace strata;

constexpr auto recurrent = Sequential{Input<4, 2>{}, LSTM<3>{}, Dense<1>{}};
constexpr auto normalized = Sequential{Input<3>{}, Normalization<>{}, Dense<1>{}};
using normalized_model = Model<std::remove_const_t<decltype(normalized)>>;

constexpr std::size_t used() { return recurrent.size() + normalized.size(); }
static_assert(used() == 4);

#if defined(PREDICT)
auto predict(const normalized_model& model) { return model.predict(std::vector<float>(3)); }
#endif
#if defined(TO_VECTOR)
auto to_vector(const normalized_model& model) { return model.weights()[0].to_vector(); }
#endif
#if defined(WORKSPACE)
void make_workspace(const normalized_model& model) { static_cast<void>(model.workspace({.threads = 2})); }
#endif
#if defined(ADAPT)
void take_means(normalized_model& model) { adapt(model.get_layer<"normalization">(), std::vector<float>(3)); }
#endif
#if defined(BUILD)
auto build() { return recurrent.build(); }
#endif
