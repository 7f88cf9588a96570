/* The figures of figures.py, but for those that judge.py measures: a window's rows in, one number after the other out. */

#include "window.h"

#define LEAST 1e-9f
#define VOICED 0.3f
#define LAGS 5

struct heard { /* of the rows that are neither empty nor echo, one after the other */
    int count;
    const float *row[FRAMES];
    const float *told[FRAMES];
    float power[FRAMES], middle[FRAMES], even[FRAMES], low[FRAMES], high[FRAMES]; /* dB */
    float height[FRAMES], edges[FRAMES];
    int lag[FRAMES], peak[FRAMES];
    int loud[FRAMES], pitchy[FRAMES]; /* by the median power; by the pitch peak against its own height */
};

static float share(int some, int all) { return (float)some / most(1, all); }

static void percentiles(const float *values, int count, const int *percents, int some, float *out) {
    float held[FRAMES];
    int ranks[8];
    memcpy(held, values, count * sizeof(float));
    for (int i = 0; i < some; i++)
        ranks[i] = percent_of(count, percents[i]);
    picked_all(held, count, ranks, some, out);
}

#define PERCENTILES(values, count, out, ...)                                                                            \
    percentiles(values, count, (const int[]){__VA_ARGS__}, sizeof((int[]){__VA_ARGS__}) / sizeof(int), out)

static void column(const struct heard *h, int which, float *out) {
    for (int i = 0; i < h->count; i++)
        out[i] = h->row[i][which];
}

static int above(const float *values, int count, float limit) {
    int found = 0;
    for (int i = 0; i < count; i++)
        found += values[i] > limit;
    return found;
}

/* How far levels are, on the average, from those `lag` frames before. */
static float move(const float *levels, int count, int lag) {
    double sum = 0;
    for (int i = lag; i < count; i++)
        sum += fabsf(levels[i] - levels[i - lag]);
    return count > lag ? (float)(sum / (count - lag)) : 0;
}

static float *levels(const struct heard *h, float *out) {
    PERCENTILES(h->power, h->count, out, 5, 25, 50, 75, 95);
    out[5] = out[4] - out[0];
    return out + 6;
}

static float *bands(const struct window *w, const struct heard *h, const float *talker, float *out) {
    static const double shares[] = {0.1, 0.25, 0.5, 0.75, 0.9, 0.97};
    float values[FRAMES], q[6];
    int ranks[6];
    for (int i = 0; i < 6; i++)
        ranks[i] = rank_of(h->count, shares[i]);
    memset(out, 0, 7 * sizeof(float));
    for (int b = 0; b < BANDS; b++) {
        for (int i = 0; i < h->count; i++)
            values[i] = h->told[i][b];
        picked_all(values, h->count, ranks, 6, q);
        const float spreads[] = {q[4] - q[0], q[3] - q[1], q[2] - q[0], q[5] - q[2]};
        for (int n = 0; n < 4; n++)
            out[n] += fminf(spreads[n], 30) * w->weight[b];
        for (int n = 0; n < 3; n++)
            out[4 + n] += fminf(fmaxf(talker[b] - q[2 * n], -15), 15) * w->weight[b];
    }
    for (int n = 0; n < 7; n++) /* the weights add up to 1 but for the last digit */
        out[n] = n < 4 ? fminf(out[n], 30) : fminf(fmaxf(out[n], -15), 15);
    for (int i = 0; i < h->count; i++)
        values[i] = h->row[i][TOTAL] * h->row[i][TOTAL] / (h->row[i][SQUARES] + 1e-15f);
    out[10] = share(h->count - above(values, h->count, nextafterf(8, 0)), h->count);
    out[11] = share(h->count - above(values, h->count, nextafterf(16, 0)), h->count);
    PERCENTILES(values, h->count, out + 7, 10, 50, 90);
    return out + 12;
}

static float *pitch(const struct heard *h, float *out) {
    int both = 0, still = 0, near = 0, run = 0, longest = 0, louds = 0, pitchy_louds = 0;
    for (int i = 0; i < h->count; i++) {
        louds += h->loud[i];
        pitchy_louds += h->loud[i] && h->height[i] > VOICED;
        if (!i)
            continue;
        const int pair = h->height[i] > VOICED && h->height[i - 1] > VOICED;
        const int change = h->lag[i] > h->lag[i - 1] ? h->lag[i] - h->lag[i - 1] : h->lag[i - 1] - h->lag[i];
        const int is_near = pair && change < 0.14f * most(h->lag[i], h->lag[i - 1]);
        both += pair;
        still += pair && !change;
        near += is_near;
        run = is_near ? run + 1 : 0;
        longest = most(longest, run);
    }
    both = most(1, both);
    PERCENTILES(h->height, h->count, out, 50, 75, 90, 97);
    out[4] = share(above(h->height, h->count, 0.3f), h->count);
    out[5] = share(above(h->height, h->count, 0.45f), h->count);
    out[6] = share(above(h->height, h->count, 0.6f), h->count);
    out[7] = (float)(near - still) / both;
    out[8] = (float)still / both;
    out[9] = (float)longest / h->count;
    out[10] = share(pitchy_louds, louds);
    return out + 11;
}

