/* token.h -- private to auth/: a compact JWS, taken apart strictly.
 *
 * Reading a token proves nothing about it; see jwt.c for the checks. The text
 * must outlive the Token. */
#pragma once
#include <glib.h>
#include <jansson.h>

#define TOKEN_MOST_BYTES 8192

typedef struct {
    const char *text;
    gsize n_signed; /* the signature covers so many bytes of the text: header, dot, payload */
    json_t *header;
    const char *alg; /* of the header, never NULL */
    guint8 *signature;
    gsize n_signature; /* at least 1 */
} Token;

/* Header and signature. FAULT_DENIED for whatever is not in the one exact form: three parts
 * of unpadded base64url, a JSON object without repeated names, alg a string, typ absent or one of
 * ours, no crit, zip or b64. The sentence never quotes the token. */
gboolean token_read (const char *text, Token *token, GError **error);
/* The payload as a JSON object, to be read after the signature was verified; json_decref it. */
json_t *token_claims (const Token *token, GError **error);
void token_clear (Token *token);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Token, token_clear)
