#include "base/json.h"

#include <float.h>
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* What one call writes. */
#define WRITES(want, call)                             \
    do {                                               \
        g_autoptr (GString) out = g_string_new (NULL); \
        Json json = JSON_INTO (out);                   \
                                                       \
        call;                                          \
        assert_string_equal (out->str, (want));        \
    } while (0)

static json_t *
read_back (const GString *out)
{
    json_error_t error;
    json_t *root =
        json_loadb (out->str, out->len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);

    if (!root)
        fail_msg ("%s in %s", error.text, out->str);
    return root;
}

/* This program has both libraries in it: each must reach its own functions. */
static void
jansson_keeps_its_names (void **state)
{
    json_t *object = json_object ();

    assert_int_equal (json_object_set_new (object, "list", json_array ()), 0);
    assert_int_equal (json_object_set_new (object, "real", json_real (1.5)), 0);
    assert_int_equal (json_object_set_new (object, "nothing", json_null ()), 0);
    assert_int_equal (json_object_size (object), 3);
    json_decref (object);
}

static void
commas_are_put (void **state)
{
    g_autoptr (GString) out = g_string_new (NULL);
    Json json = JSON_INTO (out);

    json_begin_object (&json);
    json_put_int (&json, "a", 1);
    json_key (&json, "list");
    json_begin_array (&json);
    json_end_array (&json);
    json_key (&json, "more");
    json_begin_array (&json);
    json_begin_object (&json);
    json_end_object (&json);
    json_int (&json, 2);
    json_begin_array (&json);
    json_none (&json);
    json_bool (&json, FALSE);
    json_end_array (&json);
    json_raw (&json, "{\"x\":[]}", 8);
    json_text (&json, "t");
    json_end_array (&json);
    json_put_bool (&json, "b", TRUE);
    json_put_null (&json, "n");
    json_put_real (&json, "r", 0.5);
    json_put_text (&json, "t", NULL);
    json_put_day (&json, "d", DAY_NONE);
    json_put_instant (&json, "i", INSTANT_NONE);
    json_end_object (&json);
    assert_string_equal (out->str,
                         "{\"a\":1,\"list\":[],\"more\":[{},2,[null,false],{\"x\":[]},\"t\"],\"b\":true,"
                         "\"n\":null,\"r\":0.5,\"t\":null,\"d\":null,\"i\":null}");
    json_decref (read_back (out));
}

static void
dates_are_iso (void **state)
{
    WRITES ("\"2024-02-29\"", json_day (&json, day_of (2024, 2, 29)));
    WRITES ("\"1970-01-01T00:00:00Z\"", json_instant (&json, 0));
    WRITES ("null", json_day (&json, DAY_NONE));
    WRITES ("null", json_instant (&json, INSTANT_NONE));
}

static void
whole_numbers_are_exact (void **state)
{
    WRITES ("0", json_int (&json, 0));
    WRITES ("-1", json_int (&json, -1));
    WRITES ("10", json_int (&json, 10));
    WRITES ("9223372036854775807", json_int (&json, G_MAXINT64));
    WRITES ("-9223372036854775808", json_int (&json, G_MININT64));
}

static void
reals_are_short (void **state)
{
    WRITES ("0.1", json_double (&json, 0.1));
    WRITES ("0.30000000000000004", json_double (&json, 0.1 + 0.2));
    WRITES ("0.3333333333333333", json_double (&json, 1.0 / 3));
    WRITES ("-2.5", json_double (&json, -2.5));
    WRITES ("3", json_double (&json, 3.0));
    WRITES ("0", json_double (&json, -0.0));
    WRITES ("-7", json_double (&json, -7.0));
    WRITES ("1e+300", json_double (&json, 1e300));
    WRITES ("1.7976931348623157e+308", json_double (&json, DBL_MAX));
    WRITES ("null", json_double (&json, NAN));
    WRITES ("null", json_double (&json, INFINITY));
    WRITES ("null", json_double (&json, -INFINITY));
}

