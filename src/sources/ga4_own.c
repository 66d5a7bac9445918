/* What Google Analytics itself says of a period: one report without dimensions. Its notices
 * are those of this report, which a report by day need not have. */
#include "sources/ga4.h"
#include "sources/ga4_session.h"
#include "sources/google_call.h"

#define MONEY 6

const OwnMetric ga4_own_metrics[] = {
    { .metric = "sessions", .column = "sessions" },
    { .metric = "engaged_sessions", .column = "engaged_sessions" },
    { .metric = "page_views", .column = "page_views" },
    { .metric = "conversions", .column = "conversions" },
    { .metric = "revenue", .column = "revenue_micros", .money = TRUE },
    { .metric = "users", .column = "users", .unique = TRUE },
    { .metric = NULL },
};

/* In the same order. */
static const char *const names[] = { "sessions",  "engagedSessions", "screenPageViews",
                                     "keyEvents", "purchaseRevenue", "activeUsers",
                                     NULL };
static const char *const no_dimensions[] = { NULL };

G_STATIC_ASSERT (G_N_ELEMENTS (ga4_own_metrics) == G_N_ELEMENTS (names));

/* A period without visits has no row: then all is zero. */
static gboolean
read_values (const json_t *answer, const Ga4Question *question, OwnTotals *totals, GError **error)
{
    Ga4Report report;

    if (!ga4_report_open (answer, question, &report, error))
        return FALSE;
    for (guint i = 0; ga4_own_metrics[i].metric; i++) {
        gint64 value = 0;

        if (report.n_rows > 0 &&
            !ga4_report_metric (&report, 0, i, ga4_own_metrics[i].money ? MONEY : 0, &value, error))
            return FALSE;
        totals->values[i] = VALUE_OF_INT (value);
    }
    totals->currency = g_strdup (google_text (report.metadata, "currencyCode"));
    totals->time_zone = g_strdup (google_text (report.metadata, "timeZone"));
    return TRUE;
}

gboolean
ga4_own_totals (const SourceContext *context, const char *access_token, const char *external_id, Period days,
                OwnTotals *totals, const SourceSink *sink, GError **error)
{
    const Ga4Question question = {
        .dimensions = no_dimensions, .metrics = names, .ranges = &days, .n_ranges = 1, .limit = 1
    };
    g_auto (Ga4Session) session = { 0 };
    g_autoptr (json_t) answer = NULL;

    ga4_session_init (&session, context, access_token, external_id);
    answer = ga4_session_ask (&session, &question, error);
    if (!answer || !read_values (answer, &question, totals, error))
        return FALSE;
    ga4_session_note_metadata (&session, json_object_get (answer, "metadata"), days);
    ga4_session_tell (&session, sink);
    return TRUE;
}
