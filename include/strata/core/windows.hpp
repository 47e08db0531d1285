// windows: Windows' own header, without its macros min, max, near and far. Empty on other systems.
#pragma once

#if defined(_WIN32)
#if !defined(NOMINMAX)
#define NOMINMAX
#endif
#if !defined(WIN32_LEAN_AND_MEAN)
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>
// Empty words of 16-bit systems, which are names in programs. Headers of Windows write FAR and NEAR.
#undef near
#undef far
#undef NEAR
#undef FAR
#define NEAR
#define FAR
#endif
