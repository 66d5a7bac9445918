/* The tokens that must pass, and what a well-signed one may say. */
#include "judge.h"

static void
foreign_tokens_pass (void **state)
{
    Fixture *f = *state;
    g_auto (JwtClaims) claims = { 0 };

    passes (f->by_secret, made_hs256);
    passes (f->by_keys, made_rs256);
    passes (f->by_keys, made_es256);
    passes (f->by_both, made_hs256);
    passes (f->by_both, made_rs256);
    passes (f->by_both, made_es256);
    assert_true (jwt_verify (f->by_keys, made_es256, &claims, NULL));
    assert_string_equal (claims.email, "ana@example.com");
    assert_true (claims.expires == G_GINT64_CONSTANT (4102444800) * SECOND_US);
}

static void
supabase_tokens_pass (void **state)
{
    static const char claims[] =
        "{\"iss\":\"https://abc.supabase.co/auth/v1\",\"sub\":\"" MINT_USER "\",\"aud\":\"authenticated\","
        "\"exp\":1800003600,\"iat\":1800000000,\"email\":\"ana@example.com\",\"phone\":\"\","
        "\"app_metadata\":{\"provider\":\"email\",\"providers\":[\"email\"]},\"user_metadata\":{},"
        "\"role\":\"authenticated\",\"aal\":\"aal1\",\"amr\":[{\"method\":\"password\",\"timestamp\":"
        "1800000000}],"
        "\"session_id\":\"99999999-2222-4333-8444-555555555555\",\"is_anonymous\":false}";
    Fixture *f = *state;
    JwtOptions options = { .clock = &f->clock.clock,
                           .secret = MINT_SECRET,
                           .has_key_set = TRUE,
                           .issuer = "https://abc.supabase.co/auth/v1",
                           .audience = "authenticated",
                           .fetch_keys = mint_provider_fetch,
                           .user = &f->provider };
    g_autoptr (JwtVerifier) verifier = jwt_verifier_new (&options);
    g_autofree char *hs = mint_hs256 (HS, claims);
    g_autofree char *hs_kid =
        mint_hs256 ("{\"alg\":\"HS256\",\"kid\":\"Fti9ES/WMg+zBp4l\",\"typ\":\"JWT\"}", claims);
    g_autofree char *es = mint_es256 (ES, claims);

    passes (verifier, hs);
    passes (verifier, hs_kid);
    passes (f->by_secret, hs_kid);
    passes (verifier, es);
}

static void
expiry_is_strict (void **state)
{
    static const char *const malformed[] = { "-1",
                                             "-9223372036854775808",
                                             "9223372036854775807",
                                             "253402300800",
                                             "18446744073709551616",
                                             "1e400",
                                             "1e300",
                                             "1800000100.5",
                                             "1.8e9",
                                             "\"1800000100\"",
                                             "null",
                                             "true",
                                             "[1800000100]",
                                             "{}" };
    Fixture *f = *state;

    refused_hs (f, HS, "{\"sub\":\"" MINT_USER "\"}", "does not say when it expires");
    for (guint i = 0; i < G_N_ELEMENTS (malformed); i++) {
        g_autofree char *claims = g_strdup_printf (PAST ("%s"), malformed[i]);

        refused_hs (f, HS, claims, "the");
    }
    refused_hs (f, HS, PAST ("0"), "has expired");
    refused_hs (f, HS, PAST ("1799999940"), "has expired");
    passes_hs (f, HS, PAST ("1799999941")); /* 59 s ago: within the skew */
    passes_hs (f, HS, PAST ("253402300799"));
}

static void
not_before_and_issued_at_are_strict (void **state)
{
    static const char *const names[] = { "nbf", "iat" };
    static const char *const malformed[] = { "-5", "\"1\"", "1.5", "1e300", "null", "9223372036854775807" };
    Fixture *f = *state;

    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autofree char *future =
            g_strdup_printf ("{\"sub\":\"" MINT_USER "\",\"exp\":1800009999,\"%s\":1800000061}", names[i]);
        g_autofree char *near =
            g_strdup_printf ("{\"sub\":\"" MINT_USER "\",\"exp\":1800009999,\"%s\":1800000060}", names[i]);

        refused_hs (f, HS, future, "not valid yet");
        passes_hs (f, HS, near);
        for (guint j = 0; j < G_N_ELEMENTS (malformed); j++) {
            g_autofree char *bad = g_strdup_printf (
                "{\"sub\":\"" MINT_USER "\",\"exp\":1800009999,\"%s\":%s}", names[i], malformed[j]);

            refused_hs (f, HS, bad, names[i]);
        }
    }
}

static void
type_is_an_access_token (void **state)
{
    static const char *const others[] = {
        "\"id+jwt\"", "\"logout+jwt\"", "\"dpop+jwt\"", "\"\"", "null", "1"
    };
    Fixture *f = *state;

    passes_hs (f, "{\"alg\":\"HS256\"}", CLAIMS);
    passes_hs (f, "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", CLAIMS);
    passes_hs (f, "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}", CLAIMS);
    for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
        g_autofree char *header = g_strdup_printf ("{\"alg\":\"HS256\",\"typ\":%s}", others[i]);

        refused_hs (f, header, CLAIMS, "not an access token");
    }
}

