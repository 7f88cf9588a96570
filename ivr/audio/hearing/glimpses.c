/* The chances of glimpses.py, by the network of network.py. Its weights come from there too: mean, scale, first, bias,
   each layer's weight and bias, last (a row for each class), offset. */

#include "window.h"

#define LEAST 1e-9f
#define FAINT 1e-7f
#define TOGETHER 4 /* frames */
#define LOOKS 37
#define CLASSES 3
#define CHANNELS 32
#define FARTHEST 16 /* frames that a layer looks to either side at most */
#define CHANGES 6

#define MIX mix_anywhere
#define LANES 4
#include "mix.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#define MIX mix_avx2
#define LANES 8
#include "mix.h"
#pragma GCC pop_options
#define MIX_HERE (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? mix_avx2 : mix_anywhere)
#else
#define MIX_HERE mix_anywhere
#endif

typedef void mix_of(const float *const[][TOGETHER], int, int, const float *, const float *, float[TOGETHER][CHANNELS]);
typedef float channels[FARTHEST + FRAMES + FARTHEST][CHANNELS]; /* zeros before the first frame and after the last */

static const int lags[CHANGES] = {1, 2, 3, 4, 6, 8};

static float loudest(const row *rows, int count) {
    float level[FRAMES];
    for (int i = 0; i < count; i++)
        level[i] = decibels(rows[i][POWER] + LEAST);
    return picked(level, 0, count, percent_of(count, 90));
}

/* What is looked at of a frame, in the order of LOOKS, but for the changes of colour and the echo. */
static void look(const float *r, float top, float *out, float *dB) {
    for (int b = 0; b < BANDS; b++) {
        dB[b] = decibels(r[b] + LEAST);
        *out++ = dB[b] - top;
    }
    *out++ = decibels(r[POWER] + LEAST) - top;
    *out++ = log10f(r[TOTAL] * r[TOTAL] / (r[SQUARES] + 1e-15f) + 1);
    *out++ = r[PITCHY] / (r[HEIGHT] + LEAST);
    *out++ = r[LAG];
    *out++ = r[PEAK];
    *out++ = r[REPEAT];
    *out++ = r[CREST];
    *out++ = r[EDGES];
    for (int q = 0; q < PARTS; q++)
        *out++ = decibels(r[QUARTERS + q] + FAINT) - top;
    for (int q = 0; q < PARTS; q++)
        *out++ = decibels(r[STEEP + q] + FAINT) - top;
}

static void look_at_all(const row *rows, int count, const float *weight, float (*looks)[LOOKS]) {
    static _Thread_local float colour[FRAMES][BANDS];
    const float top = loudest(rows, count);
    for (int i = 0; i < count; i++) {
        float level = 0;
        look(rows[i], top, looks[i], colour[i]);
        for (int b = 0; b < BANDS; b++)
            level += colour[i][b] * weight[b];
        for (int b = 0; b < BANDS; b++)
            colour[i][b] -= level;
        for (int n = 0; n < CHANGES; n++) {
            float sum = 0;
            for (int b = 0; b < BANDS && i >= lags[n]; b++)
                sum += fabsf(colour[i][b] - colour[i - lags[n]][b]) * weight[b];
            looks[i][LOOKS - 1 - CHANGES + n] = sum;
        }
        looks[i][LOOKS - 1] = rows[i][ECHO];
    }
}

/* The first channels of all frames, from what is looked at, brought to mean 0 and deviation 1. */
static const float *begin(mix_of *mix, const float *weights, float (*looks)[LOOKS], int count, channels out) {
    const float *mean = weights, *scale = mean + LOOKS, *first = scale + LOOKS, *bias = first + LOOKS * CHANNELS;
    for (int i = 0; i < count; i++)
        for (int k = 0; k < LOOKS; k++)
            looks[i][k] = (looks[i][k] - mean[k]) / scale[k];
    for (int from = 0; from < count; from += TOGETHER) {
        const float *in[1][TOGETHER];
        float told[TOGETHER][CHANNELS];
        for (int f = 0; f < TOGETHER; f++)
            in[0][f] = looks[least(count - 1, from + f)];
        mix(in, 1, LOOKS, first, bias, told);
        memcpy(out[FARTHEST + from], told, least(TOGETHER, count - from) * sizeof *told);
    }
    return bias + CHANNELS;
}

static void step(mix_of *mix, const float *weight, int apart, int count, channels in, channels out) {
    const float *bias = weight + 3 * CHANNELS * CHANNELS;
    for (int from = 0; from < count; from += TOGETHER) {
        const float *three[3][TOGETHER];
        float told[TOGETHER][CHANNELS];
        for (int f = 0; f < TOGETHER; f++)
            for (int side = -1; side <= 1; side++)
                three[side + 1][f] = in[FARTHEST + least(count - 1, from + f) + side * apart];
        mix(three, 3, CHANNELS, weight, bias, told);
        for (int f = 0; f < least(TOGETHER, count - from); f++)
            for (int c = 0; c < CHANNELS; c++)
                out[FARTHEST + from + f][c] = in[FARTHEST + from + f][c] + told[f][c];
    }
}

/* How likely each class is in each of `count` rows; `apart` tells how far each layer looks. */
void glimpsed(
    const row *rows, int count, const float *weight, const float *weights, const int32_t *apart, int layers,
    float (*out)[CLASSES]
) {
    static _Thread_local float looks[FRAMES][LOOKS];
    static _Thread_local channels held[2];
    mix_of *const mix = MIX_HERE;
    look_at_all(rows, count, weight, looks);
    for (int side = 0; side < 2; side++)
        memset(held[side][FARTHEST + count], 0, FARTHEST * sizeof *held[side]);
    const float *next = begin(mix, weights, looks, count, held[0]);
    for (int n = 0; n < layers; n++) {
        step(mix, next, apart[n], count, held[n % 2], held[(n + 1) % 2]);
        next += (3 * CHANNELS + 1) * CHANNELS;
    }
    for (int i = 0; i < count; i++)
        for (int k = 0; k < CLASSES; k++) {
            float number = next[CLASSES * CHANNELS + k];
            for (int c = 0; c < CHANNELS; c++)
                number += held[layers % 2][FARTHEST + i][c] * next[k * CHANNELS + c];
            out[i][k] = (float)(1 / (1 + exp(-number)));
        }
}
