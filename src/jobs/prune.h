/* prune.h -- finished jobs are kept for a while, to look at, and then forgotten.
 *
 * The ledger of daily runs is not: a date that was run stays run for ever. */
#pragma once
#include "store/store.h"

#define PRUNE_AFTER_DAYS 90

/* Forget the jobs, and their steps, that ended longer ago; now by the clock of leases. A few
 * hundred at a time, so that nobody waits long for the lock. Any number of instances may. */
gboolean prune_jobs (Store *store, gint64 now, GError **error);
