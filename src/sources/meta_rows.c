#include "sources/meta_rows.h"

#include "base/fault.h"
#include "sources/decimal.h"
#include "sources/google_call.h"
#include "sources/graph_call.h"
#include "sources/meta.h"
#include "sources/words.h"

#include <stdlib.h>
#include <string.h>

#define MONEY 6 /* places: we keep millionths */

/* Meta's name and our column. */
static const struct {
    const char *metric, *column;
    int places;
} fields[] = {
    { "spend", "spend_micros", MONEY },
    { "impressions", "impressions" },
    { "reach", "reach" }, /* people: never to be added up over days or campaigns */
    { "clicks", "clicks" },
    { "inline_link_clicks", "link_clicks" },
};

enum { N_FIELDS = G_N_ELEMENTS (fields) };

/* One purchase is reported under several action types at once, so they must not be added up.
 * The first of these that a row both counts and values is the row's, for the number and for the
 * value alike; where none is both, the first that it counts, or else values. */
static const char *const purchase_types[] = {
    "omni_purchase",                        /* web, app and shop, each purchase once */
    "purchase",                             /* the same before there was omni_purchase */
    "offsite_conversion.fb_pixel_purchase", /* by the pixel on the site alone */
    "onsite_web_purchase",                  /* the rest come alone only where nothing else is told */
    "onsite_conversion.purchase",
    "app_custom_event.fb_mobile_purchase",
};

typedef struct {
    Day day;
    char *campaign_id, *campaign;
    char currency[4]; /* "" if the row does not say */
    gint64 values[N_FIELDS];
    gint64 conversions, revenue;
} Row;

struct MetaRows {
    GPtrArray *rows;     /* owns them */
    GHashTable *by_name; /* Row as its own key, by day and campaign */
};

static void
row_free (gpointer data)
{
    Row *row = data;

    if (!row)
        return;
    g_free (row->campaign_id);
    g_free (row->campaign);
    g_free (row);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Row, row_free)

static guint
row_hash (gconstpointer key)
{
    const Row *row = key;

    return g_str_hash (row->campaign_id) ^ (guint)row->day * 2654435761u;
}

static gboolean
row_equal (gconstpointer a, gconstpointer b)
{
    const Row *left = a, *right = b;

    return left->day == right->day && strcmp (left->campaign_id, right->campaign_id) == 0;
}

MetaRows *
meta_rows_new (void)
{
    MetaRows *rows = g_new0 (MetaRows, 1);

    rows->rows = g_ptr_array_new_with_free_func (row_free);
    rows->by_name = g_hash_table_new (row_hash, row_equal);
    return rows;
}

void
meta_rows_free (MetaRows *rows)
{
    if (!rows)
        return;
    g_hash_table_unref (rows->by_name);
    g_ptr_array_unref (rows->rows);
    g_free (rows);
}

/* ---- reading ---- */

/* A text as it should be, or a JSON number as it sometimes is; absent and null are zero. */
static gboolean
read_number (const json_t *value, const char *name, int places, gint64 *number, GError **error)
{
    char *dumped =
        json_is_number (value) ? json_dumps (value, JSON_ENCODE_ANY | JSON_REAL_PRECISION (15)) : NULL;
    const char *text = dumped ? dumped : json_string_value (value);
    gboolean good = TRUE;

    *number = 0;
    if (value && !json_is_null (value))
        good = decimal_parse (text, places, number);
    free (dumped);
    if (!good)
        return fault_set (error, FAULT_REMOTE, META_SERVICE ": %s is not a number, or too large", name);
    if (*number < 0 && places == 0)
        return fault_set (error, FAULT_REMOTE, META_SERVICE ": %s is negative", name);
    return TRUE;
}

static const json_t *
find_action (const json_t *actions, const char *type)
{
    gsize i;
    json_t *action;

    json_array_foreach ((json_t *)actions, i, action)
    {
        if (g_strcmp0 (google_text (action, "action_type"), type) == 0)
            return action;
    }
    return NULL;
}

/* The first type that both lists have; either may be NULL for any. */
static const char *
choose_type (const json_t *counts, const json_t *values)
{
    for (guint i = 0; i < G_N_ELEMENTS (purchase_types); i++)
        if ((!counts || find_action (counts, purchase_types[i])) &&
            (!values || find_action (values, purchase_types[i])))
            return purchase_types[i];
    return NULL;
}

/* `value` is the number by the attribution that was asked for; others beside it ("7d_click")
 * are of single windows. */
static gboolean
read_purchases (Row *row, const json_t *json, GError **error)
{
    const json_t *counts = json_object_get (json, "actions"),
                 *values = json_object_get (json, "action_values");
    const char *type = counts && values ? choose_type (counts, values) : NULL;

    if (!type && counts)
        type = choose_type (counts, NULL);
    if (!type && values)
        type = choose_type (NULL, values);
    return !type || (read_number (json_object_get (find_action (counts, type), "value"),
                                  "the number of purchases", 0, &row->conversions, error) &&
                     read_number (json_object_get (find_action (values, type), "value"),
                                  "the value of purchases", MONEY, &row->revenue, error));
}

static gboolean
read_numbers (Row *row, const json_t *json, GError **error)
{
    for (guint i = 0; i < N_FIELDS; i++)
        if (!read_number (json_object_get (json, fields[i].metric), fields[i].metric, fields[i].places,
                          &row->values[i], error))
            return FALSE;
    return read_purchases (row, json, error);
}

