/* meta_run.c -- report runs: ordered, looked at until they are complete, read. */
#include "meta.h"

#include <string.h>

#define MOST_RUNS 10000

enum { FATE_COMPLETE, FATE_STUCK, FATE_FAILED, FATE_FAILED_WHY, FATE_SKIPPED, FATE_INCOMPLETE };

typedef struct {
    Property *property;
    MetaQuestion question;
    gint64 fate; /* by meta_run when it was ordered */
    guint looks;
    gboolean too_much;
} MetaRun;

void
meta_runs_free (GHashTable *runs)
{
    if (runs)
        g_hash_table_unref (runs);
}

static GHashTable *
runs_of (SimState *state)
{
    if (!state->meta_runs || g_hash_table_size (state->meta_runs) > MOST_RUNS) {
        meta_runs_free (state->meta_runs);
        state->meta_runs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    }
    return state->meta_runs;
}

void
meta_run_start (const GraphCall *call, Property *property)
{
    gint64 most = switch_value (&call->state->switches, SWITCH_META_MOST_ROWS);
    GHashTable *runs = runs_of (call->state);
    MetaRun run = { .property = property };
    char *id;
    Json json;

    if (!meta_question_read (call, property, &run.question))
        return;
    run.fate = switch_feel (&call->state->switches, SWITCH_META_RUN);
    run.too_much = most && meta_insights_count (call, property, &run.question) > most;
    id = g_strdup_printf (META_RUN_PREFIX "%012" G_GUINT64_FORMAT, ++call->state->n_meta_runs);
    json = sim_reply_json (call->reply, 200);
    json_begin_object (&json);
    json_put_text (&json, "report_run_id", id);
    json_end_object (&json);
    g_hash_table_insert (runs, id, g_memdup2 (&run, sizeof run));
}

/* ---- looking ---- */

typedef struct {
    const char *status;
    int percent;
    gboolean says_why;
} Look;

static Look
look_at (const GraphCall *call, const MetaRun *run)
{
    guint looks = (guint)switch_value (&call->state->switches, SWITCH_META_RUN_LOOKS);

    if (run->fate == FATE_STUCK)
        return (Look){ "Job Not Started", 0 };
    if (run->looks <= looks)
        return (Look){ run->looks <= 1 ? "Job Not Started" : "Job Running",
                       looks ? (int)(80 * (run->looks - 1) / looks) : 0 };
    if (run->fate == FATE_SKIPPED)
        return (Look){ "Job Skipped", 0 };
    if (run->fate == FATE_FAILED || run->fate == FATE_FAILED_WHY || run->too_much)
        return (Look){ "Job Failed", 15, run->fate == FATE_FAILED_WHY || run->too_much };
    if (run->fate == FATE_INCOMPLETE && run->looks <= looks + 2) /* says so before it is */
        return (Look){ "Job Completed", 98 };
    return (Look){ "Job Completed", 100 };
}

static void
write_why (const MetaRun *run, Json *json)
{
    json_put_int (json, "error_code", run->too_much ? 100 : 2);
    json_put_text (json, "error_message",
                   run->too_much ? "Invalid parameter" : "Service temporarily unavailable");
    json_put_int (json, "error_subcode", run->too_much ? 1487534 : 1504044);
    json_put_text (json, "error_user_title",
                   run->too_much ? "Too much data was requested" : "Try again later");
    json_put_text (json, "error_user_msg", "The report could not be made.");
}

static void
answer_look (const GraphCall *call, const char *id, MetaRun *run)
{
    Look look;
    Json json = sim_reply_json (call->reply, 200);

    run->looks++;
    look = look_at (call, run);
    json_begin_object (&json);
    json_put_text (&json, "id", id);
    json_put_text (&json, "account_id", meta_account_of (run->property) + strlen ("act_"));
    json_put_int (&json, "time_ref", clock_now (call->state->clock) / SECOND_US);
    json_put_text (&json, "async_status", look.status);
    json_put_int (&json, "async_percent_completion", look.percent);
    if (look.says_why)
        write_why (run, &json);
    json_end_object (&json);
}

/* A run that is not complete has no pages. */
static void
answer_pages (const GraphCall *call, MetaRun *run)
{
    Look look = look_at (call, run);

    if (strcmp (look.status, "Job Completed") != 0 || look.percent < 100)
        graph_fail (call->reply,
                    &(GraphError){ .status = 400,
                                   .code = 2601,
                                   .subcode = 1815107,
                                   .message = "Error accessing adreport job.",
                                   .user_title = "Loading Async Ads Report failed",
                                   .user_message = "Sorry, the async ads report is not available." });
    else
        meta_insights_write (call, run->property, &run->question);
}

gboolean
meta_run_answer (const GraphCall *call)
{
    g_auto (GStrv) parts = g_strsplit (call->path, "/", 2);
    MetaRun *run = g_hash_table_lookup (runs_of (call->state), parts[0]);

    if (!run || strcmp (call->request->method, "GET") != 0)
        return FALSE;
    if (parts[1] && strcmp (parts[1], "insights") == 0) {
        answer_pages (call, run);
        return TRUE;
    }
    if (parts[1] || switch_feel (&call->state->switches, SWITCH_META_RUN_RACE))
        return FALSE;
    answer_look (call, parts[0], run);
    return TRUE;
}
