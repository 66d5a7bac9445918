/* judge.h -- a token, three verifiers, and whether it passes: for the tests of jwt.c. */
#pragma once
#include "auth/jwt.h"
#include "base/random.h"
#include "mint.h"

#define HS      "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define RS      "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"rsa-1\"}"
#define ES      "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"ec-1\"}"
#define CLAIMS  "{\"sub\":\"" MINT_USER "\",\"exp\":1800000100}"
#define PAST(s) "{\"sub\":\"" MINT_USER "\",\"exp\":" s "}"

typedef struct {
    MintClock clock;
    MintProvider provider;
    char *keys;
    JwtVerifier *by_secret, *by_keys, *by_both;
} Fixture;

static inline int
set_up (void **state)
{
    Fixture *f = g_new0 (Fixture, 1);
    JwtOptions options = { .clock = &f->clock.clock,
                           .fetch_keys = mint_provider_fetch,
                           .user = &f->provider };

    assert_true (sodium_init () >= 0);
    f->clock = MINT_CLOCK;
    f->keys = g_strdup_printf (
        "{\"keys\":[{%s,\"kid\":\"rsa-1\"},{%s,\"kid\":\"ec-1\",\"alg\":\"ES256\",\"use\":\"sig\"}]}",
        rsa_members, ec_members);
    f->provider.keys = f->keys;
    options.has_key_set = TRUE;
    f->by_keys = jwt_verifier_new (&options);
    options.secret = MINT_SECRET;
    f->by_both = jwt_verifier_new (&options);
    options.has_key_set = FALSE;
    f->by_secret = jwt_verifier_new (&options);
    *state = f;
    return 0;
}

static inline int
tear_down (void **state)
{
    Fixture *f = *state;

    jwt_verifier_free (f->by_secret);
    jwt_verifier_free (f->by_keys);
    jwt_verifier_free (f->by_both);
    g_free (f->keys);
    g_free (f);
    return 0;
}

static inline void
passes (JwtVerifier *verifier, const char *token)
{
    g_auto (JwtClaims) claims = { 0 };
    g_autoptr (GError) error = NULL;

    if (!jwt_verify (verifier, token, &claims, &error))
        fail_msg ("refused (%s): %s", error->message, token);
    assert_null (error);
    assert_string_equal (claims.subject, MINT_USER);
}

/* Refused for good, with a sentence that has the given words and nothing of the token. */
static inline void
refused (JwtVerifier *verifier, const char *token, const char *words)
{
    g_auto (JwtClaims) claims = { 0 };
    g_autoptr (GError) error = NULL;
    gsize n = strlen (token);

    if (jwt_verify (verifier, token, &claims, &error))
        fail_msg ("accepted: %.300s", token);
    assert_true (fault_is (error, FAULT_DENIED));
    if (!strstr (error->message, words))
        fail_msg ("\"%s\" lacks \"%s\"", error->message, words);
    if (n > 10)
        assert_null (strstr (error->message, token + n - 10));
    assert_string_equal (claims.subject, "");
    assert_null (claims.email);
}

/* Sign with our secret, so that nothing but the text itself can be wrong. */
static inline void
refused_hs (Fixture *f, const char *header, const char *payload, const char *words)
{
    g_autofree char *token = mint_hs256 (header, payload);

    refused (f->by_secret, token, words);
    refused (f->by_both, token, words);
}

static inline void
passes_hs (Fixture *f, const char *header, const char *payload)
{
    g_autofree char *token = mint_hs256 (header, payload);

    passes (f->by_secret, token);
    passes (f->by_both, token);
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)
