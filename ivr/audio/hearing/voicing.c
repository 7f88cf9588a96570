/* Follows pitch from frame to frame, as voicing.py does. */

#include "window.h"

#define PITCHY_FROM 0.26
#define FAINT 1e-5
#define JUMP 0.14
#define LEAST 4
#define MOVING 0.2
#define GLIDE 2.0
#define TONE_BINS 7.0
#define LEVEL_TONE 0.2
#define STILL 4

struct voicing { /* as Voicing of voicing.py has it */
    int length, moves, still;
    double highest, lowest, lag, older, peak, power;
};

static void cut(struct voicing *v) { v->length = v->moves = 0; }

static int is_tone(struct voicing *v, double power, double bins, double peak) {
    const int level = fabs(power - v->power) < LEVEL_TONE * power;
    v->still = level && bins < TONE_BINS && fabs(peak - v->peak) <= 1 ? v->still + 1 : 0;
    v->peak = peak;
    v->power = power;
    return v->still >= STILL;
}

static int voice(struct voicing *v, double lag) {
    v->length++;
    v->highest = fmax(v->highest, lag);
    v->lowest = fmin(v->lowest, lag);
    const int enough = v->length >= LEAST && v->moves >= MOVING * v->length;
    return enough && v->highest - v->lowest >= GLIDE ? v->length : 0;
}

/* One frame; how many frames up to it just proved to be voice. */
static int hear(struct voicing *v, float *row) {
    const double power = row[POWER], height = row[PITCHY] / ((double)row[HEIGHT] + 1e-9), lag = row[LAG] + FIRST_LAG;
    const double bins = (double)row[TOTAL] * row[TOTAL] / ((double)row[SQUARES] + 1e-15);
    const int tone = is_tone(v, power, bins, row[PEAK]);
    const int voiced = height > PITCHY_FROM && power > FAINT && !tone;
    if (tone || (height > PITCHY_FROM && lag == v->lag && lag == v->older))
        row[STEADY] = 1;
    if (!voiced || fabs(lag - v->lag) > JUMP * fmax(lag, v->lag)) {
        cut(v);
        v->highest = v->lowest = lag;
    }
    v->moves += lag != v->lag && v->length > 0;
    v->older = v->lag;
    v->lag = lag;
    return voiced ? voice(v, lag) : 0;
}

/* Marks tones and echo in `count` rows; `found` is for each how many rows up to it just proved to be voice. */
void follow(struct voicing *v, float *rows, int count, const uint8_t *echo, int32_t *found) {
    for (int i = 0; i < count; i++) {
        float *row = rows + (long)i * COLUMNS;
        found[i] = 0;
        if (echo[i]) {
            row[ECHO] = 1;
            cut(v);
        } else
            found[i] = hear(v, row);
    }
}
