/* graph_debug.h -- what Meta says of an access token: when it ends, what it allows.
 *
 * The app that a token belongs to may ask (META_APP_ID, META_APP_SECRET), or without one a token of
 * its developer. Where Meta won't tell, nothing is known, and the account itself has to show
 * whether the token is good. */
#pragma once
#include "sources/graph_call.h"

/* scopes (NULL-terminated; NULL: not looked at): each must be allowed, any one of "a|b" will do;
 * FAULT_DENIED names the one that is not. *expires is set only if the token ends. */
gboolean graph_debug_look (const SourceContext *context, const char *service, const char *token,
                           const char *const *scopes, gint64 *expires, GError **error);
