/* Walks a forest of decision trees, as forest.py and concealment.py do in numpy. */

#include "trees.h"

#define TOGETHER 16 /* trees walked side by side, since each step waits for memory */

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
