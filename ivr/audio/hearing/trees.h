/* A forest of decision trees as trees.py lays it out. */

#ifndef TREES_H
#define TREES_H

#include <stdint.h>

struct place { /* a split, or a leaf, which leads to itself */
    float threshold;
    int32_t figure;
    int32_t ways[2]; /* if the figure is not above the threshold, and if it is */
};

/* The place that each tree comes to from its first one in `depth` steps. */
void walk(const struct place *places, const float *figures, const int32_t *first, int trees, int depth, int32_t *last);

#endif
