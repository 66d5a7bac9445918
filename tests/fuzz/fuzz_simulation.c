/* The job engine under everything that goes wrong, from a seed: see tests/unit/jobs/simulation.h.
 * The input is only the seed; `SEED=n build-asan/tests/test_simulation` plays it again. */
#include "fuzz.h"

#include "../unit/jobs/verdict.h"

#include <glib/gstdio.h>

static void
play (guint32 seed)
{
    g_autofree char *folder = g_dir_make_tmp ("daymark-fuzz-XXXXXX", NULL);
    g_autofree char *url = g_strdup_printf ("sqlite:%s/test.db", folder);
    g_autofree char *report = simulate (url, seed);
    static const char *const files[] = { "test.db", "test.db-wal", "test.db-shm" };

    for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
        g_autofree char *path = g_build_filename (folder, files[i], NULL);

        g_unlink (path);
    }
    g_rmdir (folder);
    if (report)
        fprintf (stderr, "%s\n", report);
    FUZZ_CLAIM (report == NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    guint32 seed = 0;

    memcpy (&seed, data, MIN (size, sizeof seed));
    play (seed);
    return 0;
}
