/* graph_pace.h -- Meta's rate limits: how close we are, as the headers say.
 *
 * Four headers, each JSON and each optional, tell how many percent of some
 * limit are used up (it can be more than 100), and some tell how long a
 * refusal will last. Calls that are made while refused prolong it, so we slow
 * down before: over 75 % a few seconds a call, over 95 % not before the time
 * that it says. */
#pragma once
#include "sources/driver.h"

/* What an answer's headers say; the worst of them counts. All zeros if they say nothing. */
SourcePace graph_pace_read (const FetchResponse *response);
/* Before a call: wait if that is wise. FAULT_BUSY if it would take long, after which the
 * pace is forgotten, so that whoever comes back later may ask; FAULT_CANCELLED. */
gboolean graph_pace_wait (const SourceContext *context, const char *token, GError **error);
/* A refusal with that code was given to the token: if the limit is one of its app or its person, and
 * not of one account, the other accounts that are read with it wait, too. */
void graph_pace_close (const SourceContext *context, const char *token, gint64 code, const GError *failure);
