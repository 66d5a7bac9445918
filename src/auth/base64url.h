/* base64url.h -- private to auth/: base64url without padding, one spelling only. */
#pragma once
#include <glib.h>

/* The caller frees it. */
char *base64url_encode (const void *bytes, gsize n);
/* The bytes, for the caller to free; NULL for padding, blanks, letters of another alphabet or
 * stray bits at the end, so that no two texts mean the same bytes. */
guint8 *base64url_decode (const char *text, gsize n_text, gsize *n);
