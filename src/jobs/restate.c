#include "jobs/restate.h"

#include "sql.h"

#include <string.h>

/* The questions' columns are named as in the table; one that is missing is not compared. */
static const struct {
    const FactTable *table;
    const Sql *sums;
} summaries[] = {
    { &fact_ga4_daily, &sql_jobs_sums_ga4_daily },
    { &fact_meta_daily, &sql_jobs_sums_meta_daily },
    { &fact_ig_daily, &sql_jobs_sums_ig_daily },
};

/* What facts say of each day, added up over its rows; nothing, if no row says anything. */
typedef struct {
    const FactTable *table;
    Period window;
    Value *cells; /* n_columns a day */
} Sums;

static void
sums_clear (Sums *sums)
{
    g_free (sums->cells);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sums, sums_clear)

static Value *
sums_day (const Sums *sums, Day day)
{
    return &sums->cells[(gsize)(day - sums->window.from) * sums->table->n_columns];
}

static void
sums_init (Sums *sums, const FactSet *facts, Period window)
{
    *sums = (Sums){ .table = facts->table, .window = window };
    sums->cells = g_new0 (Value, (gsize)period_days (window) * facts->table->n_columns);
    for (guint r = 0; r < fact_set_rows (facts); r++) {
        const Value *row = fact_set_row (facts, r);
        Value *day;

        if (row[1].day < window.from || row[1].day > window.to)
            continue; /* will be refused when it is written */
        day = sums_day (sums, row[1].day);
        for (guint c = facts->table->n_key; c < facts->table->n_columns; c++)
            if (row[c].type == VALUE_INT)
                day[c] = VALUE_OF_INT (row[c].integer + (day[c].type == VALUE_INT ? day[c].integer : 0));
    }
}

static Value
stored (const Rows *rows, guint row, guint column)
{
    return rows_is_null (rows, row, column) ? VALUE_NONE : VALUE_OF_INT (rows_int (rows, row, column));
}

/* Where rows are written by key, what is unknown leaves the number that is there; and one that was
 * unknown until now is late, not changed. */
static gboolean
is_same (const FactTable *table, const Value *a, const Value *b)
{
    if (!table->by_day && (a->type == VALUE_NULL || b->type == VALUE_NULL))
        return TRUE;
    return a->type == b->type && (a->type == VALUE_NULL || a->integer == b->integer);
}

static gboolean
note (Store *store, const Restated *of, Day day, const char *metric, Value old, Value new, GError **error)
{
    return store_do (store, &sql_jobs_restatement,
                     PARAMS ({ "user", VALUE_OF_TEXT (of->user_id) },
                             { "source", VALUE_OF_TEXT (source_name (of->source)) },
                             { "external_id", VALUE_OF_TEXT (of->external_id) },
                             { "date", VALUE_OF_DAY (day) }, { "metric", VALUE_OF_TEXT (metric) },
                             { "old", old }, { "new", new }, { "now", VALUE_OF_INSTANT (of->now) }),
                     error) >= 0;
}

static gboolean
compare_day (Store *store, const Restated *of, const Rows *rows, guint row, const Sums *sums, GError **error)
{
    Day day = rows_day (rows, row, 0);

    for (guint c = sums->table->n_key; c < sums->table->n_columns; c++) {
        const char *metric = sums->table->columns[c].name;
        int column = rows_column (rows, metric);
        const Value *new = &sums_day (sums, day)[c];
        Value old = column < 0 || sums->table->columns[c].once ? *new : stored (rows, row, (guint)column);

        if (!is_same (sums->table, &old, new) && !note (store, of, day, metric, old, *new, error))
            return FALSE;
    }
    return TRUE;
}

static const Sql *
find_summary (const FactTable *table)
{
    for (guint i = 0; i < G_N_ELEMENTS (summaries); i++)
        if (summaries[i].table == table)
            return summaries[i].sums;
    return NULL;
}

gboolean
restate_note (Store *store, const Restated *of, const FactSet *facts, Period window, GError **error)
{
    const Sql *question = find_summary (facts->table);
    g_autoptr (Rows) rows = NULL;
    g_auto (Sums) sums = { 0 };

    if (!question)
        return TRUE;
    rows = store_ask (store, question,
                      PARAMS ({ "user", VALUE_OF_TEXT (of->user_id) },
                              { "external_id", VALUE_OF_TEXT (of->external_id) },
                              { "from", VALUE_OF_DAY (window.from) }, { "to", VALUE_OF_DAY (window.to) }),
                      error);
    if (!rows)
        return FALSE;
    if (rows_count (rows) == 0) /* read for the first time */
        return TRUE;
    sums_init (&sums, facts, window);
    for (guint row = 0; row < rows_count (rows); row++)
        if (!compare_day (store, of, rows, row, &sums, error))
            return FALSE;
    return TRUE;
}
