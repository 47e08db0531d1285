/* A net from C: all steps by one inference, then one by one as a stream; and what a mistake says.
   usage: main [WEIGHTS], a file of the weights */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "meter.h"

int main(int count, char** arguments) {
    // [call]
    meter_model* model = meter_create();
    meter_workspace* workspace = meter_workspace_create();
    float *x = malloc(meter_input_size() * sizeof(float)), *y = malloc(meter_output_size() * sizeof(float));
    if (model == NULL || workspace == NULL || x == NULL || y == NULL) return 1;
    if (count > 1 && meter_load_weights(model, arguments[1]) != 0) {
        fprintf(stderr, "%s\n", meter_last_error());
        return 1;
    }
    for (size_t i = 0; i < meter_input_size(); ++i) x[i] = (float)(i % 8) / 8.0f - 0.5f;
    if (meter_infer(model, workspace, x, y) != 0) return 1;
    // [/call]
    for (size_t i = 0; i < meter_output_size(); ++i) printf("%.9g\n", y[i]);

    /* The stream keeps the weights of the model. */
    meter_stream* stream = meter_stream_create(model);
    meter_destroy(model);
    float difference = 0.0f;
    for (int again = 0; again < 2; ++again) {
        const float* in = x;
        for (size_t step = 0; step < meter_output_size(); ++step, in += meter_stream_input_size()) {
            float out;
            if (meter_stream_step(stream, in, &out) != 0) return 1;
            difference = fmaxf(difference, fabsf(out - y[step]));
        }
        meter_stream_reset(stream);
    }
    printf("%s\n", difference < 1e-6f ? "the stream gives the same" : "the stream gives something else");
    if (meter_infer(NULL, workspace, x, y) == 0) return 1;
    printf("%s\n", meter_last_error());

    meter_stream_destroy(stream);
    meter_workspace_destroy(workspace);
    free(x);
    free(y);
    return difference < 1e-6f ? 0 : 1;
}
