#include "sources/graph_pace.h"

#include "auth/hmac.h"
#include "base/fault.h"

#include <jansson.h>
#include <math.h>

#define SLOW_PERCENT 75
#define STOP_PERCENT 95
#define UNKNOWN_WAIT 60 /* seconds, where a limit is reached and nothing says for how long */
#define LONGEST_WAIT 86400
#define PERCENT_MOST 100000

static int
number_of (const json_t *object, const char *name, int most)
{
    double value = json_number_value (json_object_get (object, name));

    return value > 0 ? (int)fmin (ceil (value), most) : 0;
}

static void
worsen (SourcePace *pace, int percent, int seconds)
{
    pace->percent = MAX (pace->percent, percent);
    if (percent > STOP_PERCENT)
        pace->seconds = MAX (pace->seconds, MIN (seconds, LONGEST_WAIT));
}

static int
worst_of (const json_t *usage)
{
    static const char *const names[] = { "call_count",      "total_time",      "total_cputime",
                                         "acc_id_util_pct", "app_id_util_pct", NULL };
    int percent = 0;

    for (const char *const *name = names; *name; name++)
        percent = MAX (percent, number_of (usage, *name, PERCENT_MOST));
    return percent;
}

/* One object of percentages. The account's also has the seconds until it starts anew. */
static void
read_plain (SourcePace *pace, const json_t *usage)
{
    worsen (pace, worst_of (usage), number_of (usage, "reset_time_duration", LONGEST_WAIT));
}

/* {"ID":[{"type":"ads_insights",…,"estimated_time_to_regain_access":MINUTES}]}. Minutes are
 * only said of who is refused already, whatever the percentages are. */
static void
read_business (SourcePace *pace, const json_t *usage)
{
    const char *id;
    json_t *uses, *use;
    gsize i;

    json_object_foreach ((json_t *)usage, id, uses)
    {
        json_array_foreach (uses, i, use)
        {
            int minutes = number_of (use, "estimated_time_to_regain_access", LONGEST_WAIT / 60);
            int percent = worst_of (use);

            worsen (pace, minutes && percent <= STOP_PERCENT ? 100 : percent, minutes * 60);
        }
    }
}

static const struct {
    const char *name;
    void (*read) (SourcePace *pace, const json_t *usage);
} headers[] = {
    { "x-app-usage", read_plain },
    { "x-ad-account-usage", read_plain },
    { "x-fb-ads-insights-throttle", read_plain },
    { "x-business-use-case-usage", read_business },
};

SourcePace
graph_pace_read (const FetchResponse *response)
{
    SourcePace pace = { 0 };

    for (guint i = 0; i < G_N_ELEMENTS (headers); i++) {
        const char *text = fetch_response_header (response, headers[i].name);
        json_t *usage = text ? json_loads (text, 0, NULL) : NULL;

        headers[i].read (&pace, usage);
        json_decref (usage);
    }
    return pace;
}

static gboolean
pause_for (const SourceContext *context, int seconds, GError **error)
{
    return context->pause (context->pause_user, seconds) || fault_set (error, FAULT_CANCELLED, "stopped");
}

/* ---- what all accounts of a token share ---- */

/* Which token, without saying it. */
static char *
key_of (const char *token)
{
    char digest[HMAC_TEXT];

    return g_strconcat ("graph|token|", hmac_sha256_hex ("limits", token, digest), NULL);
}

void
graph_pace_close (const SourceContext *context, const char *token, gint64 code, const GError *failure)
{
    static const gint64 shared[] = { 4, 17, 32, 341, 613 };
    g_autofree char *key = NULL;

    if (!token || !fault_is (failure, FAULT_BUSY) || fault_retry_after (failure) <= 0)
        return;
    key = key_of (token);
    for (guint i = 0; i < G_N_ELEMENTS (shared); i++)
        if (shared[i] == code)
            source_memory_close (context->memory, key, fault_retry_after (failure), failure->message);
}

static gboolean
is_open (const SourceContext *context, const char *token, GError **error)
{
    g_autofree char *key = token ? key_of (token) : NULL;

    return !key || source_memory_is_open (context->memory, key, context->since, error);
}

gboolean
graph_pace_wait (const SourceContext *context, const char *token, GError **error)
{
    SourcePace pace = context->pace ? *context->pace : (SourcePace){ 0 };

    if (!is_open (context, token, error))
        return FALSE;
    if (pace.percent <= SLOW_PERCENT)
        return TRUE;
    if (pace.percent <= STOP_PERCENT)
        return !context->pause || pause_for (context, pace.percent - SLOW_PERCENT, error);
    *context->pace = (SourcePace){ 0 };
    /* Some percentages stay at 100 long after the work is over: where no time is said, a
     * minute's rest is enough, and a refusal will say more. */
    if (pace.seconds == 0 && context->pause)
        return pause_for (context, UNKNOWN_WAIT, error);
    return fault_set_retry (error, FAULT_BUSY, pace.seconds ? pace.seconds : UNKNOWN_WAIT,
                            "Meta's limit for this account or app is used up by %d %%", pace.percent);
}
