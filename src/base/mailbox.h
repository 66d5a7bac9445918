/* mailbox.h -- an e-mail address that can be written into a header and a command as it is. */
#pragma once
#include <glib.h>

/* A local part of at most 64 bytes, "@", a domain with a dot or "localhost"; letters, digits and the signs
 * that need no quotes, at most 254 bytes in all. So it holds no line break, blank, comma or bracket. NULL:
 * FALSE. */
gboolean mailbox_is_valid (const char *text);
