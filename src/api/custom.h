/* custom.h -- the widgets that a user has made, kept as he wrote them. */
#pragma once
#include "api/call.h"
#include "widgets/custom.h"

/* A built-in widget, or one of the user's own, which *own then holds. 404 if there is neither.
 * The widget lives as long as *own. */
const Widget *custom_find (Call *call, const char *key, Custom **own, GError **error);
/* All of the user's own, in the order of their keys: an array of Custom that the caller owns. One
 * that this version no longer understands is left out. */
GPtrArray *custom_list (Call *call, GError **error);
/* A built-in widget or one of these; NULL if there is neither. */
const Widget *custom_among (GPtrArray *own, const char *key);
/* Keep a definition that custom_new understands, over the one of that key. 422 "too-many-widgets". The
 * caller bumps the user's version when it is in. */
gboolean custom_keep (Call *call, const char *key, json_t *definition, GError **error);
/* Are these no more than one can have? The same 422. */
gboolean custom_fit (const GPtrArray *own, GError **error);
