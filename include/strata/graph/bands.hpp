// bands: chains of steps that run depth-first over bands of rows, so that the maps between them are never whole.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/layers/capabilities/rows.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Traits of a step whose output is made by rows.
struct row_traits {
    row_window window{};
    std::size_t in_rows = 0;
    std::size_t out_rows = 0;
    std::size_t out_row = 0;  // elements of a row
    std::size_t flops = 0;
    std::size_t weight_bytes = 0;
    std::size_t (*scratch)(std::size_t rows) = nullptr;

    constexpr bool is_by_rows() const { return window.span > 0; }
};

// Plain arrays: constant evaluation calls a function for each element of a std::array.

/// Rows [low, done) of the output of each stage of a chain are resident. The last stage keeps nothing.
template <std::size_t Size>
struct band_state {
    std::size_t low[Size]{};
    std::size_t done[Size]{};
};

/// The row that each stage of a chain must reach.
template <std::size_t Size>
struct band_target {
    std::size_t row[Size]{};

    constexpr std::size_t operator[](std::size_t stage) const { return row[stage]; }
};

/// The schedule of a chain: before stage k runs, `keep` says from where on its map is still wanted.
template <std::size_t Size>
struct band_schedule {
    row_window windows[Size]{};
    std::size_t rows[Size]{};  // of the outputs

    /// Nothing is made yet; the last stage begins at row `begin`.
    constexpr band_state<Size> start(std::size_t begin, std::size_t used = Size) const {
        band_state<Size> state;
        state.done[used - 1] = begin;
        for (std::size_t k = used - 1; k > 0; --k) {
            const std::size_t multiple = windows[k - 1].row_multiple, first = next_need(k, state.done[k]);
            state.low[k - 1] = state.done[k - 1] = first / multiple * multiple;
        }
        return state;
    }
    /// The row that each stage must reach so that the last stage reaches row `end`.
    constexpr band_target<Size> targets(const band_state<Size>& state, std::size_t end, std::size_t used = Size) const {
        band_target<Size> result;
        std::size_t(&target)[Size] = result.row;
        for (std::size_t k = 0; k < used; ++k) target[k] = state.done[k];
        target[used - 1] = end;
        for (std::size_t k = used - 1; k > 0; --k) {
            if (target[k] == state.done[k]) continue;
            const std::size_t multiple = windows[k - 1].row_multiple;
            const std::size_t wanted = windows[k].needs({state.done[k], target[k]}, rows[k - 1]).end;
            target[k - 1] =
                std::max(state.done[k - 1], std::min((wanted + multiple - 1) / multiple * multiple, rows[k - 1]));
        }
        return result;
    }
    /// The first row of the map of stage k that the next stage still reads.
    constexpr std::size_t keep(const band_state<Size>& state, std::size_t k) const {
        return std::max(state.low[k], std::min(next_need(k + 1, state.done[k + 1]), state.done[k]));
    }

private:
    constexpr std::size_t next_need(std::size_t k, std::size_t row) const {
        return windows[k].needs({row, row + 1}, rows[k - 1]).begin;
    }
};

/// The longest chain that runs depth-first.
inline constexpr std::size_t longest_chain = 8;

/// Bands of `rows` rows of a chain's last output, and what they take.
struct band_plan {
    std::size_t rows = 0;
    std::array<std::size_t, longest_chain> map_rows{};  // of each stage's output in memory; of the last none
    std::array<std::size_t, longest_chain> made{};      // by one call of each stage at most
    std::size_t bands = 0;
    std::size_t split_multiple = 0;  // threads begin at multiples of it
};

/// Bands repeat: after so many of them each stage has moved on by `shift` rows, a multiple of its row_multiple.
struct band_period {
    std::size_t bands = 0;
    std::size_t shift[longest_chain]{};

    /// Whether a state is another one, moved on.
    constexpr bool leads(const band_state<longest_chain>& from, const band_state<longest_chain>& to,
                         std::size_t used) const {
        for (std::size_t k = 0; k < used; ++k)
            if (to.done[k] != from.done[k] + shift[k] || (k + 1 < used && to.low[k] != from.low[k] + shift[k]))
                return false;
        return true;
    }
    /// How many periods it may move on before a stage reaches its last row.
    constexpr std::size_t times(const band_state<longest_chain>& state, const std::size_t* rows,
                                std::size_t used) const {
        std::size_t result = (rows[used - 1] - state.done[used - 1]) / shift[used - 1];
        for (std::size_t k = 0; k + 1 < used; ++k)
            result = std::min(result, (rows[k] - std::min(state.done[k] + 1, rows[k])) / shift[k]);
        return result;
    }
};

constexpr band_period period_of(std::span<const row_traits> chain, std::size_t rows) {
    band_period period;
    for (bool repeats = false; !repeats;) {
        std::size_t shift = ++period.bands * rows;
        repeats = true;
        for (std::size_t k = chain.size(); k-- > 0; shift *= chain[k].window.stride) {
            period.shift[k] = shift;
            repeats = repeats && (k + 1 == chain.size() || shift % chain[k].window.row_multiple == 0);
        }
    }
    return period;
}

