/* A window of listening as the figures need it, and what all families of figures count by.

   Each family has a file of its own, in Python (which defines it) and in C (which does the same at less cost). */

#include <math.h>
#include <stdint.h>
#include <string.h>

#define FRAMES 300 /* of a window at most */
#define PARTS 4    /* of a frame, 5 ms each */
#define BANDS 14
#define FIRST_LAG 19
#define EMPTY 2e-7f /* mean square up to which 5 ms have nothing in them */
#define SHORTEST_HOLE (4 * PARTS - 1)
#define LONGEST_HOLE (20 * PARTS + 1)

/* Columns of a row, as features.py and past.py have them. */
enum {
    POWER = BANDS, TOTAL, SQUARES, PITCHY, HEIGHT, LAG, PEAK, QUARTERS, REPEAT = QUARTERS + PARTS, CREST, EDGES, STEEP,
    VOICE = STEEP + PARTS, STEADY, ECHO, COLUMNS
};

typedef float row[COLUMNS];

struct window {
    const row *rows;              /* all of them */
    int count;                    /* how many */
    const float *weight;          /* what each band carries for speech */
    float told[FRAMES][BANDS + 1]; /* bands and level of each row in dB */
    int heard[FRAMES];            /* the rows that are neither empty nor echo */
    int kept;                     /* how many */
};

void cuts(const struct window *w, float *out);      /* 33 */
void stills(const struct window *w, float *out);    /* 16 */
void returning(const struct window *w, float *out); /* 10 */

static inline int least(int a, int b) { return a < b ? a : b; }
static inline int most(int a, int b) { return a > b ? a : b; }
static inline float decibels(float power) { return log10f(power) * 10; }

/* Whether there is nothing in a row: no packet, or digital silence. */
static inline int is_empty(const float *row) {
    const float *q = row + QUARTERS;
    return fmaxf(fmaxf(q[0], q[1]), fmaxf(q[2], q[3])) < EMPTY;
}

/* The mean square of 5 ms, counted from the first row. */
static inline float part(const row *rows, int at) { return rows[at / PARTS][QUARTERS + at % PARTS]; }

/* Whether so many 5 ms with nothing in them are as long as a burst of lost packets. */
static inline int is_burst(int parts) { return parts >= SHORTEST_HOLE && parts <= LONGEST_HOLE; }

/* Where a percentile, or any other share, of `count` sorted values stands: the nearest rank, halves to the even one. */
static inline int rank_of(int count, double share) { return (int)nearbyint((count - 1) * share); }
static inline int percent_of(int count, int percent) { return (int)nearbyint((count - 1) * percent / 100.0); }

/* The value that would stand at `rank` if values[from..count) were sorted; lower ones come before it, higher ones
   behind (Hoare's selection). */
static inline float picked(float *values, int from, int count, int rank) {
    int low = from, high = count - 1;
    while (low < high) {
        const float pivot = values[(low + high) / 2];
        int i = low, j = high;
        while (i <= j) {
            while (values[i] < pivot)
                i++;
            while (values[j] > pivot)
                j--;
            if (i <= j) {
                const float held = values[i];
                values[i++] = values[j];
                values[j--] = held;
            }
        }
        if (rank <= j)
            high = j;
        else if (rank >= i)
            low = i;
        else
            break;
    }
    return values[rank];
}

/* Values at ranks that rise, each looked for behind the one before; the values are left in another order. */
static inline void picked_all(float *values, int count, const int *ranks, int some, float *out) {
    int from = 0;
    for (int i = 0; i < some; i++) {
        out[i] = picked(values, from, count, ranks[i]);
        from = ranks[i];
    }
}
