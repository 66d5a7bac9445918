#include "auth/token.h"

#include "auth/base64url.h"
#include "base/fault.h"

#include <string.h>

static json_t *
decode_object (const char *part, gsize n_part, const char *what, GError **error)
{
    gsize n = 0;
    g_autofree guint8 *bytes = base64url_decode (part, n_part, &n);
    json_t *object = bytes ? json_loadb ((const char *)bytes, n, JSON_REJECT_DUPLICATES, NULL) : NULL;

    if (json_is_object (object))
        return object;
    json_decref (object);
    fault_set (error, FAULT_DENIED, "the %s of the token is not a JSON object in base64url", what);
    return NULL;
}

/* crit names extensions that must be understood, and we understand none; b64 changes what is signed;
 * zip would have the payload inflated before anything is verified. The names that carry
 * or point to a key (jwk, jku, x5c, x5u) are not looked at: our keys come from the configuration. */
static gboolean
check_header (Token *token, GError **error)
{
    static const char *const refused[] = { "crit", "zip", "b64" };
    const json_t *typ = json_object_get (token->header, "typ");
    const char *type = json_string_value (typ);

    token->alg = json_string_value (json_object_get (token->header, "alg"));
    if (!token->alg)
        return fault_set (error, FAULT_DENIED, "the token names no algorithm");
    if (typ && g_strcmp0 (type, "JWT") != 0 && g_strcmp0 (type, "at+jwt") != 0)
        return fault_set (error, FAULT_DENIED, "the token is not an access token by its type");
    for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
        if (json_object_get (token->header, refused[i]))
            return fault_set (error, FAULT_DENIED, "the token uses \"%s\", which is not accepted",
                              refused[i]);
    return TRUE;
}

gboolean
token_read (const char *text, Token *token, GError **error)
{
    gsize n = strnlen (text, TOKEN_MOST_BYTES + 1);
    const char *first, *second;

    *token = (Token){ .text = text };
    if (n > TOKEN_MOST_BYTES)
        return fault_set (error, FAULT_DENIED, "the token is longer than %d bytes", TOKEN_MOST_BYTES);
    first = strchr (text, '.');
    second = first ? strchr (first + 1, '.') : NULL;
    if (!second || strchr (second + 1, '.'))
        return fault_set (error, FAULT_DENIED, "the token does not have three parts");
    token->n_signed = (gsize)(second - text);
    token->header = decode_object (text, (gsize)(first - text), "header", error);
    if (!token->header || !check_header (token, error))
        return FALSE;
    token->signature = base64url_decode (second + 1, strlen (second + 1), &token->n_signature);
    if (!token->signature || !token->n_signature)
        return fault_set (error, FAULT_DENIED, "the token has no readable signature");
    return TRUE;
}

json_t *
token_claims (const Token *token, GError **error)
{
    const char *payload = strchr (token->text, '.') + 1;

    return decode_object (payload, token->n_signed - (gsize)(payload - token->text), "payload", error);
}

void
token_clear (Token *token)
{
    json_decref (token->header);
    g_free (token->signature);
    *token = (Token){ 0 };
}
