/* The chances of concealment.py: how likely each frame of a window is one that never came. */

#include "trees.h"
#include "window.h"

#define LEAST 1e-9f
#define FAINT 1e-7f
#define TOGETHER 16 /* frames */
#define LOOKS 137
#define SERIES 9
#define FIRST_STEP (-8)
#define LAST_STEP 11
#define APART 5

struct seen { /* of each frame, as LOOKS names it */
    float series[SERIES][FRAMES];
    float colour[FRAMES][BANDS];        /* dB, the level taken off */
    float steps[2][FRAMES * PARTS];     /* dB from 5 ms to 5 ms: of the level, of its steps from sample to sample */
    float lowest;                       /* dB under the loudest frames */
};

enum { LEVEL, STEP, PITCH, TURN, LIKE, SHARP, CLICKS, EVEN, BINS };

static const int around[SERIES][2] = {{-8, 8}, {-6, 7}, {-4, 4}, {-4, 5}, {-3, 4}, {-4, 4}, {-2, 2}, {-4, 4}, {-2, 2}};
static const int lags[APART] = {2, 3, 4, 6, 8};

static float percentile(const float *values, int count, int percent) {
    float held[FRAMES];
    memcpy(held, values, count * sizeof(float));
    return picked(held, 0, count, percent_of(count, percent));
}

/* How far a frame's colour is from another's; a frame outside the window is the one at its edge. */
static float apart(const struct seen *s, const float *weight, int count, int at, int other) {
    const int near = most(0, least(count - 1, other));
    float sum = 0;
    for (int b = 0; b < BANDS; b++)
        sum += fabsf(s->colour[at][b] - s->colour[near][b]) * weight[b];
    return sum;
}

static void one_row(const row *rows, int at, const float *weight, struct seen *s) {
    const float *r = rows[at], *before = rows[most(0, at - 1)];
    float all = 0, told = 0, level = 0, dB[BANDS];
    for (int b = 0; b < BANDS; b++) {
        dB[b] = decibels(r[b] + LEAST);
        all += r[b];
        told += dB[b];
        level += dB[b] * weight[b];
    }
    for (int b = 0; b < BANDS; b++)
        s->colour[at][b] = dB[b] - level;
    s->series[LEVEL][at] = decibels(r[POWER] + LEAST);
    s->series[PITCH][at] = r[PITCHY] / (r[HEIGHT] + LEAST);
    s->series[TURN][at] = fabsf(r[LAG] - before[LAG]);
    s->series[LIKE][at] = r[REPEAT];
    s->series[SHARP][at] = r[EDGES];
    s->series[CLICKS][at] = r[CREST];
    s->series[EVEN][at] = told / BANDS - decibels(all / BANDS + LEAST);
    s->series[BINS][at] = log10f(r[TOTAL] * r[TOTAL] / (r[SQUARES] + 1e-15f) + 1);
}

static void steps(const row *rows, int count, int first, float *out) {
    float last = decibels(rows[0][first] + FAINT);
    for (int i = 0; i < count * PARTS; i++) {
        const float level = decibels(rows[i / PARTS][first + i % PARTS] + FAINT);
        out[i] = level - last;
        last = level;
    }
}

static void fill(const row *rows, int count, const float *weight, struct seen *s) {
    for (int i = 0; i < count; i++)
        one_row(rows, i, weight, s);
    for (int i = 0; i < count; i++)
        s->series[STEP][i] = apart(s, weight, count, i, i - 1);
    s->lowest = percentile(s->series[LEVEL], count, 10);
    const float top = percentile(s->series[LEVEL], count, 90);
    for (int i = 0; i < count; i++)
        s->series[LEVEL][i] -= top;
    s->lowest -= top;
    steps(rows, count, QUARTERS, s->steps[0]);
    steps(rows, count, STEEP, s->steps[1]);
}

/* What is looked at of a frame, in the order of LOOKS. */
static void look(const struct seen *s, const float *weight, int count, int at, float *out) {
    for (int n = 0; n < SERIES; n++)
        for (int k = around[n][0]; k <= around[n][1]; k++)
            *out++ = s->series[n][most(0, least(count - 1, at + k))];
    for (int n = 0; n < 2; n++)
        for (int k = at * PARTS + FIRST_STEP; k <= at * PARTS + LAST_STEP; k++)
            *out++ = k >= 0 && k < count * PARTS ? s->steps[n][k] : 0;
    for (int n = 0; n < APART; n++)
        *out++ = apart(s, weight, count, at, at - lags[n]);
    for (int n = 0; n < APART; n++)
        *out++ = apart(s, weight, count, at, at + lags[n]);
    *out = s->series[LEVEL][at] - s->lowest;
}

/* How likely each of `count` rows was lost; leaf values begin at place `splits`. Some frames go down one tree together:
   what it parts by and what it looks at are then near at hand. */
void concealed(
    const row *rows, int count, const float *weight, const struct place *places, const float *leaf, int splits,
    const int32_t *first, int trees, int depth, float *out
) {
    static _Thread_local struct seen seen;
    static _Thread_local float looks[TOGETHER][LOOKS];
    fill(rows, count, weight, &seen);
    for (int from = 0; from < count; from += TOGETHER) {
        double votes[TOGETHER] = {0};
        for (int i = 0; i < TOGETHER; i++)
            look(&seen, weight, count, least(count - 1, from + i), looks[i]);
        for (int t = 0; t < trees; t++) {
            int32_t at[TOGETHER];
            for (int i = 0; i < TOGETHER; i++)
                at[i] = first[t];
            for (int step = 0; step < depth; step++)
                for (int i = 0; i < TOGETHER; i++) {
                    const struct place *place = places + at[i];
                    at[i] = place->ways[looks[i][place->figure] > place->threshold];
                }
            for (int i = 0; i < TOGETHER; i++)
                votes[i] += leaf[at[i] - splits];
        }
        for (int i = 0; i < least(TOGETHER, count - from); i++)
            out[from + i] = (float)(1 / (1 + exp(-votes[i])));
    }
}
