/* news_table.h -- news by way of a table, where a pooler stands in the way of LISTEN.
 *
 * Who tells something writes a row only while somebody says that he reads
 * (the setting news_read). Who reads looks a few seconds back each time, since
 * rows do not become visible in the order of their instants, and remembers
 * what he has read of those seconds. One thread's. */
#pragma once
#include "store/store.h"

typedef struct NewsTable NewsTable;

NewsTable *news_table_new (void);
void news_table_free (NewsTable *table);
/* From now on rows are written; what is there counts as read. */
gboolean news_table_begin (NewsTable *table, Store *store, GError **error);
/* Passes on what is new, in order; not for long after an error: begin again then. */
gboolean news_table_read (NewsTable *table, Store *store, StoreHeard heard, gpointer user, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NewsTable, news_table_free)
