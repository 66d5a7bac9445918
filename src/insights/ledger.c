#include "insights/ledger.h"

#include "sql.h"

static const struct {
    Source source;
    const Sql *sums; /* by day; the first column is the date */
} tables[] = {
    { SOURCE_GA4, &sql_jobs_sums_ga4_daily },
    { SOURCE_META, &sql_jobs_sums_meta_daily },
    { SOURCE_INSTAGRAM, &sql_jobs_sums_ig_daily },
};

static const Sql *
table_of (Source source)
{
    for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
        if (tables[i].source == source)
            return tables[i].sums;
    return NULL;
}

static void
index_days (Ledger *ledger)
{
    ledger->row_of = g_new0 (gint, (gsize)period_days (ledger->days));
    for (guint row = 0; row < rows_count (ledger->rows); row++)
        ledger->row_of[rows_day (ledger->rows, row, 0) - ledger->days.from] = (gint)row + 1;
}

gboolean
ledger_read (Ledger *ledger, Store *store, const char *user_id, Source source, const char *external_id,
             Period days, GError **error)
{
    ledger->days = days;
    ledger->rows = store_ask (store, table_of (source),
                              PARAMS ({ "user", VALUE_OF_TEXT (user_id) },
                                      { "external_id", VALUE_OF_TEXT (external_id) },
                                      { "from", VALUE_OF_DAY (days.from) }, { "to", VALUE_OF_DAY (days.to) }),
                              error);
    if (ledger->rows)
        index_days (ledger);
    return ledger->rows != NULL;
}

void
ledger_clear (Ledger *ledger)
{
    g_clear_pointer (&ledger->rows, rows_free);
    g_clear_pointer (&ledger->row_of, g_free);
}

gboolean
ledger_cell (const Ledger *ledger, Day day, const char *column, gint64 *value)
{
    int at = column ? rows_column (ledger->rows, column) : -1;
    gint row = ledger->row_of[day - ledger->days.from] - 1;

    if (row < 0 || at < 0 || rows_is_null (ledger->rows, (guint)row, (guint)at))
        return FALSE;
    *value = rows_int (ledger->rows, (guint)row, (guint)at);
    return TRUE;
}

LedgerSum
ledger_sum (const Ledger *ledger, const char *column, Period days)
{
    LedgerSum sum = { .most = G_MININT64 };
    gint64 value;

    for (Day day = days.from; day <= days.to; day++) {
        if (!ledger_cell (ledger, day, column, &value))
            continue;
        if (__builtin_add_overflow (sum.sum, value, &sum.sum)) /* of what no source has ever sent */
            sum.sum = value < 0 ? G_MININT64 : G_MAXINT64;
        sum.most = MAX (sum.most, value);
        sum.days++;
    }
    return sum;
}

guint
ledger_live (const Ledger *ledger, const OwnMetric *metrics)
{
    guint live = 0;

    for (guint i = 0; metrics[i].metric; i++)
        if (ledger_sum (ledger, metrics[i].column, ledger->days).days > 0)
            live |= 1u << i;
    return live;
}

gboolean
ledger_is_whole (const Ledger *ledger, Day day, const OwnMetric *metrics, guint live)
{
    gint64 value;

    if (ledger->row_of[day - ledger->days.from] == 0)
        return FALSE;
    for (guint i = 0; metrics[i].metric; i++)
        if ((live & 1u << i) && !ledger_cell (ledger, day, metrics[i].column, &value))
            return FALSE;
    return TRUE;
}
