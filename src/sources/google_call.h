/* google_call.h -- one call to a Google API that speaks JSON.
 *
 * Turns every way it can fail into a fault with a plain sentence:
 *
 *   401                        FAULT_RECONNECT  the access token is dead
 *   400, 403, 404              FAULT_DENIED     with what to do about it
 *   429                        FAULT_BUSY       with how long to wait, by the quota it names
 *   5xx, not JSON, odd status  FAULT_REMOTE     wait a minute at least: each failure
 *                                               costs one of ten server errors an hour
 *
 * No retries here; the job decides. */
#pragma once
#include "sources/driver.h"
#include "sources/google_quota.h"

#include <jansson.h>

typedef struct {
    const char *service; /* "Google Analytics Data API", for sentences */
    const char *method, *url, *token;
    const char *body;              /* JSON text, or NULL */
    gboolean may_be_absent;        /* a 404 is an answer, also when it is not in Google's words */
    struct GoogleOutcome *outcome; /* filled; may be NULL */
} GoogleCall;

typedef struct GoogleOutcome {
    int status;               /* of the answer; 0: there was none */
    const GoogleQuota *quota; /* that the refusal names; or NULL */
    gboolean forbidden;       /* the account may not read this; not for want of a scope or an API */
} GoogleOutcome;

/* The answer, always an object; the caller drops its reference. */
json_t *google_call (Fetcher *fetcher, const GoogleCall *call, GError **error);
/* A base address of the configuration and a path, without a doubled slash. */
char *google_url (const char *base, const char *path);
/* Parse the body as one JSON object; NULL if it is anything else. */
json_t *google_read_object (const FetchResponse *response);

/* A text member; NULL if absent or not text. */
const char *google_text (const json_t *object, const char *name);

static inline void
google_json_unref (json_t *json)
{
    json_decref (json);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, google_json_unref)
