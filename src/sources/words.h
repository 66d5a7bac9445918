/* words.h -- text that came from a platform, made safe to keep and to show.
 *
 * Names and messages are written by strangers: page paths of 2 KB, control
 * characters, marks that turn the reading direction, and in error messages
 * sometimes the very token that was sent. Input is UTF-8 or repaired to it. */
#pragma once
#include <glib.h>

#define WORDS_NAME_BYTES    2048 /* of a kept name: it is part of a key in the database */
#define WORDS_MESSAGE_CHARS 200  /* of a platform's message inside our sentence */

/* Without control characters and direction overrides, cut at a character's
 * edge. The caller frees it; NULL is NULL. */
char *words_name (const char *text, gsize max_bytes);
/* May it stand in a header as a token? Visible ASCII, at least one character; NULL is none. */
gboolean words_is_token (const char *text);
/* One short line; secrets (NULL-terminated, may be NULL) are replaced before it is
 * cut. The caller frees it; NULL is "". */
char *words_message (const char *text, const char *const *secrets);
