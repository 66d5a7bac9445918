/* engine.h -- the threads that find jobs and run them.
 *
 * Runners claim a job each and run it; a ticker starts the daily run when it
 * is due; a keeper (jobs/keeper.h) keeps the leases of what runs here. The database is the
 * truth and is polled; engine_wake only makes the next look come sooner. Each
 * thread has its own Store. See docs/architecture.md for the life of a job. */
#pragma once
#include "auth/seal.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/random.h"
#include "fetch/fetch.h"

#include <glib.h>

typedef struct Engine Engine;

typedef struct {
    const Config *config;
    Clock *clock;
    Random *random;
    Sealer *sealer;
    guint runners;
    gboolean scheduled; /* start daily runs too (serve); not for `daymark sync` */
    /* A user's data has changed; called from any runner. May be NULL. */
    void (*changed) (const char *user_id, gpointer user);
    /* See RunContext. May be NULL. */
    const Config *(*demo_config) (gpointer user, GError **error);
    gpointer user;
    /* How a job asks its platforms, and stops asking: by the flag. NULL: fetcher_new_curl. */
    Fetcher *(*new_fetcher) (const gint *cancel);
} EngineOptions;

/* The caller must own an SQLite file (store_lock_file): what was running in it has no worker
 * any more and is taken back at once. */
Engine *engine_start (const EngineOptions *options, GError **error);
void engine_wake (Engine *engine);
/* Stop claiming. What runs may end the window of days that it is reading, for LIMIT_GRACE at most,
 * and goes back to the queue without costing an attempt. Returns at once; the engine may still be
 * woken and looked at. */
void engine_halt (Engine *engine);
/* The same, and wait for the end of the threads. One that hangs for good is not waited for long:
 * the process is to end then. */
void engine_stop (Engine *engine);
/* When the slowest of the threads that must go round last did, by the monotonic clock: for /readyz. */
gint64 engine_last_tick (Engine *engine);
