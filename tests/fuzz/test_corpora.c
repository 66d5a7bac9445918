/* Every target over every file of its corpus, once: what was found by ./dev fuzz stays mended.
 * (fuzz_simulation has its own test, unit/jobs/test_simulation.) */
#include "fuzz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef int Run (const uint8_t *data, size_t size);

Run fuzz_config, fuzz_custom, fuzz_date, fuzz_formula, fuzz_frame, fuzz_ga4, fuzz_instagram, fuzz_json,
    fuzz_jwt, fuzz_meta, fuzz_model, fuzz_period, fuzz_proxies, fuzz_request, fuzz_target, fuzz_wording;

static const struct Target {
    const char *name;
    Run *run;
} targets[] = {
    { "config", fuzz_config },       { "custom", fuzz_custom },   { "date", fuzz_date },
    { "formula", fuzz_formula },     { "frame", fuzz_frame },     { "ga4", fuzz_ga4 },
    { "instagram", fuzz_instagram }, { "json", fuzz_json },       { "jwt", fuzz_jwt },
    { "meta", fuzz_meta },           { "model", fuzz_model },     { "period", fuzz_period },
    { "proxies", fuzz_proxies },     { "request", fuzz_request }, { "target", fuzz_target },
    { "wording", fuzz_wording },
};

static void
replay (void **state)
{
    const struct Target *target = *state;
    g_autofree char *folder = g_build_filename (TESTS_DIR, "fuzz", "corpus", target->name, NULL);
    g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);
    const char *name;
    guint n = 0;

    assert_non_null (files);
    for (; (name = g_dir_read_name (files)); n++) {
        g_autofree char *path = g_build_filename (folder, name, NULL);
        g_autofree char *text = NULL;
        gsize size;

        assert_true (g_file_get_contents (path, &text, &size, NULL));
        target->run ((const uint8_t *)text, size);
    }
    assert_true (n > 0);
}

int
main (void)
{
    struct CMUnitTest tests[G_N_ELEMENTS (targets)] = { 0 };

    for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
        tests[i] = (struct CMUnitTest){ targets[i].name, replay, NULL, NULL, (void *)&targets[i] };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
