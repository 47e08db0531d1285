// The register tiles of shared_tiles.hpp.
#include "shared_tiles.hpp"

#if defined(SHARED_TILES)
namespace strata::inline STRATA_ISA::kernels {
KERNEL_TILES(KERNEL_TILE)
}  // namespace strata::inline STRATA_ISA::kernels
#endif
