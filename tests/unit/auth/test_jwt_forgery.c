/* Tokens made to deceive: every item of the list of known attacks, in form, key and signature. */
#include "judge.h"

static void
alg_none_is_refused (void **state)
{
    static const char *const names[] = { "none",   "None",  "nOnE",  "NONE", "",
                                         " HS256", "hs256", "HS384", "HS512" };
    Fixture *f = *state;

    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autofree char *header = g_strdup_printf ("{\"alg\":\"%s\"}", names[i]);
        g_autofree char *body = mint_unsigned (header, CLAIMS);
        g_autofree char *empty = g_strconcat (body, ".", NULL), *some = g_strconcat (body, ".AAAA", NULL);

        refused_hs (f, header, CLAIMS, "algorithm is not accepted");
        refused (f->by_both, empty, "no readable signature");
        refused (f->by_both, body, "three parts");
        refused (f->by_both, some, "algorithm is not accepted");
        refused (f->by_keys, some, "algorithm is not accepted");
    }
    refused_hs (f, "{}", CLAIMS, "names no algorithm");
    refused_hs (f, "{\"alg\":256}", CLAIMS, "names no algorithm");
    refused_hs (f, "{\"alg\":[\"HS256\"]}", CLAIMS, "names no algorithm");
    refused_hs (f, "{\"alg\":null}", CLAIMS, "names no algorithm");
}

/* The old trick: the verifier's public key, which everybody has, used as an HMAC secret. */
static void
public_key_is_no_secret (void **state)
{
    static const char *const pems[] = { rsa_public_pem, rsa_public_pkcs1_pem };
    static const char *const headers[] = { HS, "{\"alg\":\"HS256\",\"kid\":\"rsa-1\"}" };
    Fixture *f = *state;

    for (guint i = 0; i < 4; i++) {
        const char *pem = pems[i % 2], *header = headers[i / 2];
        g_autofree char *body =
            g_strndup (strchr (pem, '\n'), (gsize)(strstr (pem, "-----END") - strchr (pem, '\n')));
        gsize n_der;
        g_autofree guint8 *der = g_base64_decode (body, &n_der);
        g_autofree char *with_pem = mint_hmac (header, CLAIMS, pem, strlen (pem));
        g_autofree char *with_chomped = mint_hmac (header, CLAIMS, pem, strlen (pem) - 1);
        g_autofree char *with_der = mint_hmac (header, CLAIMS, der, n_der);
        g_autofree char *with_jwk = mint_hmac (header, CLAIMS, rsa_members, strlen (rsa_members));
        const char *const tokens[] = { with_pem, with_chomped, with_der, with_jwk };

        for (guint j = 0; j < G_N_ELEMENTS (tokens); j++) {
            refused (f->by_keys, tokens[j], "algorithm is not accepted");
            refused (f->by_both, tokens[j], "signature is wrong");
        }
    }
}

/* One key, one algorithm: a header cannot move a token to another key's family. */
static void
algorithm_is_bound_to_the_key (void **state)
{
    Fixture *f = *state;
    g_autofree char *rs_as_ec = mint_rs256 ("{\"alg\":\"RS256\",\"kid\":\"ec-1\"}", CLAIMS);
    g_autofree char *es_as_rsa = mint_es256 ("{\"alg\":\"ES256\",\"kid\":\"rsa-1\"}", CLAIMS);
    g_autofree char *rs512 = mint_rs256 ("{\"alg\":\"RS512\",\"kid\":\"rsa-1\"}", CLAIMS);
    g_autofree char *ps256 = mint_rs256 ("{\"alg\":\"PS256\",\"kid\":\"rsa-1\"}", CLAIMS);
    g_autofree char *rs = mint_rs256 (RS, CLAIMS);
    g_autofree char *hs = mint_hs256 (HS, CLAIMS);

    refused (f->by_keys, rs_as_ec, "no RS256 key");
    refused (f->by_keys, es_as_rsa, "no ES256 key");
    refused (f->by_keys, rs512, "algorithm is not accepted");
    refused (f->by_keys, ps256, "algorithm is not accepted");
    refused (f->by_secret, rs, "algorithm is not accepted");
    refused (f->by_keys, hs, "algorithm is not accepted");
    passes (f->by_keys, rs);
    assert_int_equal (f->provider.asked, 1);
}

