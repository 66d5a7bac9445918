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

/* Or says what the matter is: a value that is not bound would be written as NULL. */
static gboolean
check_bound (SqliteStore *sqlite, sqlite3_stmt *statement, const char *table, gboolean bound, GError **error)
{
    if (bound)
        return TRUE;
    sqlite_reset (statement);
    return sqlite_fault (sqlite, table, SQLITE_NOMEM, error);
}

static gboolean
clear_window (SqliteStore *sqlite, const SqliteBulk *bulk, const FactTable *table, const char *user_id,
              const char *entity, Period window, GError **error)
{
    const Value values[] = { VALUE_OF_TEXT (user_id), VALUE_OF_TEXT (entity), VALUE_OF_DAY (window.from),
                             VALUE_OF_DAY (window.to) };
    gboolean bound = TRUE;

    if (!bulk->clear)
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS (values); i++)
        bound &= sqlite_bind (bulk->clear, (int)i + 1, &values[i]);
    return check_bound (sqlite, bulk->clear, table->name, bound, error) &&
           sqlite_run (sqlite, table->name, bulk->clear, error);
}

static gboolean
insert_row (SqliteStore *sqlite, sqlite3_stmt *insert, const FactSet *facts, guint row, const char *user_id,
            GError **error)
{
    const Value *values = fact_set_row (facts, row);
    gboolean bound = sqlite_bind (insert, 1, &VALUE_OF_TEXT (user_id));

    for (guint i = 0; i < facts->table->n_columns; i++)
        bound &= sqlite_bind (insert, (int)i + 2, &values[i]);
    return check_bound (sqlite, insert, facts->table->name, bound, error) &&
           sqlite_run (sqlite, facts->table->name, insert, error);
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
