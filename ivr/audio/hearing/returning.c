/* The figures of returning.py: how the colour of a sound stays and comes back. */

#include "window.h"

#define LAGS 4
#define COMPARED 80
#define APART 17.5f
#define SOFT 1e-3f
#define DISTANT (30.0f * 30.0f * BANDS)

static const int lags[LAGS] = {1, 3, 6, 12};

struct shown {
    float colour[FRAMES][BANDS]; /* dB under the frame's strongest band */
    int loud[FRAMES], louds;     /* which of the frames that were heard are loud */
};

static void shown(const struct window *w, struct shown *s) {
    float powers[FRAMES];
    for (int i = 0; i < w->kept; i++) {
        const float *bands = w->rows[w->heard[i]];
        float top = bands[0];
        for (int b = 1; b < BANDS; b++)
            top = fmaxf(top, bands[b]);
        top += 1e-9f;
        for (int b = 0; b < BANDS; b++)
            s->colour[i][b] = decibels(fmaxf(bands[b] / top, SOFT));
        powers[i] = bands[POWER];
    }
    const float half = picked(powers, 0, w->kept, w->kept / 2);
    s->louds = 0;
    for (int i = 0; i < w->kept; i++)
        if (w->rows[w->heard[i]][POWER] >= half)
            s->loud[s->louds++] = i;
}

/* How far each loud frame's colour is from the one `lag` frames before, in dB; how many there are. */
static int moved(const struct shown *s, int lag, float *out) {
    int count = 0;
    for (int i = 0; i < s->louds; i++) {
        if (s->loud[i] < lag)
            continue;
        float sum = 0;
        for (int b = 0; b < BANDS; b++)
            sum += fabsf(s->colour[s->loud[i]][b] - s->colour[s->loud[i] - lag][b]);
        out[count++] = sum / BANDS;
    }
    return count;
}

/* For loud frames the distance in dB to the most alike one that is not near in time; how many there are. */
static int returns(const struct shown *s, float *out) {
    const int every = (s->louds + COMPARED - 1) / COMPARED, count = (s->louds + every - 1) / every;
    for (int i = 0; i < count; i++)
        out[i] = DISTANT;
    for (int i = 0; i < count; i++)
        for (int j = 0; j < i; j++) {
            const int one = s->loud[i * every], other = s->loud[j * every];
            if (one - other < APART)
                continue;
            float sum = 0;
            for (int b = 0; b < BANDS; b++) {
                const float away = s->colour[one][b] - s->colour[other][b];
                sum += away * away;
            }
            out[i] = fminf(out[i], sum);
            out[j] = fminf(out[j], sum);
        }
    for (int i = 0; i < count; i++)
        out[i] = sqrtf(out[i] / BANDS);
    return count;
}

void returning(const struct window *w, float *out) {
    static _Thread_local struct shown s;
    float values[FRAMES], held[FRAMES], told[3];
    shown(w, &s);
    if (s.louds < 2 * lags[LAGS - 1]) {
        memset(out, 0, 10 * sizeof(float));
        return;
    }
    for (int n = 0; n < LAGS; n++) {
        const int count = moved(&s, lags[n], values);
        double sum = 0;
        for (int i = 0; i < count; i++)
            sum += values[i];
        out[n] = (float)(sum / count);
        if (n == 1) {
            const int ranks[] = {count / 10, count / 2};
            memcpy(held, values, sizeof held);
            picked_all(held, count, ranks, 2, out + 4);
        }
    }
    const int count = returns(&s, values);
    const int ranks[] = {rank_of(count, 0.1), rank_of(count, 0.5), rank_of(count, 0.9)};
    picked_all(values, count, ranks, 3, told);
    memcpy(out + 6, told, sizeof told);
    out[9] = told[1] / (out[0] + 0.1f);
}
