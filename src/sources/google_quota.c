#include "sources/google_quota.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* The longest wait first. The day's message also says "in under 24 hours", and the
 * project's contains the hour's words, so this order also finds the right name. */
static const GoogleQuota quotas[] = {
    { "tokensPerDay", "per day", 6 * 3600, 200000, QUOTA_OF_PROPERTY,
      "the property has used up its tokens for today" },
    { "serverErrorsPerProjectPerHour", "server errors", 3600, 0, QUOTA_OF_BOTH,
      "Google failed too often this hour and refuses until it is over" },
    { "potentiallyThresholdedRequestsPerHour", "thresholded", 1800, 120, QUOTA_OF_PROPERTY,
      "the property has used up this hour's requests with demographic data" },
    { "tokensPerProjectPerHour", "project per hour", 1800, 14000, QUOTA_OF_PROJECT,
      "this project has used up its tokens of the property for this hour" },
    { "tokensPerHour", "per hour", 3600, 40000, QUOTA_OF_PROPERTY,
      "the property has used up its tokens for this hour" },
    { "concurrentRequests", "concurrent", 30, 0, QUOTA_OF_PROPERTY,
      "too many requests to this property run at once" },
};

const GoogleQuota *
google_quota_named (const char *message)
{
    g_autofree char *lower = g_ascii_strdown (message, -1);

    for (guint i = 0; i < G_N_ELEMENTS (quotas); i++)
        if (strstr (lower, quotas[i].word))
            return &quotas[i];
    return NULL;
}

/* Only "nothing left" stops: a reserve would leave small budgets unused, and a first refusal costs
 * nothing. Google's JSON leaves out zeros, so an object without `remaining` has none left; an empty
 * one says nothing. */
static gboolean
is_spent (const json_t *quota)
{
    return json_object_size (quota) > 0 && json_number_value (json_object_get (quota, "remaining")) <= 0;
}

const GoogleQuota *
google_quota_spent (const json_t *property_quota)
{
    for (guint i = 0; i < G_N_ELEMENTS (quotas); i++)
        if (is_spent (json_object_get (property_quota, quotas[i].member)))
            return &quotas[i];
    return NULL;
}

/* The limit is not said (`consumed` is of one request), so it is the standard one: of a 360 property
 * more is left than we think. Errors and concurrency have no limit here: few are normal. */
static int
percent_of (const GoogleQuota *quota, const json_t *said)
{
    double left = json_number_value (json_object_get (said, "remaining"));

    if (!quota->limit || json_object_size (said) == 0)
        return 0;
    return 100 - (int)ceil (CLAMP (left * 100 / quota->limit, 0, 100));
}

int
google_quota_percent (const json_t *property_quota)
{
    int percent = 0;

    for (guint i = 0; i < G_N_ELEMENTS (quotas); i++)
        percent = MAX (percent, percent_of (&quotas[i], json_object_get (property_quota, quotas[i].member)));
    return percent;
}
