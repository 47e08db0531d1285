# Conan 2: `conan create .` packages the headers. Boost and xsimd are the system's, as the compiler finds them; with
# -o dependencies=conan they are packages of Conan, and so are the libraries of parts that are asked for.
import re
from pathlib import Path

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy

required_conan_version = ">=2.0"

# Parts that need a library: its definition, the module of pkg-config, Debian's package, Conan's.
PARTS = {"hdf5": ("STRATA_WITH_HDF5", "hdf5-serial", "libhdf5-dev", "hdf5/[>=1.10]"),
         "libzip": ("STRATA_WITH_LIBZIP", "libzip", "libzip-dev", "libzip/[>=1.7]"),
         "png": ("STRATA_WITH_PNG", "libpng", "libpng-dev", "libpng/[>=1.6]"),
         "jpeg": ("STRATA_WITH_JPEG", "libturbojpeg", "libturbojpeg0-dev", "libjpeg-turbo/[>=2.1]")}


class Strata(ConanFile):
    name = "strata"
    license = "MIT"
    description = "Compile-time static neural networks"
    topics = "neural-network", "keras", "inference", "training", "header-only"
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"dependencies": ["system", "conan"], **{part: [True, False] for part in PARTS}}
    default_options = {"dependencies": "system", **{part: False for part in PARTS}}
    exports = "meson.build"
    exports_sources = "include/*", "LICENSE"
    no_copy_source = True
    test_package_folder = "tests/packaging/conan"

    def set_version(self):
        text = Path(self.recipe_folder, "meson.build").read_text(encoding="utf-8")
        self.version = re.search(r"version: '([0-9.]+)'", text)[1]

    def requirements(self):
        if self.options.dependencies == "system":
            return
        self.requires("boost/[>=1.74]", options={"header_only": True})
        self.requires("xsimd/[>=8.1]")
        for _, _, _, package in self._chosen():
            self.requires(package)

    def system_requirements(self):
        if self.options.dependencies == "conan":
            return
        from conan.tools.system.package_manager import Apt
        packages = [package for _, _, package, _ in self._chosen()]
        Apt(self).install(["libboost-dev", "libxsimd-dev", *packages], check=True)

    def validate(self):
        check_min_cppstd(self, 20)

    def package_id(self):
        self.info.settings.clear()

    def package(self):
        copy(self, "LICENSE", self.source_folder, Path(self.package_folder, "licenses"))
        copy(self, "*.hpp", Path(self.source_folder, "include"), Path(self.package_folder, "include"))

    def package_info(self):
        self.cpp_info.bindirs, self.cpp_info.libdirs = [], []
        self.cpp_info.set_property("cmake_file_name", "strata")
        self.cpp_info.set_property("cmake_target_name", "strata::strata")
        self.cpp_info.set_property("pkg_config_name", "strata")
        if self.settings.os in ("Linux", "FreeBSD"):
            self.cpp_info.system_libs = ["pthread"]
        for macro, module, _, _ in self._chosen():
            self.cpp_info.defines.append(macro)
            if self.options.dependencies == "system":
                self._use_system_library(module)

    def _chosen(self):
        return [PARTS[part] for part in PARTS if self.options.get_safe(part)]

    def _use_system_library(self, module):
        from conan.tools.gnu import PkgConfig
        found = PkgConfig(self, module)
        self.cpp_info.includedirs += found.includedirs
        folders = [f"-L{folder}" for folder in found.libdirs]
        self.cpp_info.sharedlinkflags += folders
        self.cpp_info.exelinkflags += folders
        self.cpp_info.system_libs += found.libs
