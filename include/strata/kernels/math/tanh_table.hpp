// tanh_table: tanh of vectors of 16 floats by polynomials whose coefficients two registers hold. AVX-512 has an
// instruction that takes one value of 32 for each lane. Nothing is divided, so that the chain of dependent operations
// is shorter than that of a fraction; there are more operations.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/math/tables.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// tanh (width u) for |u| < 15.5 in pieces around the integers: polynomials in r = u - n, where n is the integer
/// nearest to u. values[i][n] is the coefficient of r^i; those of -n follow, as tanh is odd. Beyond, tanh is 1 or -1.
/// The error is below 1.7e-7, and 8e-7 of the value.
struct exact_tanh_pieces {
    static constexpr int width_numerator = 17, width_denominator = 32;
    static constexpr float values[7][16] = {
        {0.0f, 0.48633602f, 0.7866188f, 0.9207223f, 0.97187275f, 0.9901892f, 0.99659854f, 0.99882317f, 0.99959314f,
         0.9998594f, 0.9999514f, 0.9999832f, 0.9999942f, 0.999998f, 0.9999993f, 0.99999976f},
        {0.5312497f, 0.4055979f, 0.20252888f, 0.08089359f, 0.029464906f, 0.010372856f, 0.00360789f, 0.0012496336f,
         4.321946e-4f, 1.4940223e-4f, 5.1636784e-5f, 1.7845761e-5f, 6.167398e-6f, 2.1314038e-6f, 7.365944e-7f,
         2.5456035e-7f},
        {0.0f, -0.104792506f, -0.0846351f, -0.039567802f, -0.015212949f, -0.005456515f, -0.0019101715f, -6.6308636e-4f,
         -2.2950988e-4f, -7.9358746e-5f, -2.7430697e-5f, -9.480398e-6f, -3.27641e-6f, -1.1323056e-6f, -3.9131538e-7f,
         -1.352351e-7f},
        {-0.049955614f, -0.011100701f, 0.016315358f, 0.011745914f, 0.0050828434f, 0.0018944351f, 6.718682e-4f,
         2.34272e-4f, 8.1211976e-5f, 2.8095988e-5f, 9.713284e-6f, 3.3572478e-6f, 1.1602848e-6f, 4.0098976e-7f,
         1.385791e-7f, 4.7891756e-8f},
        {0.0f, 0.012719987f, 0.0011458626f, -0.002022309f, -0.0011931296f, -4.8325863e-4f, -1.7603481e-4f,
         -6.1937775e-5f, -2.153771e-5f, -7.45911e-6f, -2.5796974e-6f, -8.9174625e-7f, -3.0820632e-7f, -1.0651646e-7f,
         -3.6811485e-8f, -1.2721704e-8f},
        {0.005406461f, -0.001374605f, -0.0016558868f, 1.0793947e-5f, 1.8830979e-4f, 9.488782e-5f, 3.6735015e-5f,
         1.31829565e-5f, 4.6148607e-6f, 1.6019235e-6f, 5.5445554e-7f, 1.9171571e-7f, 6.626721e-8f, 2.2902741e-8f,
         7.915106e-9f, 2.7353368e-9f},
        {0.0f, -9.7514415e-4f, 4.198233e-4f, 1.0970784e-4f, -1.2019542e-5f, -1.38037585e-5f, -6.115164e-6f,
         -2.282552e-6f, -8.0940333e-7f, -2.8219475e-7f, -9.781996e-8f, -3.384114e-8f, -1.1699507e-8f, -4.0438723e-9f,
         -1.3976335e-9f, -4.8322985e-10f}};
};
/// The same with an error below 4e-5.
struct approximate_tanh_pieces {
    static constexpr int width_numerator = 13, width_denominator = 32;
    static constexpr float values[4][16] = {
        {0.0f, 0.38524836f, 0.67095f, 0.8392869f, 0.92535156f, 0.9661738f, 0.9848474f, 0.9932477f, 0.9969981f,
         0.99866676f, 0.9994082f, 0.9997373f, 0.9998834f, 0.99994826f, 0.99997705f, 0.9999898f},
        {0.40623868f, 0.34594417f, 0.22336291f, 0.120089665f, 0.05839197f, 0.027021391f, 0.012219448f, 0.0054683276f,
         0.0024356928f, 0.0010826387f, 4.807744e-4f, 2.1341258e-4f, 9.471509e-5f, 4.203229e-5f, 1.8652254e-5f,
         8.276993e-6f},
        {0.0f, -0.053006165f, -0.060337406f, -0.04100484f, -0.022121567f, -0.010723066f, -0.004950386f, -0.0022358014f,
         -9.999401e-4f, -4.4526855e-4f, -1.978924e-4f, -8.787448e-5f, -3.900594e-5f, -1.731112e-5f, -7.682223e-6f,
         -3.4090567e-6f},
        {-0.021985639f, -0.010538068f, 0.0041358625f, 0.007292551f, 0.005043274f, 0.0026895201f, 0.0012924979f,
         5.940059e-4f, 2.6770553e-4f, 1.1961208e-4f, 5.323939e-5f, 2.3656767e-5f, 1.0503919e-5f, 4.6623254e-6f,
         2.0691384e-6f, 9.182227e-7f}};
};

