#include "auth/jose.h"
#include "auth/jwt.h"
#include "base/fault.h"

#include <string.h>

#define LEAST_BITS 2048

static jwk_t *
import_key (const char *pem, GError **error)
{
    g_autoptr (jwk_t) jwk = NULL;
    guint bits = 0;
    const int wanted = R_KEY_TYPE_RSA | R_KEY_TYPE_PRIVATE;

    if (r_jwk_init (&jwk) != RHN_OK ||
        r_jwk_import_from_pem_der (jwk, R_X509_TYPE_PRIVKEY, R_FORMAT_PEM, (const guint8 *)pem,
                                   strlen (pem)) != RHN_OK)
        fault_set (error, FAULT_INVALID,
                   "the private key is not readable: paste it whole, from its BEGIN to its END line");
    else if ((r_jwk_key_type (jwk, &bits, JOSE_OFFLINE) & wanted) != wanted)
        fault_set (error, FAULT_INVALID, "the private key is not an RSA key");
    else if (bits < LEAST_BITS)
        fault_set (error, FAULT_INVALID, "the private key has only %u bits; %d are needed", bits, LEAST_BITS);
    else if (r_jwk_delete_property_str (jwk, "kid") == RHN_OK) /* the import makes one up */
        return g_steal_pointer (&jwk);
    return NULL;
}

static char *
sign (const char *claims, jwk_t *key, const char *kid)
{
    g_autoptr (jws_t) jws = NULL;
    char *token, *copy;

    if (r_jws_init (&jws) != RHN_OK || r_jws_set_alg (jws, R_JWA_ALG_RS256) != RHN_OK ||
        r_jws_set_header_str_value (jws, "typ", "JWT") != RHN_OK ||
        (kid && r_jws_set_header_str_value (jws, "kid", kid) != RHN_OK) ||
        r_jws_set_payload (jws, (const guint8 *)claims, strlen (claims)) != RHN_OK)
        return NULL;
    token = r_jws_serialize (jws, key, JOSE_OFFLINE);
    copy = g_strdup (token);
    r_free (token);
    return copy;
}

char *
jwt_sign_rs256 (const char *claims, const char *private_key_pem, const char *kid, GError **error)
{
    g_autoptr (jwk_t) key = import_key (private_key_pem, error);
    char *token;

    if (!key)
        return NULL;
    token = sign (claims, key, kid);
    if (!token)
        fault_set (error, FAULT_INVALID, "the private key cannot sign");
    return token;
}
