/* A mail as bytes: what its headers and lines may look like, whatever it says. */
#include "render/mime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static GString *
written_with (const char *subject, const char *text, const char *leave, gboolean one_click)
{
    g_autoptr (GArray) images = g_array_new (FALSE, FALSE, sizeof (MimeImage));
    g_autoptr (GBytes) png = g_bytes_new_static ("\x89PNG", 4);
    MimeImage image = { "chart1@daymark", png };

    g_array_append_val (images, image);
    return mime_write (&(MimeMail){ .from_name = "Daymark",
                                    .from = "a@example.org",
                                    .to = "b@example.org",
                                    .subject = subject,
                                    .message_id = "1@example.org",
                                    .date = 0,
                                    .text = text,
                                    .html = "<p>\n.\n</p>",
                                    .images = images,
                                    .leave = leave,
                                    .one_click = one_click });
}

static GString *
written (const char *subject, const char *text)
{
    return written_with (subject, text, NULL, FALSE);
}

static void
test_lines (void **state)
{
    g_autofree char *longest = g_strnfill (100000, 'x');
    GString *mail = written ("S", longest);
    g_auto (GStrv) lines = g_strsplit (mail->str, "\r\n", -1);

    for (char **line = lines; *line; line++) {
        assert_true (strlen (*line) <= 78);
        assert_null (strpbrk (*line, "\r\n"));
    }
    g_string_free (mail, TRUE);
}

static void
subject_is (const char *subject, const char *want)
{
    GString *mail = written (subject, "");

    assert_non_null (strstr (mail->str, want));
    g_string_free (mail, TRUE);
}

static void
test_subjects (void **state)
{
    subject_is ("Weekly", "\r\nSubject: Weekly\r\n");
    subject_is ("f\xc3\xbcr", "\r\nSubject: =?UTF-8?B?ZsO8cg==?=\r\n");
    subject_is ("=?x?=", "\r\nSubject: =?UTF-8?B?PT94Pz0=?=\r\n");
    /* A line break would begin another header. */
    subject_is ("a\r\nBcc: c@example.org", "\r\nSubject: a  Bcc: c@example.org\r\n");
    /* Folded between whole characters. */
    subject_is (
        "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
        "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac",
        "\r\nSubject: =?UTF-8?B?4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs?=\r\n"
        " =?UTF-8?B?4oKs?=\r\n");
}

/* The way out is one header, a button beside it is another; both before the end of the headers. */
static void
test_leave (void **state)
{
    static const char way[] = "\r\nList-Unsubscribe:\r\n <https://a.example/u>\r\n",
                      button[] = "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
    GString *none = written_with ("S", "", NULL, TRUE);
    GString *link = written_with ("S", "", "https://a.example/u", FALSE);
    GString *both = written_with ("S", "", "https://a.example/u", TRUE);
    const char *end = strstr (both->str, "\r\n\r\n");

    assert_null (strstr (none->str, "List-Unsubscribe"));
    assert_non_null (strstr (link->str, way));
    assert_null (strstr (link->str, button));
    assert_non_null (strstr (both->str, way));
    assert_true (strstr (both->str, way) < end && strstr (both->str, button) < end);
    g_string_free (none, TRUE);
    g_string_free (link, TRUE);
    g_string_free (both, TRUE);
}

static void
test_date (void **state)
{
    g_autoptr (GString) text = g_string_new (NULL);
    gint64 instant;

    assert_true (instant_parse ("2026-11-05T04:03:02Z", &instant));
    mime_date (text, instant);
    assert_string_equal (text->str, "Thu, 5 Nov 2026 04:03:02 +0000");
}

int
main (void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test (test_lines), cmocka_unit_test (test_subjects),
                                        cmocka_unit_test (test_leave), cmocka_unit_test (test_date) };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
