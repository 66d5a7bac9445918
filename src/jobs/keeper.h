/* keeper.h -- keeps the leases of what runs here, and ends what must not go on.
 *
 * Two threads. One beats: it has a database connection of its own, renews each
 * lease in time, looks whether a job was cancelled, and sweeps up what nobody
 * works on. Its calls have a short time limit, so that a database that hangs
 * leaves time for several more tries within a lease. It also prunes what is old. The other one watches: it
 * never waits for anything but the time, so that a worker whose lease runs out
 * is stopped also while the database, or the first thread, hangs.
 *
 * All functions may be called from any thread. */
#pragma once
#include "jobs/lease.h"

typedef struct Keeper Keeper;

typedef struct {
    const char *database_url; /* borrowed, like all here */
    Clock *clock;
    /* Some lease has ended: whoever waits with it may look. Called from the keeper's threads. */
    void (*ended) (gpointer user);
    /* A worker whose lease has ended has not let go within LIMIT_GRACE: it hangs where it looks at
     * nothing, and is no use any more. Once a lease, from the thread that watches. May be NULL. */
    void (*hangs) (const Lease *lease, gpointer user);
    gpointer user;
} KeeperOptions;

Keeper *keeper_start (const KeeperOptions *options);
/* A lease counts from here on, until it is removed; the keeper has a share of it. */
void keeper_add (Keeper *keeper, Lease *lease);
void keeper_remove (Keeper *keeper, Lease *lease);
/* From now on what runs has LIMIT_GRACE to end; what is left then gets LEASE_HALTED. */
void keeper_halt (Keeper *keeper);
/* No lease is left: end both threads and free it. NULL is fine. */
void keeper_stop (Keeper *keeper);
/* When the slower of both threads last came round, by the monotonic clock. */
gint64 keeper_last_round (Keeper *keeper);
