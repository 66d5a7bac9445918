#include "auth/hmac.h"

#include "auth/sodium_start.h"

#include <string.h>

const char *
hmac_sha256_hex (const char *key, const char *message, char text[static HMAC_TEXT])
{
    crypto_auth_hmacsha256_state state;
    guint8 code[crypto_auth_hmacsha256_BYTES];

    sodium_start ();
    crypto_auth_hmacsha256_init (&state, (const guint8 *)key, strlen (key));
    crypto_auth_hmacsha256_update (&state, (const guint8 *)message, strlen (message));
    crypto_auth_hmacsha256_final (&state, code);
    sodium_memzero (&state, sizeof state);
    return sodium_bin2hex (text, HMAC_TEXT, code, sizeof code);
}
