/* Which files a database is made of, or asks for. */
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static gboolean
has (const char *url, const char *path)
{
    g_auto (GStrv) files = store_files (url);

    return g_strv_contains ((const char *const *)files, path);
}

static void
test_files_of_postgresql (void **state)
{
    g_autofree char *passwords = g_build_filename (g_get_home_dir (), ".pgpass", NULL);
    const char *url = "postgresql://u@h/d?sslrootcert=/x/root.crt&sslkey=/y/my.key";

    g_setenv ("PGSSLCRL", "/z/list", TRUE);
    assert_true (has (url, "/x/root.crt"));
    assert_true (has (url, "/y/my.key"));
    assert_true (has (url, "/z/list"));
    assert_true (has ("postgresql:///", passwords));
    assert_false (has ("postgresql://u@h/d", "/x/root.crt"));
}

static void
test_none_of_sqlite (void **state)
{
    g_auto (GStrv) files = store_files ("sqlite:a.db");

    assert_null (files[0]);
}

static void
test_disk (void **state)
{
    guint64 bytes = 0;

    assert_true (store_disk_free ("sqlite:a.db", &bytes));
    assert_true (bytes > 0);
    assert_false (store_disk_free ("sqlite:/nowhere/at/all/a.db", &bytes));
    assert_false (store_disk_free ("postgresql://u@h/d", &bytes));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_files_of_postgresql),
        cmocka_unit_test (test_none_of_sqlite),
        cmocka_unit_test (test_disk),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
