/* Tokens, consent, the service account, accounts and properties. */
#include "desk.h"
#include "sim/google_key.h"

#include <rhonabwy.h>

static Desk desk;

#define CLIENT "&client_id=" GOOGLE_CLIENT_ID "&client_secret=" GOOGLE_CLIENT_SECRET
#define SCOPE  "https://www.googleapis.com/auth/analytics.readonly"
#define BACK   "https://dash.example.org/cb?x=1"
#define CONSENT                                                        \
    "/o/oauth2/v2/auth?response_type=code&client_id=" GOOGLE_CLIENT_ID \
    "&redirect_uri=https%3A%2F%2Fdash.example.org%2Fcb%3Fx%3D1&scope=" SCOPE "&state=a%20b%26c"

static int
start (void **test_state)
{
    desk_start (&desk, TODAY, 40, NULL);
    return 0;
}

static int
reset (void **test_state)
{
    desk_reset (&desk);
    return 0;
}

static int
stop (void **test_state)
{
    desk_stop (&desk);
    return 0;
}

static Answer
token (const char *form)
{
    return desk_send (&desk, "POST", "/token", NULL, form, NULL);
}

static void
assert_refused (const char *form, int status, const char *error)
{
    g_auto (Answer) answer = token (form);

    assert_int_equal (answer.status, status);
    assert_string_equal (text_at (&answer, "error"), error);
    assert_null (at (&answer, "access_token"));
}

static void
a_refresh_token_gives_an_access_token (void **test_state)
{
    g_auto (Answer) answer = token (REFRESH);
    g_auto (Answer) older = desk_send (&desk, "POST", "/oauth2/v4/token", NULL, REFRESH, NULL);

    assert_int_equal (answer.status, 200);
    assert_int_equal (int_at (&answer, "expires_in"), 3599);
    assert_string_equal (text_at (&answer, "token_type"), "Bearer");
    assert_string_equal (text_at (&answer, "scope"), SCOPE);
    assert_null (at (&answer, "refresh_token"));
    assert_int_equal (older.status, 200);
    assert_string_not_equal (text_at (&older, "access_token"), text_at (&answer, "access_token"));
}

static void
bad_token_requests_are_refused (void **test_state)
{
    assert_refused ("", 400, "invalid_request");
    assert_refused ("grant_type=password" CLIENT, 400, "unsupported_grant_type");
    assert_refused ("grant_type=refresh_token&refresh_token=x", 400, "invalid_request");
    assert_refused ("grant_type=refresh_token" CLIENT, 400, "invalid_request");
    assert_refused ("grant_type=refresh_token&refresh_token=x&client_id=x&client_secret=y", 401,
                    "invalid_client");
    assert_refused ("grant_type=refresh_token&refresh_token=x" CLIENT, 400, "invalid_grant");
    assert_refused ("grant_type=authorization_code&code=x" CLIENT, 400, "invalid_grant");
    assert_refused ("grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=x", 400,
                    "invalid_grant");
    assert_refused ("{\"grant_type\":\"refresh_token\"}", 400, "invalid_request");
}

static void
a_grant_is_revoked (void **test_state)
{
    g_auto (Answer) answer = { 0 };

    desk_switch (&desk, "{\"invalid_grant\":1}");
    answer = token (REFRESH);
    assert_int_equal (answer.status, 400);
    assert_string_equal (text_at (&answer, "error"), "invalid_grant");
    assert_string_equal (text_at (&answer, "error_description"), "Token has been expired or revoked.");
}

static void
the_token_endpoint_fails (void **test_state)
{
    g_auto (Answer) answer = { 0 };

    desk_switch (&desk, "{\"token_fault\":{\"value\":\"503\",\"times\":1}}");
    answer = token (REFRESH);
    assert_int_equal (answer.status, 503);
    answer_clear (&answer);
    answer = token (REFRESH);
    assert_int_equal (answer.status, 200);
}

static void
refresh_tokens_rotate (void **test_state)
{
    g_auto (Answer) first = { 0 }, second = { 0 };
    g_autofree char *form = NULL, *escaped = NULL;

    desk_switch (&desk, "{\"rotate\":{\"value\":\"add\",\"times\":1},\"token_seconds\":60}");
    first = token (REFRESH);
    assert_int_equal (int_at (&first, "expires_in"), 60);
    escaped = g_uri_escape_string (text_at (&first, "refresh_token"), NULL, FALSE);
    form = g_strdup_printf ("grant_type=refresh_token&refresh_token=%s" CLIENT, escaped);
    desk_switch (&desk, "{\"rotate\":\"replace\"}");
    second = token (form);
    assert_int_equal (second.status, 200);
    assert_string_not_equal (text_at (&second, "refresh_token"), text_at (&first, "refresh_token"));
    assert_refused (form, 400, "invalid_grant"); /* replaced, so dead */
    desk_switch (&desk, "{\"rotate\":\"none\"}");
    {
        g_auto (Answer) old = token (REFRESH); /* the first was only added to */
        assert_int_equal (old.status, 200);
    }
}

