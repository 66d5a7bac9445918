#include "google_key.h"

#include "state.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <rhonabwy.h>
#include <string.h>

#define KEY_ID         "5f0b2c7e91d84a36b1c2"
#define ACCOUNT        "daymark@daymark-demo.iam.gserviceaccount.com"
#define REAL_TOKEN_URL "https://oauth2.googleapis.com/token"
#define LONGEST_LIFE   3600 /* seconds */
#define CLOCK_SLACK    300

/* Made anew by every simulator, so that no private key lies in the source tree. */
static jwk_t *
signing_key (SimState *state)
{
    jwk_t *key = NULL, *public = NULL;

    if (state->tokens.signing_key)
        return state->tokens.signing_key;
    r_jwk_init (&key);
    r_jwk_init (&public);
    if (r_jwk_generate_key_pair (key, public, R_KEY_TYPE_RSA, 2048, KEY_ID) != RHN_OK)
        g_error ("GnuTLS can't make an RSA key");
    r_jwk_free (public);
    return state->tokens.signing_key = key;
}

void
google_key_free (gpointer key)
{
    r_jwk_free (key);
}

/* PKCS#8, as in Google's files. */
static char *
private_pem (jwk_t *key)
{
    gnutls_privkey_t abstract = r_jwk_export_to_gnutls_privkey (key);
    gnutls_x509_privkey_t plain = NULL;
    gnutls_datum_t pem = { 0 };
    char *text = NULL;

    if (gnutls_privkey_export_x509 (abstract, &plain) == 0 &&
        gnutls_x509_privkey_export2_pkcs8 (plain, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem) == 0)
        text = g_strndup ((const char *)pem.data, pem.size);
    gnutls_free (pem.data);
    gnutls_x509_privkey_deinit (plain);
    gnutls_privkey_deinit (abstract);
    return text;
}

char *
google_key_json (SimState *state)
{
    g_autofree char *pem = private_pem (signing_key (state));
    g_autofree char *token_url = g_strconcat (state->base_url, GOOGLE_TOKEN_PATH, NULL);
    g_autofree char *auth_url = g_strconcat (state->base_url, GOOGLE_AUTH_PATH, NULL);
    GString *text = g_string_new (NULL);
    Json json = JSON_INTO (text);

    json_begin_object (&json);
    json_put_text (&json, "type", "service_account");
    json_put_text (&json, "project_id", "daymark-demo");
    json_put_text (&json, "private_key_id", KEY_ID);
    json_put_text (&json, "private_key", pem);
    json_put_text (&json, "client_email", ACCOUNT);
    json_put_text (&json, "client_id", "104857600000000000001");
    json_put_text (&json, "auth_uri", auth_url);
    json_put_text (&json, "token_uri", token_url);
    json_put_text (&json, "universe_domain", "googleapis.com");
    json_end_object (&json);
    return g_string_free (text, FALSE);
}

/* The real address is right too: a client may keep to it while it is led here. */
static gboolean
is_our_audience (const SimState *state, const char *audience)
{
    g_autofree char *own = g_strconcat (state->base_url, GOOGLE_TOKEN_PATH, NULL);

    return audience && (strcmp (audience, own) == 0 || strcmp (audience, REAL_TOKEN_URL) == 0);
}

static const char *
times_problem (const SimState *state, jwt_t *jwt)
{
    gint64 now = clock_now (state->clock) / SECOND_US;
    gint64 issued = r_jwt_get_claim_int_value (jwt, "iat"), expires = r_jwt_get_claim_int_value (jwt, "exp");

    if (issued <= 0 || expires <= issued || expires - issued > LONGEST_LIFE || expires < now - CLOCK_SLACK ||
        issued > now + CLOCK_SLACK)
        return "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
               "Check your "
               "iat and exp values in the JWT claim.";
    return NULL;
}

static const char *
claims_problem (SimState *state, jwt_t *jwt)
{
    if (r_jwt_get_sign_alg (jwt) != R_JWA_ALG_RS256 ||
        r_jwt_verify_signature (jwt, signing_key (state), 0) != RHN_OK)
        return "Invalid JWT Signature.";
    if (g_strcmp0 (r_jwt_get_claim_str_value (jwt, "iss"), ACCOUNT) != 0)
        return "Invalid grant: account not found";
    if (!is_our_audience (state, r_jwt_get_claim_str_value (jwt, "aud")))
        return "Invalid JWT: Failed audience check. The right audience is " REAL_TOKEN_URL;
    return times_problem (state, jwt);
}

char *
google_key_check (SimState *state, const char *assertion, const char **problem)
{
    jwt_t *jwt = NULL;
    char *scope = NULL;

    r_jwt_init (&jwt);
    *problem = r_jwt_parse (jwt, assertion, 0) == RHN_OK ? claims_problem (state, jwt) : "Bad Request";
    if (!*problem) {
        const char *asked = r_jwt_get_claim_str_value (jwt, "scope");
        scope = g_strdup (asked ? asked : "");
    }
    r_jwt_free (jwt);
    return scope;
}