static float *motion(const struct window *w, const struct heard *h, float *out) {
    static const int lags[LAGS] = {1, 2, 4, 8, 14};
    float flux[FRAMES];
    double in_pitch = 0;
    int pitchy = 0;
    for (int i = 1; i < h->count; i++) {
        float sum = 0;
        for (int b = 0; b < BANDS; b++)
            sum += fabsf(h->told[i][b] - h->told[i - 1][b]) * w->weight[b];
        flux[i - 1] = sum;
        in_pitch += h->pitchy[i] ? sum : 0;
        pitchy += h->pitchy[i];
    }
    PERCENTILES(flux, h->count - 1, out, 25, 50, 90);
    out[3] = (float)(in_pitch / most(1, pitchy));
    for (int n = 0; n < LAGS; n++) {
        out[4 + n] = move(h->power, h->count, lags[n]);
        out[4 + LAGS + n] = move(h->middle, h->count, lags[n]);
    }
    return out + 4 + 2 * LAGS;
}

/* The shares of low and of high bands in the mean of frames whose power is from one rank to another, and the tilt. */
static void colour(const struct heard *h, const int *order, int from, int to, float *shares, float *tilt) {
    double mean[BANDS] = {0}, low = 0, high = 0, all = 0, dull = 0, bright = 0;
    for (int i = from; i < to; i++)
        for (int b = 0; b < BANDS; b++)
            mean[b] += h->row[order[i]][b];
    for (int b = 0; b < BANDS; b++) {
        mean[b] = mean[b] / (to - from) + 1e-9;
        all += mean[b];
        low += b < 4 ? mean[b] : 0;
        high += b >= 10 ? mean[b] : 0;
        dull += b < 5 ? 10 * log10(mean[b]) : 0;
        bright += b >= 9 ? 10 * log10(mean[b]) : 0;
    }
    shares[0] = (float)(low / all);
    shares[1] = (float)(high / all);
    *tilt = (float)(dull / 5 - bright / 5);
}

/* The frames' numbers with their powers rising (Shell's sort). */
static void by_power(const struct heard *h, int *order) {
    static const int gaps[] = {132, 57, 23, 10, 4, 1};
    for (int i = 0; i < h->count; i++)
        order[i] = i;
    for (int g = 0; g < 6; g++)
        for (int i = gaps[g]; i < h->count; i++) {
            const int held = order[i];
            int at = i;
            for (; at >= gaps[g] && h->row[order[at - gaps[g]]][POWER] > h->row[held][POWER]; at -= gaps[g])
                order[at] = order[at - gaps[g]];
            order[at] = held;
        }
}

static float *shape(const struct heard *h, float *out) {
    int order[FRAMES];
    float values[FRAMES];
    const int third = h->count / 3;
    by_power(h, order);
    colour(h, order, h->count - most(1, h->count / 10), h->count, out, out + 4);
    colour(h, order, third, h->count - third, out + 2, out + 5);
    for (int i = 0; i < h->count; i++) {
        const float *q = h->row[i] + QUARTERS;
        values[i] = fmaxf(fmaxf(q[0], q[1]), fmaxf(q[2], q[3])) * 4 / (q[0] + q[1] + q[2] + q[3] + 1e-12f);
    }
    PERCENTILES(values, h->count, out + 6, 50, 90, 98);
    column(h, REPEAT, values);
    out[9] = share(above(values, h->count, 0.8f), h->count);
    out[10] = share(above(values, h->count, 0.95f), h->count);
    PERCENTILES(values, h->count, out + 11, 75);
    return out + 12;
}

/* Runs of 5 ms with nothing in them: how many are as long as a burst of lost packets, those together, the longest. */
static void holes(const struct window *w, float *out) {
    const int count = w->count * PARTS;
    int begun = 0, runs = 0, together = 0, longest = 0;
    for (int i = 0; i <= count; i++) {
        if (i < count && part(w->rows, i) < EMPTY)
            continue;
        const int long_ = i - begun;
        if (is_burst(long_)) {
            runs++;
            together += long_;
        }
        longest = most(longest, long_);
        begun = i + 1;
    }
    out[0] = (float)(runs * 50.0 / w->count);
    out[1] = (float)together / PARTS / w->count;
    out[2] = (float)longest / PARTS / w->count;
}

