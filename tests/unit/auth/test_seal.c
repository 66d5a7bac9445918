#include "auth/seal.h"

#include "base/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HEX    "00112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210"
#define BASE64 "ABEiM0RVZneImaq7zN3u/wEjRWeJq83v/ty6mHZUMhA="
#define URL    "ABEiM0RVZneImaq7zN3u_wEjRWeJq83v_ty6mHZUMhA"
#define OTHER  "ff112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210"
#define PHRASE "correct horse battery staple"
#define PLACE  "connections|11111111-2222-4333-8444-555555555555|credential"

static Sealer *
sealer (const char *master)
{
    g_autoptr (GError) error = NULL;
    Sealer *made = sealer_new (master, &error);

    if (!made)
        fail_msg ("%s", error->message);
    return made;
}

static void
opens (Sealer *by, const char *context, const char *sealed, const char *want)
{
    g_autoptr (GError) error = NULL;
    char *plain = sealer_open (by, context, sealed, &error);

    if (!plain)
        fail_msg ("%s", error->message);
    assert_string_equal (plain, want);
    secret_free (plain);
}

static void
stays_shut (Sealer *by, const char *context, const char *sealed, const char *words)
{
    g_autoptr (GError) error = NULL;
    char *plain = sealer_open (by, context, sealed, &error);

    if (plain)
        fail_msg ("opened: %s", sealed);
    assert_true (fault_is (error, FAULT_DENIED));
    if (!strstr (error->message, words))
        fail_msg ("\"%s\" lacks \"%s\"", error->message, words);
}

static void
what_is_sealed_opens (void **state)
{
    static const char *const plains[] = { "", "x", "1//refresh-token", "ключ 🔑\n\"{}\"" };
    g_autoptr (Sealer) by = sealer (HEX);
    g_autofree char *long_plain = g_strnfill (100000, 'k');

    for (guint i = 0; i <= G_N_ELEMENTS (plains); i++) {
        const char *plain = i < G_N_ELEMENTS (plains) ? plains[i] : long_plain;
        g_autofree char *sealed = sealer_seal (by, PLACE, plain);

        assert_true (g_str_has_prefix (sealed, "v1|"));
        assert_true (strlen (plain) < 5 || !strstr (sealed, plain));
        opens (by, PLACE, sealed, plain);
    }
}

static void
nothing_repeats (void **state)
{
    g_autoptr (Sealer) by = sealer (HEX);
    g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

    for (int i = 0; i < 1000; i++)
        assert_true (g_hash_table_add (seen, sealer_seal (by, PLACE, "same")));
}

static void
one_key_in_all_its_spellings (void **state)
{
    static const char *const spellings[] = {
        HEX, "00112233445566778899AABBCCDDEEFF0123456789ABCDEFFEDCBA9876543210", BASE64, URL
    };
    g_autoptr (Sealer) first = sealer (HEX);
    g_autofree char *sealed = sealer_seal (first, PLACE, "token");

    for (guint i = 0; i < G_N_ELEMENTS (spellings); i++) {
        g_autoptr (Sealer) again = sealer (spellings[i]);

        opens (again, PLACE, sealed, "token");
    }
}

static void
passphrase_gives_the_same_key_again (void **state)
{
    g_autoptr (Sealer) first = sealer (PHRASE), second = sealer (PHRASE), other = sealer (PHRASE "!");
    g_autofree char *sealed = sealer_seal (first, PLACE, "token");

    opens (second, PLACE, sealed, "token");
    stays_shut (other, PLACE, sealed, "another SECRET_KEY");
}

/* What version 0.1 sealed must open for ever. */
static void
old_seals_open (void **state)
{
    static const char by_hex[] =
        "v1|JmYmemq0z0I|ytrxtoGInmYowIVZb5YzFDWCRxPyp_HL|lgxIImrAq-W8GQnZn-HFy5KRFsQhtrh96m1Ft7ziSw";
    static const char by_phrase[] =
        "v1|aF2Cl73Hwkg|gy4d9q3pp2UXU5MuNDEQfE3XIrLCY3Di|K7v3v_5Kz17U6v0NfsfeyYqqpx7FaFrQzb8r6IDF9Q";
    g_autoptr (Sealer) hex = sealer (HEX), phrase = sealer (PHRASE);

    opens (hex, PLACE, by_hex, "a token of 2026");
    opens (phrase, PLACE, by_phrase, "a token of 2026");
}

static void
every_byte_counts (void **state)
{
    g_autoptr (Sealer) by = sealer (HEX);
    g_autofree char *sealed = sealer_seal (by, PLACE, "1//refresh-token");

    for (gsize i = 0; sealed[i]; i++) {
        for (int bit = 0; bit < 8; bit++) {
            g_autofree char *changed = g_strdup (sealed);

            changed[i] ^= (char)(1 << bit);
            stays_shut (by, PLACE, changed, "secret");
        }
    }
}

