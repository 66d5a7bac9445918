#include "fetch/fetch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int
retry_after (const char *value, const char *date)
{
    FetchResponse *response = g_new0 (FetchResponse, 1);
    int seconds;

    response->body = g_bytes_new (NULL, 0);
    response->headers = g_hash_table_new (g_str_hash, g_str_equal);
    if (value)
        g_hash_table_insert (response->headers, (char *)"retry-after", (char *)value);
    if (date)
        g_hash_table_insert (response->headers, (char *)"date", (char *)date);
    seconds = fetch_response_retry_after (response);
    fetch_response_free (response);
    return seconds;
}

static void
test_retry_after (void **state)
{
    static const char *const noon = "Sun, 06 Nov 1994 12:00:00 GMT";
    static const struct {
        const char *value;
        int seconds;
    } cases[] = {
        { "0", 0 },
        { "120", 120 },
        { "1.5", 2 },
        { "2.0", 2 },
        { "86401", 86400 },
        { "99999999999999999999999999", 86400 },
        { "-5", -1 },
        { "soon", -1 },
        { "", -1 },
        { "12 minutes", -1 },
        { "1e3", -1 },
        { "Sun, 06 Nov 1994 12:01:30 GMT", 90 },
        { "Sunday, 06-Nov-94 12:01:30 GMT", 90 },
        { "Sun Nov  6 12:01:30 1994", 90 },
        { "Sun, 06 Nov 1994 11:00:00 GMT", 0 },
        { "Sun, 06 Nov 2044 11:00:00 GMT", 86400 },
        { "Sun, 99 Nov 1994 11:00:00 GMT", -1 },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
        assert_int_equal (retry_after (cases[i].value, noon), cases[i].seconds);
    assert_int_equal (retry_after (NULL, noon), -1);
    /* without a Date, and with a broken one, our own clock counts */
    assert_int_equal (retry_after ("Sun, 06 Nov 1994 12:01:30 GMT", NULL), 0);
    assert_int_equal (retry_after ("Sun, 06 Nov 1994 12:01:30 GMT", "yesterday"), 0);
}

static void
test_form (void **state)
{
    g_autofree char *form = fetch_form ("a", "x y", "b", "1&2=3/+é", "c", "", NULL);
    g_autofree char *empty = fetch_form (NULL, NULL);

    assert_string_equal (form, "a=x%20y&b=1%262%3D3%2F%2B%C3%A9&c=");
    assert_string_equal (empty, "");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_retry_after),
        cmocka_unit_test (test_form),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
