// Own layers: a channel_function with a weight that is not one value for each channel.
// at: gains (Gains), layer 1 of 1
// expects: weights of one value for each channel
// got: another one, gains
// fix: write channel_weight(name, in)
#include <strata/infer.hpp>

using namespace strata;

template <class... Options>
struct Gains : channel_function<Gains<Options...>, Options...> {
    static constexpr std::string_view type = "Gains";
    static constexpr auto value(auto x, auto gain) { return x * gain; }

#if !defined(REPAIR)
    static constexpr parameter_table parameters(const shape& in) {
        return parameter_table{}.push_back({.name = "gains", .extents = in});
    }
};
auto model = Sequential{Input<4, 2>{}, Gains<>{}}.build();
#else
    static constexpr parameter_table parameters(const shape& in) {
        return parameter_table{}.push_back(channel_weight("gains", in));
    }
};
auto model = Sequential{Input<4, 2>{}, Gains<>{}}.build();
#endif
