#include "model/preset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    Preset preset;
    const char *last, *from, *to;
} periods[] = {
    { PRESET_LAST_7_DAYS, "2026-01-03", "2025-12-28", "2026-01-03" },
    { PRESET_LAST_28_DAYS, "2024-03-01", "2024-02-03", "2024-03-01" },
    { PRESET_LAST_90_DAYS, "2026-11-20", "2026-08-23", "2026-11-20" },
    { PRESET_THIS_MONTH, "2026-02-28", "2026-02-01", "2026-02-28" },
    { PRESET_THIS_MONTH, "2026-03-01", "2026-03-01", "2026-03-01" },
    { PRESET_LAST_MONTH, "2026-01-01", "2025-12-01", "2025-12-31" },
    { PRESET_LAST_MONTH, "2024-03-31", "2024-02-01", "2024-02-29" },
    { PRESET_LAST_12_MONTHS, "2026-11-20", "2025-11-21", "2026-11-20" },
};

static Day
day (const char *text)
{
    Day read = DAY_NONE;

    assert_true (day_parse (text, &read));
    return read;
}

static void
test_days (void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS (periods); i++) {
        Period got = preset_days (periods[i].preset, day (periods[i].last));

        assert_int_equal (got.from, day (periods[i].from));
        assert_int_equal (got.to, day (periods[i].to));
    }
}

static void
test_names (void **state)
{
    for (Preset each = PRESET_LAST_7_DAYS; each < PRESET_NONE; each++)
        assert_int_equal (preset_parse (preset_name (each)), each);
    assert_null (preset_name (PRESET_NONE));
    assert_int_equal (preset_parse ("last_29_days"), PRESET_NONE);
    assert_int_equal (preset_parse (""), PRESET_NONE);
    assert_int_equal (preset_parse (NULL), PRESET_NONE);
}

int
main (void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test (test_days), cmocka_unit_test (test_names) };

    return cmocka_run_group_tests_name ("preset", tests, NULL, NULL);
}
