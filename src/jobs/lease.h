/* lease.h -- a job in hand: who may write to it, and until when.
 *
 * The clock of leases is the database's. With SQLite one process owns the
 * file, so the program's clock is that clock. A worker keeps its own deadline
 * too, by the monotonic clock and measured from before a renewal was sent: when
 * it passes, somebody else may have the job, and the worker stops by itself.
 *
 * Why a worker has to stop is one word of the lease, `end`, which all threads
 * that know a reason set and the worker looks at; its address is also what
 * ends a request of the worker's that is on its way. A Lease is shared by the
 * worker and by those who keep it (jobs/keeper.h), so it counts its owners. */
#pragma once
#include "base/clock.h"
#include "base/limit.h"
#include "base/random.h"
#include "store/store.h"

#define LEASE_SECONDS     limit_seconds (LIMIT_LEASE)
#define HEARTBEAT_SECONDS limit_seconds (LIMIT_HEARTBEAT)
#define JOB_MAX_ATTEMPTS  5
#define LEASE_FAR_US      (86400 * SECOND_US) /* no lease, and no wait for another try, is so long */

typedef enum {
    LEASE_HELD,
    LEASE_LOST,      /* somebody else has the job, or may have it: nothing can be written any more */
    LEASE_STUCK,     /* this attempt has taken longer than LIMIT_MAX_RUN */
    LEASE_CANCELLED, /* somebody wants the job to end */
    LEASE_HALTED,    /* the process ends, and has waited for as long as it does */
} LeaseEnd;

typedef struct {
    char id[UUID_TEXT], token[UUID_TEXT];
    char *source, *scope, *trigger;
    int attempt;
    int days;                  /* 0: as configured */
    int done, total;           /* progress that earlier attempts have made, of what they planned */
    gint64 began, run_until;   /* by the clock of leases: the first attempt's start; this one's end */
    gint64 deadline, stuck_at; /* monotonic; the deadline is atomic: each renewal moves it */
    gint64 overdue_at; /* monotonic, the keeper's: until then its worker has to let go; 0: it may go on */
    gint abandoned;    /* atomic: the worker hangs, and another one has taken its place */
    gint end;          /* atomic, a LeaseEnd: the first one stays, but for LEASE_LOST */
    gint owners;       /* atomic */
} Lease;

/* What people see of a job while it runs. */
typedef struct {
    int done, total;
    const char *message;
} Progress;

/* Claim the next job, one whose worker is silent before one that waits: TRUE with *lease NULL if
 * there is none. Sweeps first. */
gboolean lease_claim (Store *store, Clock *clock, Random *random, const char *owner, gboolean asked,
                      Lease **lease, GError **error);
/* Is it a nightly run, and not one that somebody has asked for? */
gboolean lease_is_daily (const Lease *lease);
/* End what nobody will end any more: jobs that killed their workers too often, and cancelled
 * ones that nobody is working on. */
gboolean lease_sweep (Store *store, gint64 now, GError **error);
Lease *lease_ref (Lease *lease);
void lease_free (Lease *lease); /* give up one's share; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Lease, lease_free)

/* ---- going on, or not: any thread ---- */

/* Prolong it, and look whether the job was cancelled. Ends the lease if it was, if somebody else
 * has the job, or if it is stuck: a beating heart alone doesn't keep it. */
gboolean lease_renew (Lease *lease, Store *store, Clock *clock, GError **error);
/* Only look, which many do more often. */
gboolean lease_look (Lease *lease, Store *store, GError **error);
/* What can be told without the database: has it run out, or is it stuck? TRUE if this ended it. */
gboolean lease_watch (Lease *lease, Clock *clock);
void lease_set_end (Lease *lease, LeaseEnd end);
LeaseEnd lease_end (Lease *lease);
/* Held, and its deadline has not passed. */
gboolean lease_is_held (Lease *lease, Clock *clock);

/* ---- writing: FAULT_FENCED if it was lost ---- */

/* Fencing: in a worker's transaction, with the rows it wrote; progress NULL: as it was. */
gboolean lease_hold (Lease *lease, Store *store, const Progress *progress, gint64 rows, GError **error);
/* For good. A total of 0 says nothing of the progress. */
gboolean lease_finish (Lease *lease, Store *store, Clock *clock, gboolean success, const Progress *progress,
                       GError **error);
/* Back to the queue, not before that instant (INSTANT_NONE: at once). */
gboolean lease_hand_back (Lease *lease, Store *store, gint64 not_before, gboolean give_attempt_back,
                          const Progress *progress, GError **error);