/* ---- consent ---- */

static char *
code_of (const Answer *answer)
{
    g_autoptr (GHashTable) query = NULL;

    assert_int_equal (answer->status, 302);
    assert_true (g_str_has_prefix (answer->location, BACK "&"));
    query = g_uri_parse_params (strchr (answer->location, '?') + 1, -1, "&", G_URI_PARAMS_NONE, NULL);
    assert_string_equal (g_hash_table_lookup (query, "state"), "a b&c");
    return g_uri_escape_string (g_hash_table_lookup (query, "code"), NULL, FALSE);
}

static void
consent_gives_a_code_that_works_once (void **test_state)
{
    g_auto (Answer) consent =
        desk_send (&desk, "GET", CONSENT "&access_type=offline&prompt=consent", NULL, NULL, NULL);
    g_autofree char *code = code_of (&consent);
    g_autofree char *form =
        g_strdup_printf ("grant_type=authorization_code&code=%s&redirect_uri=" BACK CLIENT, code);
    g_autofree char *astray =
        g_strdup_printf ("grant_type=authorization_code&code=%s&redirect_uri=https://evil" CLIENT, code);

    assert_refused (astray, 400, "redirect_uri_mismatch");
    {
        g_auto (Answer) answer = token (form);
        assert_int_equal (answer.status, 200);
        assert_non_null (at (&answer, "refresh_token"));
    }
    assert_refused (form, 400, "invalid_grant");
}

static void
without_offline_there_is_no_refresh_token (void **test_state)
{
    g_auto (Answer) consent = desk_send (&desk, "GET", CONSENT, NULL, NULL, NULL);
    g_autofree char *code = code_of (&consent);
    g_autofree char *form =
        g_strdup_printf ("grant_type=authorization_code&code=%s&redirect_uri=" BACK CLIENT, code);
    g_auto (Answer) answer = token (form);

    assert_int_equal (answer.status, 200);
    assert_null (at (&answer, "refresh_token"));
}

/* The pair of RFC 7636, appendix B. */
static void
pkce_is_checked (void **test_state)
{
    g_auto (Answer) consent = desk_send (
        &desk, "GET",
        CONSENT "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
        NULL, NULL, NULL);
    g_autofree char *code = code_of (&consent);
    g_autofree char *without =
        g_strdup_printf ("grant_type=authorization_code&code=%s&redirect_uri=" BACK CLIENT, code);
    g_autofree char *wrong = g_strconcat (without, "&code_verifier=guess", NULL);
    g_autofree char *right =
        g_strconcat (without, "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", NULL);

    assert_refused (without, 400, "invalid_grant");
    assert_refused (wrong, 400, "invalid_grant");
    {
        g_auto (Answer) answer = token (right);
        assert_int_equal (answer.status, 200);
    }
}

static void
consent_is_refused (void **test_state)
{
    g_auto (Answer) denied = { 0 };
    g_auto (Answer) bare = desk_send (&desk, "GET", "/o/oauth2/v2/auth?response_type=code", NULL, NULL, NULL);

    assert_int_equal (bare.status, 400);
    desk_switch (&desk, "{\"consent\":\"deny\"}");
    denied = desk_send (&desk, "GET", CONSENT, NULL, NULL, NULL);
    assert_int_equal (denied.status, 302);
    assert_non_null (strstr (denied.location, "error=access_denied"));
    assert_null (strstr (denied.location, "code="));
}

