#include "auth/base64url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void
bytes_come_back (void **state)
{
    guint8 bytes[256];

    for (guint i = 0; i < sizeof bytes; i++)
        bytes[i] = (guint8)(i * 7);
    for (gsize n = 0; n <= sizeof bytes; n++) {
        g_autofree char *text = base64url_encode (bytes, n);
        gsize n_back = 0;
        g_autofree guint8 *back = base64url_decode (text, strlen (text), &n_back);

        assert_int_equal (strspn (text, alphabet), strlen (text));
        assert_int_equal (n_back, n);
        assert_memory_equal (back, bytes, n);
    }
}

/* Vectors of RFC 4648, in its second alphabet and without padding. */
static void
rfc_vectors (void **state)
{
    static const char *const vectors[][2] = {
        { "", "" },           { "f", "Zg" },          { "fo", "Zm8" },          { "foo", "Zm9v" },
        { "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" }, { "\xfb\xff\xfe", "-__-" }
    };

    for (guint i = 0; i < G_N_ELEMENTS (vectors); i++) {
        g_autofree char *text = base64url_encode (vectors[i][0], strlen (vectors[i][0]));

        assert_string_equal (text, vectors[i][1]);
    }
}

/* Every byte in every place: the 64 letters and nothing else. */
static void
only_the_alphabet_is_read (void **state)
{
    for (int c = 0; c < 256; c++) {
        for (int at = 0; at < 8; at++) {
            char text[] = "AAAAAAAA";
            gsize n = 0;
            g_autofree guint8 *bytes = NULL;

            text[at] = (char)c;
            bytes = base64url_decode (text, 8, &n);
            assert_int_equal (bytes != NULL, c && strchr (alphabet, c) != NULL);
        }
    }
}

static void
one_spelling (void **state)
{
    static const char *const other[] = { "Zg==",  "Zg=", "Zh",  "Zm9",  "Zm8=",   "Z",
                                         "Zm9vY", " Zg", "Zg ", "Zg\n", "Zm\n9v", "=" };
    gsize n;

    for (guint i = 0; i < G_N_ELEMENTS (other); i++)
        if (base64url_decode (other[i], strlen (other[i]), &n))
            fail_msg ("read \"%s\"", other[i]);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (bytes_come_back),
        cmocka_unit_test (rfc_vectors),
        cmocka_unit_test (only_the_alphabet_is_read),
        cmocka_unit_test (one_spelling),
    };

    return cmocka_run_group_tests_name ("base64url", tests, NULL, NULL);
}