/// Bands that begin at a multiple of `split_multiple`, which divides `rows`, and then every `rows` rows. Bands between
/// the first and the last ones repeat, and are not looked at again: compilers limit the steps of a constant.
constexpr band_plan plan_bands(std::span<const row_traits> chain, std::size_t rows, std::size_t split_multiple) {
    const std::size_t used = chain.size(), all = chain[used - 1].out_rows;
    band_schedule<longest_chain> schedule;
    for (std::size_t k = 0; k < used; ++k) {
        schedule.windows[k] = chain[k].window;
        schedule.rows[k] = chain[k].out_rows;
    }
    band_plan plan{.rows = rows, .bands = (all + rows - 1) / rows, .split_multiple = split_multiple};
    std::size_t map_rows[longest_chain]{}, made[longest_chain]{}, kept[longest_chain]{};
    const band_period period = period_of(chain, rows);
    for (std::size_t first = 0; first < std::min(rows, all); first += split_multiple) {
        auto state = schedule.start(first, used);
        band_state<longest_chain> last{}, last_fresh{};  // a period ago
        std::size_t count = 0;
        for (std::size_t begin = first; begin < all; begin += rows) {
            // Where a thread begins here, it has no rows of the band before.
            const auto fresh = schedule.start(begin, used);
            if (count++ % period.bands == 0) {
                std::size_t times = 0;
                if (count > 1 && period.leads(last, state, used) && period.leads(last_fresh, fresh, used))
                    times = period.times(state, schedule.rows, used);
                last = state;
                last_fresh = fresh;
                for (std::size_t k = 0; k < used; ++k) {
                    state.done[k] += times * period.shift[k];
                    if (k + 1 < used) state.low[k] += times * period.shift[k];
                }
                begin += times * period.shift[used - 1];
                if (times > 0) {
                    begin -= rows;
                    continue;
                }
            }
            const auto target = schedule.targets(state, std::min(begin + rows, all), used);
            for (std::size_t k = 0; k < used; ++k) {
                const std::size_t rows_made = target.row[k] - std::min(fresh.done[k], state.done[k]);
                made[k] = std::max(made[k], rows_made);
                if (k + 1 == used) continue;
                kept[k] = schedule.keep(state, k);
                map_rows[k] = std::max(map_rows[k], target.row[k] - std::min(fresh.low[k], kept[k]));
            }
            for (std::size_t k = 0; k + 1 < used; ++k) state.low[k] = kept[k];
            for (std::size_t k = 0; k < used; ++k) state.done[k] = target.row[k];
        }
    }
    std::copy_n(map_rows, longest_chain, plan.map_rows.begin());
    std::copy_n(made, longest_chain, plan.made.begin());
    return plan;
}

/// The same bands, with split_multiples as close to each other as take no more memory.
constexpr band_plan with_close_cuts(std::span<const row_traits> chain, const band_plan& bands) {
    for (std::size_t split_multiple = chain.back().window.split_multiple();
         bands.rows % split_multiple == 0 && split_multiple < bands.rows; split_multiple *= 2) {
        const band_plan plan = plan_bands(chain, bands.rows, split_multiple);
        if (plan.map_rows == bands.map_rows && plan.made == bands.made) return plan;
    }
    return bands;
}

/// Rows of maps above this many bytes are not kept: a part of the L2 cache.
inline constexpr std::size_t largest_whole_map = std::size_t{256} << 10;

/// The bands of a chain: as small as costs little time, or as small as can be. Cycles: moving rows that two bands share
/// takes one for 32 bytes, weights beyond an L2 cache stream at 7 bytes, a multiply-add of vectors counts one.
constexpr band_plan choose_bands(std::span<const row_traits> chain, std::size_t scalar_bytes, bool smallest) {
    const row_traits& last = chain.back();
    for (std::size_t rows = last.window.row_multiple;; rows *= 2) {
        const std::size_t band = std::min(rows, last.out_rows);
        const band_plan plan = plan_bands(chain, band, band);
        if (smallest || plan.rows == last.out_rows) return with_close_cuts(chain, plan);
        std::size_t extra = 0, cycles = 0;
        for (std::size_t k = 0; k < chain.size(); ++k) {
            const row_traits& stage = chain[k];
            cycles += stage.flops * scalar_bytes / 128;
            if (stage.weight_bytes > largest_whole_map) extra += plan.bands * stage.weight_bytes / 7;
            if (k > 0 && stage.window.span > stage.window.stride)
                extra +=
                    plan.bands * (stage.window.span - stage.window.stride) * chain[k - 1].out_row * scalar_bytes / 32;
        }
        if (extra * 25 <= cycles) return with_close_cuts(chain, plan);
    }
}

}  // namespace strata::inline STRATA_ISA::detail