static void
a_scope_too_small_is_403 (void **test_state)
{
    g_auto (Answer) consent = desk_send (&desk, "GET",
                                         "/o/oauth2/v2/auth?response_type=code&client_id=" GOOGLE_CLIENT_ID
                                         "&redirect_uri=" BACK "&scope=email",
                                         NULL, NULL, NULL);
    const char *given = strstr (consent.location, "code=");
    g_autofree char *form =
        g_strdup_printf ("grant_type=authorization_code&%s&redirect_uri=" BACK CLIENT, given);
    g_auto (Answer) grant = token (form);
    g_auto (Answer) answer = desk_send (&desk, "GET", "/v1beta/properties/" MAIN_PROPERTY,
                                        text_at (&grant, "access_token"), NULL, NULL);

    assert_failure (&answer, 403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.");
}

/* ---- the service account ---- */

typedef struct {
    const char *iss, *aud, *scope;
    int iat, exp; /* seconds from now */
    jwa_alg alg;
    gboolean forged;
} Claims;

#define GOOD ((Claims){ NULL, "https://oauth2.googleapis.com/token", SCOPE, 0, 3600, R_JWA_ALG_RS256, FALSE })

static char *
assertion_of (const json_t *file, Claims claims)
{
    const char *pem = json_string_value (json_object_get (file, "private_key"));
    gint64 now = desk.clock.time / SECOND_US;
    jwk_t *key = NULL, *public = NULL;
    jwt_t *jwt = NULL;
    char *text, *copy;

    r_jwk_init (&key);
    r_jwk_init (&public);
    r_jwt_init (&jwt);
    if (claims.forged)
        assert_int_equal (r_jwk_generate_key_pair (key, public, R_KEY_TYPE_RSA, 2048, "x"), RHN_OK);
    else
        assert_int_equal (r_jwk_import_from_pem_der (key, R_X509_TYPE_PRIVKEY, R_FORMAT_PEM,
                                                     (const guchar *)pem, strlen (pem)),
                          RHN_OK);
    r_jwt_set_sign_alg (jwt, claims.alg);
    r_jwt_set_claim_str_value (
        jwt, "iss", claims.iss ? claims.iss : json_string_value (json_object_get (file, "client_email")));
    r_jwt_set_claim_str_value (jwt, "aud", claims.aud);
    if (claims.scope)
        r_jwt_set_claim_str_value (jwt, "scope", claims.scope);
    r_jwt_set_claim_int_value (jwt, "iat", now + claims.iat);
    r_jwt_set_claim_int_value (jwt, "exp", now + claims.exp);
    text = r_jwt_serialize_signed (jwt, key, 0);
    copy = g_strdup (text);
    r_free (text);
    r_jwt_free (jwt);
    r_jwk_free (key);
    r_jwk_free (public);
    return copy;
}

static Answer
sign_in (const json_t *file, Claims claims)
{
    g_autofree char *assertion = assertion_of (file, claims);
    g_autofree char *form = g_strdup_printf (
        "grant_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Agrant-type%%3Ajwt-bearer&assertion=%s", assertion);

    return token (form);
}

static void
a_service_account_signs_in (void **test_state)
{
    g_auto (Answer) file = desk_ask (&desk, "GET", "/sim/service-account", NULL);
    g_auto (Answer) real = sign_in (file.json, GOOD), own = { 0 }, report = { 0 };
    Claims claims = GOOD;

    assert_string_equal (text_at (&file, "type"), "service_account");
    assert_true (g_str_has_prefix (text_at (&file, "private_key"), "-----BEGIN PRIVATE KEY-----\n"));
    assert_int_equal (real.status, 200);
    assert_null (at (&real, "refresh_token"));
    claims.aud = text_at (&file, "token_uri");
    own = sign_in (file.json, claims);
    assert_int_equal (own.status, 200);
    report = desk_send (&desk, "GET", "/v1beta/properties/" MAIN_PROPERTY, text_at (&own, "access_token"),
                        NULL, NULL);
    assert_int_equal (report.status, 200);
}

static void
bad_assertions_are_refused (void **test_state)
{
    const struct {
        Claims claims;
        const char *error, *description;
    } cases[] = {
        { { .iss = "nobody@example.com",
            .aud = GOOD.aud,
            .scope = SCOPE,
            .exp = 3600,
            .alg = R_JWA_ALG_RS256 },
          "invalid_grant",
          "account not found" },
        { { .aud = "https://example.com/token", .scope = SCOPE, .exp = 3600, .alg = R_JWA_ALG_RS256 },
          "invalid_grant",
          "audience" },
        { { .aud = GOOD.aud, .exp = 3600, .alg = R_JWA_ALG_RS256 }, "invalid_scope", "scope" },
        { { .aud = GOOD.aud, .scope = SCOPE, .exp = 3601, .alg = R_JWA_ALG_RS256 },
          "invalid_grant",
          "short-lived" },
        { { .aud = GOOD.aud, .scope = SCOPE, .iat = -7200, .exp = -3600, .alg = R_JWA_ALG_RS256 },
          "invalid_grant",
          "short-lived" },
        { { .aud = GOOD.aud, .scope = SCOPE, .iat = 1000, .exp = 2000, .alg = R_JWA_ALG_RS256 },
          "invalid_grant",
          "short-lived" },
        { { .aud = GOOD.aud, .scope = SCOPE, .exp = 3600, .alg = R_JWA_ALG_RS512 },
          "invalid_grant",
          "Signature" },
        { { .aud = GOOD.aud, .scope = SCOPE, .exp = 3600, .alg = R_JWA_ALG_RS256, .forged = TRUE },
          "invalid_grant",
          "Signature" },
    };
    g_auto (Answer) file = desk_ask (&desk, "GET", "/sim/service-account", NULL);

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_auto (Answer) answer = sign_in (file.json, cases[i].claims);

        if (answer.status != 400)
            print_error ("case %u: %s\n", i, answer.text);
        assert_int_equal (answer.status, 400);
        assert_string_equal (text_at (&answer, "error"), cases[i].error);
        assert_non_null (strstr (text_at (&answer, "error_description"), cases[i].description));
    }
}

