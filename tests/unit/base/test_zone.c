/* Zones whose files change while the program runs. */
#include "base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <string.h>

#define ZONES "/usr/share/zoneinfo/"

static char *folder; /* TZDIR */

static char *
path_in (const char *name)
{
    return g_build_filename (folder, name, NULL);
}

/* As a package does it: under another name first. */
static void
install (const char *name, const char *content, gsize n)
{
    g_autofree char *path = path_in (name), *new = path_in ("new");

    assert_true (g_file_set_contents (new, content, (gssize)n, NULL));
    assert_int_equal (g_rename (new, path), 0);
}

static void
install_rules_of (const char *name, const char *other)
{
    g_autofree char *from = g_strconcat (ZONES, other, NULL), *content = NULL;
    gsize n;

    assert_true (g_file_get_contents (from, &content, &n, NULL));
    install (name, content, n);
}

static int
set_up (void **state)
{
    g_autofree char *america = NULL;

    folder = g_dir_make_tmp ("daymark-zones-XXXXXX", NULL);
    america = path_in ("America");
    g_setenv ("TZDIR", folder, TRUE);
    return g_mkdir (america, 0700);
}

static int
tear_down (void **state)
{
    static const char *const left[] = { "America/Los_Angeles", "America/Denver", "America", "tzdata.zi", "" };

    for (guint i = 0; i < G_N_ELEMENTS (left); i++) {
        g_autofree char *path = path_in (left[i]);

        g_remove (path);
    }
    g_free (folder);
    return 0;
}

/* Hours east of UTC in January. */
static int
hours (GTimeZone *zone)
{
    int interval = g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, 1767225600);

    return g_time_zone_get_offset (zone, interval) / 3600;
}

static int
hours_of (const char *name)
{
    g_autoptr (GTimeZone) zone = zone_find (name);

    assert_non_null (zone);
    return hours (zone);
}

static void
test_other_rules (void **state)
{
    g_autoptr (GTimeZone) kept = NULL;

    assert_null (zone_find ("America/Los_Angeles"));
    install_rules_of ("America/Los_Angeles", "America/Los_Angeles");
    kept = zone_find ("America/Los_Angeles");
    assert_int_equal (hours (kept), -8);
    install_rules_of ("America/Los_Angeles", "Asia/Tokyo");
    assert_int_equal (hours_of ("America/Los_Angeles"), 9); /* though somebody has the old one still */
    assert_int_equal (hours (kept), -8);
    install_rules_of ("America/Los_Angeles", "America/New_York");
    assert_int_equal (hours_of ("America/Los_Angeles"), -5);
}

static void
test_a_file_in_disorder (void **state)
{
    g_autofree char *path = path_in ("America/Denver");

    install_rules_of ("America/Denver", "America/Denver");
    assert_int_equal (hours_of ("America/Denver"), -7);
    install ("America/Denver", "TZif", 4);
    assert_int_equal (hours_of ("America/Denver"), -7);
    assert_int_equal (g_remove (path), 0);
    assert_int_equal (hours_of ("America/Denver"), -7);
    install_rules_of ("America/Denver", "America/Chicago");
    assert_int_equal (hours_of ("America/Denver"), -6);
}

static void
test_version (void **state)
{
    const char *before;

    assert_string_equal (zone_data_version (), "unknown");
    install ("tzdata.zi", "# version 2030a\n", 16);
    before = zone_data_version ();
    assert_string_equal (before, "2030a");
    install ("tzdata.zi", "# version 2030b\n", 16);
    assert_string_equal (zone_data_version (), "2030b");
    assert_string_equal (before, "2030a");
    install ("tzdata.zi", "nothing", 7);
    assert_string_equal (zone_data_version (), "unknown");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_other_rules),
        cmocka_unit_test (test_a_file_in_disorder),
        cmocka_unit_test (test_version),
    };

    return cmocka_run_group_tests (tests, set_up, tear_down);
}
