#include "auth/jwt.h"

#include "mint.h"

#include <jansson.h>

static const char claims[] =
    "{\"iss\":\"robot@project.iam.gserviceaccount.com\",\"scope\":\"https://www.googleapis.com/"
    "auth/analytics.readonly\",\"aud\":\"https://oauth2.googleapis.com/token\",\"sub\":\"" MINT_USER
    "\",\"iat\":1800000000,\"exp\":1800003600}";

/* Part n of the token, decoded. */
static char *
part (const char *token, int n)
{
    g_auto (GStrv) parts = g_strsplit (token, ".", -1);
    char *text = g_malloc0 (strlen (token));

    assert_int_equal (g_strv_length (parts), 3);
    assert_int_equal (sodium_base642bin ((guint8 *)text, strlen (token), parts[n], strlen (parts[n]), NULL,
                                         NULL, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                      0);
    return text;
}

static void
header_is (const char *token, const char *want)
{
    g_autofree char *text = part (token, 0);
    json_auto_t *got = json_loads (text, 0, NULL), *wanted = json_loads (want, 0, NULL);

    if (!json_equal (got, wanted))
        fail_msg ("%s is not %s", text, want);
}

static void
assertion_verifies (const char *pem)
{
    MintClock clock = MINT_CLOCK;
    g_autofree char *keys = g_strdup_printf ("{\"keys\":[{%s,\"kid\":\"google-1\"}]}", rsa_members);
    MintProvider provider = { .keys = keys };
    JwtOptions options = { .clock = &clock.clock,
                           .has_key_set = TRUE,
                           .fetch_keys = mint_provider_fetch,
                           .user = &provider,
                           .audience = "https://oauth2.googleapis.com/token" };
    g_autoptr (JwtVerifier) verifier = jwt_verifier_new (&options);
    g_autoptr (GError) error = NULL;
    g_autofree char *token = jwt_sign_rs256 (claims, pem, "google-1", &error), *payload = NULL;
    g_auto (JwtClaims) read = { 0 };

    assert_null (error);
    assert_non_null (token);
    payload = part (token, 1);
    assert_string_equal (payload, claims);
    header_is (token, "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"google-1\"}");
    if (!jwt_verify (verifier, token, &read, &error))
        fail_msg ("%s", error->message);
}

static void
google_key_signs (void **state)
{
    assertion_verifies (rsa_private_pem);
    assertion_verifies (rsa_private_pkcs1_pem);
}

/* The library makes up a kid from the key; Google would look for it and find nothing. */
static void
without_kid_there_is_none (void **state)
{
    g_autofree char *token = jwt_sign_rs256 (claims, rsa_private_pem, NULL, NULL);

    header_is (token, "{\"alg\":\"RS256\",\"typ\":\"JWT\"}");
}

/* RSASSA-PKCS1-v1_5 has one right answer: OpenSSL's. */
static void
signature_is_the_same_as_openssl (void **state)
{
    g_autofree char *payload = part (made_rs256, 1);
    g_autofree char *token = jwt_sign_rs256 (payload, rsa_private_pem, "rsa-1", NULL);

    assert_string_equal (token, made_rs256);
}

static void
refused (const char *pem, const char *words)
{
    g_autoptr (GError) error = NULL;

    assert_null (jwt_sign_rs256 (claims, pem, NULL, &error));
    assert_true (fault_is (error, FAULT_INVALID));
    if (!strstr (error->message, words))
        fail_msg ("\"%s\" lacks \"%s\"", error->message, words);
    for (gsize at = 0; at + 12 < strlen (pem); at += 12) { /* no piece of the key is in the sentence */
        g_autofree char *piece = g_strndup (pem + at, 12);

        if (strlen (pem) > 100)
            assert_null (strstr (error->message, piece));
    }
}

static void
broken_keys_are_refused (void **state)
{
    g_autofree char *cut = g_strndup (rsa_private_pem, strlen (rsa_private_pem) / 2);
    g_auto (GStrv) lines = g_strsplit (rsa_private_pem, "\n", -1);
    g_autofree char *escaped = g_strjoinv ("\\n", lines);

    refused ("", "not readable");
    refused ("secret", "not readable");
    refused (cut, "not readable");
    refused (escaped, "not readable");
    refused (rsa_public_pem, "not readable");
    refused (ec_private_pem, "not an RSA key");
    refused (rsa_1024_private_pem, "only 1024 bits");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (google_key_signs),
        cmocka_unit_test (without_kid_there_is_none),
        cmocka_unit_test (signature_is_the_same_as_openssl),
        cmocka_unit_test (broken_keys_are_refused),
    };

    return cmocka_run_group_tests_name ("jwt_sign", tests, NULL, NULL);
}