static void
oct_key_of_a_set_is_no_secret (void **state)
{
    Fixture *f = *state;
    g_autofree char *k = mint_base64 (MINT_SECRET, strlen (MINT_SECRET));
    g_autofree char *keys = g_strdup_printf ("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"o\",\"k\":\"%s\",\"alg\":"
                                             "\"HS256\"},{\"kty\":\"oct\",\"kid\":\"p\",\"k\":\"%s\"}]}",
                                             k, k);
    g_autofree char *hs = mint_hs256 ("{\"alg\":\"HS256\",\"kid\":\"o\"}", CLAIMS);
    g_autofree char *as_rs = mint_hs256 ("{\"alg\":\"RS256\",\"kid\":\"p\"}", CLAIMS);

    f->provider.keys = keys;
    refused (f->by_keys, hs, "algorithm is not accepted");
    refused (f->by_keys, as_rs, "not one of the identity provider's");
}

static void
wrong_signatures_are_refused (void **state)
{
    Fixture *f = *state;
    const char *const tokens[] = { made_hs256, made_rs256, made_es256 };

    for (guint i = 0; i < G_N_ELEMENTS (tokens); i++) {
        g_autofree char *token = g_strdup (tokens[i]);
        char *signature = strrchr (token, '.') + 1;
        g_autofree char *cut = g_strndup (token, strlen (token) - 4);

        refused (f->by_both, cut, "signature");
        signature[5] = signature[5] == 'A' ? 'B' : 'A';
        refused (f->by_both, token, "signature is wrong");
        *signature = '\0';
        refused (f->by_both, token, "no readable signature");
    }
}

