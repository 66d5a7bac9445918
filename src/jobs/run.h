/* run.h -- one job from claim to end: its connections, one after the other.
 *
 * A step a connection. A failed step does not stop the others; what succeeded
 * is kept. Effects don't repeat: pages are collected, then one transaction
 * replaces a window of days and moves the connection forward, so an attempt
 * after a crash goes on where the last one was. */
#pragma once
#include "auth/seal.h"
#include "base/config.h"
#include "fetch/fetch.h"
#include "jobs/lease.h"
#include "model/source.h"

/* What a runner brings along; borrowed by the run. */
typedef struct {
    Store *store;
    Fetcher *fetcher;
    const Config *config;
    Sealer *sealer;
    Clock *clock;
    Random *random;
    const gint *stop;                                   /* atomic: non-zero, break off */
    void (*pause) (gpointer user, gint64 microseconds); /* waits; comes back early on stop */
    void (*changed) (const char *user_id, gpointer user);
    gpointer user; /* of changed */
    gpointer pause_user;
} RunContext;

/* One connection to sync, as the job found it. */
typedef struct {
    char *id, *user_id, *external_id, *name, *time_zone, *credential;
    Source source;
    Day complete_through;
    gint64 last_success; /* INSTANT_NONE: never */
    char *dead;          /* why its credential is no longer good; NULL: it is asked */
    int planned;         /* its windows in the job's total, until its step knows better */
} Target;

/* How a job goes on, shared by its steps. */
typedef struct {
    RunContext *context;
    Lease *lease;
    int done, total; /* windows */
} Run;

typedef enum {
    STEP_DONE,
    STEP_LATER,      /* a passing failure: the job is tried again */
    STEP_FAILED,     /* final, for this run */
    STEP_BROKEN_OFF, /* stopped, or the lease is lost: the whole job ends here */
} StepResult;

/* Runs the job and writes its end, or hands it back. Returns quietly if the lease was lost. */
void run_job (RunContext *context, Lease *lease);

/* step.c: windows that this connection needs, and syncing them. *sentence says what was
 * wrong (caller frees), *retry_at when it makes sense to try again. */
int step_windows (const Run *run, const Target *target);
StepResult step_run (Run *run, Target *target, char **sentence, int *retry_after);
