/* job_view.h -- jobs as their users see them: many at once, and the history.
 *
 * A user sees his own jobs, and of the runs of all accounts their state, their
 * times and his own steps. */
#pragma once
#include "base/json.h"
#include "store/store.h"

typedef struct {
    const char *job, *user; /* what is asked; borrowed */
    const char *source;     /* only a job that reads it, by itself or with all; NULL or "all": any */
    GString *text;          /* the job as JSON; NULL: there is none that he may see */
    gboolean final;         /* its status never changes again */
    const char *status;     /* static: "pending", "running", "success", "failed" */
} JobView;

/* All of them in one round trip, seen in one snapshot. On error none has a text. */
gboolean job_view_read (Store *store, JobView *views, guint n, GError **error);
void job_views_clear (JobView *views, guint n);

#define JOB_HISTORY_MOST 100

/* The newest jobs that he may see, at most `limit`, older than the job `before` (NULL: from the newest
 * on), as {"jobs":[…],"next_before":id or null,"missed":[…]}: at last the
 * dates whose nightly run did not start on its date, the newest thirty. FAULT_NOT_FOUND: he has no job
 * `before`. */
gboolean
job_history (Store *store, const char *user_id, int limit, const char *before, Json *json, GError **error);
