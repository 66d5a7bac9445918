/* job.h -- the rows of sync_jobs: start one, look at one.
 *
 * A job is started by writing its row; the engine finds it. Three promises,
 * three columns: run_key is unique for ever (a date is started once), lock_key
 * only while the job is active (nothing overlaps, nothing dead blocks), and
 * the lease belongs to the engine. */
#pragma once
#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "store/store.h"

#define JOB_SCOPE_ALL "all"

typedef enum {
    JOB_STARTED, /* a new job was written */
    JOB_RUNNING, /* the one that is active already */
    JOB_DONE,    /* daily only: that date's run has ended */
} JobStart;

typedef struct {
    const char *source;       /* "all", "ga4", … */
    const char *scope;        /* a user's id or JOB_SCOPE_ALL */
    const char *trigger;      /* "manual", "cli", "daily", "cron" */
    const char *requested_by; /* a user's id or NULL */
    int days;                 /* look-back asked for; 0: as configured */
} JobRequest;

/* A run on demand. The same user's active job of that source is given back instead of a
 * second one. FAULT_CONFLICT while a daily run covers the source, with a sentence for people. */
gboolean job_start (Store *store, Clock *clock, Random *random, const JobRequest *request,
                    char id[static UUID_TEXT], JobStart *start, GError **error);

/* The daily run of a date: once for ever and source, whoever asks, and never while a source's
 * run of another date is not over. source "all" claims those sources that are free; the others
 * are to be asked for again, until each has a row of that date in sync_ledger. JOB_RUNNING also if
 * none is free because of another date's run; the id is then that one's. */
gboolean job_start_daily (Store *store, Clock *clock, Random *random, const JobRequest *request, Day date,
                          char id[static UUID_TEXT], JobStart *start, GError **error);

/* The newest active job this user may see: its id, or "" if there is none. */
gboolean job_active (Store *store, const char *user_id, char id[static UUID_TEXT], GError **error);

/* Somebody wants the job to end: the user whose accounts it syncs, or an admin. One that waits
 * has ended when this returns; a running one ends within 2 s as failed, "Cancelled", and keeps what
 * it has written. TRUE also for a job that has ended already: it stays as it ended.
 * FAULT_NOT_FOUND if there is none that he may see; status 403 for a sync of all accounts (as the
 * daily run is) that somebody else than an admin wants to end. */
gboolean
job_cancel (Store *store, Clock *clock, const char *user_id, gboolean admin, const char *id, GError **error);

/* Where a job stands, for whoever started it. */
typedef struct {
    gboolean final, success;
    char *message;
    int done, total;
    gint64 rows;
} JobState;

gboolean job_look (Store *store, const char *id, JobState *state, GError **error);
void job_state_clear (JobState *state);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (JobState, job_state_clear)
