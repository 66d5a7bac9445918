/* mint.h -- make tokens, good and hostile, and an identity provider to go with them. */
#pragma once
#include "base/clock.h"
#include "base/date.h"
#include "base/fault.h"
#include "keys.h"

#include <rhonabwy.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MINT_SECRET "a-secret-that-is-at-least-32-bytes-long"
#define MINT_NOW    1800000000 /* 2027-01-15T08:00:00Z */
#define MINT_USER   "11111111-2222-4333-8444-555555555555"

/* A clock that stands still until it is told otherwise. */
typedef struct {
    Clock clock;
    gint64 now, monotonic;
} MintClock;

static inline gint64
mint_clock_now (Clock *clock)
{
    return __atomic_load_n (&((MintClock *)clock)->now, __ATOMIC_SEQ_CST);
}

static inline gint64
mint_clock_monotonic (Clock *clock)
{
    return __atomic_load_n (&((MintClock *)clock)->monotonic, __ATOMIC_SEQ_CST);
}

#define MINT_CLOCK                                                   \
    ((MintClock){ .clock = { mint_clock_now, mint_clock_monotonic }, \
                  .now = MINT_NOW * SECOND_US,                       \
                  .monotonic = SECOND_US })

static inline void
mint_clock_pass (MintClock *clock, gint64 seconds)
{
    __atomic_fetch_add (&clock->now, seconds * SECOND_US, __ATOMIC_SEQ_CST);
    __atomic_fetch_add (&clock->monotonic, seconds * SECOND_US, __ATOMIC_SEQ_CST);
}

static inline char *
mint_base64 (const void *bytes, gsize n)
{
    gsize size = sodium_base64_ENCODED_LEN (n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);

    return sodium_bin2base64 (g_malloc (size), size, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* header "." payload in base64url, whatever the texts are. */
static inline char *
mint_unsigned (const char *header, const char *payload)
{
    g_autofree char *first = mint_base64 (header, strlen (header));
    g_autofree char *second = mint_base64 (payload, strlen (payload));

    return g_strconcat (first, ".", second, NULL);
}

static inline char *
mint_hmac (const char *header, const char *payload, const void *key, gsize n_key)
{
    g_autofree char *body = mint_unsigned (header, payload), *signature = NULL;
    guint8 code[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init (&state, key, n_key);
    crypto_auth_hmacsha256_update (&state, (const guint8 *)body, strlen (body));
    crypto_auth_hmacsha256_final (&state, code);
    signature = mint_base64 (code, sizeof code);
    return g_strconcat (body, ".", signature, NULL);
}

static inline char *
mint_hs256 (const char *header, const char *payload)
{
    return mint_hmac (header, payload, MINT_SECRET, strlen (MINT_SECRET));
}

static inline char *
mint_with_key (jwk_t *key, const char *header, const char *payload)
{
    jws_t *jws = NULL;
    char *token, *copy;

    assert_int_equal (r_jws_init (&jws), RHN_OK);
    assert_int_equal (r_jws_set_full_header_json_str (jws, header), RHN_OK);
    assert_int_equal (r_jws_set_payload (jws, (const guint8 *)payload, strlen (payload)), RHN_OK);
    token = r_jws_serialize (jws, key, R_FLAG_IGNORE_REMOTE);
    assert_non_null (token);
    copy = g_strdup (token);
    r_free (token);
    r_jws_free (jws);
    r_jwk_free (key);
    return copy;
}

/* The header must say "alg":"RS256" itself. */
static inline char *
mint_rs256 (const char *header, const char *payload)
{
    jwk_t *key = NULL;

    assert_int_equal (r_jwk_init (&key), RHN_OK);
    assert_int_equal (r_jwk_import_from_pem_der (key, R_X509_TYPE_PRIVKEY, R_FORMAT_PEM,
                                                 (const guint8 *)rsa_private_pem, strlen (rsa_private_pem)),
                      RHN_OK);
    r_jwk_delete_property_str (key, "kid");
    return mint_with_key (key, header, payload);
}

static inline char *
mint_es256 (const char *header, const char *payload)
{
    g_autofree char *text = g_strdup_printf ("{%s,\"d\":\"%s\"}", ec_members, ec_private);
    jwk_t *key = NULL;

    assert_int_equal (r_jwk_init (&key), RHN_OK);
    assert_int_equal (r_jwk_import_from_json_str (key, text), RHN_OK);
    return mint_with_key (key, header, payload);
}

/* An identity provider: what its key set says, or that it is down, and how often it was asked. */
typedef struct {
    const char *keys; /* NULL: down */
    int asked;
} MintProvider;

static inline char *
mint_provider_fetch (gpointer user, GError **error)
{
    MintProvider *provider = user;

    provider->asked++;
    if (!provider->keys)
        fault_set (error, FAULT_TIMEOUT, "no answer within 10 s");
    return g_strdup (provider->keys);
}
