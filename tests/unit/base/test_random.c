#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
fill_with_ff (Random *random, void *bytes, gsize n)
{
    memset (bytes, 0xff, n);
}

static void
fill_with_00 (Random *random, void *bytes, gsize n)
{
    memset (bytes, 0, n);
}

static void
uuids_are_of_version_4 (void **state)
{
    Random ones = { .fill = fill_with_ff }, zeros = { .fill = fill_with_00 };
    g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    char text[UUID_TEXT];

    assert_string_equal (random_uuid (&ones, text), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    assert_string_equal (random_uuid (&zeros, text), "00000000-0000-4000-8000-000000000000");
    for (int i = 0; i < 10000; i++) {
        assert_true (uuid_is_valid (random_uuid (random_system (), text)));
        assert_true (g_uuid_string_is_valid (text));
        assert_true (text[14] == '4' && strchr ("89ab", text[19]));
        assert_true (g_hash_table_add (seen, g_strdup (text)));
    }
}

static void
tokens_are_base64url (void **state)
{
    static const char *const wanted[] = { "", "_w", "__8", "____", "_____w", "______8" };
    Random ones = { .fill = fill_with_ff };

    for (gsize n = 1; n < G_N_ELEMENTS (wanted); n++) {
        g_autofree char *fixed = random_token (&ones, n), *token = random_token (random_system (), n);

        assert_string_equal (fixed, wanted[n]);
        assert_int_equal (strlen (token), strlen (wanted[n]));
    }
    for (int i = 0; i < 1000; i++) {
        g_autofree char *token = random_token (random_system (), 33);

        assert_int_equal (strspn (token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                          44);
    }
}

/* Every byte is written, also of requests that getrandom may answer in pieces. */
static void
all_bytes_are_filled (void **state)
{
    static const gsize sizes[] = { 1, 7, 256, 257, 1 << 20 };

    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
        g_autofree guint8 *any = g_malloc0 (sizes[i]), *bytes = g_malloc (sizes[i]);
        gsize missing = 0;

        for (int round = 0; round < 16; round++) {
            random_fill (random_system (), bytes, sizes[i]);
            for (gsize j = 0; j < sizes[i]; j++)
                any[j] |= bytes[j];
        }
        for (gsize j = 0; j < sizes[i]; j++)
            missing += any[j] == 0; /* by chance: once in 2^128 */
        assert_int_equal (missing, 0);
    }
}

static void
only_canonical_uuids_are_valid (void **state)
{
    static const char *const wrong[] = {
        "",
        "00000000-0000-4000-8000-00000000000",
        "00000000-0000-4000-8000-0000000000000",
        "00000000-0000-4000-8000-00000000000A",
        "00000000-0000-4000-8000-00000000000g",
        "00000000000040008000000000000000",
        "{00000000-0000-4000-8000-000000000000}",
        "00000000-0000-4000-80000-00000000000",
        "0000000--0000-4000-8000-000000000000",
        "00000000-0000-4000-8000-00000000000\n",
        "urn:uuid:00000000-0000-4000-8000-000",
    };

    assert_true (uuid_is_valid ("00000000-0000-4000-8000-000000000000"));
    assert_true (uuid_is_valid ("abcdef01-2345-1789-0abc-def012345678")); /* of whichever version */
    assert_false (uuid_is_valid (NULL));
    for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
        assert_false (uuid_is_valid (wrong[i]));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (uuids_are_of_version_4),
        cmocka_unit_test (tokens_are_base64url),
        cmocka_unit_test (all_bytes_are_filled),
        cmocka_unit_test (only_canonical_uuids_are_valid),
    };

    return cmocka_run_group_tests_name ("random", tests, NULL, NULL);
}
