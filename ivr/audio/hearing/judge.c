/* What a window shows, as judge.py and gaps.py measure it. */

#include "window.h"

#define CUT 0.015848931924611134 /* −18 dB */
#define ALWAYS 3.9810717055349725e-05

enum { HEARD, VOICED, LEVEL, SNR, PURITY, DROWN, SPELL, STANDS, LOSS, BURSTS, BROKEN, FADED };

struct bands { /* talker and importance of each */
    const double *talker, *importance;
};

struct sum {
    double band[BANDS];
    int count;
};

static void add(struct sum *s, const float *row) {
    for (int b = 0; b < BANDS; b++)
        s->band[b] += row[b];
    s->count++;
}

static double mean(const struct sum *s, int band) { return s->count ? s->band[band] / s->count : 0; }

static double snr(const double *speech, const double *noise, const struct bands *bands) {
    double sum = 0;
    for (int b = 0; b < BANDS; b++) {
        const double ratio = 10 * log10((speech[b] + 1e-14) / (noise[b] + 1e-14));
        sum += bands->importance[b] * fmax(-15, fmin(ratio, 15));
    }
    return sum;
}

/* Mean bands of the quietest quarter of what is not empty. */
static void quietest(const row *past, int count, double *out) {
    float powers[FRAMES];
    struct sum quiet = {{0}, 0};
    int full = 0, as_loud;
    for (int i = 0; i < count; i++)
        if (!is_empty(past[i]))
            powers[full++] = past[i][POWER];
    const int some = most(1, full / 4);
    const float limit = full ? picked(powers, 0, full, some - 1) : 0;
    as_loud = some;
    for (int i = 0; i < full; i++)
        as_loud -= powers[i] < limit;
    for (int i = 0; i < count && full; i++) {
        if (is_empty(past[i]) || past[i][POWER] > limit || (past[i][POWER] == limit && as_loud-- <= 0))
            continue;
        add(&quiet, past[i]);
    }
    for (int b = 0; b < BANDS; b++)
        out[b] = mean(&quiet, b);
}

/* Bursts of lost packets: the share of the time, how many, and whether one may be going on; `voice` is its power. */
static void lost(const row *rows, int count, double voice, double *out) {
    const int parts = count * PARTS;
    const float threshold = (float)(voice > 0 ? fmin(ALWAYS, voice * CUT) : ALWAYS);
    int begun = 0, together = 0, bursts = 0, going_on = 0;
    for (int i = 0; i <= parts; i++) {
        if (i < parts && part(rows, i) < EMPTY)
            continue;
        const int long_ = i - begun, start = begun, ended = i < parts;
        begun = i + 1;
        if (!long_)
            continue;
        const int before = start > 1 && fmaxf(part(rows, start - 1), part(rows, start - 2)) > threshold;
        const int after = ended && fmaxf(part(rows, i), part(rows, least(i + 1, parts - 1))) > threshold;
        if (is_burst(long_) && (ended ? start > 0 && (before || after) : before)) {
            together += long_;
            bursts++;
        }
        going_on = before && !ended && long_ <= LONGEST_HOLE;
    }
    out[LOSS] = (double)together / most(1, parts);
    out[BURSTS] = bursts;
    out[BROKEN] = going_on;
}

/* `count` rows of a window and `long_` of the past that it ends, FRAMES each at most. */
void measure(const float *window, int count, const float *before, int long_, const double *talker,
             const double *importance, double *out) {
    const row *rows = (const row *)window;
    const struct bands bands = {talker, importance};
    struct sum voices = {{0}, 0}, others = {{0}, 0};
    float heights[FRAMES], last = 0;
    double power = 0, floor[BANDS], own[BANDS], other[BANDS];
    int steady = 0;
    for (int i = 0; i < count; i++) {
        const float *one = rows[i];
        steady += one[STEADY] > 0;
        if (one[VOICE] > 0) {
            heights[voices.count] = one[PITCHY] / (one[HEIGHT] + 1e-9f);
            power += one[POWER];
            add(&voices, one);
        } else if (!is_empty(one) && !(one[STEADY] > 0) && !(one[ECHO] > 0))
            add(&others, one);
        last = i >= count - 5 ? fmaxf(last, one[POWER]) : last;
    }
    power = voices.count ? power / voices.count : 0;
    quietest((const row *)before, long_, floor);
    for (int b = 0; b < BANDS; b++) {
        own[b] = fmax(mean(&voices, b) - floor[b], 0);
        other[b] = mean(&others, b);
    }
    lost(rows, count, power, out);
    out[HEARD] = count * 0.02;
    out[VOICED] = voices.count * 0.02;
    out[LEVEL] = 10 * log10(power + 1e-10);
    out[SNR] = voices.count ? snr(own, floor, &bands) : -15;
    out[PURITY] = voices.count ? picked(heights, 0, voices.count, voices.count / 2) : 0;
    out[DROWN] = snr(talker, other, &bands);
    out[SPELL] = (double)others.count / most(1, count);
    out[STANDS] = (double)steady / most(1, count);
    out[FADED] = last < (float)(power * 0.03);
}
