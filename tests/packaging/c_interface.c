/* What examples/c_interface does not call: weights that are set, calls that fail, a net that cannot stream and whose weights
   are not its own. Exit code 0 where all holds.
   usage: c_interface WEIGHTS MISSING_FILE */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "borrowed.h"
#include "meter.h"

static int failures = 0;
static void check(int holds, const char* sentence) {
    if (!holds) {
        ++failures;
        printf("FAILED: %s; the last error is \"%s\" and \"%s\"\n", sentence, meter_last_error(), borrowed_last_error());
    }
}

int main(int count, char** arguments) {
    float x[32] = {0}, y[16], again[16];
    meter_model *model = meter_create(), *other = meter_create();
    meter_workspace* workspace = meter_workspace_create();
    size_t i;
    float* weights = calloc(meter_parameter_count(), sizeof(float));
    if (count != 3 || weights == NULL) return 2;
    check(meter_input_size() == 32 && meter_output_size() == 16, "sizes are those of the net");
    check(meter_stream_input_size() == 2 && meter_stream_output_size() == 1, "sizes of a step are those of the net");
    for (i = 0; i < 32; ++i) x[i] = (float)i / 32.0f;

    check(meter_load_weights(model, arguments[1]) == 0, "weights are loaded");
    check(meter_infer(model, workspace, x, y) == 0, "a net infers");
    check(meter_load_weights(model, arguments[2]) != 0 && strstr(meter_last_error(), arguments[2]) != NULL,
          "a missing file is named");
    check(meter_infer(model, workspace, x, again) == 0 && memcmp(y, again, sizeof y) == 0,
          "a model that fails to load is as it was");

    for (i = 0; i < meter_parameter_count(); ++i) weights[i] = 0.0f;
    weights[meter_parameter_count() - 1] = 0.75f; /* the last bias */
    check(meter_set_weights(other, weights, meter_parameter_count()) == 0, "weights are set");
    check(meter_infer(other, workspace, x, again) == 0 && again[0] == 0.75f && again[15] == 0.75f, "those weights act");
    check(meter_set_weights(other, weights, 3) != 0 && strstr(meter_last_error(), "got 3") != NULL, "a wrong count is refused");
    check(meter_set_weights(NULL, weights, 3) != 0 && strstr(meter_last_error(), "null") != NULL, "NULL is refused");
    check(meter_stream_create(NULL) == NULL && meter_stream_step(NULL, x, y) != 0, "NULL is refused by streams");

    borrowed_model* fixed = borrowed_create();
    borrowed_workspace* arena = borrowed_workspace_create();
    check(borrowed_infer(fixed, arena, x, y) == 0 && y[0] == 1.09375f, "a model of borrowed weights infers");
    check(borrowed_set_weights(fixed, weights, 3) != 0 && strstr(borrowed_last_error(), "not its own") != NULL,
          "borrowed weights are not written");
    check(borrowed_stream_create(fixed) == NULL && strstr(borrowed_last_error(), "strata: ") != NULL,
          "a net that cannot stream says so");
    check(borrowed_stream_input_size() == 0, "it has no step");

    borrowed_workspace_destroy(arena);
    borrowed_destroy(fixed);
    borrowed_destroy(NULL);
    meter_destroy(model);
    meter_destroy(other);
    meter_workspace_destroy(workspace);
    free(weights);
    return failures == 0 ? 0 : 1;
}
