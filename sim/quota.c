#include "quota.h"

#include <string.h>

#define HOUR_US (3600 * SECOND_US)

typedef struct {
    const char *key, *message;
    SwitchId limit;
    gboolean by_day, tokens;
} QuotaInfo;

static const QuotaInfo infos[N_QUOTAS] = {
    [QUOTA_DAY] = { "tokensPerDay",
                    "Exhausted property tokens per day. These quota tokens will return in under 24 hours. To "
                    "learn more, "
                    "see https://developers.google.com/analytics/devguides/reporting/data/v1/quotas",
                    SWITCH_QUOTA_DAY, .by_day = TRUE, .tokens = TRUE },
    [QUOTA_HOUR] = { "tokensPerHour",
                     "Exhausted property tokens per hour. These quota tokens will return in under an hour. "
                     "To learn "
                     "more, see https://developers.google.com/analytics/devguides/reporting/data/v1/quotas",
                     SWITCH_QUOTA_HOUR, .tokens = TRUE },
    [QUOTA_PROJECT_HOUR] = { "tokensPerProjectPerHour",
                             "Exhausted property tokens for a project per hour. These quota tokens will "
                             "return in under "
                             "an hour. To learn more, see "
                             "https://developers.google.com/analytics/devguides/reporting/data/v1/quotas",
                             SWITCH_QUOTA_PROJECT_HOUR, .tokens = TRUE },
    [QUOTA_CONCURRENT] = { "concurrentRequests", "Exhausted concurrent requests quota.",
                           SWITCH_QUOTA_CONCURRENT },
    [QUOTA_ERRORS] = { "serverErrorsPerProjectPerHour", "Exhausted server errors quota.",
                       SWITCH_QUOTA_ERRORS },
    [QUOTA_THRESHOLDED] = { "potentiallyThresholdedRequestsPerHour",
                            "Exhausted potentially thresholded requests quota.", SWITCH_QUOTA_THRESHOLDED },
};

const char *
quota_message (QuotaKind kind)
{
    return infos[kind].message;
}

void
quota_refill (Quota *quota, gint64 now)
{
    gint64 hour = now / HOUR_US, day = hour / 24;

    for (QuotaKind kind = 0; kind < N_QUOTAS; kind++)
        if (kind != QUOTA_CONCURRENT && (infos[kind].by_day ? day != quota->day : hour != quota->hour))
            quota->used[kind] = 0;
    quota->hour = hour;
    quota->day = day;
}

QuotaKind
quota_exhausted (const Quota *quota, const Switches *switches)
{
    for (QuotaKind kind = 0; kind < N_QUOTAS; kind++)
        if (quota->used[kind] >= switch_value (switches, infos[kind].limit))
            return kind;
    return QUOTA_NONE;
}

void
quota_charge (Quota *quota, gint64 tokens)
{
    quota->cost = tokens;
    for (QuotaKind kind = 0; kind < N_QUOTAS; kind++)
        if (infos[kind].tokens)
            quota->used[kind] += tokens;
}

/* As the real one: "consumed" is what this request took, of errors what the hour took. */
void
quota_write (const Quota *quota, const Switches *switches, Json *json)
{
    json_begin_object (json);
    for (QuotaKind kind = 0; kind < N_QUOTAS; kind++) {
        gint64 consumed = infos[kind].tokens ? quota->cost : quota->used[kind];
        gint64 remaining = switch_value (switches, infos[kind].limit) - quota->used[kind];

        json_key (json, infos[kind].key);
        json_begin_object (json);
        if (kind != QUOTA_CONCURRENT && consumed)
            json_put_int (json, "consumed", consumed);
        if (remaining)
            json_put_int (json, "remaining", kind == QUOTA_CONCURRENT ? remaining + 1 : remaining);
        json_end_object (json);
    }
    json_end_object (json);
}
