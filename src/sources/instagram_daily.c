/* The numbers by day of one account and window: one call for the series of reach, and one a
 * day for all the others, which Instagram gives only as the total of a span.
 *
 * What is not there is missing and not zero: numbers come up to 48 hours late, and some
 * accounts are too small for some of them. A day without any number has no row. */
#include "base/fault.h"
#include "sources/google_call.h"
#include "sources/instagram_metrics.h"
#include "sources/instagram_zone.h"

#include <string.h>

#define MOST_SPAN (30 * 86400 * SECOND_US)
#define N_COLUMNS 12

/* What is refused in one window is not asked in the others of the same sync. */
#define NOTE_SERIES "instagram series refused"
#define NOTE_TOTALS "instagram totals refused"

/* In the order of fact_ig_daily. */
enum {
    ACCOUNT,
    DATE,
    REACH,
    VIEWS,
    ACCOUNTS_ENGAGED,
    TOTAL_INTERACTIONS,
    LIKES,
    COMMENTS,
    SAVES,
    SHARES,
    FOLLOWERS,
    PROFILE_VIEWS
};

static const char *const series[] = { "reach" };

static const char *const totals[] = { "views", "accounts_engaged", "total_interactions", "likes", "comments",
                                      "saves", "shares",           "profile_views" };
static const guint columns[] = { VIEWS, ACCOUNTS_ENGAGED, TOTAL_INTERACTIONS, LIKES, COMMENTS,
                                 SAVES, SHARES,           PROFILE_VIEWS };

G_STATIC_ASSERT (G_N_ELEMENTS (totals) == G_N_ELEMENTS (columns));
G_STATIC_ASSERT (G_N_ELEMENTS (totals) <= INSTAGRAM_MAX_METRICS);

typedef struct {
    InstagramCalls calls;
    InstagramMetrics series, totals;
    Period window;
    char *path;  /* "ID/insights" */
    Value *rows; /* one a day of the window; all NULL at first */
} Pull;

static void
pull_clear (Pull *pull)
{
    instagram_calls_clear (&pull->calls);
    g_free (pull->path);
    g_free (pull->rows);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pull, pull_clear)

static Value *
row_of (Pull *pull, Day day)
{
    return &pull->rows[(gsize)(day - pull->window.from) * N_COLUMNS];
}

/* ---- reach ---- */

/* since and until in seconds. Thirty days in which the clocks go back are an hour too long;
 * the first day's end is still inside without its first hour. */
static char *
span_of (Period days, const char *type)
{
    gint64 until = instagram_midnight (days.to + 1);
    gint64 since = MAX (instagram_midnight (days.from), until - MOST_SPAN);

    return g_strdup_printf ("period=day&metric_type=%s&since=%" G_GINT64_FORMAT "&until=%" G_GINT64_FORMAT,
                            type, since / SECOND_US, until / SECOND_US);
}

static gboolean
take_point (Pull *pull, const json_t *point, GError **error)
{
    gint64 end;
    Day day;

    if (!instant_parse (google_text (point, "end_time"), &end))
        return fault_set (error, FAULT_REMOTE, "Instagram sent a day without a readable end_time");
    day = instagram_day_before (end);
    if (day >= pull->window.from && day <= pull->window.to)
        row_of (pull, day)[REACH] = instagram_count (json_object_get (point, "value"));
    return TRUE;
}

static gboolean
take_series (Pull *pull, const json_t *answer, GError **error)
{
    gsize at, i;
    json_t *metric, *point;

    json_array_foreach (json_object_get (answer, "data"), at, metric)
    {
        if (g_strcmp0 (google_text (metric, "name"), series[0]) != 0)
            continue;
        json_array_foreach (json_object_get (metric, "values"), i, point)
        {
            if (!take_point (pull, point, error))
                return FALSE;
        }
    }
    return TRUE;
}

static gboolean
pull_series (Pull *pull, GError **error)
{
    g_autofree char *span = span_of (pull->window, "time_series");
    g_autoptr (GError) failure = NULL;
    g_autoptr (json_t) answer = NULL;

    if (!pull->series.live)
        return TRUE;
    answer =
        instagram_metrics_call (&pull->calls, &pull->series, pull->series.live, pull->path, span, &failure);
    if (answer)
        return take_series (pull, answer, error);
    if (instagram_metrics_blamed (&pull->calls.echo, &pull->series, pull->series.live)) {
        pull->series.live = 0;
        return TRUE;
    }
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
}

/* ---- all the others ---- */

static gboolean
pull_day (Pull *pull, Day day, GError **error)
{
    g_autofree char *span = span_of ((Period){ day, day }, "total_value");
    Value values[INSTAGRAM_MAX_METRICS];

    if (!instagram_metrics_ask (&pull->calls, &pull->totals, pull->path, span, values, error))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (totals); i++)
        row_of (pull, day)[columns[i]] = values[i];
    return TRUE;
}

static gboolean
pull_days (Pull *pull, GError **error)
{
    for (Day day = pull->window.from; day <= pull->window.to; day++)
        if (!pull_day (pull, day, error))
            return FALSE;
    return TRUE;
}

/* ---- what comes out ---- */

static gboolean
has_numbers (const Value *row)
{
    for (guint i = REACH; i < N_COLUMNS; i++)
        if (row[i].type != VALUE_NULL)
            return TRUE;
    return FALSE;
}

static void
emit_rows (Pull *pull, const SourceSink *sink)
{
    g_assert (fact_ig_daily.n_columns == N_COLUMNS);
    for (Day day = pull->window.from; day <= pull->window.to; day++) {
        Value *row = row_of (pull, day);

        if (!has_numbers (row))
            continue;
        row[ACCOUNT] = VALUE_OF_TEXT (pull->calls.account);
        row[DATE] = VALUE_OF_DAY (day);
        sink->emit (sink->user, &fact_ig_daily, row);
    }
}

static void
append_refused (GString *names, const InstagramMetrics *metrics)
{
    for (guint i = 0; i < metrics->n; i++)
        if (!(metrics->live & 1u << i))
            g_string_append_printf (names, "%s%s", names->len ? ", " : "", metrics->names[i]);
}

static void
tell_refused (const Pull *pull, const SourceSink *sink)
{
    g_autoptr (GString) names = g_string_new (NULL);
    g_autofree char *text = NULL;

    append_refused (names, &pull->series);
    append_refused (names, &pull->totals);
    if (!names->len)
        return;
    text = g_strdup_printf ("Instagram does not give these numbers for this account: %s", names->str);
    sink->notice (sink->user, "metric_refused", pull->window, text);
}

gboolean
instagram_pull (const SourceContext *context, const char *access_token, const char *external_id,
                Period window, const SourceSink *sink, GError **error)
{
    g_auto (Pull) pull = { .series = INSTAGRAM_METRICS (series),
                           .totals = INSTAGRAM_METRICS (totals),
                           .window = window,
                           .path = g_strconcat (external_id, "/insights", NULL),
                           .rows = g_new0 (Value, (gsize)period_days (window) * N_COLUMNS) };

    instagram_calls_init (&pull.calls, context, access_token, external_id);
    instagram_metrics_recall (&pull.series, context, NOTE_SERIES);
    instagram_metrics_recall (&pull.totals, context, NOTE_TOTALS);
    if (!pull_series (&pull, error) || !pull_days (&pull, error))
        return FALSE;
    instagram_metrics_note (&pull.series, context, NOTE_SERIES);
    instagram_metrics_note (&pull.totals, context, NOTE_TOTALS);
    emit_rows (&pull, sink);
    tell_refused (&pull, sink);
    return TRUE;
}
