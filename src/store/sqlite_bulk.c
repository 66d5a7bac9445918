/* Facts into SQLite: one prepared INSERT, stepped once a row, in the order of
 * the key, so that the pages of the table fill from left to right. */
#include "store/bulk.h"
#include "store/sqlite_private.h"

typedef struct {
    sqlite3_stmt *clear; /* NULL unless by day */
    sqlite3_stmt *insert;
} SqliteBulk;

void
sqlite_bulk_free (gpointer data)
{
    SqliteBulk *bulk = data;

    sqlite3_finalize (bulk->clear);
    sqlite3_finalize (bulk->insert);
    g_free (bulk);
}

static gboolean
prepare_bulk (SqliteStore *sqlite, SqliteBulk *bulk, const FactTable *table, GError **error)
{
    BulkPlan *plan = bulk_plan_new (table);

    if (plan->clear)
        bulk->clear = sqlite_prepare (sqlite, table->name, plan->clear, error);
    if (!plan->clear || bulk->clear)
        bulk->insert = sqlite_prepare (sqlite, table->name, plan->insert, error);
    bulk_plan_free (plan);
    return bulk->insert != NULL;
}

static SqliteBulk *
bulk_of (SqliteStore *sqlite, const FactTable *table, GError **error)
{
    SqliteBulk *bulk = g_hash_table_lookup (sqlite->bulks, table);

    if (bulk)
        return bulk;
    bulk = g_new0 (SqliteBulk, 1);
    if (!prepare_bulk (sqlite, bulk, table, error)) {
        sqlite_bulk_free (bulk);
        return NULL;
    }
    g_hash_table_insert (sqlite->bulks, (gpointer)table, bulk);
    return bulk;
}

static void
bind_text (sqlite3_stmt *statement, int place, const char *text)
{
    sqlite_bind (statement, place, &VALUE_OF_TEXT (text));
}

static gboolean
clear_window (SqliteStore *sqlite, const SqliteBulk *bulk, const FactTable *table, const char *user_id,
              const char *entity, Period window, GError **error)
{
    if (!bulk->clear)
        return TRUE;
    bind_text (bulk->clear, 1, user_id);
    bind_text (bulk->clear, 2, entity);
    sqlite_bind (bulk->clear, 3, &VALUE_OF_DAY (window.from));
    sqlite_bind (bulk->clear, 4, &VALUE_OF_DAY (window.to));
    return sqlite_run (sqlite, table->name, bulk->clear, error);
}

static gboolean
insert_row (SqliteStore *sqlite, sqlite3_stmt *insert, const FactSet *facts, guint row, const char *user_id,
            GError **error)
{
    const Value *values = fact_set_row (facts, row);

    bind_text (insert, 1, user_id);
    for (guint i = 0; i < facts->table->n_columns; i++)
        sqlite_bind (insert, (int)i + 2, &values[i]);
    return sqlite_run (sqlite, facts->table->name, insert, error);
}

gboolean
sqlite_replace (Store *store, const char *user_id, const char *entity, Period window, const FactSet *facts,
                GError **error)
{
    SqliteStore *sqlite = (SqliteStore *)store;
    g_autoptr (GArray) order = bulk_order (facts, entity, window, error);
    SqliteBulk *bulk;

    if (!order || !sqlite_check_transaction (sqlite, error))
        return FALSE;
    bulk = bulk_of (sqlite, facts->table, error);
    if (!bulk || !clear_window (sqlite, bulk, facts->table, user_id, entity, window, error))
        return FALSE;
    for (guint i = 0; i < order->len; i++)
        if (!insert_row (sqlite, bulk->insert, facts, g_array_index (order, guint, i), user_id, error))
            return FALSE;
    return TRUE;
}
