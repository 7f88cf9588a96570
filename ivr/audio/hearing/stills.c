/* The figures of stills.py: sound whose colour stands still. */

#include "window.h"

#define NEAR 1
#define FAR 3
#define FEWEST 3
#define MOST 20
#define BELOW 32.0f
#define SOFT -65.0f
#define MOVING 15.0f

struct colours {
    float colour[FRAMES][BANDS]; /* dB, the level taken off */
    int loud[FRAMES];
};

/* How far a frame is from the one `lag` before. */
static float apart(const struct window *w, const struct colours *c, int at, int lag) {
    float sum = 0;
    for (int b = 0; b < BANDS; b++)
        sum += fabsf(c->colour[at][b] - c->colour[at - lag][b]) * w->weight[b];
    return sum;
}

static void lowest(float *values, int count, float *out) {
    static const int percents[] = {2, 5, 10, 25};
    int ranks[4];
    for (int i = 0; i < 4; i++) {
        ranks[i] = count ? percent_of(count, percents[i]) : 0;
        out[i] = MOVING;
    }
    if (count)
        picked_all(values, count, ranks, 4, out);
}

/* Of runs as long as a burst of lost packets: their share, how many a second, how they fade, how evenly. */
static void runs(const struct window *w, const unsigned char *still, int count, float *out) {
    int frames = 0, found = 0, begun = 0;
    double slopes = 0, roughness = 0;
    for (int i = 0; i <= count; i++) {
        if (i < count && still[i])
            continue;
        const int long_ = i - begun;
        if (long_ >= FEWEST && long_ <= MOST) {
            double sum = 0, square = 0;
            for (int k = begun; k < i; k++) {
                const double step = w->told[k + 1][BANDS] - w->told[k][BANDS];
                sum += step;
                square += step * step;
            }
            const double mean = sum / long_;
            slopes += mean;
            roughness += sqrt(fmax(square / long_ - mean * mean, 0));
            frames += long_;
            found++;
        }
        begun = i + 1;
    }
    out[0] = (float)frames / w->count;
    out[1] = (float)(found * 50.0 / w->count);
    out[2] = found ? (float)(slopes / found) : 0;
    out[3] = found ? (float)(roughness / found) : 5;
}

void stills(const struct window *w, float *out) {
    static _Thread_local struct colours c;
    static _Thread_local float near[FRAMES], far[FRAMES];
    static _Thread_local unsigned char still[2][FRAMES];
    static const float limits[] = {2.5f, 4.0f};
    float top = w->told[0][BANDS];
    for (int i = 1; i < w->count; i++)
        top = fmaxf(top, w->told[i][BANDS]);
    for (int i = 0; i < w->count; i++) {
        float level = 0;
        for (int b = 0; b < BANDS; b++)
            level += w->told[i][b] * w->weight[b];
        for (int b = 0; b < BANDS; b++)
            c.colour[i][b] = w->told[i][b] - level;
        c.loud[i] = w->told[i][BANDS] > fmaxf(top - BELOW, SOFT);
    }
    int nears = 0, fars = 0;
    for (int i = NEAR; i < w->count; i++)
        if (c.loud[i] && c.loud[i - NEAR])
            near[nears++] = apart(w, &c, i, NEAR);
    for (int i = FAR; i < w->count; i++) {
        const int both = c.loud[i] && c.loud[i - FAR];
        const float distance = both ? apart(w, &c, i, FAR) : MOVING;
        for (int n = 0; n < 2; n++)
            still[n][i - FAR] = both && distance < limits[n];
        if (both)
            far[fars++] = distance;
    }
    lowest(near, nears, out);
    lowest(far, fars, out + 4);
    for (int n = 0; n < 2; n++)
        runs(w, still[n], w->count - FAR, out + 8 + 4 * n);
}
