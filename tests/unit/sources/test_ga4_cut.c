#include "sources/ga4_cut.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const Ga4Cut *const cuts[] = { &ga4_cut_daily, &ga4_cut_channels, &ga4_cut_landing_pages };

/* Every column that is not part of the key is filled by exactly one metric, and only
 * money is in millionths. */
static void
test_cuts_fill_their_tables (void **state)
{
    for (guint c = 0; c < G_N_ELEMENTS (cuts); c++) {
        const FactTable *table = cuts[c]->table;
        guint n = ga4_cut_fields (cuts[c]);

        assert_int_equal (n, table->n_columns - table->n_key);
        assert_int_equal (cuts[c]->dimensions[1] ? 3 : 2, table->n_key);
        assert_string_equal (cuts[c]->dimensions[0], "date");
        for (guint column = table->n_key; column < table->n_columns; column++) {
            guint found = 0;

            for (guint i = 0; i < n; i++)
                found += strcmp (cuts[c]->fields[i].column, table->columns[column].name) == 0;
            assert_int_equal (found, 1);
        }
        for (guint i = 0; i < n; i++)
            assert_int_equal (cuts[c]->fields[i].places,
                              g_str_has_suffix (cuts[c]->fields[i].column, "_micros") ? 6 : 0);
    }
}

/* GA4 refuses a report with more. */
static void
test_cuts_are_within_limits (void **state)
{
    for (guint c = 0; c < G_N_ELEMENTS (cuts); c++)
        assert_in_range (ga4_cut_fields (cuts[c]), 1, 10);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_cuts_fill_their_tables),
        cmocka_unit_test (test_cuts_are_within_limits),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
