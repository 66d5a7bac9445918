#include "sources/decimal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
test_values (void **state)
{
    static const struct {
        const char *text;
        int places;
        gint64 want;
    } cases[] = {
        { "0", 0, 0 },
        { "-0", 6, 0 },
        { "146", 0, 146 },
        { "146.0", 0, 146 },
        { "0.4", 0, 0 },
        { "0.5", 0, 1 },
        { "-0.5", 0, -1 },
        { "1.4999999999999999999999999", 0, 1 },
        { ".5", 6, 500000 },
        { "5.", 6, 5000000 },
        { "+1.5", 6, 1500000 },
        { "12.345678", 6, 12345678 },
        { "12.3456785", 6, 12345679 },
        { "12.34567849999", 6, 12345678 },
        { "0.1", 6, 100000 },
        { "1e3", 0, 1000 },
        { "1.2345E+2", 6, 123450000 },
        { "123450e-2", 6, 1234500000 },
        { "5e-7", 6, 1 },
        { "4e-7", 6, 0 },
        { "5e-8", 6, 0 },
        { "9e-99999999999", 6, 0 },
        { "000000000000000000000000000000001", 0, 1 },
        { "0e99999999999999", 0, 0 },
        { "0.00000000000000000000000000000000000000001e41", 0, 1 },
        { "9223372036854775806", 0, G_MAXINT64 - 1 },
        { "-9223372036854.775806", 6, -(G_MAXINT64 - 1) },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        gint64 value = -99;

        if (!decimal_parse (cases[i].text, cases[i].places, &value) || value != cases[i].want)
            fail_msg ("%s became %" G_GINT64_FORMAT, cases[i].text, value);
    }
}

static void
test_refused (void **state)
{
    static const char *const texts[] = { "",
                                         ".",
                                         "-",
                                         "+",
                                         "-.",
                                         "NaN",
                                         "inf",
                                         "1,5",
                                         "1 ",
                                         " 1",
                                         "1.2.3",
                                         "1e",
                                         "1e+",
                                         "e5",
                                         "0x10",
                                         "1e5x",
                                         "--1",
                                         "1_000",
                                         "1\n",
                                         "٣",
                                         "1e300",
                                         "1e19",
                                         "9e999999999999999",
                                         "99999999999999999999" };

    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        gint64 value;

        if (decimal_parse (texts[i], 0, &value))
            fail_msg ("\"%s\" is not a number for us", texts[i]);
    }
    assert_false (decimal_parse (NULL, 0, &(gint64){ 0 }));
    assert_false (decimal_parse ("9223372036855", 6, &(gint64){ 0 }));
}

/* Every number of micros comes back from its own decimal text. */
static void
test_round_trip (void **state)
{
    g_autoptr (GRand) random = g_rand_new_with_seed (42);

    for (int i = 0; i < 20000; i++) {
        gint64 micros = ((gint64)g_rand_int (random) << 30) + g_rand_int (random), value;
        g_autofree char *text =
            g_strdup_printf ("%" G_GINT64_FORMAT ".%06d", micros / 1000000, (int)(micros % 1000000));

        assert_true (decimal_parse (text, 6, &value));
        assert_true (value == micros);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_values),
        cmocka_unit_test (test_refused),
        cmocka_unit_test (test_round_trip),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
