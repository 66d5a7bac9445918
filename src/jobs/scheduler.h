/* scheduler.h -- is the daily run due? If so, start it.
 *
 * Nothing sleeps until the time of the run: a tick every few seconds compares
 * the clock with what the database knows, so that a clock that steps, a server
 * that was down and several instances all come to the same answer. It has no
 * thread of its own; whoever ticks it brings the Store. */
#pragma once
#include "base/clock.h"
#include "base/config.h"
#include "base/random.h"
#include "store/store.h"

typedef struct Scheduler Scheduler;

/* All three are borrowed and outlive it; the config's zone is one that exists. */
Scheduler *scheduler_new (const Config *config, Clock *clock, Random *random);
void scheduler_free (Scheduler *scheduler);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Scheduler, scheduler_free)

/* Look once. *started: a daily run was begun just now, and a runner may take it. FALSE and
 * error if the database could not be asked; the next tick looks again. */
gboolean scheduler_tick (Scheduler *scheduler, Store *store, gboolean *started, GError **error);
