#include "render/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *text, *cell;
} cells[] = {
    { "plain", "plain" },
    { "", "" },
    { NULL, "" },
    { "two words", "two words" },
    { "a,b", "\"a,b\"" },
    { "say \"hi\"", "\"say \"\"hi\"\"\"" },
    { "two\nlines", "\"two\nlines\"" },
    { "two\r\nlines", "\"two\r\nlines\"" },
    { "a;b", "\"a;b\"" },
    { " edge ", "\" edge \"" },
    { "caf\u00e9 \U0001F600", "caf\u00e9 \U0001F600" },
    { "it's", "it's" },
    { "a=1", "a=1" },
    { "2026-01-02", "2026-01-02" },
    /* formulas */
    { "=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"" },
    { "@SUM(A1)", "'@SUM(A1)" },
    { "+1", "'+1" },
    { "-12.5", "'-12.5" },
    { "  =1", "\"'  =1\"" },
    { "\t=1", "\"'\t=1\"" },
    { "\tx", "\"'\tx\"" },
    { "\rx", "\"'\rx\"" },
    { "\nx", "\"'\nx\"" },
    { "\u00a0=1", "'\u00a0=1" },
    { "\u200b\u3000=1", "'\u200b\u3000=1" },
    { "\ufeff=1", "'\ufeff=1" },
    { "\x01@x", "'\x01@x" },
    { "\uff1d1", "'\uff1d1" },
    { "\uff0b1", "'\uff0b1" },
    { "\uff0d1", "'\uff0d1" },
    { "\uff20x", "'\uff20x" },
};

static void
test_cells (void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS (cells); i++) {
        g_autoptr (GString) text = g_string_new (NULL);
        Csv csv = CSV_INTO (text);

        csv_text (&csv, cells[i].text);
        assert_string_equal (text->str, cells[i].cell);
    }
}

static void
test_rows (void **state)
{
    g_autoptr (GString) text = g_string_new (NULL);
    Csv csv = CSV_INTO (text);

    csv_text (&csv, "a");
    csv_text (&csv, NULL);
    csv_number (&csv, "-12.5");
    csv_number (&csv, NULL);
    csv_end_row (&csv);
    csv_text (&csv, "b");
    csv_end_row (&csv);
    assert_string_equal (text->str, "a,,-12.5,\r\nb\r\n");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_cells),
        cmocka_unit_test (test_rows),
    };

    return cmocka_run_group_tests_name ("csv", tests, NULL, NULL);
}