static float *breaks(const struct window *w, float *out) {
    int drops = 0, rises = 0, jumps = 0;
    for (int i = 1; i < w->count; i++) {
        const float change = w->told[i][BANDS] - w->told[i - 1][BANDS];
        drops += change < -15;
        rises += change > 15;
        jumps += fabsf(change) > 8;
    }
    out[0] = share(drops, w->count - 1);
    out[1] = share(rises, w->count - 1);
    out[2] = share(jumps, w->count - 1);
    holes(w, out + 3);
    return out + 6;
}

static float *rest(const struct heard *h, float *out) {
    int often[512] = {0}, mode = 0, moved = 0;
    double talk = 0, all = 0;
    float range[2];
    for (int i = 0; i < h->count; i++) {
        mode = most(mode, ++often[h->peak[i] & 511]);
        moved += !i ? 0 : h->peak[i] > h->peak[i - 1] ? h->peak[i] - h->peak[i - 1] : h->peak[i - 1] - h->peak[i];
        for (int b = 0; b < BANDS; b++) {
            all += h->row[i][b];
            talk += b >= 4 && b < 12 ? h->row[i][b] : 0;
        }
    }
    PERCENTILES(h->middle, h->count, range, 10, 90);
    out[0] = (float)mode / h->count;
    out[1] = (float)moved / (h->count - 1);
    out[2] = range[1] - range[0];
    out[3] = (float)(talk / (all + 1e-9 * h->count));
    PERCENTILES(h->power, h->count, out + 4, 10);
    PERCENTILES(h->even, h->count, out + 5, 50, 90);
    return out + 7;
}

/* How far level and evenness go together, -1 to 1. */
static float likeness(const struct heard *h) {
    double level = 0, even = 0, levels_ = 0, evens = 0, both = 0;
    for (int i = 0; i < h->count; i++) {
        level += h->power[i];
        even += h->even[i];
    }
    for (int i = 0; i < h->count; i++) {
        const double a = h->power[i] - level / h->count, b = h->even[i] - even / h->count;
        levels_ += a * a;
        evens += b * b;
        both += a * b;
    }
    return (float)(both / (sqrt(levels_ * evens) + 1e-3));
}

/* The share of frames in runs of 4 to 18 that are even as noise is. */
static float even_runs(const struct heard *h) {
    int run = 0, found = 0;
    for (int i = 0; i <= h->count; i++) {
        if (i < h->count && h->even[i] > -4) {
            run++;
            continue;
        }
        found += run >= 4 && run <= 18 ? run : 0;
        run = 0;
    }
    return (float)found / h->count;
}

static float *texture(const struct heard *h, float *out) {
    float crest[FRAMES];
    int sure = 0;
    column(h, CREST, crest);
    for (int i = 0; i < h->count; i++)
        sure += h->height[i] > 0.5f && h->row[i][POWER] > 1e-5f;
    PERCENTILES(h->even, h->count, out, 10);
    out[1] = move(h->even, h->count, 1);
    out[2] = move(h->even, h->count, 4);
    out[3] = move(h->even, h->count, 10);
    out[4] = even_runs(h);
    out[5] = likeness(h);
    PERCENTILES(crest, h->count, out + 6, 50, 90, 98);
    PERCENTILES(h->edges, h->count, out + 9, 10, 50, 90);
    out[12] = move(h->edges, h->count, 1);
    out[13] = move(h->edges, h->count, 4);
    out[14] = move(h->power, h->count, 25);
    out[15] = share(sure, h->count);
    out[16] = move(h->low, h->count, 4);
    out[17] = move(h->high, h->count, 4);
    out[18] = move(h->low, h->count, 1);
    out[19] = move(h->high, h->count, 1);
    return out + 20;
}

static int beside(int a, int b) { return a - b <= 1 && b - a <= 1; }

/* Share of the frames counted whose value was the same, give or take one, `lag` frames before. */
static float holds(const int *values, const int *counted, int count, int lag) {
    int both = 0, held = 0;
    for (int i = lag; i < count; i++) {
        const int pair = counted[i] && counted[i - lag];
        both += pair;
        held += pair && beside(values[i], values[i - lag]);
    }
    return share(held, both);
}

static float *notes(const struct heard *h, float *out) {
    static const int lags[] = {2, 4, 8};
    int pitchy[FRAMES], run = 0, longest = 0;
    for (int i = 0; i < h->count; i++) {
        pitchy[i] = h->loud[i] && h->pitchy[i];
        run = i && h->loud[i] && beside(h->peak[i], h->peak[i - 1]) ? run + 1 : 0;
        longest = most(longest, run);
    }
    for (int n = 0; n < 3; n++) {
        out[n] = holds(h->peak, h->loud, h->count, lags[n]);
        out[3 + n] = holds(h->lag, pitchy, h->count, lags[n]);
    }
    out[6] = (float)longest / h->count;
    return out + 7;
}

