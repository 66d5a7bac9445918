/* hmac.h -- HMAC-SHA256 of a text, as platforms ask for it. */
#pragma once
#include <glib.h>

#define HMAC_TEXT 65 /* buffer for the code in lower-case hex */

const char *hmac_sha256_hex (const char *key, const char *message, char text[static HMAC_TEXT]);
