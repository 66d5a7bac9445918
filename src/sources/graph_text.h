/* graph_text.h -- read an answer of the Graph API, also where its JSON is not quite good.
 *
 * Names and captions are cut by bytes or by UTF-16 units now and then, which leaves half a
 * character: a lone surrogate ("\ud83c") or a torn UTF-8 sequence. One such name must not make
 * a whole account unreadable for ever; the half becomes U+FFFD. */
#pragma once
#include "fetch/fetch.h"

#include <jansson.h>

/* The body as one JSON object, the caller's to drop; NULL if it is anything else. */
json_t *graph_read_object (const FetchResponse *response);
