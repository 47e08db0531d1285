// A model that one file defines and another takes: compiled for one instruction set with -DDEFINES, for another
// without. check.py knows the five names.
#include <type_traits>

#include <strata/infer.hpp>

inline constexpr auto net = strata::Sequential{strata::Input<4>{}, strata::Dense<3>{}};
using model = strata::Model<std::remove_const_t<decltype(net)>>;
using stream = strata::Stream<strata::Sequential<strata::Input<4, 2>, strata::GRU<3>>>;

#if defined(DEFINES)
model variable;
model& returned() { return variable; }
void taken(model&) {}
void workspace_taken(strata::Workspace<model::net_type>&) {}
void stream_taken(stream&) {}
#else
extern model variable;
model& returned();
void taken(model&);
void workspace_taken(strata::Workspace<model::net_type>&);
void stream_taken(stream&);

int main() {
    strata::Workspace<model::net_type> workspace;
    workspace_taken(workspace);
    strata::Model<strata::Sequential<strata::Input<4, 2>, strata::GRU<3>>> recurrent;
    stream made = recurrent.stream();
    stream_taken(made);
    model own;
    taken(own);
    return static_cast<int>(variable.parameters()[0] + returned().parameters()[0]);
}
#endif
