/* jwt.h -- verify bearer tokens of an identity provider.
 *
 * The algorithm is bound to the key, never read from the token: the secret
 * verifies HS256 only, a key of the set only its own algorithm (RS256 or
 * ES256). `sub` must be a UUID; exp is required; nbf and iat are checked; skew
 * 60 s; iss and aud are exact when configured. jku, x5u, jwk and x5c are
 * ignored, crit is refused. A token is at most 8 KB.
 *
 * The key set is fetched by a callback (this floor knows no HTTP client): at
 * the first need, after an hour, and for an unknown kid at most once in five
 * minutes; the last good set is kept when a refresh fails. Thread-safe; the
 * first verification with a new key set may block on the callback. */
#pragma once
#include "base/clock.h"
#include "base/random.h"

#include <glib.h>

typedef struct JwtVerifier JwtVerifier;

typedef struct {
    const char *secret;            /* HS256; NULL or empty: none */
    gboolean has_key_set;          /* RS256 and ES256 through fetch_keys */
    const char *issuer, *audience; /* NULL or empty: not checked */
    Clock *clock;
    /* The text of the JWK set; the caller frees it. NULL and error on failure. */
    char *(*fetch_keys) (gpointer user, GError **error);
    gpointer user;
} JwtOptions;

typedef struct {
    char subject[UUID_TEXT]; /* lower case */
    char *email;             /* NULL if absent */
    gint64 expires;          /* instant, microseconds */
} JwtClaims;

JwtVerifier *jwt_verifier_new (const JwtOptions *options);
void jwt_verifier_free (JwtVerifier *verifier);
/* FAULT_DENIED: the token is not valid (the sentence says why, without the token).
 * FAULT_LOST: the key set could not be had. */
gboolean jwt_verify (JwtVerifier *verifier, const char *token, JwtClaims *claims, GError **error);
void jwt_claims_clear (JwtClaims *claims);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JwtVerifier, jwt_verifier_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (JwtClaims, jwt_claims_clear)

/* Sign {claims} with an RSA private key in PEM as RS256: Google's service-account
 * assertion. claims is a JSON text; the caller frees the token. */
char *jwt_sign_rs256 (const char *claims, const char *private_key_pem, const char *kid, GError **error);
