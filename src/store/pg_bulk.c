/* Facts into PostgreSQL by COPY, the fastest way in. A window of days is
 * deleted and copied straight into its table; rows that are updated by their
 * key go through a temporary table. */
#include "base/fault.h"
#include "store/bulk.h"
#include "store/pg_private.h"
#include "store/sqltext.h"

#define CHUNK_BYTES 65536

static const BulkPlan *
plan_of (PgStore *pg, const FactTable *table)
{
    BulkPlan *plan = g_hash_table_lookup (pg->plans, table);

    if (!plan) {
        plan = bulk_plan_new (table);
        g_hash_table_insert (pg->plans, (gpointer)table, plan);
    }
    return plan;
}

/* ---- the text format of COPY ---- */

static void
append_escaped (GString *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '\\':
            g_string_append (out, "\\\\");
            break;
        case '\t':
            g_string_append (out, "\\t");
            break;
        case '\n':
            g_string_append (out, "\\n");
            break;
        case '\r':
            g_string_append (out, "\\r");
            break;
        default:
            g_string_append_c (out, *text);
        }
    }
}

static void
append_row (GString *out, const char *user_id, const FactTable *table, const Value *row)
{
    char buffer[VALUE_TEXT_MAX];

    append_escaped (out, user_id);
    for (guint i = 0; i < table->n_columns; i++) {
        const char *text = value_write (&row[i], buffer);

        g_string_append_c (out, '\t');
        if (text)
            append_escaped (out, text);
        else
            g_string_append (out, "\\N");
    }
    g_string_append_c (out, '\n');
}

/* ---- sending ---- */

static gboolean
put (PgStore *pg, GString *chunk, GError **error)
{
    gboolean sent = PQputCopyData (pg->conn, chunk->str, (int)chunk->len) > 0;

    g_string_truncate (chunk, 0);
    return sent ? pg_flush (pg, error) : pg_lost (pg, error);
}

static gboolean
put_rows (PgStore *pg, const char *user_id, const FactSet *facts, const GArray *order, GError **error)
{
    g_autoptr (GString) chunk = g_string_sized_new (CHUNK_BYTES + 4096);

    for (guint i = 0; i < order->len; i++) {
        append_row (chunk, user_id, facts->table, fact_set_row (facts, g_array_index (order, guint, i)));
        if (chunk->len >= CHUNK_BYTES && !put (pg, chunk, error))
            return FALSE;
    }
    return chunk->len == 0 || put (pg, chunk, error);
}

/* Waits for what the server says to the end of the data. */
static gboolean
finish_copy (PgStore *pg, const char *what, GError **error)
{
    GError *failure = NULL;

    if (PQputCopyEnd (pg->conn, NULL) <= 0)
        return pg_lost (pg, error);
    while (pg->conn) {
        g_autoptr (PgResult) result = NULL;

        if (!pg_next (pg, &result, failure ? NULL : &failure) || !result)
            break;
        if (PQresultStatus (result) != PGRES_COMMAND_OK)
            pg_fault (pg, what, result, failure ? NULL : &failure);
    }
    if (!failure)
        return TRUE;
    g_propagate_error (error, failure);
    return FALSE;
}

static gboolean
copy (PgStore *pg, const BulkPlan *plan, const char *user_id, const FactSet *facts, const GArray *order,
      GError **error)
{
    const char *table = facts->table->name;
    char tag[64];

    return pg_script (pg, table, plan->copy, tag, error) && put_rows (pg, user_id, facts, order, error) &&
           finish_copy (pg, table, error);
}

static gboolean
clear_window (PgStore *pg, const BulkPlan *plan, const char *table, const char *user_id, const char *entity,
              Period window, GError **error)
{
    char from[DAY_TEXT], to[DAY_TEXT];
    const char *const values[] = { user_id, entity, day_format (window.from, from),
                                   day_format (window.to, to) };
    g_autoptr (PgResult) result = NULL, end = NULL;

    if (!PQsendQueryParams (pg->conn, plan->clear, G_N_ELEMENTS (values), NULL, values, NULL, NULL, 0))
        return pg_lost (pg, error);
    if (!pg_next (pg, &result, error))
        return FALSE;
    if (PQresultStatus (result) != PGRES_COMMAND_OK)
        pg_fault (pg, table, result, error);
    return pg->conn && pg_next (pg, &end, NULL) && PQresultStatus (result) == PGRES_COMMAND_OK;
}

gboolean
pg_replace (Store *store, const char *user_id, const char *entity, Period window, const FactSet *facts,
            GError **error)
{
    PgStore *pg = (PgStore *)store;
    const char *table = facts->table->name;
    const BulkPlan *plan = plan_of (pg, facts->table);
    g_autoptr (GArray) order = bulk_order (facts, entity, window, error);
    char tag[64];

    if (!order || !pg_ready (pg, error))
        return FALSE;
    if (facts->table->by_day)
        return clear_window (pg, plan, table, user_id, entity, window, error) &&
               (order->len == 0 || copy (pg, plan, user_id, facts, order, error));
    return order->len == 0 ||
           (pg_script (pg, table, plan->stage, tag, error) && copy (pg, plan, user_id, facts, order, error) &&
            pg_script (pg, table, plan->merge, tag, error));
}
