/* Every target over every file of its corpus, once: what was found by ./dev fuzz stays mended.
 * (fuzz_simulation has its own test, unit/jobs/test_simulation.) */
#include "fuzz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define TARGETS                                                                                              \
    TARGET (config)                                                                                          \
    TARGET (custom)                                                                                          \
    TARGET (date) TARGET (formula) TARGET (frame) TARGET (ga4) TARGET (instagram) TARGET (json) TARGET (jwt) \
        TARGET (meta) TARGET (model) TARGET (period) TARGET (proxies) TARGET (request) TARGET (target)       \
            TARGET (wording)

#define TARGET(name) int fuzz_##name (const uint8_t *data, size_t size);
TARGETS
#undef TARGET

typedef struct {
    const char *name;
    int (*run) (const uint8_t *data, size_t size);
} Target;

static void
replay (void **state)
{
    const Target *target = *state;
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
#define TARGET(name) { #name, fuzz_##name },
    static const Target targets[] = { TARGETS };
#undef TARGET
    struct CMUnitTest tests[G_N_ELEMENTS (targets)] = { 0 };

    for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
        tests[i] = (struct CMUnitTest){ targets[i].name, replay, NULL, NULL, (void *)&targets[i] };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
