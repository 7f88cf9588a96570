/* Walks a forest of decision trees with one row of figures, as forest.py does in numpy. */

#include "trees.h"

#define TOGETHER 16 /* trees walked side by side, since each step waits for memory */

/* The place that each tree comes to from its first one in `depth` steps. */
void walk(const struct place *places, const float *figures, const int32_t *first, int trees, int depth, int32_t *last) {
    for (int from = 0; from < trees; from += TOGETHER) {
        const int some = trees - from < TOGETHER ? trees - from : TOGETHER;
        int32_t at[TOGETHER];
        for (int i = 0; i < some; i++)
            at[i] = first[from + i];
        for (int step = 0; step < depth; step++)
            for (int i = 0; i < some; i++) {
                const struct place *place = places + at[i];
                at[i] = place->ways[figures[place->figure] > place->threshold];
            }
        for (int i = 0; i < some; i++)
            last[from + i] = at[i];
    }
}
