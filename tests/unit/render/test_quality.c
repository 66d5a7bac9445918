#include "render/quality.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
assert_quality (const Quality *quality, const char *want)
{
    g_autoptr (GString) text = g_string_new (NULL);
    Json json = JSON_INTO (text);

    quality_write (quality, &json);
    assert_string_equal (text->str, want);
}

static void
test_nothing_is_known (void **state)
{
    g_auto (Quality) quality = { 0 };

    quality_init (&quality);
    assert_quality (&quality, "{\"as_of\":null,\"complete_through\":null,\"provisional_from\":null,"
                              "\"missing_days\":[],\"basis\":null,\"notices\":[]}");
}

static void
test_all_is_known (void **state)
{
    g_auto (Quality) quality = { 0 };
    Day missing[] = { 20454, 20456 };

    quality_init (&quality);
    quality.as_of = 20454 * 86400 * SECOND_US;
    quality.complete_through = 20456;
    quality.provisional_from = 20455;
    quality.basis = "sum";
    g_array_append_vals (quality.missing_days, missing, 2);
    quality_notice (&quality, "sampled", "%d %% of the events", 61);
    assert_quality (
        &quality, "{\"as_of\":\"2026-01-01T00:00:00Z\",\"complete_through\":\"2026-01-03\","
                  "\"provisional_from\":\"2026-01-02\",\"missing_days\":[\"2026-01-01\",\"2026-01-03\"],"
                  "\"basis\":\"sum\",\"notices\":[{\"code\":\"sampled\",\"text\":\"61 % of the events\"}]}");
}

static void
test_a_notice_is_said_once (void **state)
{
    g_auto (Quality) quality = { 0 };

    quality_init (&quality);
    for (int i = 0; i < 3; i++)
        quality_notice (&quality, "sampled", "a \"part\"");
    quality_notice (&quality, "sampled", "a");
    quality_notice (&quality, "restricted", "a");
    assert_string_equal (quality.notices->str, "{\"code\":\"sampled\",\"text\":\"a \\\"part\\\"\"},"
                                               "{\"code\":\"sampled\",\"text\":\"a\"},"
                                               "{\"code\":\"restricted\",\"text\":\"a\"}");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_nothing_is_known),
        cmocka_unit_test (test_all_is_known),
        cmocka_unit_test (test_a_notice_is_said_once),
    };

    return cmocka_run_group_tests_name ("quality", tests, NULL, NULL);
}
