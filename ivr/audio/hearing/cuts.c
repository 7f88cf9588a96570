/* The figures of cuts.py: sound cut off where packets begin and end. */

#include "window.h"

#define LEAP 8.0f
#define ORDINARY 4.0f
#define FAINT 1e-7f
#define FEWEST 4
#define MOST 20
#define LIVELY 15.0f
#define SUDDEN 12.0f
#define VOICED 0.4f
#define TOGETHER 16
#define SELDOM 0.05
#define PLACES (PARTS * FRAMES)

struct places {
    int at[FRAMES], count;
};

struct levels {
    float level[PLACES], steep[PLACES]; /* dB of each 5 ms */
    float near[PLACES], wide[PLACES];   /* steps of the level over 5 ms and over 10 */
    float edge[PLACES];                 /* steps of the steepness over 10 ms */
};

/* The moment of 20 ms with most beyond what is ordinary; `beyond` is that of each. */
static int busiest(const float *steps, int places, float ordinary, double *beyond) {
    int best = 0;
    for (int phase = 0; phase < PARTS; phase++) {
        double sum = 0;
        for (int p = 0; p < places; p++) {
            const float more = fabsf(steps[p * PARTS + phase]) - ordinary;
            sum += more > 0 ? more : 0;
        }
        beyond[phase] = sum / places;
        best = beyond[phase] > beyond[best] ? phase : best;
    }
    return best;
}

/* All but a twentieth are lower. */
static float high(float *values, int count) { return picked(values, 0, count, count * 19 / 20); }

/* How little the level moves from one frame to another: its standard deviation in dB. */
static double moved(const float *level, int start, int stop) {
    double sum = 0, square = 0;
    for (int i = start * PARTS; i < stop * PARTS; i++) {
        sum += level[i];
        square += (double)level[i] * level[i];
    }
    const double count = PARTS * (stop - start), mean = sum / count;
    return sqrt(fmax(square / count - mean * mean, 0));
}

/* From each fall to the rise after it, where it is as long as a burst of lost packets: how many, frames, flatness. */
static void notches(const float *level, const struct places *falls, const struct places *rises, int count, float *out) {
    int found = 0, frames = 0, next = 0;
    double flat = 0;
    for (int i = 0; i < falls->count; i++) {
        const int start = falls->at[i];
        while (next < rises->count && rises->at[next] <= start)
            next++;
        if (next == rises->count)
            break;
        const int long_ = rises->at[next] - start;
        if (long_ < FEWEST || long_ > MOST)
            continue;
        found++;
        frames += long_;
        flat += moved(level, start, rises->at[next]);
    }
    out[0] = (float)(found * 50.0 / count);
    out[1] = (float)frames / count;
    out[2] = found ? (float)(flat / found) : LIVELY;
}

/* Nine figures of steps over `span` times 5 ms. */
static void told(const float *level, const float *steps, int size, int span, int count, float *out) {
    static _Thread_local float leaps[PLACES];
    static _Thread_local struct places falls, rises;
    const int places = size / PARTS;
    double beyond[PARTS], others = 0;
    const int best = busiest(steps, places, ORDINARY * span, beyond);
    falls.count = rises.count = 0;
    for (int p = 0; p < places; p++) {
        const float step = steps[p * PARTS + best];
        leaps[p] = fabsf(step);
        if (step < -LEAP)
            falls.at[falls.count++] = p + 1;
        if (step > LEAP)
            rises.at[rises.count++] = p + 1;
    }
    out[0] = (float)falls.count / places;
    out[1] = (float)rises.count / places;
    out[2] = (float)beyond[best];
    out[4] = high(leaps, places);
    int filled = 0, moments = 0;
    for (int phase = 0; phase < PARTS; phase++) {
        if (span > 1 ? phase != (best + 2) % PARTS : phase == best)
            continue;
        others += beyond[phase];
        moments++;
        for (int p = 0; p < places; p++)
            leaps[filled++] = fabsf(steps[p * PARTS + phase]);
    }
    out[3] = (float)(others / moments);
    out[5] = high(leaps, filled);
    notches(level, &falls, &rises, count, out + 6);
}

