/* inside.h -- ask a route from inside, and read its answer: whoever writes a mail sees what a page gets. */
#pragma once
#include "api/call.h"

typedef gboolean (*Handler) (Call *call, GError **error);

/* The handler's answer for the user of call, whose http need not be there. Takes over query, an object of
 * texts. The caller drops what comes back; NULL with an error. */
json_t *inside_ask (const Call *call, Handler handle, json_t *query, GError **error);
