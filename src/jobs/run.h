/* run.h -- one job from claim to end.
 *
 * A step a connection; so many of them are read at once (jobs/reading.h). A failed step does not stop the
 * others; what succeeded is kept. Effects don't repeat: pages are collected, then one transaction
 * replaces a window of days and moves the connection forward, so an attempt
 * after a crash goes on where the last one was. */
#pragma once
#include "auth/seal.h"
#include "base/config.h"
#include "base/fault.h"
#include "fetch/fetch.h"
#include "jobs/lease.h"
#include "model/source.h"
#include "sources/memory.h"

/* What a runner brings along; borrowed by the run. */
typedef struct {
    Store *store;
    Fetcher *fetcher;
    guint readers; /* connections that are read at once, each with a store and a fetcher of its own; 0: 1 */
    Fetcher *(*new_fetcher) (const gint *cancel); /* only for several */
    SourceMemory *memory;                         /* of all runners; or NULL */
    const Config *config;
    /* The settings under which made-up accounts are read. NULL: none are read here. */
    const Config *(*demo_config) (gpointer user, GError **error);
    Sealer *sealer;
    Clock *clock;
    Random *random;
    const gint *stop; /* atomic: non-zero, end after the window that is being read */
    /* Waits; comes back early when the lease ends, or on stop. */
    void (*pause) (gpointer user, Lease *lease, gint64 microseconds);
    void (*changed) (const char *user_id, gpointer user);
    gpointer user; /* of changed and demo_config */
    gpointer pause_user;
} RunContext;

/* One connection to sync, as the job found it. */
typedef struct {
    char *id, *user_id, *external_id, *name, *time_zone, *credential;
    Source source;
    Day complete_through;
    gint64 last_success; /* INSTANT_NONE: never */
    char *dead;          /* why its credential is no longer good; NULL: it is asked */
    gboolean demo;       /* made up: read from the simulators */
    int planned;         /* its share of the job's total */
} Target;

/* How a job goes on, shared by all who read for it; atomic. Progress is counted in windows, as many as
 * there seem to be when the job starts. A step that turns out to have more or fewer of them moves through
 * the share that was planned for it, so that the total stays and nothing ever goes back. */
typedef struct {
    gint done, total;
    gint64 told; /* monotonic: when progress was last written; 0: never */
    gint over;   /* one of them cannot go on, so nobody is to begin another window */
} RunState;

/* As one reader sees it. */
typedef struct {
    RunContext *context;
    Lease *lease;
    RunState *state;
    gint64 since; /* see SourceContext */
} Run;

typedef enum {
    STEP_DONE,
    STEP_LATER,      /* a passing failure: the job is tried again */
    STEP_FAILED,     /* final, for this run */
    STEP_BROKEN_OFF, /* stopped, or the lease has ended: the whole job ends here */
} StepResult;

typedef struct {
    StepResult result;
    char *sentence;  /* what was wrong; the caller frees it */
    FaultCode fault; /* of which kind; only if it was not done */
    int retry_after; /* seconds: when it makes sense to try again; -1: unknown */
} StepEnd;

/* Runs the job and writes its end, or hands it back. Returns quietly if the lease was lost. */
void run_job (RunContext *context, Lease *lease);
/* To end what is being done: now, or when it is at a good place. */
gboolean run_is_broken_off (const Run *run);
gboolean run_is_stopped (const Run *run);
/* The settings under which this one is read; NULL with an error: nothing can be read of it here. */
const Config *run_config (const Run *run, const Target *target, GError **error);

/* step.c: windows of days that this connection needs; the same with all else that it reads;
 * and reading it. */
int step_windows (const Run *run, const Target *target);
int step_parts (const Run *run, const Target *target);
void step_run (Run *run, Target *target, StepEnd *end);
