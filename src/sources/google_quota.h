/* google_quota.h -- the six quotas of a GA4 property: how they are named, and
 * how long to wait when one is used up.
 *
 * Once any of them is, every request to that property fails. The times are
 * guesses by design: tokens come back "within the hour", and the day turns at a
 * moment that Google does not name. */
#pragma once
#include <jansson.h>

/* Whose a quota is: who else must not ask when it is used up. Google counts a project's tokens for
 * each property, but its refusal names the project, so there it is believed for all it reads. */
typedef enum {
    QUOTA_OF_PROPERTY,
    QUOTA_OF_BOTH, /* of one property, as one project reads it */
    QUOTA_OF_PROJECT,
    N_QUOTA_OWNERS
} QuotaOwner;

typedef struct {
    const char *member; /* of propertyQuota in a report */
    const char *word;   /* in the message of a 429 */
    int seconds;        /* until it is worth trying again */
    int limit;          /* of a standard property; a 360 property has ten times that, or five */
    QuotaOwner owner;
    const char *sentence;
} GoogleQuota;

/* Which quota does this message name? NULL if none that we know. */
const GoogleQuota *google_quota_named (const char *message);
/* Which one has nothing left, by a report's propertyQuota? NULL if none. */
const GoogleQuota *google_quota_spent (const json_t *property_quota);
/* How much is used up of the one that is closest to its end, in percent. */
int google_quota_percent (const json_t *property_quota);
