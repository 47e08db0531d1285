// Files of data for training: a table, IDX, an array of numpy in memory and in its file. The first byte says which.
#include <cstdint>
#include <stdexcept>

#include <strata/data/idx.hpp>
#include <strata/data/mapped_array.hpp>
#include <strata/data/npy_file.hpp>
#include <strata/data/table.hpp>

#include "fuzz.hpp"

namespace {

template <class Read>
void refuse_or(Read read) {
    fuzz::read_or_refuse<strata::file_error, std::invalid_argument>(read);
}

void read_table(const std::filesystem::path& file, bool has_header) {
    const strata::Table table = strata::read_csv(file, {.has_header = has_header, .show_progress = false});
    for (const std::string& name : table.columns()) {
        refuse_or([&] { table.numbers<float>(name, 0.5f); });
        refuse_or([&] { table.classes(name); });
        refuse_or([&] { table.dataset<strata::shape{2}, std::int8_t>(name); });
    }
}

/// Reads each value, so that one outside of the file is noticed.
template <class T>
void read_mapped(const std::filesystem::path& file) {
    const strata::MappedArray<T> array(file);
    T last{};
    for (const T value : array.values()) last = value;
    static_cast<void>(last);
    const strata::MappedDataset<T, strata::shape{2}, T> data(file, file);
    for (std::size_t i = 0; i < data.size(); ++i) static_cast<void>(data.input(i)[1] + data.label(i)[0]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto file = fuzz::write("data", fuzz::text_of(data + 1, size - 1));
    switch (data[0] % 4) {
        case 0:
            refuse_or([&] { read_table(file, (data[0] & 4) != 0); });
            break;
        case 1:
            refuse_or([&] { strata::read_idx<float>(file, false); });
            refuse_or([&] { strata::read_idx<int>(file, false); });
            refuse_or([&] { strata::read_idx_dataset<strata::shape{2, 2, 1}>(file, file, 1.0f, false); });
            break;
        case 2:
            refuse_or([&] { strata::read_npy<float>(file, false); });
            refuse_or([&] { strata::read_npy<std::int16_t>(file, false); });
            break;
        default:
            refuse_or([&] { read_mapped<float>(file); });
            refuse_or([&] { read_mapped<std::uint8_t>(file); });
            break;
    }
    return 0;
}
