/* random.h -- a seam: where unpredictable bytes come from.
 *
 * Shared by all threads. The system source is getrandom(2); a test may pass a
 * counted one to get the same ids every time. */
#pragma once
#include <glib.h>

#define UUID_TEXT 37 /* buffer for a UUID in its 36 characters */

typedef struct Random Random;
struct Random {
    void (*fill) (Random *random, void *bytes, gsize n);
};

Random *random_system (void);
void random_fill (Random *random, void *bytes, gsize n);
/* A version 4 UUID in lower case. */
const char *random_uuid (Random *random, char text[static UUID_TEXT]);
/* n random bytes in base64url without padding; the caller frees it. */
char *random_token (Random *random, gsize n);
/* Is it a UUID in canonical lower-case form? */
gboolean uuid_is_valid (const char *text);