static void
every_length_counts (void **state)
{
    g_autoptr (Sealer) by = sealer (HEX);
    g_autofree char *sealed = sealer_seal (by, PLACE, "1//refresh-token");
    g_autofree char *more = g_strconcat (sealed, "A", NULL), *padded = g_strconcat (sealed, "=", NULL);
    g_autofree char *part = g_strconcat (sealed, "|", NULL), *blank = g_strconcat (sealed, " ", NULL);
    const char *const longer[] = { more, padded, part, blank };

    for (gsize n = 0; n < strlen (sealed); n++) {
        g_autofree char *cut = g_strndup (sealed, n);

        stays_shut (by, PLACE, cut, "secret");
    }
    for (guint i = 0; i < G_N_ELEMENTS (longer); i++)
        stays_shut (by, PLACE, longer[i], "secret");
    stays_shut (by, PLACE, "a plain token", "not in a form");
    stays_shut (by, PLACE, "v2|a|b|c", "not in a form");
}

static void
a_seal_stays_in_its_place (void **state)
{
    static const char *const elsewhere[] = {
        "connections|99999999-2222-4333-8444-555555555555|credential",
        "connections|11111111-2222-4333-8444-555555555555|name",
        "users|11111111-2222-4333-8444-555555555555|credential",
        "",
        PLACE "|",
        "|" PLACE,
    };
    g_autoptr (Sealer) by = sealer (HEX);
    g_autofree char *sealed = sealer_seal (by, PLACE, "token");

    for (guint i = 0; i < G_N_ELEMENTS (elsewhere); i++)
        stays_shut (by, elsewhere[i], sealed, "belongs to another record");
    opens (by, PLACE, sealed, "token");
}

static void
parts_do_not_mix (void **state)
{
    g_autoptr (Sealer) by = sealer (HEX);
    g_autofree char *one = sealer_seal (by, PLACE, "one"), *two = sealer_seal (by, PLACE, "two"),
                    *mixed = NULL;
    g_auto (GStrv) parts_one = g_strsplit (one, "|", -1), parts_two = g_strsplit (two, "|", -1);

    mixed = g_strjoin ("|", parts_one[0], parts_one[1], parts_one[2], parts_two[3], NULL);
    stays_shut (by, PLACE, mixed, "altered");
}

static void
another_key_is_named (void **state)
{
    g_autoptr (Sealer) by = sealer (HEX), other = sealer (OTHER);
    g_autofree char *sealed = sealer_seal (by, PLACE, "token"), *forged = NULL;
    g_autofree char *theirs = sealer_seal (other, PLACE, "token");
    g_auto (GStrv) parts = g_strsplit (sealed, "|", -1), id = g_strsplit (theirs, "|", -1);

    stays_shut (other, PLACE, sealed, "another SECRET_KEY");
    forged = g_strjoin ("|", "v1", id[1], parts[2], parts[3], NULL);
    stays_shut (other, PLACE, forged, "altered");
}

static void
weak_keys_are_refused (void **state)
{
    static const struct {
        const char *master, *words;
    } weak[] = {
        { "", "too short" },
        { "secret", "too short" },
        { "nineteen characters", "too short" },
        { "ключключключключ", "too short" }, /* 16 characters, if 32 bytes */
        { "aaaaaaaaaaaaaaaaaaaaaaaaaaaa", "too simple" },
        { "changemechangemechangemechangeme", "too simple" },
        { "0000000000000000000000000000000000000000000000000000000000000000", "too simple" },
        { "deadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef", "too simple" },
        { "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "too simple" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (weak); i++) {
        g_autoptr (GError) error = NULL;

        assert_null (sealer_new (weak[i].master, &error));
        assert_true (fault_is (error, FAULT_INVALID));
        if (!strstr (error->message, weak[i].words))
            fail_msg ("%s: %s", weak[i].master, error->message);
        assert_true (strlen (weak[i].master) < 5 || !strstr (error->message, weak[i].master));
    }
}

static void
nothing_may_be_freed (void **state)
{
    secret_free (NULL);
    sealer_free (NULL);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (what_is_sealed_opens),
        cmocka_unit_test (nothing_repeats),
        cmocka_unit_test (one_key_in_all_its_spellings),
        cmocka_unit_test (passphrase_gives_the_same_key_again),
        cmocka_unit_test (old_seals_open),
        cmocka_unit_test (every_byte_counts),
        cmocka_unit_test (every_length_counts),
        cmocka_unit_test (a_seal_stays_in_its_place),
        cmocka_unit_test (parts_do_not_mix),
        cmocka_unit_test (another_key_is_named),
        cmocka_unit_test (weak_keys_are_refused),
        cmocka_unit_test (nothing_may_be_freed),
    };

    return cmocka_run_group_tests_name ("seal", tests, NULL, NULL);
}