static void
issuer_and_audience_are_exact (void **state)
{
    static const struct {
        const char *iss, *aud;
        const char *words; /* NULL: it passes */
    } cases[] = {
        { "\"https://id.example/\"", "\"us\"", NULL },
        { "\"https://id.example/\"", "[\"them\",\"us\"]", NULL },
        { "\"https://id.example\"", "\"us\"", "JWT_ISSUER" },
        { "\"https://id.example/x\"", "\"us\"", "JWT_ISSUER" },
        { "\"HTTPS://id.example/\"", "\"us\"", "JWT_ISSUER" },
        { "[\"https://id.example/\"]", "\"us\"", "JWT_ISSUER" },
        { "null", "\"us\"", "JWT_ISSUER" },
        { "\"https://id.example/\"", "\"use\"", "JWT_AUDIENCE" },
        { "\"https://id.example/\"", "\"Us\"", "JWT_AUDIENCE" },
        { "\"https://id.example/\"", "\"them us\"", "JWT_AUDIENCE" },
        { "\"https://id.example/\"", "[\"them\"]", "JWT_AUDIENCE" },
        { "\"https://id.example/\"", "[[\"us\"]]", "JWT_AUDIENCE" },
        { "\"https://id.example/\"", "[]", "JWT_AUDIENCE" },
        { "\"https://id.example/\"", "{\"us\":\"us\"}", "JWT_AUDIENCE" },
        { "\"https://id.example/\"", "null", "JWT_AUDIENCE" },
    };
    Fixture *f = *state;
    JwtOptions options = {
        .clock = &f->clock.clock, .secret = MINT_SECRET, .issuer = "https://id.example/", .audience = "us"
    };
    g_autoptr (JwtVerifier) verifier = jwt_verifier_new (&options);

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *claims =
            g_strdup_printf ("{\"sub\":\"" MINT_USER "\",\"exp\":1800000100,\"iss\":%s,\"aud\":%s}",
                             cases[i].iss, cases[i].aud);
        g_autofree char *token = mint_hs256 (HS, claims);

        if (cases[i].words)
            refused (verifier, token, cases[i].words);
        else
            passes (verifier, token);
    }
    refused (verifier, made_hs256, "JWT_ISSUER");
}

static void
subject_is_a_uuid (void **state)
{
    static const char *const others[] = { "\"\"",
                                          "\"ana\"",
                                          "1",
                                          "null",
                                          "\"11111111222243338444555555555555\"",
                                          "\"11111111-2222-4333-8444-55555555555\"",
                                          "[\"" MINT_USER "\"]",
                                          "\"{11111111-2222-4333-8444-555555555555}\"",
                                          "\"11111111-2222-4333-8444-55555555555g\"" };
    Fixture *f = *state;
    g_auto (JwtClaims) claims = { 0 };
    g_autofree char *upper =
        mint_hs256 (HS, "{\"sub\":\"ABCDEF11-2222-4333-8444-555555555555\",\"exp\":1800000100}");

    for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
        g_autofree char *text = g_strdup_printf ("{\"sub\":%s,\"exp\":1800000100}", others[i]);

        refused_hs (f, HS, text, "sub is not a UUID");
    }
    refused_hs (f, HS, "{\"exp\":1800000100}", "sub is not a UUID");
    assert_true (jwt_verify (f->by_secret, upper, &claims, NULL));
    assert_string_equal (claims.subject, "abcdef11-2222-4333-8444-555555555555");
    assert_null (claims.email);
}

static void
another_secret_is_refused (void **state)
{
    Fixture *f = *state;
    g_autofree char *other = mint_hmac (HS, CLAIMS, "another", 7), *empty = mint_hmac (HS, CLAIMS, "", 0);
    JwtOptions options = { .clock = &f->clock.clock, .secret = "" };
    g_autoptr (JwtVerifier) none = jwt_verifier_new (&options);

    refused (f->by_secret, other, "signature is wrong");
    refused (f->by_secret, empty, "signature is wrong");
    refused (none, empty, "algorithm is not accepted");
}

static void
provider_that_is_down_is_no_denial (void **state)
{
    Fixture *f = *state;
    g_auto (JwtClaims) claims = { 0 };
    g_autoptr (GError) error = NULL;

    f->provider.keys = NULL;
    assert_false (jwt_verify (f->by_keys, made_rs256, &claims, &error));
    assert_true (fault_is (error, FAULT_LOST));
    assert_non_null (strstr (error->message, "no answer within 10 s"));
    passes (f->by_both, made_hs256); /* the secret needs no provider */
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        TEST (foreign_tokens_pass),
        TEST (supabase_tokens_pass),
        TEST (expiry_is_strict),
        TEST (not_before_and_issued_at_are_strict),
        TEST (type_is_an_access_token),
        TEST (issuer_and_audience_are_exact),
        TEST (subject_is_a_uuid),
        TEST (another_secret_is_refused),
        TEST (provider_that_is_down_is_no_denial),
    };

    return cmocka_run_group_tests_name ("jwt", tests, NULL, NULL);
}
