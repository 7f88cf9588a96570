/* Channels of some frames, mixed and cut at 0: out[f] = max(0, bias + sum over parts and rows of in[part][f][row] *
   weight[part * rows + row]), named MIX, in vectors of LANES floats; included once for each kind of processor, as product.h is. */

static void MIX(
    const float *const in[][TOGETHER], int parts, int rows, const float *weight, const float *bias,
    float out[TOGETHER][CHANNELS]
) {
    typedef float lanes __attribute__((vector_size(LANES * sizeof(float)), aligned(4)));
    for (int tile = 0; tile < CHANNELS; tile += 2 * LANES) {
        lanes low[TOGETHER], high[TOGETHER];
        for (int f = 0; f < TOGETHER; f++) {
            low[f] = *(const lanes *)(bias + tile);
            high[f] = *(const lanes *)(bias + tile + LANES);
        }
        for (int part = 0; part < parts; part++)
            for (int row = 0; row < rows; row++) {
                const float *w = weight + (part * rows + row) * CHANNELS + tile;
                const lanes first = *(const lanes *)w, second = *(const lanes *)(w + LANES);
                for (int f = 0; f < TOGETHER; f++) {
                    low[f] += in[part][f][row] * first;
                    high[f] += in[part][f][row] * second;
                }
            }
        for (int f = 0; f < TOGETHER; f++) {
            *(lanes *)(out[f] + tile) = low[f];
            *(lanes *)(out[f] + tile + LANES) = high[f];
        }
    }
    for (int f = 0; f < TOGETHER; f++)
        for (int c = 0; c < CHANNELS; c++)
            out[f][c] = fmaxf(out[f][c], 0);
}

#undef MIX
#undef LANES
