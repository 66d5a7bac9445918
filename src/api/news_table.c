#include "api/news_table.h"

#include "base/date.h"
#include "query/now.h"
#include "sql.h"

#define OVERLAP_US (10 * SECOND_US) /* a row is visible by then, or its writer has failed */
#define KEEP_US    (10 * 60 * SECOND_US)
#define CARE_US    (60 * SECOND_US) /* how often we say that we read, and clear up */

struct NewsTable {
    GHashTable *read; /* id -> gint64 *told_at, of the last seconds */
    gint64 newest;    /* by the database's clock */
    gint64 cared;     /* monotonic */
};

static void
nobody (const char *message G_GNUC_UNUSED, gpointer user G_GNUC_UNUSED)
{
}

/* Others write for us, and rows of long ago go. */
static gboolean
care (NewsTable *table, Store *store, GError **error)
{
    gint64 now = shared_now (store, clock_system (), error);

    table->cared = g_get_monotonic_time ();
    return now != INSTANT_NONE &&
           store_do (store, &sql_jobs_setting_put,
                     PARAMS ({ "key", VALUE_OF_TEXT ("news_read") }, { "value", VALUE_OF_TEXT ("") },
                             { "now", VALUE_OF_INSTANT (now) }),
                     error) >= 0 &&
           store_do (store, &sql_news_prune, PARAMS ({ "before", VALUE_OF_INSTANT (now - KEEP_US) }),
                     error) >= 0;
}

/* TRUE: it is new. */
static gboolean
take_note (NewsTable *table, const char *id, gint64 told_at)
{
    if (g_hash_table_contains (table->read, id))
        return FALSE;
    g_hash_table_insert (table->read, g_strdup (id), g_memdup2 (&told_at, sizeof told_at));
    table->newest = MAX (table->newest, told_at);
    return TRUE;
}

static gboolean
is_over (gpointer id G_GNUC_UNUSED, gpointer told_at, gpointer since)
{
    return *(gint64 *)told_at < *(gint64 *)since;
}

static gboolean
look (NewsTable *table, Store *store, StoreHeard heard, gpointer user, GError **error)
{
    gint64 since = table->newest - OVERLAP_US;
    g_autoptr (Rows) rows =
        store_ask (store, &sql_news_read, PARAMS ({ "since", VALUE_OF_INSTANT (since) }), error);

    if (!rows)
        return FALSE;
    g_hash_table_foreach_remove (table->read, is_over, &since);
    for (guint i = 0; i < rows_count (rows); i++)
        if (take_note (table, rows_text (rows, i, 1), rows_instant (rows, i, 0)))
            heard (rows_text (rows, i, 2), user);
    return TRUE;
}

gboolean
news_table_begin (NewsTable *table, Store *store, GError **error)
{
    g_hash_table_remove_all (table->read);
    if (!care (table, store, error))
        return FALSE;
    table->newest = shared_now (store, clock_system (), error);
    return table->newest != INSTANT_NONE && look (table, store, nobody, NULL, error);
}

gboolean
news_table_read (NewsTable *table, Store *store, StoreHeard heard, gpointer user, GError **error)
{
    if (!look (table, store, heard, user, error))
        return FALSE;
    return g_get_monotonic_time () < table->cared + CARE_US || care (table, store, error);
}

NewsTable *
news_table_new (void)
{
    NewsTable *table = g_new0 (NewsTable, 1);

    table->read = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    return table;
}

void
news_table_free (NewsTable *table)
{
    if (!table)
        return;
    g_hash_table_unref (table->read);
    g_free (table);
}
