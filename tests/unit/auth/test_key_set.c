#include "auth/key_set.h"

#include "mint.h"

static KeySet *
read_keys (const char *keys)
{
    g_autofree char *text = g_strdup_printf ("{\"keys\":[%s]}", keys);
    g_autoptr (GError) error = NULL;
    KeySet *set = key_set_read (text, &error);

    if (!set)
        fail_msg ("%s: %s", error->message, text);
    return set;
}

/* Is the one key in there taken, as that algorithm and no other? */
static void
takes (const char *alg, const char *pattern, const char *members)
{
    static const char *const algs[] = { "RS256", "ES256", "HS256", "none" };
    g_auto (GStrv) parts = g_strsplit (pattern, "%s", 2);
    g_autofree char *key = g_strjoinv (members, parts);
    g_autoptr (KeySet) set = read_keys (key);
    gboolean known;

    for (guint i = 0; i < G_N_ELEMENTS (algs); i++) {
        gboolean wanted = g_strcmp0 (algs[i], alg) == 0;

        if ((key_set_find (set, "k", algs[i], &known) != NULL) != wanted)
            fail_msg ("%s as %s", key, algs[i]);
        assert_int_equal (known, alg != NULL);
        assert_int_equal (key_set_find (set, NULL, algs[i], &known) != NULL, wanted);
    }
}

static void
good_keys_are_taken (void **state)
{
    takes ("RS256", "{%s,\"kid\":\"k\"}", rsa_members);
    takes ("ES256", "{%s,\"kid\":\"k\"}", ec_members);
    takes ("RS256", "{%s,\"kid\":\"k\",\"alg\":\"RS256\",\"use\":\"sig\",\"key_ops\":[\"verify\"]}",
           rsa_members);
    takes ("ES256", "{%s,\"kid\":\"k\",\"alg\":\"ES256\",\"key_ops\":[\"sign\",\"verify\"],\"ext\":true}",
           ec_members);
    takes ("RS256", "{%s,\"kid\":\"k\",\"x5u\":\"http://127.0.0.1:9/\",\"x5c\":[\"AAAA\"],\"x5t\":\"x\"}",
           rsa_members);
}

static void
other_keys_are_passed_over (void **state)
{
    takes (NULL, "{%s,\"kid\":\"k\",\"use\":\"enc\"}", rsa_members);
    takes (NULL, "{%s,\"kid\":\"k\",\"use\":null}", rsa_members);
    takes (NULL, "{%s,\"kid\":\"k\",\"key_ops\":[\"encrypt\"]}", rsa_members);
    takes (NULL, "{%s,\"kid\":\"k\",\"key_ops\":[]}", rsa_members);
    takes (NULL, "{%s,\"kid\":\"k\",\"key_ops\":\"verify\"}", rsa_members);
    takes (NULL, "{%s,\"kid\":\"k\",\"alg\":\"RS512\"}", rsa_members);
    takes (NULL, "{%s,\"kid\":\"k\",\"alg\":\"PS256\"}", rsa_members);
    takes (NULL, "{%s,\"kid\":\"k\",\"alg\":\"HS256\"}", rsa_members);
    takes (NULL, "{%s,\"kid\":\"k\",\"alg\":\"ES256\"}", rsa_members);
    takes (NULL, "{%s,\"kid\":\"k\",\"alg\":\"RS256\"}", ec_members);
    takes (NULL, "{%s,\"kid\":\"k\",\"alg\":\"none\"}", ec_members);
    takes (NULL, "{%s,\"kid\":\"k\"}", rsa_1024_members);
    takes (NULL, "{%s,\"kid\":\"k\"}", p384_members);
    takes (NULL, "{%s,\"kid\":\"k\"}", secp256k1_members);
    takes (NULL, "{%s,\"kid\":\"k/1\"}", rsa_members);
    takes (NULL, "{%s,\"kid\":5}", rsa_members);
    takes (NULL, "%s", "{\"kty\":\"oct\",\"kid\":\"k\",\"k\":\"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0\"}");
    takes (NULL, "%s",
           "{\"kty\":\"OKP\",\"kid\":\"k\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_"
           "7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}");
}

static void
key_without_kid_answers_to_none (void **state)
{
    g_autofree char *key = g_strdup_printf ("{%s}", rsa_members);
    g_autoptr (KeySet) set = read_keys (key);
    gboolean known;

    assert_non_null (key_set_find (set, NULL, "RS256", &known));
    assert_null (key_set_find (set, "k", "RS256", &known));
    assert_null (key_set_find (set, "", "RS256", &known));
    assert_false (known);
}

