#include "sources/ga4_limits.h"

#include "base/fault.h"
#include "sources/google_quota.h"
#include "sources/memory.h"

#define SLOW_PERCENT       90 /* of a quota that is used up */
#define SLOW_SECONDS       3
#define LONGEST_WAIT       (6 * 3600)
/* An hour, of a property and project. Google's limit is 10; people who ask may go further than we do
 * by ourselves. */
#define SERVER_ERRORS      5
#define SERVER_ERRORS_MOST 9

static char *
key_of (const SourceContext *context, const char *property, QuotaOwner owner)
{
    const char *project = context->payer ? context->payer : "";

    switch (owner) {
    case QUOTA_OF_PROPERTY:
        return g_strdup_printf ("ga4|property|%s", property);
    case QUOTA_OF_BOTH:
        return g_strdup_printf ("ga4|both|%s|%s", property, project);
    default:
        /* Two whose project is not known need not be of one. */
        return context->payer ? g_strdup_printf ("ga4|project|%s", project)
                              : key_of (context, property, QUOTA_OF_BOTH);
    }
}

static char *
failures_key (const SourceContext *context, const char *property, guint most)
{
    return g_strdup_printf ("ga4|failures|%u|%s|%s", most, property, context->payer ? context->payer : "");
}

static void
close_for (const SourceContext *context, const char *property, QuotaOwner owner, int seconds,
           const char *sentence)
{
    g_autofree char *key = key_of (context, property, owner);
    g_autofree char *text = g_strdup_printf ("Google Analytics: %s", sentence);

    source_memory_close (context->memory, key, seconds, text);
}

gboolean
ga4_limits_allow (const SourceContext *context, const char *property, GError **error)
{
    g_autofree char *failures = failures_key (context, property, SERVER_ERRORS);
    g_autofree char *too_many = failures_key (context, property, SERVER_ERRORS_MOST);

    for (QuotaOwner owner = 0; owner < N_QUOTA_OWNERS; owner++) {
        g_autofree char *key = key_of (context, property, owner);

        if (!source_memory_is_open (context->memory, key, context->since, error))
            return FALSE;
    }
    return source_memory_is_open (context->memory, failures, context->since, error) &&
           source_memory_is_open (context->memory, too_many, 0, error);
}

static gboolean
slow_down (const SourceContext *context, GError **error)
{
    if (!context->pace || context->pace->percent < SLOW_PERCENT || !context->pause)
        return TRUE;
    return context->pause (context->pause_user, SLOW_SECONDS) ||
           fault_set (error, FAULT_CANCELLED, "stopped");
}

static void
count_failure (const SourceContext *context, const char *property, guint most)
{
    g_autofree char *key = failures_key (context, property, most);

    source_memory_strike (context->memory, key, most,
                          "Google Analytics failed too often this hour; it is asked again when the hour is "
                          "over");
}

static void
remember_failure (const SourceContext *context, const char *property, const GoogleOutcome *outcome,
                  const GError *failure)
{
    if (outcome->quota)
        close_for (context, property, outcome->quota->owner, MIN (fault_retry_after (failure), LONGEST_WAIT),
                   outcome->quota->sentence);
    if (outcome->status < 500)
        return;
    count_failure (context, property, SERVER_ERRORS);
    count_failure (context, property, SERVER_ERRORS_MOST);
}

json_t *
ga4_limits_call (const SourceContext *context, const char *property, const GoogleCall *call, GError **error)
{
    GoogleOutcome outcome = { 0 };
    g_autoptr (GError) local = NULL;
    GoogleCall told = *call;
    json_t *answer;

    if (!told.outcome)
        told.outcome = &outcome;
    if (!ga4_limits_allow (context, property, error) || !slow_down (context, error))
        return NULL;
    answer = google_call (context->fetcher, &told, &local);
    if (answer)
        return answer;
    remember_failure (context, property, told.outcome, local);
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
}

/* Another property's budget is its own, so that little is left of one says nothing of the project. */
void
ga4_limits_read (const SourceContext *context, const char *property, const json_t *quota)
{
    const GoogleQuota *spent = google_quota_spent (quota);

    if (context->pace && json_object_size (quota) > 0)
        context->pace->percent = google_quota_percent (quota);
    if (spent)
        close_for (context, property, MIN (spent->owner, QUOTA_OF_BOTH), spent->seconds, spent->sentence);
}
