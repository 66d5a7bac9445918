/* The service account's assertion, verified with its public key as Google would;
 * the stories of refresh tokens are in tests/sources/ga4/authorize-*.txt. */
#include "scripted.h"

#include <jansson.h>
#include <rhonabwy.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOW (G_GINT64_CONSTANT (1767225600) * SECOND_US) /* 2026-01-01 */

static jwk_t *private_key, *public_key;
static char *pem;

static int
make_key (void **state)
{
    unsigned char text[8192];
    size_t n = sizeof text;

    r_global_init ();
    assert_int_equal (r_jwk_init (&private_key), RHN_OK);
    assert_int_equal (r_jwk_init (&public_key), RHN_OK);
    assert_int_equal (r_jwk_generate_key_pair (private_key, public_key, R_KEY_TYPE_RSA, 2048, "kid-1"),
                      RHN_OK);
    assert_int_equal (r_jwk_export_to_pem_der (private_key, R_FORMAT_PEM, text, &n, 0), RHN_OK);
    pem = g_strndup ((const char *)text, n);
    return 0;
}

static int
drop_key (void **state)
{
    r_jwk_free (private_key);
    r_jwk_free (public_key);
    g_free (pem);
    r_global_close ();
    return 0;
}

static char *
credential_of (const char *key_text)
{
    json_t *json =
        json_pack ("{s:s,s:{s:s,s:s,s:s,s:s,s:s}}", "type", "service_account", "key", "type",
                   "service_account", "client_email", "bot@project.iam.gserviceaccount.com", "private_key_id",
                   "kid-1", "private_key", key_text, "token_uri", "http://169.254.169.254/latest/meta-data");
    char *text = json_dumps (json, JSON_COMPACT), *copy = g_strdup (text);

    free (text);
    json_decref (json);
    return copy;
}

static void
check_claims (jwt_t *jwt)
{
    assert_string_equal (r_jwt_get_claim_str_value (jwt, "iss"), "bot@project.iam.gserviceaccount.com");
    assert_string_equal (r_jwt_get_claim_str_value (jwt, "aud"), "https://token.test/token");
    assert_string_equal (r_jwt_get_claim_str_value (jwt, "scope"),
                         "https://www.googleapis.com/auth/analytics.readonly");
    assert_true (r_jwt_get_claim_int_value (jwt, "iat") == NOW / SECOND_US);
    assert_true (r_jwt_get_claim_int_value (jwt, "exp") == NOW / SECOND_US + 3600);
}

static void
check_request (const FetchRequest *request, guint number, gpointer user)
{
    static const char start[] = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
    g_autofree char *body = g_strndup (request->body, request->body_size);
    jwt_t *jwt;

    assert_string_equal (request->url, "https://token.test/token"); /* never the key's token_uri */
    assert_string_equal (request->method, "POST");
    assert_true (g_str_has_prefix (body, start));
    assert_int_equal (r_jwt_init (&jwt), RHN_OK);
    assert_int_equal (r_jwt_parse (jwt, body + strlen (start), 0), RHN_OK);
    assert_int_equal (r_jwt_verify_signature (jwt, public_key, 0), RHN_OK);
    assert_int_equal (r_jwt_get_sign_alg (jwt), R_JWA_ALG_RS256);
    assert_string_equal (r_jwt_get_header_str_value (jwt, "kid"), "kid-1");
    check_claims (jwt);
    r_jwt_free (jwt);
    *(char **)user = g_strdup (body + strlen (start));
}

static gboolean
authorize (const char *credential, int status, const char *answer, Grant *grant, char **sent, GError **error)
{
    Config config = scripted_config ();
    Scripted script;
    SourceContext context = { .config = &config, .fetcher = &script.fetcher };
    gboolean good;

    scripted_init (&script);
    scripted_add (&script, status, NULL, answer, -1);
    script.look = check_request;
    script.user = sent;
    good = source_driver (SOURCE_GA4)->authorize (&context, credential, NOW, grant, error);
    scripted_clear (&script);
    return good;
}

static void
test_assertion (void **state)
{
    g_autofree char *credential = credential_of (pem), *sent = NULL;
    g_auto (Grant) grant = { 0 };

    /* a refresh_token in the answer is not one of ours to store */
    assert_true (authorize (credential, 200,
                            "{\"access_token\":\"ya29.x\",\"expires_in\":1800,\"refresh_token\":\"r\"}",
                            &grant, &sent, NULL));
    assert_string_equal (grant.access_token, "ya29.x");
    assert_true (grant.expires == NOW + 1800 * SECOND_US);
    assert_null (grant.credential);
    assert_non_null (sent);
}

