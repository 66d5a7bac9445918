#include "jobs/prune.h"

#include "base/clock.h"
#include "base/date.h"
#include "sql.h"

#define AT_ONCE 500

/* How many jobs it were, in one transaction; -1 on error. */
static gint64
prune_some (Store *store, gint64 before, GError **error)
{
    const Param *params =
        PARAMS ({ "before", VALUE_OF_INSTANT (before) }, { "most", VALUE_OF_INT (AT_ONCE) });
    gint64 n = -1;

    if (!store_begin (store, error))
        return -1;
    if (store_do (store, &sql_jobs_prune_steps, params, error) >= 0)
        n = store_do (store, &sql_jobs_prune, params, error);
    if (n >= 0 && store_commit (store, error))
        return n;
    store_rollback (store);
    return -1;
}

gboolean
prune_jobs (Store *store, gint64 now, GError **error)
{
    gint64 before = now - PRUNE_AFTER_DAYS * 24 * 3600 * SECOND_US, n;

    while ((n = prune_some (store, before, error)) == AT_ONCE)
        ;
    return n >= 0;
}
