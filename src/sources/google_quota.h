/* google_quota.h -- the six quotas of a GA4 property: how they are named, and
 * how long to wait when one is used up.
 *
 * Once any of them is, every request to that property fails. The times are
 * guesses by design: tokens come back "within the hour", and the day turns at a
 * moment that Google does not name. */
#pragma once
#include <jansson.h>

typedef struct {
    const char *member; /* of propertyQuota in a report */
    const char *word;   /* in the message of a 429 */
    int seconds;        /* until it is worth trying again */
    const char *sentence;
} GoogleQuota;

/* Which quota does this message name? NULL if none that we know. */
const GoogleQuota *google_quota_named (const char *message);
/* Which one has nothing left, by a report's propertyQuota? NULL if none. */
const GoogleQuota *google_quota_spent (const json_t *property_quota);
