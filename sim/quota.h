/* quota.h -- the six quotas that GA4 counts for a property.
 *
 * Once any of them is used up, every request to that property fails with a
 * message that names it. Tokens are charged to day, hour and project-hour alike. */
#pragma once
#include "base/json.h"
#include "switches.h"

typedef enum {
    QUOTA_DAY,
    QUOTA_HOUR,
    QUOTA_PROJECT_HOUR,
    QUOTA_CONCURRENT,
    QUOTA_ERRORS,
    QUOTA_THRESHOLDED,
    N_QUOTAS,
    QUOTA_NONE = N_QUOTAS
} QuotaKind;

typedef struct {
    gint64 used[N_QUOTAS];
    gint64 cost;      /* tokens of the last request */
    gint64 hour, day; /* since when, in such units of the monotonic clock */
} Quota;

const char *quota_message (QuotaKind kind);
/* Forget what belongs to an hour or a day that is over; now is monotonic microseconds. */
void quota_refill (Quota *quota, gint64 now);
/* The one that is used up, or QUOTA_NONE. */
QuotaKind quota_exhausted (const Quota *quota, const Switches *switches);
void quota_charge (Quota *quota, gint64 tokens);
/* The propertyQuota object. */
void quota_write (const Quota *quota, const Switches *switches, Json *json);
