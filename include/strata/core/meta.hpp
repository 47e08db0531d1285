// meta: the tuple of Boost.Hana. No other header includes Boost.Hana.
#pragma once

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC system_header
#endif

#include <boost/hana/tuple.hpp>

namespace strata {

/// The Hana sequence in which `layers()` and per-layer tuples come.
template <class... Items>
using sequence = boost::hana::tuple<Items...>;

}  // namespace strata
