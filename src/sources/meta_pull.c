/* All facts of one ad account and window.
 *
 * First as it is, in pages. When Meta finds that too much: pages of half the
 * rows; when the smallest page is too much, or no answer comes in time, a report
 * run; and when that is, or when Meta says at once that only fewer days help, the
 * days in two halves. An account that needed a report run, or very many pages,
 * gets report runs for all windows that follow in the same sync. */
#include "base/fault.h"
#include "sources/meta.h"
#include "sources/meta_report.h"

static gboolean read_days (MetaSession *session, Period days, MetaRows *rows, GError **error);

static gboolean
read_halves (MetaSession *session, Period days, MetaRows *rows, GError **error)
{
    Day middle = days.from + (days.to - days.from) / 2;

    return read_days (session, (Period){ days.from, middle }, rows, error) &&
           read_days (session, (Period){ middle + 1, days.to }, rows, error);
}

static gboolean
run_days (MetaSession *session, Period days, MetaRows *rows, GError **error)
{
    g_autoptr (GError) local = NULL;
    GraphRemedy remedy;

    if (meta_report_run (session, days, rows, &remedy, &local))
        return TRUE;
    if (period_days (days) > 1 && (remedy == GRAPH_SPLIT || remedy == GRAPH_ASK_FOR_LESS)) {
        meta_rows_forget (rows, days);
        return read_halves (session, days, rows, error);
    }
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

/* An answer that takes too long is made in the background, where one may wait for that. */
static gboolean
is_slow (const MetaSession *session, const GError *failure)
{
    return fault_is (failure, FAULT_TIMEOUT) && session->context->pause;
}

static gboolean
read_days (MetaSession *session, Period days, MetaRows *rows, GError **error)
{
    g_autoptr (GError) local = NULL;
    GraphRemedy remedy;

    if (session->heavy)
        return run_days (session, days, rows, error);
    if (meta_report_read (session, days, rows, &remedy, &local))
        return TRUE;
    if (is_slow (session, local))
        remedy = GRAPH_ASK_FOR_LESS;
    if (remedy == GRAPH_NO_REMEDY) {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
    }
    meta_rows_forget (rows, days);
    if (remedy == GRAPH_SPLIT && period_days (days) > 1)
        return read_halves (session, days, rows, error);
    session->heavy = remedy == GRAPH_ASK_FOR_LESS;
    return run_days (session, days, rows, error);
}

gboolean
meta_pull (const SourceContext *context, const char *access_token, const char *external_id, Period window,
           const SourceSink *sink, GError **error)
{
    g_autoptr (MetaRows) rows = meta_rows_new ();
    g_autofree char *currency = NULL;
    MetaSession session;
    gboolean good;

    meta_session_init (&session, context, access_token, external_id);
    good = read_days (&session, window, rows, error);
    meta_session_end (&session);
    if (!good)
        return FALSE;
    if (meta_rows_need_currency (rows, window)) {
        currency = meta_currency (context, access_token, external_id, error);
        if (!currency)
            return FALSE;
    }
    meta_rows_emit (rows, external_id, window, currency, sink);
    return TRUE;
}