/* ---- the Admin API ---- */

static void
accounts_list_their_properties (void **test_state)
{
    g_auto (Answer) answer = desk_ask (&desk, "GET", "/v1beta/accountSummaries?pageSize=200", NULL);

    assert_int_equal (json_array_size (at (&answer, "accountSummaries")), 3);
    assert_string_equal (text_at (&answer, "accountSummaries.0.propertySummaries.0.property"),
                         "properties/" MAIN_PROPERTY);
    assert_string_equal (text_at (&answer, "accountSummaries.0.propertySummaries.0.parent"), "accounts/101");
    assert_null (at (&answer, "accountSummaries.2.propertySummaries"));
    assert_null (at (&answer, "nextPageToken"));
}

static void
accounts_come_in_pages (void **test_state)
{
    g_autofree char *target = g_strdup ("/v1beta/accountSummaries?pageSize=900");
    size_t seen = 0;
    int pages = 0;

    desk_switch (&desk, "{\"extra_accounts\":397}");
    for (; target; pages++) {
        g_auto (Answer) answer = desk_ask (&desk, "GET", target, NULL);
        const char *next = json_string_value (at (&answer, "nextPageToken"));

        assert_in_range (json_array_size (at (&answer, "accountSummaries")), 1, 200); /* 900 is clamped */
        seen += json_array_size (at (&answer, "accountSummaries"));
        g_free (target);
        target = next ? g_strdup_printf ("/v1beta/accountSummaries?pageSize=900&pageToken=%s", next) : NULL;
    }
    assert_int_equal (seen, 400);
    assert_int_equal (pages, 2);
    {
        g_auto (Answer) usual = desk_ask (&desk, "GET", "/v1beta/accountSummaries", NULL);
        g_auto (Answer) bad = desk_ask (&desk, "GET", "/v1beta/accountSummaries?pageToken=x", NULL);

        assert_int_equal (json_array_size (at (&usual, "accountSummaries")), 50);
        assert_failure (&bad, 400, "INVALID_ARGUMENT", "page token");
    }
}

static void
a_property_says_its_zone_and_currency (void **test_state)
{
    g_auto (Answer) shop = desk_ask (&desk, "GET", "/v1beta/properties/" MAIN_PROPERTY, NULL);
    g_auto (Answer) small = desk_ask (&desk, "GET", "/v1beta/properties/" SMALL_PROPERTY, NULL);
    g_auto (Answer) events = desk_ask (&desk, "GET", "/v1beta/properties/" MAIN_PROPERTY "/keyEvents", NULL);
    g_auto (Answer) twins =
        desk_ask (&desk, "GET", "/v1beta/properties/" MAIN_PROPERTY "/conversionEvents", NULL);

    assert_string_equal (text_at (&shop, "timeZone"), "Europe/Berlin");
    assert_string_equal (text_at (&shop, "currencyCode"), "EUR");
    assert_string_equal (text_at (&shop, "serviceLevel"), "GOOGLE_ANALYTICS_STANDARD");
    assert_string_equal (text_at (&small, "timeZone"), "America/Los_Angeles");
    assert_string_equal (text_at (&small, "currencyCode"), "USD");
    assert_string_equal (text_at (&events, "keyEvents.0.eventName"), "purchase");
    assert_string_equal (text_at (&twins, "conversionEvents.0.eventName"), "purchase");
}

#define TEST(test) cmocka_unit_test_setup (test, reset)

int
main (void)
{
    const struct CMUnitTest tests[] = {
        TEST (a_refresh_token_gives_an_access_token),
        TEST (bad_token_requests_are_refused),
        TEST (a_grant_is_revoked),
        TEST (the_token_endpoint_fails),
        TEST (refresh_tokens_rotate),
        TEST (consent_gives_a_code_that_works_once),
        TEST (without_offline_there_is_no_refresh_token),
        TEST (pkce_is_checked),
        TEST (consent_is_refused),
        TEST (a_scope_too_small_is_403),
        TEST (a_service_account_signs_in),
        TEST (bad_assertions_are_refused),
        TEST (accounts_list_their_properties),
        TEST (accounts_come_in_pages),
        TEST (a_property_says_its_zone_and_currency),
    };

    return cmocka_run_group_tests (tests, start, stop);
}
