/* engine.h -- the threads that find jobs and run them.
 *
 * Runners claim a job each and run it; a ticker starts the daily run when it
 * is due; a heartbeat keeps the leases of what runs here. The database is the
 * truth and is polled; engine_wake only makes the next look come sooner. Each
 * thread has its own Store. See docs/architecture.md for the life of a job. */
#pragma once
#include "auth/seal.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/random.h"

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
    gpointer user;
} EngineOptions;

/* The caller must own an SQLite file (store_lock_file): what was running in it has no worker
 * any more and is taken back at once. */
Engine *engine_start (const EngineOptions *options, GError **error);
void engine_wake (Engine *engine);
/* Stop claiming and break off what runs (it goes back to the queue without costing an
 * attempt); returns at once. The engine may still be woken and looked at. */
void engine_halt (Engine *engine);
/* The same, and wait for the end of the threads. */
void engine_stop (Engine *engine);
/* When the ticker last looked, monotonic microseconds: for /readyz. */
gint64 engine_last_tick (Engine *engine);
