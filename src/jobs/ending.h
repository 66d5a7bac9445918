/* ending.h -- how an attempt of a job ends: for good, or back to the queue, and when it comes again. */
#pragma once
#include "jobs/run.h"

/* How the steps of this attempt ended. */
typedef struct {
    guint done, later, failed;
    guint unsaid;      /* of those that are not done: beyond what anybody reads */
    guint patient;     /* of the later ones: a quota that ends in a quarter of an hour or more */
    gboolean remote;   /* one of the later ones: the platform itself failed */
    int retry_after;   /* the longest wait that a platform asked for */
    GString *failures; /* " Shop: its token ended." for each of the first ones */
    gboolean broken_off;
} Tally;

/* By the clock of leases, or by ours if the database does not say. */
gint64 ending_now (const Run *run);
void tally_count (Tally *tally, const Target *target, const StepEnd *end);

/* What the attempt came to: success, failed, or pending again. FAULT_FENCED: it is another worker's. */
gboolean ending_write (const Run *run, const Tally *tally, GError **error);
/* For good, in one transaction with what hangs on it. */
gboolean ending_finish (const Run *run, gboolean success, const char *sentence, GError **error);
