#include "sources/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
test_names (void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        { "", "" },
        { "Organic Search", "Organic Search" },
        { "a\tb\nc\rd\x7f\x1b", "abcd" },
        { "\xc2\x85x\xc2\x9f", "x" },                     /* C1 controls */
        { "\xe2\x80\xaegpj.exe\xe2\x81\xa9", "gpj.exe" }, /* U+202E, U+2069 */
        { "a\xe2\x80\xa8"
          "b",
          "ab" }, /* line separator */
        { "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb",
          "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb" }, /* joined emoji */
        { "bad\xff utf", "bad\xef\xbf\xbd utf" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *name = words_name (cases[i].text, 100);

        assert_string_equal (name, cases[i].want);
    }
    assert_null (words_name (NULL, 100));
}

/* Whatever the limit, the result is whole UTF-8 and no longer than it. */
static void
test_name_is_cut_between_characters (void **state)
{
    static const char text[] = "aé価👩z";

    for (gsize max = 0; max < sizeof text + 2; max++) {
        g_autofree char *name = words_name (text, max);

        assert_true (strlen (name) <= max);
        assert_true (g_utf8_validate (name, -1, NULL));
        assert_true (g_str_has_prefix (text, name));
        assert_true (max < strlen (text) || strcmp (name, text) == 0);
    }
}

static void
test_messages (void **state)
{
    static const char *const secrets[] = { "token-1", "", "key-2", "1//a+b", NULL };
    g_autofree char *form = words_message ("got refresh_token=1%2F%2Fa%2Bb&x=1", secrets);
    g_autofree char *plain = words_message ("  Line one.\r\n\tLine\x07 two.  ", NULL);
    g_autofree char *hidden = words_message ("token-1 and (key-2), token-1", secrets);
    g_autofree char *none = words_message (NULL, secrets);

    assert_string_equal (plain, "Line one. Line two.");
    assert_string_equal (form, "got refresh_token=[hidden]&x=1");
    assert_string_equal (hidden, "[hidden] and ([hidden]), [hidden]");
    assert_string_equal (none, "");
}

/* A secret that lies across the cut must not leave its first half. */
static void
test_message_hides_before_it_cuts (void **state)
{
    static const char *const secrets[] = { "TOKENTOKENTOKENTOKEN", NULL };
    g_autofree char *filler = g_strnfill (190, 'x');
    g_autofree char *text = g_strconcat (filler, "TOKENTOKENTOKENTOKEN", filler, NULL);
    g_autofree char *message = words_message (text, secrets);

    assert_null (strstr (message, "TOKEN"));
    assert_int_equal (g_utf8_strlen (message, -1), WORDS_MESSAGE_CHARS + 1);
    assert_true (g_str_has_suffix (message, "…"));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_names),
        cmocka_unit_test (test_name_is_cut_between_characters),
        cmocka_unit_test (test_messages),
        cmocka_unit_test (test_message_hides_before_it_cuts),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
