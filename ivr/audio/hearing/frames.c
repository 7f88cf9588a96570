/* The figures of frames, as ivr/audio/features.py defines them; compiled by ivr.setup where there is a compiler.

   The matrices come from there too, so that each definition stands once; their rows are filled up to whole lanes.
   `samples` holds, for each call, one frame of the past and then `count` frames; `out` a row for each of the latter. */

#include <math.h>
#include <stdint.h>

#define FRAME 160
#define QUARTER 40
#define BATCH 8
#define MOST 192 /* bins or lags, filled up */
#define LEAST 1e-9f

typedef float frames_of[BATCH]; /* one value of each frame of a batch */

struct matrix {
    int rows, columns, filled; /* columns that mean something, and columns there are */
    const float *values;
};

struct tables {
    struct matrix cosine, sine; /* FRAME x bins: the transform about the window's middle */
    struct matrix bands;        /* bins x (band powers, level, total) */
    struct matrix lags;         /* bins x (autocorrelation at each lag, and at 0) */
};

#define PRODUCT product_anywhere
#define LANES 4
#include "product.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define EVERY_CPU __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#define PRODUCT product_avx2
#define LANES 8
#include "product.h"
#pragma GCC pop_options
#ifndef PRODUCT_HERE
#define PRODUCT_HERE (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? product_avx2 : product_anywhere)
#endif
#else
#define EVERY_CPU
#define PRODUCT_HERE product_anywhere
#endif
#define INLINE static inline __attribute__((always_inline))

typedef void product_of(const struct matrix *, const frames_of *, float (*)[MOST]);

INLINE float dot(const float *a, const float *b, int size) {
    float sum = 0;
    for (int i = 0; i < size; i++)
        sum += a[i] * b[i];
    return sum;
}

INLINE int highest(const float *values, int size) {
    float top = values[0];
    int at = 0;
    for (int i = 1; i < size; i++)
        top = values[i] > top ? values[i] : top;
    while (values[at] < top)
        at++;
    return at;
}

/* Columns in the order of features.py: bands with level and total, squares, pitch height, height, lag, peak. */
INLINE void spectrum(const struct tables *t, product_of *product, const float *heard, int frames, float *out,
                     int columns) {
    static _Thread_local frames_of even[FRAME], odd[FRAME], power_of[MOST], magnitude_of[MOST];
    static _Thread_local float real[BATCH][MOST], imaginary[BATCH][MOST], power[BATCH][MOST];
    static _Thread_local float bands[BATCH][MOST], lags[BATCH][MOST];
    const int bins = t->cosine.columns;
    for (int f = 0; f < BATCH; f++)
        for (int i = 0; i < FRAME; i++) {
            const float a = heard[f * FRAME + i], b = heard[f * FRAME + 2 * FRAME - 1 - i];
            even[i][f] = a + b;
            odd[i][f] = a - b;
        }
    product(&t->cosine, even, real);
    product(&t->sine, odd, imaginary);
    for (int f = 0; f < BATCH; f++)
        for (int k = 0; k < bins; k++)
            power[f][k] = real[f][k] * real[f][k] + imaginary[f][k] * imaginary[f][k];
    for (int k = 0; k < bins; k++)
        for (int f = 0; f < BATCH; f++) {
            power_of[k][f] = power[f][k];
            magnitude_of[k][f] = sqrtf(power[f][k]);
        }
    product(&t->bands, power_of, bands);
    product(&t->lags, magnitude_of, lags);
    for (int f = 0; f < frames; f++) {
        float *row = out + (long)f * columns;
        for (int b = 0; b < t->bands.columns; b++)
            *row++ = bands[f][b];
        const int best = highest(lags[f], t->lags.columns - 1);
        row[0] = dot(power[f], power[f], bins);
        row[1] = lags[f][best];
        row[2] = lags[f][t->lags.columns - 1];
        row[3] = (float)best;
        row[4] = (float)highest(power[f], bins);
    }
}

/* The frames without their means. */
INLINE void centre(const float *heard, int frames, float (*out)[FRAME]) {
    for (int f = 0; f < frames; f++) {
        float sum = 0;
        for (int i = 0; i < FRAME; i++)
            sum += heard[f * FRAME + i];
        for (int i = 0; i < FRAME; i++)
            out[f][i] = heard[f * FRAME + i] - sum / FRAME;
    }
}

/* Four quarters, repeat, crest, edges, four quarters' steps. */
INLINE void samples_of(const struct tables *t, const float *heard, int frames, float *out, int columns) {
    static _Thread_local float centred[BATCH + 1][FRAME];
    centre(heard, frames + 1, centred);
    for (int f = 0; f < frames; f++) {
        const float *before = centred[f], *after = centred[f + 1];
        float *row = out + (long)f * columns + t->bands.columns + 5;
        const float own = dot(after, after, FRAME), past = dot(before, before, FRAME);
        float top = 0, steps = 0;
        for (int i = 0; i < FRAME; i++)
            top = fmaxf(top, fabsf(after[i]));
        for (int i = 1; i < FRAME; i++)
            steps += (after[i] - after[i - 1]) * (after[i] - after[i - 1]);
        for (int q = 0; q < 4; q++)
            row[q] = dot(after + q * QUARTER, after + q * QUARTER, QUARTER) / QUARTER;
        row[4] = dot(after, before, FRAME) / sqrtf(own * past + 1e-12f);
        row[5] = top / sqrtf((own + LEAST) / FRAME);
        row[6] = steps / (own + LEAST);
        for (int q = 0; q < 4; q++) {
            const float *own_samples = heard + (f + 1) * FRAME + q * QUARTER;
            float steep = 0;
            for (int i = 0; i < QUARTER; i++)
                steep += (own_samples[i] - own_samples[i - 1]) * (own_samples[i] - own_samples[i - 1]);
            row[7 + q] = steep / QUARTER;
        }
    }
}

EVERY_CPU void analyse(const struct tables *t, const int16_t *samples, int calls, int count, float *out, int columns) {
    static _Thread_local float heard[(BATCH + 1) * FRAME];
    product_of *const product = PRODUCT_HERE;
    for (int call = 0; call < calls; call++) {
        const int16_t *own = samples + (long)call * (count + 1) * FRAME;
        for (int at = 0; at < count; at += BATCH) {
            const int frames = count - at < BATCH ? count - at : BATCH;
            for (int i = 0; i < (BATCH + 1) * FRAME; i++)
                heard[i] = i < (frames + 1) * FRAME ? own[at * FRAME + i] * (1.0f / 32768) : 0;
            float *rows = out + ((long)call * count + at) * columns;
            spectrum(t, product, heard, frames, rows, columns);
            samples_of(t, heard, frames, rows, columns);
        }
    }
}
