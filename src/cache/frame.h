/* frame.h -- how an answer lies in the second level: a line that says what it is, then the text.
 *
 *   daymark1 <version> <sha256 of key, version and text>\n<text>
 *
 * Whatever else a key holds (another format, half a value, a value of another
 * key) is no answer. */
#pragma once
#include <glib.h>

#define FRAME_MOST (1024 * 1024) /* bytes of a frame; larger answers are not shared */

/* version: no blanks. NULL if it would be too large. */
GString *frame_write (const char *key, const char *version, const char *text, gsize n);
/* The text, if this is an answer to key of that version; else NULL. */
GString *frame_read (const char *key, const char *version, const char *frame, gsize n);