/* Any double: what is written reads back as the same number, and one digit less would not do. */
static void
reals_read_back (void **state)
{
    g_autoptr (GRand) rand = g_rand_new_with_seed (7);

    for (int i = 0; i < 20000; i++) {
        guint64 bits = (guint64)g_rand_int (rand) << 32 | g_rand_int (rand);
        g_autoptr (GString) out = g_string_new (NULL);
        Json json = JSON_INTO (out);
        double value = i % 2 ? g_rand_double_range (rand, -1e6, 1e6) : 0;
        char shorter[40];
        json_t *back;

        if (i % 2 == 0)
            memcpy (&value, &bits, sizeof value);
        if (!isfinite (value))
            continue;
        json_double (&json, value);
        back = read_back (out);
        assert_true (json_number_value (back) == value);
        json_decref (back);
        for (int digits = 1; digits < 17; digits++) {
            g_snprintf (shorter, sizeof shorter, "%.*g", digits, value);
            if (g_ascii_strtod (shorter, NULL) == value) {
                assert_true (out->len <= strlen (shorter) || value == floor (value));
                break;
            }
        }
    }
}

static void
micros_are_decimals (void **state)
{
    WRITES ("0", json_micros (&json, 0));
    WRITES ("1.23", json_micros (&json, 1230000));
    WRITES ("0.000001", json_micros (&json, 1));
    WRITES ("-0.5", json_micros (&json, -500000));
    WRITES ("-12", json_micros (&json, -12000000));
    WRITES ("10.1", json_micros (&json, 10100000));
    WRITES ("9223372036854.775807", json_micros (&json, G_MAXINT64));
    WRITES ("-9223372036854.775808", json_micros (&json, G_MININT64));
}

static void
text_is_escaped (void **state)
{
    WRITES ("\"\"", json_text (&json, ""));
    WRITES ("\"say \\\"hi\\\" \\\\ \\n\"", json_text (&json, "say \"hi\" \\ \n"));
    WRITES ("\"\\u0001\\u001f\\u000d\\u0009\"", json_text (&json, "\x01\x1f\r\t"));
    WRITES ("\"Ünïcødé 漢 🎈\"", json_text (&json, "Ünïcødé 漢 🎈"));
    WRITES ("\"</script>\"", json_text (&json, "</script>"));
    WRITES ("null", json_text (&json, NULL));
    WRITES ("\"ab\"", json_text_n (&json, "abc", 2));
    WRITES ("\"a\xef\xbf\xbd"
            "b\"",
            json_text_n (&json, "a\0b", 3)); /* many readers refuse \\u0000 */
    WRITES ("\"\"", json_text_n (&json, "abc", 0));
}

/* Every byte, alone and in the middle, gives JSON that reads back. */
static void
any_bytes_make_valid_json (void **state)
{
    for (int c = 0; c < 256; c++) {
        g_autoptr (GString) out = g_string_new (NULL);
        Json json = JSON_INTO (out);
        char text[] = { 'a', (char)c, 'b' };
        json_t *back;

        json_text_n (&json, text, sizeof text);
        back = read_back (out);
        if (c > 0 && c < 0x80) {
            assert_int_equal (json_string_length (back), 3);
            assert_memory_equal (json_string_value (back), text, 3);
        } else {
            assert_string_equal (json_string_value (back), "a\xef\xbf\xbd"
                                                           "b");
        }
        json_decref (back);
    }
}

static void
broken_utf8_becomes_a_mark (void **state)
{
    static const char *const broken[] = { "\xc3",     "\xe2\x82", "\xf0\x9f\x8e",    "\xed\xa0\x80",
                                          "\xc0\x80", "\xff\xfe", "\xf4\x90\x80\x80" };

    for (guint i = 0; i < G_N_ELEMENTS (broken); i++) {
        g_autoptr (GString) out = g_string_new (NULL);
        Json json = JSON_INTO (out);
        json_t *back;

        json_text (&json, broken[i]);
        back = read_back (out);
        assert_true (g_str_has_prefix (json_string_value (back), "\xef\xbf\xbd"));
        json_decref (back);
    }
}

/* A broken byte and a zero byte in one text: the zero must not cut the rest off. */
static void
zero_byte_beside_broken_utf8 (void **state)
{
    WRITES ("\"a\xef\xbf\xbd\xef\xbf\xbd"
            "b\"",
            json_text_n (&json, "a\xff\0b", 4));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (jansson_keeps_its_names),
        cmocka_unit_test (commas_are_put),
        cmocka_unit_test (dates_are_iso),
        cmocka_unit_test (whole_numbers_are_exact),
        cmocka_unit_test (reals_are_short),
        cmocka_unit_test (reals_read_back),
        cmocka_unit_test (micros_are_decimals),
        cmocka_unit_test (text_is_escaped),
        cmocka_unit_test (any_bytes_make_valid_json),
        cmocka_unit_test (broken_utf8_becomes_a_mark),
        cmocka_unit_test (zero_byte_beside_broken_utf8),
    };

    return cmocka_run_group_tests_name ("json", tests, NULL, NULL);
}