static void
nonsense_is_passed_over (void **state)
{
    takes (NULL, "%s", "{\"kty\":\"RSA\",\"kid\":\"k\"}");
    takes (NULL, "%s", "{\"kty\":\"RSA\",\"kid\":\"k\",\"n\":1,\"e\":2}");
    takes (NULL, "%s", "{\"kty\":\"RSA\",\"kid\":\"k\",\"n\":\"\",\"e\":\"AQAB\"}");
    takes (NULL, "%s", "{\"kty\":\"RSA\",\"kid\":\"k\",\"n\":\"!!\",\"e\":\"AQAB\"}");
    takes (NULL, "%s", "{\"kty\":\"EC\",\"kid\":\"k\",\"crv\":\"P-256\",\"x\":\"AA\"}");
    takes (NULL, "%s", "{\"kty\":\"EC\",\"kid\":\"k\",\"crv\":\"P-256\",\"x\":{},\"y\":[]}");
    takes (NULL, "%s", "{\"kty\":[\"RSA\"],\"kid\":\"k\"}");
    takes (NULL, "%s", "null");
    takes (NULL, "%s", "[[[]]]");
    takes (NULL, "%s", "\"RSA\"");
}

static void
private_parts_are_left_out (void **state)
{
    g_autofree char *key = g_strdup_printf ("{%s,\"kid\":\"k\",\"d\":\"%s\"}", ec_members, ec_private);
    g_autoptr (KeySet) set = read_keys (key);
    g_autofree char *token = mint_es256 ("{\"alg\":\"ES256\"}", "{}");
    gboolean known;

    assert_true (key_verify (key_set_find (set, "k", "ES256", &known), token));
}

static void
text_that_is_no_set_is_a_fault (void **state)
{
    static const char *const texts[] = { "",
                                         "{}",
                                         "[]",
                                         "null",
                                         "<html>",
                                         "{\"keys\":{}}",
                                         "{\"keys\":null}",
                                         "{\"keys\":[]",
                                         "{\"keys\":[],\"keys\":[]}",
                                         "{\"keys\":[]} x" };

    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (GError) error = NULL;

        assert_null (key_set_read (texts[i], &error));
        assert_true (fault_is (error, FAULT_REMOTE));
    }
}

static void
size_is_bounded (void **state)
{
    g_autoptr (GString) keys = g_string_new (NULL);
    g_autofree char *pad = g_strnfill (KEY_SET_MOST_BYTES, ' ');
    g_autofree char *fat = g_strconcat ("{\"keys\":[]}", pad, NULL);
    g_autofree char *many = NULL;
    g_autoptr (KeySet) full = NULL;

    for (int i = 0; i < KEY_SET_MOST_KEYS; i++)
        g_string_append_printf (keys, "%s{%s,\"kid\":\"k%d\"}", i ? "," : "", ec_members, i);
    full = read_keys (keys->str);
    assert_non_null (key_set_find (full, "k31", "ES256", &(gboolean){ FALSE }));
    many = g_strdup_printf ("{\"keys\":[{},%s]}", keys->str);
    assert_null (key_set_read (many, NULL));
    assert_null (key_set_read (fat, NULL));
}

/* Two keys of different kinds may share a kid; each still has its own algorithm. */
static void
one_kid_two_kinds (void **state)
{
    g_autofree char *keys =
        g_strdup_printf ("{%s,\"kid\":\"k\"},{%s,\"kid\":\"k\"}", rsa_members, ec_members);
    g_autoptr (KeySet) set = read_keys (keys);
    g_autofree char *rs = mint_rs256 ("{\"alg\":\"RS256\"}", "{}"),
                    *es = mint_es256 ("{\"alg\":\"ES256\"}", "{}");
    g_autofree char *rs512 = mint_rs256 ("{\"alg\":\"RS512\"}", "{}");
    g_autofree char *ps256 = mint_rs256 ("{\"alg\":\"PS256\"}", "{}");
    gboolean known;
    const Key *rsa = key_set_find (set, "k", "RS256", &known), *ec = key_set_find (set, "k", "ES256", &known);

    assert_true (key_verify (rsa, rs));
    assert_true (key_verify (ec, es));
    assert_false (key_verify (rsa, es));
    assert_false (key_verify (rsa, rs512)); /* a good signature by that key, but not its algorithm */
    assert_false (key_verify (rsa, ps256));
    assert_false (key_verify (ec, rs));
}

static void
kids_have_one_form (void **state)
{
    g_autofree char *longest = g_strnfill (64, 'a'), *longer = g_strnfill (65, 'a');

    assert_true (kid_is_valid ("AZaz09._-"));
    assert_true (kid_is_valid (longest));
    assert_false (kid_is_valid (longer));
    assert_false (kid_is_valid (""));
    assert_false (kid_is_valid ("a b"));
    assert_false (kid_is_valid ("a/b"));
    assert_false (kid_is_valid ("a\n"));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (good_keys_are_taken),
        cmocka_unit_test (other_keys_are_passed_over),
        cmocka_unit_test (key_without_kid_answers_to_none),
        cmocka_unit_test (nonsense_is_passed_over),
        cmocka_unit_test (private_parts_are_left_out),
        cmocka_unit_test (text_that_is_no_set_is_a_fault),
        cmocka_unit_test (size_is_bounded),
        cmocka_unit_test (one_kid_two_kinds),
        cmocka_unit_test (kids_have_one_form),
    };

    return cmocka_run_group_tests_name ("key_set", tests, NULL, NULL);
}
