#include "sources/ga4_cut.h"

#include "base/fault.h"

#include <string.h>

#define MONEY 6

/* activeUsers is what GA4's own screens call Users; active7DayUsers and
 * active28DayUsers look back from each date and are the only honest longer counts in
 * a table by day. keyEvents was called conversions until 2024. */
const Ga4Cut ga4_cut_daily = {
    .table = &fact_ga4_daily,
    .dimensions = { "date" },
    .fields = {
        { "activeUsers", "users" },
        { "newUsers", "new_users" },
        { "active7DayUsers", "users_7d" },
        { "active28DayUsers", "users_28d" },
        { "sessions", "sessions" },
        { "engagedSessions", "engaged_sessions" },
        { "screenPageViews", "page_views" },
        { "keyEvents", "conversions" },
        { "purchaseRevenue", "revenue_micros", MONEY }, /* net of refunds: may be below zero */
    },
};

/* The session's channel, because the numbers beside it are of sessions. */
const Ga4Cut ga4_cut_channels = {
    .table = &fact_ga4_channel_daily,
    .dimensions = { "date", "sessionDefaultChannelGroup" },
    .fields = {
        { "activeUsers", "users" },
        { "sessions", "sessions" },
        { "engagedSessions", "engaged_sessions" },
        { "keyEvents", "conversions" },
        { "purchaseRevenue", "revenue_micros", MONEY },
    },
};

/* Without the query string: campaign parameters would make every visit its own page. */
const Ga4Cut ga4_cut_landing_pages = {
    .table = &fact_ga4_landing_daily,
    .dimensions = { "date", "landingPage" },
    .fields = {
        { "sessions", "sessions" },
        { "keyEvents", "conversions" },
        { "purchaseRevenue", "revenue_micros", MONEY },
    },
    .order_by = "sessions",
};

guint
ga4_cut_fields (const Ga4Cut *cut)
{
    guint n = 0;

    while (n < G_N_ELEMENTS (cut->fields) && cut->fields[n].metric)
        n++;
    return n;
}

typedef struct {
    Day day;
    char *name;
    gint64 values[GA4_MAX_COLUMNS];
} Row;

struct Ga4Sums {
    const Ga4Cut *cut;
    GPtrArray *rows;     /* owns them */
    GHashTable *by_name; /* Row as its own key, by day and name */
};

static guint
row_hash (gconstpointer key)
{
    const Row *row = key;

    return g_str_hash (row->name) ^ (guint)row->day * 2654435761u;
}

static gboolean
row_equal (gconstpointer a, gconstpointer b)
{
    const Row *left = a, *right = b;

    return left->day == right->day && strcmp (left->name, right->name) == 0;
}

static void
row_free (gpointer row)
{
    g_free (((Row *)row)->name);
    g_free (row);
}

Ga4Sums *
ga4_sums_new (const Ga4Cut *cut)
{
    Ga4Sums *sums = g_new0 (Ga4Sums, 1);

    sums->cut = cut;
    sums->rows = g_ptr_array_new_with_free_func (row_free);
    sums->by_name = g_hash_table_new (row_hash, row_equal);
    return sums;
}

void
ga4_sums_free (Ga4Sums *sums)
{
    if (!sums)
        return;
    g_hash_table_unref (sums->by_name);
    g_ptr_array_unref (sums->rows);
    g_free (sums);
}

static Row *
find (Ga4Sums *sums, Day day, const char *name)
{
    Row wanted = { .day = day, .name = (char *)name };
    Row *row = g_hash_table_lookup (sums->by_name, &wanted);

    if (row)
        return row;
    row = g_new0 (Row, 1);
    row->day = day;
    row->name = g_strdup (name);
    g_ptr_array_add (sums->rows, row);
    g_hash_table_add (sums->by_name, row);
    return row;
}

void
ga4_sums_touch (Ga4Sums *sums, Day day, const char *name)
{
    find (sums, day, name);
}

gboolean
ga4_sums_add (Ga4Sums *sums, Day day, const char *name, const Ga4Report *report, gsize row, GError **error)
{
    Row *sum = find (sums, day, name);

    for (guint i = 0; i < ga4_cut_fields (sums->cut); i++) {
        const Ga4Field *field = &sums->cut->fields[i];
        gint64 value;

        if (!ga4_report_metric (report, row, i, field->places, &value, error))
            return FALSE;
        if (value < 0 && field->places == 0)
            return fault_set (error, FAULT_REMOTE, "Google Analytics sent a negative number of %s",
                              field->metric);
        if (__builtin_add_overflow (sum->values[i], value, &sum->values[i]))
            return fault_set (error, FAULT_REMOTE, "Google Analytics sent numbers too large for %s",
                              field->metric);
    }
    return TRUE;
}

static guint
find_column (const FactTable *table, const char *name)
{
    for (guint i = 0; i < table->n_columns; i++)
        if (strcmp (table->columns[i].name, name) == 0)
            return i;
    g_error ("%s has no column %s", table->name, name);
}

void
ga4_sums_emit (const Ga4Sums *sums, const char *property, const SourceSink *sink)
{
    const FactTable *table = sums->cut->table;
    g_autofree Value *values = g_new0 (Value, table->n_columns);
    guint columns[GA4_MAX_COLUMNS], n = ga4_cut_fields (sums->cut);

    for (guint i = 0; i < n; i++)
        columns[i] = find_column (table, sums->cut->fields[i].column);
    for (guint r = 0; r < sums->rows->len; r++) {
        const Row *row = sums->rows->pdata[r];

        values[0] = VALUE_OF_TEXT (property);
        values[1] = VALUE_OF_DAY (row->day);
        if (sums->cut->dimensions[1])
            values[2] = VALUE_OF_TEXT (row->name);
        for (guint i = 0; i < n; i++)
            values[columns[i]] = VALUE_OF_INT (row->values[i]);
        sink->emit (sink->user, table, values);
    }
}
