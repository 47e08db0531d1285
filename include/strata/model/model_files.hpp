// model_files: the part of a model that reads and writes files.
#pragma once

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/files_check.hpp>
#include <strata/model/checks.hpp>
#include <strata/model/state.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Self is a model of Net. A path is any type that std::filesystem::path is made of; only files include that header. A
/// failed save leaves the old file.
template <class Self, class Net>
class model_files {
public:
    /// Writes the weights; the extension says how: .weights.h5, .h5, .npz, .safetensors.
    template <class Path, class Files = weight_files<Self>>
    void save_weights(const Path& file) const {
        using checked = internal::files_check<Files, "save_weights">;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) Files::save(static_cast<const Self&>(*this), file);
    }
    /// Reads the weights; a failed load throws and leaves the model as it was.
    template <class Path, class Files = weight_files<Self>>
    void load_weights(const Path& file) {
        using checked = internal::files_check<Files, "load_weights">;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) Files::load(static_cast<Self&>(*this), file);
    }
    /// Writes net and weights as an archive that Keras 3 opens, a .keras file.
    template <class Path, class Files = weight_files<Self>>
    void save(const Path& file) const {
        using checked = archive_check<Net, Files>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) Files::save_archive(static_cast<const Self&>(*this), file);
    }
};

}  // namespace strata::inline STRATA_ISA::detail