/* A right code with more or less behind it is not a right code. */
static void
length_of_the_code_counts (void **state)
{
    Fixture *f = *state;
    const char *signature = strrchr (made_hs256, '.') + 1;
    g_autofree char *body = g_strndup (made_hs256, (gsize)(signature - made_hs256));
    guint8 code[64] = { 0 };

    assert_int_equal (sodium_base642bin (code, sizeof code, signature, strlen (signature), NULL, NULL, NULL,
                                         sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                      0);
    for (gsize n = 1; n <= sizeof code; n++) {
        g_autofree char *text = mint_base64 (code, n), *token = g_strconcat (body, text, NULL);

        if (n == 32)
            passes (f->by_secret, token);
        else
            refused (f->by_secret, token, "signature is wrong");
    }
}

static void
payload_of_another_token_is_refused (void **state)
{
    Fixture *f = *state;
    g_autofree char *other = mint_hs256 (HS, PAST ("1900000000"));
    g_autofree char *own = mint_hs256 (HS, CLAIMS);
    g_autofree char *mixed = NULL;

    strrchr (other, '.')[0] = '\0';
    mixed = g_strconcat (other, strrchr (own, '.'), NULL);
    refused (f->by_secret, mixed, "signature is wrong");
}

/* CVE-2022-21449 and its kin: r = 0, s = 0, or the group's order, which is 0 too. */
static void
degenerate_es256_is_refused (void **state)
{
    static const char order[] = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    Fixture *f = *state;
    guint8 good[32], n[32], zero[32] = { 0 };
    guint8 one[32] = { [31] = 1 };
    const guint8 *const values[] = { zero, n, one, good };
    g_autofree char *body = mint_unsigned (ES, CLAIMS);

    memset (good, 0x11, sizeof good);
    assert_int_equal (sodium_hex2bin (n, sizeof n, order, 64, NULL, NULL, NULL), 0);
    for (guint i = 0; i < 16; i++) {
        guint8 signature[64];
        g_autofree char *text = NULL, *token = NULL;

        memcpy (signature, values[i / 4], 32);
        memcpy (signature + 32, values[i % 4], 32);
        text = mint_base64 (signature, sizeof signature);
        token = g_strconcat (body, ".", text, NULL);
        refused (f->by_keys, token, "signature is wrong");
    }
}

static void
es256_of_another_length_is_refused (void **state)
{
    Fixture *f = *state;
    const char *signature = strrchr (made_es256, '.') + 1;
    g_autofree char *body = g_strndup (made_es256, (gsize)(signature - made_es256 - 1));
    guint8 good[64], wide[66] = { 0 };
    g_autofree char *wider = NULL, *padded = NULL;

    assert_int_equal (sodium_base642bin (good, sizeof good, signature, strlen (signature), NULL, NULL, NULL,
                                         sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                      0);
    memcpy (wide + 1, good, 32); /* the same two numbers, each with a zero before it */
    memcpy (wide + 34, good + 32, 32);
    wider = mint_base64 (wide, sizeof wide);
    padded = g_strconcat (body, ".", wider, NULL);
    refused (f->by_keys, padded, "signature is wrong");

    for (gsize n = 1; n <= 130; n += n == 63 ? 2 : 1) {
        g_autofree guint8 *zeros = g_malloc0 (n);
        g_autofree char *text = mint_base64 (zeros, n), *token = g_strconcat (body, ".", text, NULL);

        refused (f->by_keys, token, "signature is wrong");
    }
}

static void
dots_are_counted (void **state)
{
    Fixture *f = *state;
    g_autofree char *end = g_strconcat (made_hs256, ".", NULL),
                    *more = g_strconcat (made_hs256, ".AAAA", NULL);
    g_autofree char *start = g_strconcat (".", made_hs256, NULL);
    g_autofree char *five = g_strconcat (made_hs256, ".AAAA.AAAA", NULL);
    const char *const tokens[] = { "", ".", "..", "...", "a", "a.b", end, more, start, five };

    for (guint i = 0; i < G_N_ELEMENTS (tokens); i++)
        refused (f->by_both, tokens[i], "the");
    refused (f->by_both, five, "three parts");
}

static void
repeated_names_are_refused (void **state)
{
    Fixture *f = *state;

    refused_hs (f, "{\"alg\":\"none\",\"alg\":\"HS256\"}", CLAIMS, "header of the token");
    refused_hs (f, "{\"alg\":\"HS256\",\"alg\":\"HS256\"}", CLAIMS, "header of the token");
    refused_hs (f, "{\"alg\":\"HS256\",\"\\u0061lg\":\"none\"}", CLAIMS, "header of the token");
    refused_hs (f, HS, "{\"sub\":\"a\",\"sub\":\"" MINT_USER "\",\"exp\":1800000100}",
                "payload of the token");
    refused_hs (f, HS, "{\"exp\":1,\"sub\":\"" MINT_USER "\",\"exp\":1800000100}", "payload of the token");
}

/* One token, one spelling: padding, the other alphabet, blanks and stray bits are refused. */
static void
base64_is_strict (void **state)
{
    Fixture *f = *state;
    const char *payload = strchr (made_rs256, '.') + 1, *signature = strrchr (made_rs256, '.') + 1;
    g_autofree char *header = g_strndup (made_rs256, (gsize)(payload - made_rs256 - 1));
    g_autofree char *middle = g_strndup (payload, (gsize)(signature - payload - 1));
    g_autofree char *padded_signature = g_strconcat (made_rs256, "==", NULL);
    g_autofree char *padded_header = g_strconcat (header, "=.", middle, ".", signature, NULL);
    g_autofree char *newline = g_strconcat (made_rs256, "\n", NULL);
    g_autofree char *blank = g_strconcat (" ", made_rs256, NULL);
    g_autofree char *standard = g_strdup (made_rs256), *stray = g_strdup (made_rs256),
                    *high = g_strdup (made_rs256);

    refused (f->by_keys, padded_signature, "no readable signature");
    refused (f->by_keys, padded_header, "header of the token");
    refused (f->by_keys, newline, "no readable signature");
    refused (f->by_keys, blank, "header of the token");
    *strpbrk (strrchr (high, '.'), "_") = '\xff'; /* which libsodium reads as '_' */
    refused (f->by_keys, high, "no readable signature");
    assert_true (strpbrk (strrchr (standard, '.'), "-_") !=
                 NULL); /* the other alphabet decodes to the same bytes */
    g_strdelimit (strrchr (standard, '.'), "-", '+');
    g_strdelimit (strrchr (standard, '.'), "_", '/');
    refused (f->by_keys, standard, "no readable signature");
    /* 256 bytes leave four unused bits in the last character */
    assert_non_null (strchr ("AQgw", stray[strlen (stray) - 1]));
    stray[strlen (stray) - 1]++;
    refused (f->by_keys, stray, "no readable signature");
}

static void
size_is_bounded (void **state)
{
    Fixture *f = *state;
    g_autofree char *million = g_strnfill (1 << 20, 'A');
    g_autofree char *dotted = g_strdup (million);
    g_autofree char *deep = g_strnfill (5000, '[');
    g_autofree char *pad = g_strnfill (5800, 'x');
    g_autofree char *claims =
        g_strdup_printf ("{\"sub\":\"" MINT_USER "\",\"exp\":1800000100,\"pad\":\"%s\"}", pad);

    refused (f->by_both, million, "longer than");
    dotted[1000] = dotted[2000] = '.';
    refused (f->by_both, dotted, "longer than");
    passes_hs (f, HS, claims);
    refused_hs (f, deep, CLAIMS, "header of the token");
    refused_hs (f, HS, deep, "payload of the token");
}

static void
nested_tokens_are_refused (void **state)
{
    Fixture *f = *state;
    g_autofree char *quoted = g_strdup_printf ("\"%s\"", made_hs256);

    refused_hs (f, "{\"alg\":\"HS256\",\"cty\":\"JWT\"}", made_hs256, "payload of the token");
    refused_hs (f, HS, quoted, "payload of the token");
    refused_hs (f, HS, "[" CLAIMS "]", "payload of the token");
    refused_hs (f, HS, CLAIMS " x", "payload of the token");
    refused_hs (f, HS, "", "payload of the token");
    refused_hs (f, "[\"alg\"]", CLAIMS, "header of the token");
    refused_hs (f, "", CLAIMS, "header of the token");
}

static void
kid_is_a_name_and_nothing_else (void **state)
{
    static const char *const malformed[] = { "\"../../etc/passwd\"",
                                             "\"/dev/null\"",
                                             "\"a' OR '1'='1\"",
                                             "\"\"",
                                             "\"https://evil.example/k\"",
                                             "\"a b\"",
                                             "\"rsa-1\\n\"",
                                             "1",
                                             "null",
                                             "[\"rsa-1\"]",
                                             "\"rsa-1\\u0000\"",
                                             "\"ключ\"" };
    Fixture *f = *state;
    g_autofree char *long_kid = g_strnfill (65, 'k');
    g_autofree char *long_header = g_strdup_printf ("{\"alg\":\"RS256\",\"kid\":\"%s\"}", long_kid);
    g_autofree char *long_token = mint_hs256 (long_header, CLAIMS);

    for (guint i = 0; i < G_N_ELEMENTS (malformed); i++) {
        g_autofree char *header = g_strdup_printf ("{\"alg\":\"RS256\",\"kid\":%s}", malformed[i]);
        g_autofree char *token = mint_hs256 (header, CLAIMS);

        refused (f->by_keys, token, "the");
    }
    refused (f->by_keys, long_token, "key id is malformed");
    assert_int_equal (f->provider.asked, 0); /* none of these is worth a question */
}

static void
kid_matches_exactly (void **state)
{
    static const char *const others[] = { "RSA-1", "rsa-", "rsa-11", "rsa", "ec-2" };
    Fixture *f = *state;

    for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
        g_autofree char *header = g_strdup_printf ("{\"alg\":\"RS256\",\"kid\":\"%s\"}", others[i]);
        g_autofree char *token = mint_rs256 (header, CLAIMS);

        refused (f->by_keys, token, "not one of the identity provider's");
    }
}

static void
missing_kid_needs_a_single_key (void **state)
{
    Fixture *f = *state;
    g_autofree char *token = mint_rs256 ("{\"alg\":\"RS256\"}", CLAIMS);
    g_autofree char *two =
        g_strdup_printf ("{\"keys\":[{%s,\"kid\":\"a\"},{%s,\"kid\":\"b\"}]}", rsa_members, rsa_members);

    passes (f->by_keys, token);
    f->provider.keys = two;
    refused (f->by_both, token, "no RS256 key");
}

static void
unknown_kid_asks_once_in_five_minutes (void **state)
{
    Fixture *f = *state;
    g_autofree char *old = mint_rs256 (RS, PAST ("1900000000"));
    g_autofree char *new = mint_rs256 ("{\"alg\":\"RS256\",\"kid\":\"new\"}", PAST ("1900000000"));
    g_autofree char *rotated = g_strdup_printf ("{\"keys\":[{%s,\"kid\":\"new\"}]}", rsa_members);

    passes (f->by_keys, old);
    assert_int_equal (f->provider.asked, 1);
    mint_clock_pass (&f->clock, 299);
    for (int i = 0; i < 20; i++)
        refused (f->by_keys, new, "not one of the identity provider's");
    assert_int_equal (f->provider.asked, 1);
    mint_clock_pass (&f->clock, 1);
    for (int i = 0; i < 20; i++)
        refused (f->by_keys, new, "the");
    assert_int_equal (f->provider.asked, 2);
    f->provider.keys = rotated;
    mint_clock_pass (&f->clock, 300);
    passes (f->by_keys, new);
    assert_int_equal (f->provider.asked, 3);
    refused (f->by_keys, old, "not one of the identity provider's");
    assert_int_equal (f->provider.asked, 3);
}

static void
links_and_keys_in_the_header_are_ignored (void **state)
{
    Fixture *f = *state;
    g_autofree char *jwk =
        g_strdup_printf ("{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"jwk\":{%s}}", rsa_1024_members);
    g_autofree char *own = g_strdup_printf ("{\"alg\":\"ES256\",\"jwk\":{%s},\"kid\":\"mine\"}", ec_members);
    g_autofree char *good = mint_rs256 (jwk, CLAIMS), *evil = mint_es256 (own, CLAIMS);
    g_autofree char *no_ec = g_strdup_printf ("{\"keys\":[{%s,\"kid\":\"rsa-1\"}]}", rsa_members);
    g_autofree char *jku =
        mint_rs256 ("{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"jku\":\"http://127.0.0.1:9/k\"}", CLAIMS);
    g_autofree char *x5u =
        mint_rs256 ("{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"x5u\":\"http://127.0.0.1:9/k\"}", CLAIMS);
    g_autofree char *x5c = mint_rs256 ("{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"x5c\":[\"AAAA\"]}", CLAIMS);

    f->provider.keys = no_ec;
    passes (f->by_keys, good);
    passes (f->by_keys, jku);
    passes (f->by_keys, x5u);
    passes (f->by_keys, x5c);
    refused (f->by_keys, evil, "not one of the identity provider's");
}

static void
extensions_are_refused (void **state)
{
    Fixture *f = *state;

    refused_hs (f, "{\"alg\":\"HS256\",\"crit\":[\"exp\"],\"exp\":1}", CLAIMS, "crit");
    refused_hs (f, "{\"alg\":\"HS256\",\"crit\":[]}", CLAIMS, "crit");
    refused_hs (f, "{\"alg\":\"HS256\",\"crit\":null}", CLAIMS, "crit");
    refused_hs (f, "{\"alg\":\"HS256\",\"b64\":false}", CLAIMS, "b64");
    refused_hs (f, "{\"alg\":\"HS256\",\"zip\":\"DEF\"}", CLAIMS, "zip");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        TEST (alg_none_is_refused),
        TEST (public_key_is_no_secret),
        TEST (algorithm_is_bound_to_the_key),
        TEST (oct_key_of_a_set_is_no_secret),
        TEST (wrong_signatures_are_refused),
        TEST (length_of_the_code_counts),
        TEST (payload_of_another_token_is_refused),
        TEST (degenerate_es256_is_refused),
        TEST (es256_of_another_length_is_refused),
        TEST (dots_are_counted),
        TEST (repeated_names_are_refused),
        TEST (base64_is_strict),
        TEST (size_is_bounded),
        TEST (nested_tokens_are_refused),
        TEST (kid_is_a_name_and_nothing_else),
        TEST (kid_matches_exactly),
        TEST (missing_kid_needs_a_single_key),
        TEST (unknown_kid_asks_once_in_five_minutes),
        TEST (links_and_keys_in_the_header_are_ignored),
        TEST (extensions_are_refused),
    };

    return cmocka_run_group_tests_name ("jwt_forgery", tests, NULL, NULL);
}
