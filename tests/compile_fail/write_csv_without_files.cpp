// Calls: a history written where only the headers of a training are included.
// at: write_csv
// expects: the headers that read and write files
// got: a program without them
// fix: write #include <strata/strata.hpp>, or <strata/io/weights.hpp> and <strata/io/state.hpp>
#include <strata/train/history_scores.hpp>
#if defined(REPAIR)
#include <strata/io/weights.hpp>
#endif

using namespace strata;

#if !defined(REPAIR)
void save(const History& history) { history.write_csv("history.csv"); }
#else
void save(const History& history) { history.write_csv("history.csv"); }
#endif