/* The frames in which a steep step over 10 ms begins, each once. */
static void steep_frames(const float *wide, int size, int sign, struct places *out) {
    int before = -2;
    out->count = 0;
    for (int i = 0; i < size; i++) {
        if (sign * wide[i] <= SUDDEN)
            continue;
        const int frame = (i + 1) / PARTS;
        if (frame - before > 1)
            out->at[out->count++] = frame;
        before = frame;
    }
}

static int is_voiced(const struct window *w, int frame) {
    const float *row = w->rows[frame];
    return row[PITCHY] > VOICED * row[HEIGHT];
}

/* Voices there at once, voices that break off, and the one after the other, a second. */
static void voices(const struct window *w, const float *wide, int size, float *out) {
    static _Thread_local struct places rises, falls, came;
    const int last = w->count - 1;
    steep_frames(wide, size, 1, &rises);
    steep_frames(wide, size, -1, &falls);
    came.count = 0;
    for (int i = 0; i < rises.count; i++) {
        const int at = rises.at[i];
        if (is_voiced(w, least(at + 1, last)) && is_voiced(w, least(at + 2, last)))
            came.at[came.count++] = at;
    }
    int went = 0, both = 0, next = 0;
    for (int i = 0; i < falls.count; i++) {
        const int at = falls.at[i];
        if (!is_voiced(w, most(at - 1, 0)))
            continue;
        went++;
        while (next < came.count && came.at[next] <= at)
            next++;
        if (next < came.count && came.at[next] - at >= FEWEST - 1 && came.at[next] - at <= TOGETHER)
            both++;
    }
    const double seconds = w->count / 50.0;
    out[0] = (float)(came.count / seconds);
    out[1] = (float)(went / seconds);
    out[2] = (float)(both / seconds);
}

/* Most at one moment, and that against the moment farthest from it. */
static void against(const double *moments, float *out) {
    int best = 0;
    for (int phase = 1; phase < PARTS; phase++)
        best = moments[phase] > moments[best] ? phase : best;
    out[0] = (float)moments[best];
    out[1] = (float)log((moments[best] + SELDOM) / (moments[(best + 2) % PARTS] + SELDOM));
}

/* Rises, falls and leaps over 10 ms, of the level and of the steepness. */
static void moments(const float *wide, const float *edge, int places, float *out) {
    const float *steps[2] = {wide, edge};
    for (int kind = 0; kind < 2; kind++) {
        double rises[PARTS] = {0}, falls[PARTS] = {0}, leaps[PARTS];
        for (int i = 0; i < places * PARTS; i++) {
            const float up = steps[kind][i] - 2 * ORDINARY, down = -2 * ORDINARY - steps[kind][i];
            rises[i % PARTS] += up > 0 ? up : 0;
            falls[i % PARTS] += down > 0 ? down : 0;
        }
        for (int phase = 0; phase < PARTS; phase++) {
            rises[phase] /= places;
            falls[phase] /= places;
            leaps[phase] = rises[phase] + falls[phase];
        }
        against(rises, out + 2 * kind);
        against(falls, out + 4 + 2 * kind);
        against(leaps, out + 8 + 2 * kind);
    }
}

void cuts(const struct window *w, float *out) {
    static _Thread_local struct levels l;
    const int size = w->count * PARTS;
    if (w->count < 4) {
        memset(out, 0, 33 * sizeof(float));
        return;
    }
    for (int i = 0; i < size; i++) {
        l.level[i] = decibels(part(w->rows, i) + FAINT);
        l.steep[i] = decibels(w->rows[i / PARTS][STEEP + i % PARTS] + FAINT);
    }
    for (int i = 0; i + 1 < size; i++)
        l.near[i] = l.level[i + 1] - l.level[i];
    for (int i = 0; i + 2 < size; i++) {
        l.wide[i] = l.level[i + 2] - l.level[i];
        l.edge[i] = l.steep[i + 2] - l.steep[i];
    }
    told(l.level, l.near, size - 1, 1, w->count, out);
    told(l.level, l.wide, size - 2, 2, w->count, out + 9);
    voices(w, l.wide, size - 2, out + 18);
    moments(l.wide, l.edge, (size - 2) / PARTS, out + 21);
}
