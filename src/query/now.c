#include "query/now.h"

#include "sql.h"

gint64
shared_now (Store *store, Clock *clock, GError **error)
{
    g_autoptr (Rows) rows = NULL;

    if (store_engine (store) == STORE_SQLITE)
        return clock_now (clock);
    rows = store_ask (store, &sql_jobs_now, NO_PARAMS, error);
    return rows ? rows_instant (rows, 0, 0) : INSTANT_NONE;
}
