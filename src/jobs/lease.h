/* lease.h -- a job in hand: who may write to it, and until when.
 *
 * The clock of leases is the database's. With SQLite one process owns the
 * file, so the program's clock is that clock. A worker keeps its own deadline
 * too, by the monotonic clock and measured from before a renewal was sent. */
#pragma once
#include "base/clock.h"
#include "base/limit.h"
#include "base/random.h"
#include "store/store.h"

#define LEASE_SECONDS     limit_seconds (LIMIT_LEASE)
#define HEARTBEAT_SECONDS limit_seconds (LIMIT_HEARTBEAT)
#define JOB_MAX_ATTEMPTS  5

typedef struct {
    char id[UUID_TEXT], token[UUID_TEXT];
    char *source, *scope, *trigger;
    int attempt;
    int days;        /* 0: as configured */
    gint64 deadline; /* monotonic; atomic: the heartbeat moves it */
    gint lost;       /* atomic: somebody else has the job */
} Lease;

/* Now by the clock of leases; INSTANT_NONE and error on failure. */
gint64 lease_now (Store *store, Clock *clock, GError **error);
/* Claim the next job: TRUE with *lease NULL if there is none. */
gboolean
lease_claim (Store *store, Clock *clock, Random *random, const char *owner, Lease **lease, GError **error);
void lease_free (Lease *lease);
/* Prolong it; on 0 rows marks it lost. */
gboolean lease_renew (Lease *lease, Store *store, Clock *clock, GError **error);
gboolean lease_is_held (Lease *lease, Clock *clock);

/* Fencing: in a worker's transaction, with progress and the rows it wrote. FAULT_FENCED if lost. */
gboolean lease_hold (Lease *lease, Store *store, int done, int total, gint64 rows, const char *message,
                     GError **error);
gboolean lease_finish (Lease *lease, Store *store, Clock *clock, gboolean success, const char *message,
                       GError **error);
/* Back to the queue, not before that instant (INSTANT_NONE: at once). */
gboolean lease_hand_back (Lease *lease, Store *store, gint64 not_before, gboolean give_attempt_back,
                          const char *message, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Lease, lease_free)
