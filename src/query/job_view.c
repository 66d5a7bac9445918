#include "query/job_view.h"

#include "base/fault.h"
#include "query/job.h"
#include "sql.h"

#include <string.h>

static void
write_step (Json *json, const Rows *steps, guint row)
{
    json_begin_object (json);
    json_put_text (json, "connection_id", rows_text (steps, row, 0));
    json_put_text (json, "source", rows_text (steps, row, 1));
    json_put_text (json, "name", rows_text (steps, row, 2));
    json_put_text (json, "status", rows_text (steps, row, 3));
    json_put_int (json, "rows", rows_int (steps, row, 4));
    json_put_text (json, "message", rows_text (steps, row, 5));
    json_put_instant (json, "started_at", rows_instant (steps, row, 6));
    json_put_instant (json, "finished_at", rows_instant (steps, row, 7));
    json_end_object (json);
}

static const struct {
    const char *name, *public_message;
    gboolean final;
} states[] = {
    { "pending", "The sync is waiting to start", FALSE },
    { "running", "The sync is running", FALSE },
    { "success", "The sync is done", TRUE },
    { "failed", "The sync has ended, but not all accounts could be read", TRUE },
};

static guint
state_of (const char *status)
{
    guint i = 0;

    while (i + 1 < G_N_ELEMENTS (states) && strcmp (states[i].name, status) != 0)
        i++;
    return i;
}

/* What a run of all accounts says and counts is not one user's business. */
static void
write_head (Json *json, const char *user_id, const Rows *jobs, guint row)
{
    gboolean own = g_strcmp0 (rows_text (jobs, row, 13), user_id) == 0;
    const char *status = rows_text (jobs, row, 3);

    json_put_text (json, "id", rows_text (jobs, row, 0));
    json_put_text (json, "source", rows_text (jobs, row, 1));
    json_put_text (json, "trigger", rows_text (jobs, row, 2));
    json_put_text (json, "status", status);
    json_put_text (json, "message",
                   own ? rows_text (jobs, row, 4) : states[state_of (status)].public_message);
    json_put_instant (json, "created_at", rows_instant (jobs, row, 5));
    json_put_instant (json, "started_at", rows_instant (jobs, row, 6));
    json_put_instant (json, "finished_at", rows_instant (jobs, row, 7));
    json_put_instant (json, "last_sync_at", rows_instant (jobs, row, 8));
    json_key (json, "progress");
    json_begin_object (json);
    json_put_int (json, "done", rows_int (jobs, row, 9));
    json_put_int (json, "total", rows_int (jobs, row, 10));
    json_end_object (json);
    if (own)
        json_put_int (json, "rows_written", rows_int (jobs, row, 11));
    json_put_int (json, "attempt", rows_int (jobs, row, 12));
}

/* ---- many at once ---- */

/* What came back, to be found by job, and by job and user. */
typedef struct {
    Rows *jobs, *steps;
    Rows *restated;            /* what re-reads changed; NULL: not asked */
    GHashTable *rows_of_jobs;  /* job id -> row + 1 */
    GHashTable *rows_of_steps; /* "job user" -> GArray of rows */
} Found;

