/* The order of the checks: form, key, signature, then what the token says. The
 * token's alg only chooses between the two kinds of keys we hold; the key then
 * insists on its own. HS256 is checked here and not by librhonabwy, which compares
 * the code as a string and so leaks by its time how much of it was right. */
#include "auth/jwt.h"

#include "auth/key_ring.h"
#include "auth/sodium_start.h"
#include "auth/token.h"
#include "base/date.h"
#include "base/fault.h"

#include <string.h>

#define SKEW   60             /* seconds that two clocks may differ */
#define LATEST 253402300799LL /* the end of the year 9999 */

struct JwtVerifier {
    char *secret;  /* NULL: none */
    KeyRing *ring; /* NULL: none */
    char *issuer, *audience;
    Clock *clock;
};

static char *
text_or_null (const char *text)
{
    return text && *text ? g_strdup (text) : NULL;
}

JwtVerifier *
jwt_verifier_new (const JwtOptions *options)
{
    JwtVerifier *verifier = g_new0 (JwtVerifier, 1);

    sodium_start ();
    verifier->secret = text_or_null (options->secret);
    verifier->issuer = text_or_null (options->issuer);
    verifier->audience = text_or_null (options->audience);
    verifier->clock = options->clock;
    if (options->has_key_set)
        verifier->ring = key_ring_new (options->clock, options->fetch_keys, options->user);
    return verifier;
}

void
jwt_verifier_free (JwtVerifier *verifier)
{
    if (!verifier)
        return;
    if (verifier->secret)
        sodium_memzero (verifier->secret, strlen (verifier->secret));
    g_free (verifier->secret);
    key_ring_free (verifier->ring);
    g_free (verifier->issuer);
    g_free (verifier->audience);
    g_free (verifier);
}

static gboolean
bad_signature (GError **error)
{
    return fault_set (error, FAULT_DENIED, "the token's signature is wrong");
}

/* A kid is not looked at: Supabase's older tokens carry one though there is only the one secret. */
static gboolean
verify_by_secret (const JwtVerifier *verifier, const Token *token, GError **error)
{
    crypto_auth_hmacsha256_state state;
    guint8 code[crypto_auth_hmacsha256_BYTES];

    crypto_auth_hmacsha256_init (&state, (const guint8 *)verifier->secret, strlen (verifier->secret));
    crypto_auth_hmacsha256_update (&state, (const guint8 *)token->text, token->n_signed);
    crypto_auth_hmacsha256_final (&state, code);
    sodium_memzero (&state, sizeof state);
    if (token->n_signature != sizeof code || sodium_memcmp (code, token->signature, sizeof code) != 0)
        return bad_signature (error);
    return TRUE;
}

static gboolean
verify_with (const KeySet *set, const Token *token, const char *kid, gboolean *known, GError **error)
{
    const Key *key = key_set_find (set, kid, token->alg, known);

    if (!key)
        return fault_set (error, FAULT_DENIED, "there is no %s key for this token", token->alg);
    return key_verify (key, token->text) || bad_signature (error);
}

/* An unknown kid may be a new key: then, and only then, the set is asked for again. */
static gboolean
verify_by_ring (const JwtVerifier *verifier, const Token *token, GError **error)
{
    json_t *given = json_object_get (token->header, "kid");
    const char *kid = json_string_value (given);
    g_autoptr (KeySet) set = NULL, newer = NULL;
    g_autoptr (GError) local = NULL;
    gboolean known;

    if (given && (!kid || !kid_is_valid (kid)))
        return fault_set (error, FAULT_DENIED, "the token's key id is malformed");
    set = key_ring_get (verifier->ring, error);
    if (!set)
        return FALSE;
    if (verify_with (set, token, kid, &known, &local))
        return TRUE;
    if (!kid || known) {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
    }
    newer = key_ring_get_newer (verifier->ring, set, error);
    return newer && verify_with (newer, token, kid, &known, error);
}

