/* out[frame][column] = sum over rows of in[row][frame] * matrix[row][column], named PRODUCT, in vectors of LANES floats.

   frames.c includes this once for each kind of processor, since the compiler settles how wide a vector may be before it
   copies a function for another kind. A tile of BATCH frames by LANES columns is summed up in registers. */

static void PRODUCT(const struct matrix *m, const frames_of *in, float (*out)[MOST]) {
    typedef float lanes __attribute__((vector_size(LANES * sizeof(float)), aligned(4)));
    for (int tile = 0; tile < m->filled; tile += LANES) {
        lanes sum[BATCH] = {0};
        for (int row = 0; row < m->rows; row++) {
            const lanes value = *(const lanes *)(m->values + row * m->filled + tile);
            for (int f = 0; f < BATCH; f++)
                sum[f] += in[row][f] * value;
        }
        for (int f = 0; f < BATCH; f++)
            *(lanes *)(out[f] + tile) = sum[f];
    }
}

#undef PRODUCT
#undef LANES