static void
found_clear (Found *found)
{
    g_clear_pointer (&found->rows_of_jobs, g_hash_table_unref);
    g_clear_pointer (&found->rows_of_steps, g_hash_table_unref);
    g_clear_pointer (&found->jobs, rows_free);
    g_clear_pointer (&found->steps, rows_free);
    g_clear_pointer (&found->restated, rows_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Found, found_clear)

static char *
pair_key (const char *job, const char *user)
{
    return g_strconcat (job, " ", user, NULL);
}

static void
index_rows (Found *found)
{
    found->rows_of_jobs = g_hash_table_new (g_str_hash, g_str_equal);
    for (guint i = 0; i < rows_count (found->jobs); i++)
        g_hash_table_insert (found->rows_of_jobs, (gpointer)rows_text (found->jobs, i, 0),
                             GUINT_TO_POINTER (i + 1));
    found->rows_of_steps =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    for (guint i = 0; i < rows_count (found->steps); i++) {
        g_autofree char *key = pair_key (rows_text (found->steps, i, 8), rows_text (found->steps, i, 9));
        GArray *rows = g_hash_table_lookup (found->rows_of_steps, key);

        if (!rows) {
            rows = g_array_new (FALSE, FALSE, sizeof (guint));
            g_hash_table_insert (found->rows_of_steps, g_steal_pointer (&key), rows);
        }
        g_array_append_val (rows, i);
    }
}

static const GArray *
steps_of (const Found *found, const char *job, const char *user)
{
    g_autofree char *key = pair_key (job, user);

    return g_hash_table_lookup (found->rows_of_steps, key);
}

static void
write_steps (Json *json, const Found *found, const GArray *rows)
{
    json_key (json, "steps");
    json_begin_array (json);
    for (guint i = 0; rows && i < rows->len; i++)
        write_step (json, found->steps, g_array_index (rows, guint, i));
    json_end_array (json);
}

/* What was restated while the step had the account: one job has it at a time. */
static gint64
restated_by (const Found *found, guint step)
{
    gint64 from = rows_instant (found->steps, step, 6), to = rows_instant (found->steps, step, 7), n = 0;

    for (guint i = 0; from != INSTANT_NONE && i < rows_count (found->restated); i++) {
        gint64 at = rows_instant (found->restated, i, 2);

        if (at >= from && (to == INSTANT_NONE || at <= to) &&
            g_str_equal (rows_text (found->restated, i, 0), rows_text (found->steps, step, 1)) &&
            g_str_equal (rows_text (found->restated, i, 1), rows_text (found->steps, step, 10)))
            n += rows_int (found->restated, i, 3);
    }
    return n;
}

/* What the job did to this user's numbers. */
static void
write_changed (Json *json, const Found *found, const GArray *rows)
{
    gint64 written = 0, restated = 0;

    for (guint i = 0; rows && i < rows->len; i++) {
        written += rows_int (found->steps, g_array_index (rows, guint, i), 4);
        restated += restated_by (found, g_array_index (rows, guint, i));
    }
    json_key (json, "changed");
    json_begin_object (json);
    json_put_int (json, "rows", written);
    json_put_int (json, "restatements", restated);
    json_end_object (json);
}

/* Is it of the source that was asked for? A job of all reads each. */
static gboolean
reads (const char *source, const JobView *view)
{
    return !view->source || strcmp (view->source, "all") == 0 || strcmp (source, "all") == 0 ||
           strcmp (source, view->source) == 0;
}

static void
draw (JobView *view, const Found *found)
{
    guint row = GPOINTER_TO_UINT (g_hash_table_lookup (found->rows_of_jobs, view->job));
    const char *scope = row ? rows_text (found->jobs, row - 1, 13) : NULL;
    const GArray *steps;
    Json json;
    guint state;

    if (!row || (strcmp (scope, view->user) != 0 && strcmp (scope, JOB_SCOPE_ALL) != 0) ||
        !reads (rows_text (found->jobs, row - 1, 1), view))
        return;
    state = state_of (rows_text (found->jobs, row - 1, 3));
    view->status = states[state].name;
    view->final = states[state].final;
    view->text = g_string_sized_new (1024);
    json = JSON_INTO (view->text);
    json_begin_object (&json);
    write_head (&json, view->user, found->jobs, row - 1);
    steps = steps_of (found, view->job, view->user);
    write_steps (&json, found, steps);
    if (found->restated)
        write_changed (&json, found, steps);
    json_end_object (&json);
}

static char *
list_of (const JobView *views, guint n, gsize member)
{
    g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
    GString *list = g_string_new (NULL);
    Json json = JSON_INTO (list);

    json_begin_array (&json);
    for (guint i = 0; i < n; i++) {
        const char *id = G_STRUCT_MEMBER (const char *, &views[i], member);

        if (uuid_is_valid (id) && g_hash_table_add (seen, (gpointer)id))
            json_text (&json, id);
    }
    json_end_array (&json);
    return g_string_free (list, FALSE);
}

/* since: also what was restated of the first view's user from then on; INSTANT_NONE: not asked. */
static gboolean
read_views (Store *store, JobView *views, guint n, gint64 since, GError **error)
{
    g_autofree char *jobs = list_of (views, n, G_STRUCT_OFFSET (JobView, job));
    g_autofree char *users = list_of (views, n, G_STRUCT_OFFSET (JobView, user));
    StoreQuestion questions[] = {
        { .sql = &sql_jobs_views, .params = PARAMS ({ "jobs", VALUE_OF_TEXT (jobs) }) },
        { .sql = &sql_jobs_view_steps,
          .params = PARAMS ({ "jobs", VALUE_OF_TEXT (jobs) }, { "users", VALUE_OF_TEXT (users) }) },
        { .sql = &sql_jobs_restated,
          .params = PARAMS ({ "user", VALUE_OF_TEXT (views->user) }, { "since", VALUE_OF_INSTANT (since) }) },
    };
    g_auto (Found) found = { 0 };

    for (guint i = 0; i < n; i++)
        views[i].text = NULL;
    if (!store_ask_all (store, questions, since == INSTANT_NONE ? 2 : 3, error))
        return FALSE;
    found.jobs = questions[0].rows;
    found.steps = questions[1].rows;
    found.restated = questions[2].rows;
    index_rows (&found);
    for (guint i = 0; i < n; i++)
        draw (&views[i], &found);
    return TRUE;
}

gboolean
job_view_read (Store *store, JobView *views, guint n, GError **error)
{
    return n == 0 || read_views (store, views, n, INSTANT_NONE, error);
}

void
job_views_clear (JobView *views, guint n)
{
    for (guint i = 0; i < n; i++)
        if (views[i].text)
            g_string_free (g_steal_pointer (&views[i].text), TRUE);
}

/* ---- the history ---- */

/* Of the nightly run, which is everybody's. */
static void
write_missed (Json *json, const Rows *missed)
{
    json_key (json, "missed");
    json_begin_array (json);
    for (guint i = 0; i < rows_count (missed); i++) {
        json_begin_object (json);
        json_put_day (json, "date", rows_day (missed, i, 0));
        json_put_bool (json, "caught_up", !rows_is_null (missed, i, 1));
        json_end_object (json);
    }
    json_end_array (json);
}

static void
write_history (Json *json, const JobView *views, guint n, gboolean more, const Rows *missed)
{
    json_begin_object (json);
    json_key (json, "jobs");
    json_begin_array (json);
    for (guint i = 0; i < n; i++)
        if (views[i].text) /* not pruned meanwhile */
            json_raw (json, views[i].text->str, views[i].text->len);
    json_end_array (json);
    json_put_text (json, "next_before", more ? views[n - 1].job : NULL);
    write_missed (json, missed);
    json_end_object (json);
}

static gboolean
read_page (Store *store, const char *user_id, const Rows *page, guint n, Json *json, GError **error)
{
    g_autofree JobView *views = g_new0 (JobView, n + 1);
    g_autoptr (Rows) missed = store_ask (store, &sql_api_sync_missed, NO_PARAMS, error);

    if (!missed)
        return FALSE;
    for (guint i = 0; i < n; i++)
        views[i] = (JobView){ .job = rows_text (page, i, 0), .user = user_id };
    if (n > 0 && !read_views (store, views, n, rows_instant (page, n - 1, 1), error))
        return FALSE;
    write_history (json, views, n, rows_count (page) > n, missed);
    job_views_clear (views, n);
    return TRUE;
}

gboolean
job_history (Store *store, const char *user_id, int limit, const char *before, Json *json, GError **error)
{
    JobView last = { .job = before, .user = user_id };
    g_autoptr (Rows) page = NULL;

    if (before) {
        if (!job_view_read (store, &last, 1, error))
            return FALSE;
        if (!last.text)
            return fault_set (error, FAULT_NOT_FOUND, "there is no such job");
        job_views_clear (&last, 1);
    }
    page = store_ask (store, &sql_jobs_history,
                      PARAMS ({ "scope", VALUE_OF_TEXT (user_id) },
                              { "before", VALUE_OF_TEXT (before ? before : "") },
                              { "most", VALUE_OF_INT (limit + 1) }),
                      error);
    return page && read_page (store, user_id, page, MIN (rows_count (page), (guint)limit), json, error);
}
