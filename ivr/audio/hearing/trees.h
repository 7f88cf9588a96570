/* A forest of decision trees as trees.py lays it out. */

#ifndef TREES_H
#define TREES_H

#include <stdint.h>

struct place { /* a split, or a leaf, which leads to itself */
    float threshold;
    int32_t figure;
    int32_t ways[2]; /* if the figure is not above the threshold, and if it is */
};

#endif