static void
test_refused_assertions (void **state)
{
    static const struct {
        const char *description;
        FaultCode fault;
        const char *says;
    } cases[] = {
        { "Invalid JWT Signature.", FAULT_RECONNECT, "this key of the service account: it was deleted" },
        { "Invalid grant: account not found", FAULT_RECONNECT, "no longer knows this service account" },
        { "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check "
          "your "
          "iat and exp values in the JWT claim.",
          FAULT_DENIED, "this computer's clock is wrong" },
        { "Account disabled.", FAULT_RECONNECT, "is disabled: enable it" },
        { "Bad Request", FAULT_RECONNECT, "it was deleted or disabled, or this computer's clock is wrong" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *credential = credential_of (pem), *sent = NULL;
        g_autofree char *answer = g_strdup_printf (
            "{\"error\":\"invalid_grant\",\"error_description\":\"%s\"}", cases[i].description);
        g_auto (Grant) grant = { 0 };
        g_autoptr (GError) error = NULL;

        assert_false (authorize (credential, 400, answer, &grant, &sent, &error));
        assert_true (fault_is (error, cases[i].fault));
        if (!strstr (error->message, cases[i].says))
            fail_msg ("%s: %s", cases[i].description, error->message);
    }
}

/* What a shell, a form or a text field makes of the line ends. */
static void
test_damaged_line_ends (void **state)
{
    static const char *const ends[] = { "\\n", "\\r\\n", " ", "\r\n", "" };

    for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
        g_auto (GStrv) lines = g_strsplit (pem, "\n", -1);
        g_autofree char *damaged = g_strjoinv (ends[i], lines);
        g_autofree char *credential = credential_of (damaged), *sent = NULL;
        g_auto (Grant) grant = { 0 };

        assert_true (authorize (credential, 200, "{\"access_token\":\"ya29.x\"}", &grant, &sent, NULL));
        assert_non_null (sent);
    }
}

/* Whose quotas the calls use up. */
static void
test_payer (void **state)
{
    g_autofree char *credential = credential_of (pem), *sent = NULL;
    g_auto (Grant) grant = { 0 };

    assert_true (authorize (credential, 200, "{\"access_token\":\"ya29.x\"}", &grant, &sent, NULL));
    assert_string_equal (grant.payer, "@project.iam.gserviceaccount.com");
}

static void
test_broken_key (void **state)
{
    g_autofree char *credential =
        credential_of ("-----BEGIN PRIVATE KEY-----\nS3CR3T\n-----END PRIVATE KEY-----\n");
    g_autofree char *sent = NULL;
    g_auto (Grant) grant = { 0 };
    g_autoptr (GError) error = NULL;

    assert_false (authorize (credential, 200, "{}", &grant, &sent, &error));
    assert_true (fault_is (error, FAULT_DENIED));
    assert_null (strstr (error->message, "S3CR3T"));
    assert_null (sent); /* nothing was asked */
}

static void
test_credentials (void **state)
{
    static const struct {
        const char *text;
        gboolean good;
    } cases[] = {
        { "{\"type\":\"refresh_token\",\"refresh_token\":\"1//x\"}", TRUE },
        { "{\"type\":\"refresh_token\",\"refresh_token\":\"\"}", FALSE },
        { "{\"type\":\"refresh_token\",\"refresh_token\":5}", FALSE },
        { "{\"type\":\"refresh_token\"}", FALSE },
        { "{\"type\":\"access_token\",\"access_token\":\"x\"}", FALSE },
        { "{\"refresh_token\":\"1//x\"}", FALSE },
        { "{\"type\":\"service_account\"}", FALSE },
        { "{\"type\":\"service_account\",\"key\":\"{}\"}", FALSE },
        { "{\"type\":\"service_account\",\"key\":{}}", FALSE },
        { "{\"type\":\"service_account\",\"key\":{\"client_email\":\"a@b\"}}", FALSE },
        { "{\"type\":\"service_account\",\"key\":{\"client_email\":\"a@b\",\"private_key\":\"xyz\"}}",
          FALSE },
        { "{\"type\":\"service_account\",\"key\":{\"client_email\":\"a@b\",\"private_key\":\"-----BEGIN "
          "PRIVATE KEY\"}}",
          TRUE },
        { "[]", FALSE },
        { "null", FALSE },
        { "", FALSE },
        { "{", FALSE },
        { NULL, FALSE },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;

        assert_true (source_driver (SOURCE_GA4)->check_credential (cases[i].text, &error) == cases[i].good);
        assert_true (cases[i].good || fault_is (error, FAULT_INVALID));
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_assertion),         cmocka_unit_test (test_refused_assertions),
        cmocka_unit_test (test_damaged_line_ends), cmocka_unit_test (test_payer),
        cmocka_unit_test (test_broken_key),        cmocka_unit_test (test_credentials),
    };

    return cmocka_run_group_tests (tests, make_key, drop_key);
}
