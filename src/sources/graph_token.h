/* graph_token.h -- the credential of Meta and Instagram: an access token as it is.
 *
 * {"type":"access_token","access_token":"…"}: of a system user, or of a person who signed in. It
 * can't be renewed here; when it dies, only its owner can give another. */
#pragma once
#include "sources/driver.h"

gboolean graph_check_credential (const char *credential, GError **error);
/* Asks nobody: the token is in the credential. */
gboolean graph_authorize (const SourceContext *context, const char *credential, gint64 now, Grant *grant,
                          GError **error);
