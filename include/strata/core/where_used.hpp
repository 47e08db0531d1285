// where_used: marks code that is compiled only in programs that use it.
#pragma once

namespace strata::internal {

/// The default of a template parameter that nothing else needs. An inline function costs every program that includes
/// its header: the compiler instantiates all templates that its body names, whether it is called or not. Function
/// templates and members of class templates cost only the programs that call them.
struct where_used;

}  // namespace strata::internal
