# The packages that strata needs, and its optional parts as targets: strata::hdf5, strata::libzip,
# strata::png, strata::jpeg. Included by CMakeLists.txt and by the installed package.

# A macro, so that find_package works for the caller.
macro(strata_find_required)
  find_package(Boost 1.74 REQUIRED)
  find_package(Threads REQUIRED)
  # xsimd by its headers: Debian's CMake target of xsimd links a library that its package does not bring along.
  if(NOT TARGET strata::xsimd)
    find_path(STRATA_XSIMD_INCLUDE xsimd/xsimd.hpp HINTS ${xsimd_ROOT} ENV xsimd_ROOT PATH_SUFFIXES include REQUIRED)
    mark_as_advanced(STRATA_XSIMD_INCLUDE)
    add_library(strata::xsimd INTERFACE IMPORTED GLOBAL)
    set_target_properties(strata::xsimd PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${STRATA_XSIMD_INCLUDE}")
  endif()
endmacro()

# An optional part: a target that defines a macro and links the first of some pkg-config modules that is there.
function(strata_add_component name macro)
  if(TARGET strata::${name})
    return()
  endif()
  find_package(PkgConfig QUIET)
  foreach(module ${ARGN})
    if(PkgConfig_FOUND AND NOT TARGET strata::${name})
      pkg_check_modules(strata_${name}_${module} QUIET IMPORTED_TARGET GLOBAL ${module})
      if(TARGET PkgConfig::strata_${name}_${module})
        add_library(strata::${name} INTERFACE IMPORTED GLOBAL)
        set_target_properties(strata::${name} PROPERTIES
          INTERFACE_COMPILE_DEFINITIONS ${macro}
          INTERFACE_LINK_LIBRARIES "strata::strata;PkgConfig::strata_${name}_${module}")
      endif()
    endif()
  endforeach()
endfunction()

# Those whose libraries are there.
function(strata_add_components)
  strata_add_component(hdf5 STRATA_WITH_HDF5 hdf5 hdf5-serial)
  strata_add_component(libzip STRATA_WITH_LIBZIP libzip)
  strata_add_component(png STRATA_WITH_PNG libpng)
  strata_add_component(jpeg STRATA_WITH_JPEG libturbojpeg)
endfunction()
