/* write.h -- what a step has read of some days becomes the stored truth, all or nothing.
 *
 * One transaction: the facts, what was said of them, the connection's day, the step's and the
 * job's progress, and the proof that the job and the connection are still this worker's. */
#pragma once
#include "jobs/harvest.h"
#include "jobs/run.h"

typedef struct {
    Run *run;
    const Target *target;
    Period window;
    gboolean totals; /* numbers of whole periods, which only add to what was said of the days */
    int more;        /* how far the job gets on with this */
} Writing;

/* FAULT_FENCED: the job or the connection is another worker's now. Whatever the fault,
 * nothing was written (after FAULT_LOST or FAULT_TIMEOUT it may have been: writing it again
 * changes nothing). */
gboolean write_harvest (const Writing *writing, const Harvest *harvest, GError **error);