static gboolean
verify_signature (const JwtVerifier *verifier, const Token *token, GError **error)
{
    if (verifier->secret && strcmp (token->alg, "HS256") == 0)
        return verify_by_secret (verifier, token, error);
    if (verifier->ring && (strcmp (token->alg, "RS256") == 0 || strcmp (token->alg, "ES256") == 0))
        return verify_by_ring (verifier, token, error);
    return fault_set (error, FAULT_DENIED, "the token's algorithm is not accepted");
}

/* A NumericDate, as a whole number of seconds; *seconds is left alone when it is absent. */
static gboolean
read_seconds (json_t *claims, const char *name, gint64 *seconds, GError **error)
{
    json_t *value = json_object_get (claims, name);

    if (!value)
        return TRUE;
    if (!json_is_integer (value) || json_integer_value (value) < 0 || json_integer_value (value) > LATEST)
        return fault_set (error, FAULT_DENIED, "the token's %s is not a time in whole seconds", name);
    *seconds = json_integer_value (value);
    return TRUE;
}

static gboolean
check_times (json_t *claims, gint64 now, gint64 *expires, GError **error)
{
    gint64 exp = -1, nbf = 0, iat = 0;

    if (!read_seconds (claims, "exp", &exp, error) || !read_seconds (claims, "nbf", &nbf, error) ||
        !read_seconds (claims, "iat", &iat, error))
        return FALSE;
    if (exp < 0)
        return fault_set (error, FAULT_DENIED, "the token does not say when it expires");
    if (exp + SKEW <= now)
        return fault_set (error, FAULT_DENIED, "the token has expired");
    if (nbf > now + SKEW || iat > now + SKEW)
        return fault_set (error, FAULT_DENIED, "the token is not valid yet: is the clock right?");
    *expires = exp * SECOND_US;
    return TRUE;
}

/* aud is a text or a list of texts. */
static gboolean
is_for (json_t *aud, const char *audience)
{
    json_t *one;
    gsize i;

    json_array_foreach (aud, i, one) if (g_strcmp0 (json_string_value (one), audience) == 0) return TRUE;
    return g_strcmp0 (json_string_value (aud), audience) == 0;
}

static gboolean
check_parties (const JwtVerifier *verifier, json_t *claims, GError **error)
{
    const char *issuer = json_string_value (json_object_get (claims, "iss"));

    if (verifier->issuer && g_strcmp0 (issuer, verifier->issuer) != 0)
        return fault_set (error, FAULT_DENIED, "the token was issued by somebody else than JWT_ISSUER");
    if (verifier->audience && !is_for (json_object_get (claims, "aud"), verifier->audience))
        return fault_set (error, FAULT_DENIED, "the token was made for somebody else than JWT_AUDIENCE");
    return TRUE;
}

static gboolean
read_subject (json_t *claims, char subject[static UUID_TEXT], GError **error)
{
    const char *sub = json_string_value (json_object_get (claims, "sub"));
    g_autofree char *lower = sub ? g_ascii_strdown (sub, -1) : NULL;

    if (!uuid_is_valid (lower))
        return fault_set (error, FAULT_DENIED, "the token's sub is not a UUID");
    g_strlcpy (subject, lower, UUID_TEXT);
    return TRUE;
}

static gboolean
read_claims (const JwtVerifier *verifier, json_t *given, JwtClaims *claims, GError **error)
{
    JwtClaims read = { 0 };

    if (!check_times (given, clock_now (verifier->clock) / SECOND_US, &read.expires, error) ||
        !check_parties (verifier, given, error) || !read_subject (given, read.subject, error))
        return FALSE;
    read.email = g_strdup (json_string_value (json_object_get (given, "email")));
    *claims = read;
    return TRUE;
}

gboolean
jwt_verify (JwtVerifier *verifier, const char *text, JwtClaims *claims, GError **error)
{
    g_auto (Token) token = { 0 };
    json_auto_t *given = NULL;

    *claims = (JwtClaims){ 0 };
    if (!token_read (text, &token, error) || !verify_signature (verifier, &token, error))
        return FALSE;
    given = token_claims (&token, error);
    return given && read_claims (verifier, given, claims, error);
}

void
jwt_claims_clear (JwtClaims *claims)
{
    g_free (claims->email);
    *claims = (JwtClaims){ 0 };
}
