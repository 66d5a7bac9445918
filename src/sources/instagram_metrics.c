#include "sources/instagram_metrics.h"

#include "base/fault.h"
#include "sources/google_call.h"

#include <string.h>

#define MOST_SUSPECTS 2 /* that fail alone without a reason; with more it is not the metrics that are ill */
#define ALLOWED_LIST  "must be one of the following values:"

/* ---- whom a refusal blames ---- */

/* Does the text hold the name as a word of its own? "views" is not in "profile_views". */
static gboolean
names_metric (const char *text, const char *name)
{
    gsize n = strlen (name);

    for (const char *at = strstr (text, name); at; at = strstr (at + 1, name)) {
        gboolean begins = at == text || !(g_ascii_isalnum (at[-1]) || at[-1] == '_');

        if (begins && !g_ascii_isalnum (at[n]) && at[n] != '_')
            return TRUE;
    }
    return FALSE;
}

/* "metric[2] must be one of the following values: reach, views, …": the list names the good ones. */
static guint
blamed_by_list (const char *list, const InstagramMetrics *metrics, guint asked)
{
    guint blamed = 0;

    for (guint i = 0; i < metrics->n; i++)
        if ((asked & 1u << i) && !names_metric (list, metrics->names[i]))
            blamed |= 1u << i;
    return blamed;
}

guint
instagram_metrics_blamed (const GraphEcho *echo, const InstagramMetrics *metrics, guint asked)
{
    const char *message = echo->code == 100 && echo->message ? echo->message : "";
    const char *list = strstr (message, ALLOWED_LIST);
    guint blamed = 0;

    if (list)
        return blamed_by_list (list + strlen (ALLOWED_LIST), metrics, asked);
    for (guint i = 0; i < metrics->n; i++)
        if ((asked & 1u << i) && names_metric (message, metrics->names[i]))
            blamed |= 1u << i;
    return blamed;
}

static gboolean
is_unknown_error (const GraphEcho *echo)
{
    return (echo->code == 1 || echo->code == 100) && !echo->transient && echo->message &&
           strstr (echo->message, "unknown error");
}

/* ---- from one pull to the next ---- */

void
instagram_metrics_recall (InstagramMetrics *metrics, const SourceContext *context, const char *name)
{
    metrics->live &= ~(guint)source_recall (context, name);
}

void
instagram_metrics_note (const InstagramMetrics *metrics, const SourceContext *context, const char *name)
{
    source_note (context, name, (int)(((1u << metrics->n) - 1) & ~metrics->live));
}

/* ---- asking ---- */

json_t *
instagram_metrics_call (InstagramCalls *calls, const InstagramMetrics *metrics, guint asked, const char *path,
                        const char *rest, GError **error)
{
    g_autoptr (GString) query = g_string_new ("metric=");

    for (guint i = 0; i < metrics->n; i++)
        if (asked & 1u << i)
            g_string_append_printf (query, "%s%s", g_str_has_suffix (query->str, "=") ? "" : ",",
                                    metrics->names[i]);
    g_string_append_printf (query, "&%s", rest);
    return instagram_get (calls, path, query->str, error);
}

static Value
value_of (const json_t *metric)
{
    const json_t *total = json_object_get (metric, "total_value");
    const json_t *first = json_array_get (json_object_get (metric, "values"), 0);

    return instagram_count (json_object_get (total ? total : first, "value"));
}

static void
take (const json_t *answer, const InstagramMetrics *metrics, Value *values)
{
    gsize at;
    json_t *metric;

    json_array_foreach (json_object_get (answer, "data"), at, metric)
    {
        for (guint i = 0; i < metrics->n; i++)
            if (g_strcmp0 (google_text (metric, "name"), metrics->names[i]) == 0)
                values[i] = value_of (metric);
    }
}

/* One asking, and what is left of it. */
typedef struct {
    InstagramCalls *calls;
    InstagramMetrics *metrics;
    const char *path, *rest;
    Value *values;
    guint suspects; /* failed alone without a reason */
    GError *reason; /* the last that was given for one of them */
} Asking;

static gboolean ask_some (Asking *asking, guint asked, GError **error);

/* The lower half of the bits that are set. */
static guint
half_of (guint asked)
{
    guint half = 0;
    int wanted = __builtin_popcount (asked) / 2;

    for (guint bit = 1; wanted > 0; bit <<= 1)
        if (asked & bit) {
            half |= bit;
            wanted--;
        }
    return half;
}

/* Nobody is named: whoever fails alone, too, is under suspicion. */
static gboolean
ask_halves (Asking *asking, guint asked, GError *failure, GError **error)
{
    guint half = half_of (asked);

    if (half) {
        g_error_free (failure);
        return ask_some (asking, half, error) && ask_some (asking, asked & ~half, error);
    }
    asking->suspects |= asked;
    if (__builtin_popcount (asking->suspects) > MOST_SUSPECTS) {
        g_propagate_error (error, failure);
        return FALSE;
    }
    g_clear_error (&asking->reason);
    asking->reason = failure;
    return TRUE;
}

static gboolean
ask_some (Asking *asking, guint asked, GError **error)
{
    GError *failure = NULL;
    g_autoptr (json_t) answer = NULL;
    guint blamed;

    if (!asked)
        return TRUE;
    answer =
        instagram_metrics_call (asking->calls, asking->metrics, asked, asking->path, asking->rest, &failure);
    if (answer) {
        take (answer, asking->metrics, asking->values);
        return TRUE;
    }
    blamed = instagram_metrics_blamed (&asking->calls->echo, asking->metrics, asked);
    if (blamed) {
        g_error_free (failure);
        asking->metrics->live &= ~blamed;
        return ask_some (asking, asked & ~blamed, error);
    }
    if (is_unknown_error (&asking->calls->echo))
        return ask_halves (asking, asked, failure, error);
    g_propagate_error (error, failure);
    return FALSE;
}

gboolean
instagram_metrics_ask (InstagramCalls *calls, InstagramMetrics *metrics, const char *path, const char *rest,
                       Value values[static INSTAGRAM_MAX_METRICS], GError **error)
{
    Asking asking = { .calls = calls, .metrics = metrics, .path = path, .rest = rest, .values = values };
    gboolean ok;

    for (guint i = 0; i < INSTAGRAM_MAX_METRICS; i++)
        values[i] = VALUE_NONE;
    ok = ask_some (&asking, metrics->live, error);
    if (ok && asking.suspects && asking.suspects == metrics->live) {
        g_propagate_error (error, g_steal_pointer (&asking.reason));
        ok = FALSE;
    }
    if (ok)
        metrics->live &= ~asking.suspects;
    g_clear_error (&asking.reason);
    return ok;
}