/// Numerator / Denominator times tanh (width u).
template <class Pieces, int Numerator = 1, int Denominator = 1>
struct tanh_table {
    static constexpr std::size_t count = sizeof(Pieces::values) / sizeof(Pieces::values[0]);
    static constexpr float largest = static_cast<float>(Numerator) / static_cast<float>(Denominator);

    /// Coefficients of piece n at index n, or 32 + n where n is negative.
    static constexpr tables_of_32<count> coefficients = [] {
        tables_of_32<count> result;
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t n = 0; n < 16; ++n) {
                const double value = static_cast<double>(Pieces::values[i][n]) * Numerator / Denominator;
                if (n > 0) result.values[i][32 - n] = static_cast<float>(i % 2 == 0 ? -value : value);
                result.values[i][n] = static_cast<float>(value);
            }
        return result;
    }();

#if defined(STRATA_HAS_TABLES)
    /// NaN stays NaN.
    static STRATA_INLINE __m512 apply(__m512 u) {
        // The sum with a large number has n in its last bits. -ffast-math does not change an addition that is told how
        // to round.
        constexpr int to_nearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
        const __m512i piece = _mm512_castps_si512(_mm512_add_round_ps(u, _mm512_set1_ps(0x1.8p23f), to_nearest));
        const __mmask16 is_inside = _mm512_cmp_ps_mask(_mm512_abs_ps(u), _mm512_set1_ps(15.5f), _CMP_NGE_UQ);
        // Where u is beyond the pieces, each sum stays what its first operand is.
        const __m512 one = _mm512_or_ps(_mm512_and_ps(u, _mm512_set1_ps(-0.0f)), _mm512_set1_ps(largest));
        const __m512 r = _mm512_mask_reduce_ps(one, is_inside, u, to_nearest);
        const auto c = [&](std::size_t i) STRATA_INLINE_CALL { return value_of_32(coefficients.values[i], piece); };
        // The square is never subnormal. The coefficients of r^2, r^4 and r^6 around 0 are 0.
        const __m512 square = _mm512_fmadd_ps(r, r, _mm512_set1_ps(0x1p-40f));
        const __m512 low = _mm512_mask_fmadd_ps(r, is_inside, c(1), c(0));
        const __m512 rest = _mm512_mask3_fmadd_ps(_mm512_fmadd_ps(c(3), r, c(2)), square, low, is_inside);
        if constexpr (count == 4) return rest;
        else {
            const __m512 high = _mm512_fmadd_ps(c(6), square, _mm512_fmadd_ps(c(5), r, c(4)));
            return _mm512_mask3_fmadd_ps(high, _mm512_mul_ps(square, square), rest, is_inside);
        }
    }
#endif
};

}  // namespace strata::inline STRATA_ISA::kernels
