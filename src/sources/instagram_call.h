/* instagram_call.h -- the calls of one pull to one Instagram account.
 *
 * Lives on the stack for one pull; it keeps what the last answer said of limits and errors. */
#pragma once
#include "sources/instagram.h"

typedef struct {
    SourceContext context; /* with a pace of its own where the job gives none */
    SourcePace pace;
    const char *token, *account;
    GraphEcho echo; /* of the last answer */
} InstagramCalls;

/* calls must stay where it is. */
void instagram_calls_init (InstagramCalls *calls, const SourceContext *context, const char *token,
                           const char *account);
void instagram_calls_clear (InstagramCalls *calls);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InstagramCalls, instagram_calls_clear)

/* GET path?query; the answer is the caller's to drop. */
json_t *instagram_get (InstagramCalls *calls, const char *path, const char *query, GError **error);
/* A count that an answer holds; VALUE_NULL for what is none. */
Value instagram_count (const json_t *number);
