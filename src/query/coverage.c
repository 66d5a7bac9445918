#include "query/coverage.h"

#include "sql.h"

/* In the order of AccountStatus; the words of the table. */
static const char *const statuses[] = {
    [ACCOUNT_CONNECTED] = "connected",
    [ACCOUNT_RECONNECT] = "reconnect",
    [ACCOUNT_ERROR] = "error",
    [ACCOUNT_PAUSED] = "paused",
};

static const struct {
    Source source;
    const Sql *sql;
} days_of[] = {
    { SOURCE_GA4, &sql_query_days_ga4 },
    { SOURCE_META, &sql_query_days_meta },
    { SOURCE_INSTAGRAM, &sql_query_days_instagram },
};

static const Rows *
days_rows (const Coverage *coverage, Source source)
{
    for (guint i = 0; i < G_N_ELEMENTS (days_of); i++)
        if (days_of[i].source == source)
            return batch_rows (coverage->batch, days_of[i].sql);
    return NULL;
}

void
coverage_add (Batch *batch, Source sources)
{
    batch_add (batch, &sql_query_accounts);
    batch_add (batch, &sql_query_notices);
    for (guint i = 0; i < G_N_ELEMENTS (days_of); i++)
        if (sources & days_of[i].source)
            batch_add (batch, days_of[i].sql);
}

static AccountStatus
read_status (const char *text)
{
    for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
        if (g_strcmp0 (statuses[i], text) == 0)
            return (AccountStatus)i;
    return ACCOUNT_ERROR;
}

/* The columns in the order of accounts.sql. */
enum { SOURCE, EXTERNAL_ID, NAME, TIME_ZONE, STATUS, LAST_SUCCESS_AT, COMPLETE_THROUGH };

static Account
read_account (const Rows *rows, guint row)
{
    const char *name = rows_text (rows, row, NAME);

    return (Account){
        .source = source_parse (rows_text (rows, row, SOURCE)),
        .label = name && *name ? name : rows_text (rows, row, EXTERNAL_ID),
        .time_zone = rows_text (rows, row, TIME_ZONE),
        .status = read_status (rows_text (rows, row, STATUS)),
        .last_success = rows_instant (rows, row, LAST_SUCCESS_AT),
        .complete_through = rows_day (rows, row, COMPLETE_THROUGH),
    };
}

/* The columns in the order of notices.sql. */
static SourceNotice
read_notice (const Rows *rows, guint row)
{
    return (SourceNotice){ source_parse (rows_text (rows, row, 0)), rows_text (rows, row, 1),
                           rows_text (rows, row, 2) };
}

void
coverage_read (Coverage *coverage, const Batch *batch, Period period)
{
    const Rows *accounts = batch_rows (batch, &sql_query_accounts);
    const Rows *notices = batch_rows (batch, &sql_query_notices);

    coverage->period = period;
    coverage->batch = batch;
    coverage->accounts = g_array_new (FALSE, FALSE, sizeof (Account));
    coverage->notices = g_array_new (FALSE, FALSE, sizeof (SourceNotice));
    for (guint row = 0; row < rows_count (accounts); row++) {
        Account account = read_account (accounts, row);

        g_array_append_val (coverage->accounts, account);
    }
    for (guint row = 0; row < rows_count (notices); row++) {
        SourceNotice notice = read_notice (notices, row);

        g_array_append_val (coverage->notices, notice);
    }
}

void
coverage_clear (Coverage *coverage)
{
    g_clear_pointer (&coverage->accounts, g_array_unref);
    g_clear_pointer (&coverage->notices, g_array_unref);
}

static guint
count_accounts (const Coverage *coverage, Source source)
{
    guint n = 0;

    for (guint i = 0; i < coverage->accounts->len; i++)
        n += g_array_index (coverage->accounts, Account, i).source == source;
    return n;
}

Source
coverage_connected (const Coverage *coverage)
{
    Source connected = SOURCE_NONE;

    for (guint i = 0; i < coverage->accounts->len; i++)
        connected |= g_array_index (coverage->accounts, Account, i).source;
    return connected;
}

Day
coverage_through (const Coverage *coverage, Source sources)
{
    Day through = DAY_NONE;

    for (guint i = 0; i < coverage->accounts->len; i++) {
        const Account *account = &g_array_index (coverage->accounts, Account, i);

        if (!(account->source & sources) || account->complete_through == DAY_NONE)
            continue;
        if (through == DAY_NONE || account->complete_through < through)
            through = account->complete_through;
    }
    return through;
}

/* How many accounts have each day of the period; the rows come in any order. */
static guint *
count_days (const Coverage *coverage, const Rows *rows)
{
    guint *counts = g_new0 (guint, period_days (coverage->period));

    for (guint row = 0; row < rows_count (rows); row++)
        counts[rows_day (rows, row, 0) - coverage->period.from]++;
    return counts;
}

void
coverage_missing (const Coverage *coverage, Source source, Day through, GArray *days)
{
    const Rows *rows = days_rows (coverage, source);
    guint accounts = count_accounts (coverage, source);
    Day last = MIN (coverage->period.to, through);
    g_autofree guint *counts = rows ? count_days (coverage, rows) : NULL;

    for (Day day = coverage->period.from; counts && day <= last; day++)
        if (counts[day - coverage->period.from] < accounts)
            g_array_append_val (days, day);
}
