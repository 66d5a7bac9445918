/* now.h -- the clock that all instances of a database share: leases, news and mails go by it.
 *
 * The database's; on SQLite, which one process owns, the program's own. */
#pragma once
#include "base/clock.h"
#include "store/store.h"

/* INSTANT_NONE and error on failure. */
gint64 shared_now (Store *store, Clock *clock, GError **error);