static float *rumble(const struct heard *h, float *out) {
    float values[FRAMES];
    for (int i = 0; i < h->count; i++) {
        const float *q = h->row[i] + QUARTERS;
        values[i] = decibels((q[0] + q[1] + q[2] + q[3]) * 0.25f + LEAST) - h->power[i];
    }
    PERCENTILES(values, h->count, out, 10, 50, 90);
    return out + 3;
}

/* The highest autocorrelation of the rises of level at 0.2 to 0.8 s, and where. */
static float *beat(const struct window *w, float *out) {
    const int first = 10, last = 40, count = w->count - 1;
    double rises[FRAMES], mean = 0, own = 0, best = 0;
    int at = 0;
    out[0] = out[1] = 0;
    if (w->count < 2 * last)
        return out + 2;
    for (int i = 0; i < count; i++) {
        rises[i] = fmax(w->told[i + 1][BANDS] - w->told[i][BANDS], 0) / 10;
        mean += rises[i] / count;
    }
    for (int i = 0; i < count; i++) {
        rises[i] -= mean;
        own += rises[i] * rises[i];
    }
    for (int lag = first; lag <= last; lag++) {
        double alike = 0;
        for (int i = lag; i < count; i++)
            alike += rises[i] * rises[i - lag];
        if (!at || alike > best) {
            best = alike;
            at = lag;
        }
    }
    out[0] = (float)(best / (own + 1e-3));
    out[1] = at / 50.0f;
    return out + 2;
}

/* The rows that were heard, with all that several figures look at. */
static void hear(const struct window *w, struct heard *h) {
    float powers[FRAMES];
    h->count = w->kept;
    for (int i = 0; i < h->count; i++) {
        const float *row = h->row[i] = w->rows[w->heard[i]];
        const float *told = h->told[i] = w->told[w->heard[i]];
        float middle = 0, low = 0, high = 0, all = 0, told_all = 0;
        for (int b = 0; b < BANDS; b++) {
            all += row[b];
            told_all += told[b];
            middle += b >= 5 && b < 11 ? row[b] : 0;
            low += b < 5 ? told[b] : 0;
            high += b >= 9 ? told[b] : 0;
        }
        h->power[i] = told[BANDS];
        h->middle[i] = decibels(middle + LEAST);
        h->even[i] = told_all / BANDS - decibels((all + LEAST) / BANDS);
        h->low[i] = low / 5;
        h->high[i] = high / 5;
        h->height[i] = row[PITCHY] / (row[HEIGHT] + LEAST);
        h->edges[i] = row[EDGES];
        h->lag[i] = (int)row[LAG] + FIRST_LAG;
        h->peak[i] = (int)row[PEAK];
        h->pitchy[i] = row[PITCHY] > VOICED * row[HEIGHT];
        powers[i] = row[POWER];
    }
    const float half = picked(powers, 0, h->count, h->count / 2);
    for (int i = 0; i < h->count; i++)
        h->loud[i] = h->row[i][POWER] >= half;
}

/* The rows in dB, which of them were heard, and three shares: empty, echo, voice. */
static void listen(struct window *w, float *out) {
    int empty = 0, echo = 0, voice = 0;
    w->kept = 0;
    for (int i = 0; i < w->count; i++) {
        const float *row = w->rows[i];
        const int nothing = is_empty(row), ours = row[ECHO] > 0;
        for (int b = 0; b <= BANDS; b++)
            w->told[i][b] = decibels(row[b] + LEAST);
        empty += nothing;
        echo += ours;
        voice += row[VOICE] > 0;
        if (!nothing && !ours)
            w->heard[w->kept++] = i;
    }
    out[0] = share(empty, w->count);
    out[1] = share(echo, w->count);
    out[2] = share(voice, w->count);
}

/* `count` rows, FRAMES at most; `weight` and `talker` are each band's; what cannot be told of so few stays 0. */
void figures(const float *rows, int count, const float *weight, const float *talker, float *out) {
    static _Thread_local struct window w;
    static _Thread_local struct heard h;
    w.rows = (const row *)rows;
    w.count = count;
    w.weight = weight;
    listen(&w, out);
    if (w.kept < 3)
        return;
    hear(&w, &h);
    out = levels(&h, out + 3);
    out = bands(&w, &h, talker, out);
    out = pitch(&h, out);
    out = motion(&w, &h, out);
    out = shape(&h, out);
    out = breaks(&w, out);
    out = rest(&h, out);
    out = texture(&h, out);
    out = notes(&h, out);
    out = rumble(&h, out);
    out = beat(&w, out);
    returning(&w, out);
    cuts(&w, out + 10);
    stills(&w, out + 10 + 33);
}