static gboolean
read_names (Row *row, const json_t *json, GError **error)
{
    const char *currency = google_text (json, "account_currency");
    g_autofree char *id = graph_id (json, "campaign_id");

    row->campaign_id = words_name (id, WORDS_NAME_BYTES);
    row->campaign = words_name (google_text (json, "campaign_name"), WORDS_NAME_BYTES);
    if (!row->campaign)
        row->campaign = g_strdup ("");
    if (meta_is_currency (currency))
        g_strlcpy (row->currency, currency, sizeof row->currency);
    return (row->campaign_id && *row->campaign_id) ||
           fault_set (error, FAULT_REMOTE, META_SERVICE ": a row without a campaign");
}

/* A row of more than one day would be put on the first: then time_increment was not obeyed. */
static gboolean
read_day (Row *row, const json_t *json, GError **error)
{
    const char *start = google_text (json, "date_start"), *stop = google_text (json, "date_stop");

    return (start && day_parse (start, &row->day) && (!stop || strcmp (start, stop) == 0)) ||
           fault_set (error, FAULT_REMOTE, META_SERVICE ": a row that is not of one day");
}

gboolean
meta_rows_add (MetaRows *rows, const json_t *json, Period days, GError **error)
{
    g_autoptr (Row) row = g_new0 (Row, 1);

    if (!read_day (row, json, error))
        return FALSE;
    if (row->day < days.from || row->day > days.to) /* not asked for: it must not replace what is known */
        return TRUE;
    if (!read_names (row, json, error) || !read_numbers (row, json, error))
        return FALSE;
    if (g_hash_table_contains (rows->by_name, row))
        return fault_set (error, FAULT_REMOTE,
                          META_SERVICE ": the same campaign and day twice in one report");
    g_hash_table_add (rows->by_name, row);
    g_ptr_array_add (rows->rows, g_steal_pointer (&row));
    return TRUE;
}

void
meta_rows_forget (MetaRows *rows, Period days)
{
    for (guint i = rows->rows->len; i > 0; i--) {
        Row *row = rows->rows->pdata[i - 1];

        if (row->day < days.from || row->day > days.to)
            continue;
        g_hash_table_remove (rows->by_name, row);
        g_ptr_array_remove_index_fast (rows->rows, i - 1);
    }
}

/* ---- emitting ---- */

static int
compare (gconstpointer a, gconstpointer b)
{
    const Row *left = *(const Row *const *)a, *right = *(const Row *const *)b;

    if (left->day != right->day)
        return left->day < right->day ? -1 : 1;
    return strcmp (left->campaign_id, right->campaign_id);
}

static gboolean *
mark_days (const MetaRows *rows, Period days)
{
    gboolean *seen = g_new0 (gboolean, (gsize)period_days (days));

    for (guint i = 0; i < rows->rows->len; i++)
        seen[((const Row *)rows->rows->pdata[i])->day - days.from] = TRUE;
    return seen;
}

gboolean
meta_rows_need_currency (const MetaRows *rows, Period days)
{
    g_autofree gboolean *seen = mark_days (rows, days);

    for (int i = 0; i < period_days (days); i++)
        if (!seen[i])
            return TRUE;
    for (guint i = 0; i < rows->rows->len; i++)
        if (!*((const Row *)rows->rows->pdata[i])->currency)
            return TRUE;
    return FALSE;
}

static void
add_idle_days (MetaRows *rows, Period days)
{
    g_autofree gboolean *seen = mark_days (rows, days);

    for (Day day = days.from; day <= days.to; day++) {
        Row *row;

        if (seen[day - days.from])
            continue;
        row = g_new0 (Row, 1);
        row->day = day;
        row->campaign_id = g_strdup ("");
        row->campaign = g_strdup ("");
        g_ptr_array_add (rows->rows, row);
    }
}

static guint
find_column (const char *name)
{
    for (guint i = 0; i < fact_meta_daily.n_columns; i++)
        if (strcmp (fact_meta_daily.columns[i].name, name) == 0)
            return i;
    g_error ("%s has no column %s", fact_meta_daily.name, name);
}

static void
emit_row (const Row *row, const char *account, const char *currency, const SourceSink *sink)
{
    Value values[16];

    g_assert (fact_meta_daily.n_columns <= G_N_ELEMENTS (values));
    values[find_column ("account_id")] = VALUE_OF_TEXT (account);
    values[find_column ("date")] = VALUE_OF_DAY (row->day);
    values[find_column ("campaign_id")] = VALUE_OF_TEXT (row->campaign_id);
    values[find_column ("campaign")] = VALUE_OF_TEXT (row->campaign);
    for (guint i = 0; i < N_FIELDS; i++)
        values[find_column (fields[i].column)] = VALUE_OF_INT (row->values[i]);
    values[find_column ("conversions")] = VALUE_OF_INT (row->conversions);
    values[find_column ("revenue_micros")] = VALUE_OF_INT (row->revenue);
    values[find_column ("currency")] = VALUE_OF_TEXT (*row->currency ? row->currency : currency);
    sink->emit (sink->user, &fact_meta_daily, values);
}

void
meta_rows_emit (MetaRows *rows, const char *account, Period days, const char *currency,
                const SourceSink *sink)
{
    add_idle_days (rows, days);
    g_ptr_array_sort (rows->rows, compare);
    for (guint i = 0; i < rows->rows->len; i++)
        emit_row (rows->rows->pdata[i], account, currency, sink);
}

/* ---- rows of another cut ---- */

/* In the order of the table of fields above. */
gboolean
meta_numbers_read (const json_t *json, MetaNumbers *numbers, GError **error)
{
    Row row = { .day = DAY_NONE };

    if (!read_numbers (&row, json, error))
        return FALSE;
    *numbers = (MetaNumbers){ .spend_micros = row.values[0],
                              .impressions = row.values[1],
                              .reach = row.values[2],
                              .clicks = row.values[3],
                              .link_clicks = row.values[4],
                              .conversions = row.conversions,
                              .revenue_micros = row.revenue };
    return TRUE;
}
