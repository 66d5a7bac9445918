/* A report run: order it, look whether it is done, read its pages.
 *
 * A run that fails, is skipped or stands still is ordered once more; after that
 * fewer days may help. Where none even begins, Meta has no time for us: more orders
 * would only make that worse, so it is for later. The waiting is counted by its
 * pauses, for a source has no clock. */
#include "base/fault.h"
#include "sources/graph_call.h"
#include "sources/meta.h"
#include "sources/meta_report.h"
#include "sources/words.h"

#include <string.h>

#define RUNS            2
#define FIRST_PAUSE     2 /* seconds; doubles */
#define LONGEST_PAUSE   30
#define START_WITHIN    300
#define FINISH_WITHIN   1800
#define MOST_STUMBLES   3 /* looks in a row that failed in passing */
#define WITHOUT_A_PAUSE 60
#define NOT_BEGUN_WAIT  900

typedef enum { RUN_GOES_ON, RUN_COMPLETE, RUN_LOST, RUN_NOT_BEGUN, RUN_FAILED } RunState;

typedef struct {
    MetaSession *session;
    char *id;
    int waited, next_pause, stumbles;
    int percent;
    GraphRemedy remedy;
} Run;

static void
run_clear (Run *run)
{
    g_free (run->id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/* The id is more than a double can hold, so it stays a text. */
static gboolean
order (Run *run, Period days, GError **error)
{
    MetaSession *session = run->session;
    g_autofree char *path = g_strconcat (session->account, "/insights", NULL);
    g_autofree char *question = meta_report_question (days);
    GraphCall call = { .service = META_SERVICE,
                       .method = "POST",
                       .path = path,
                       .token = session->token,
                       .parameters = question };
    g_autoptr (json_t) answer = graph_call (session->context, &call, error);

    run->remedy = call.remedy;
    if (!answer)
        return FALSE;
    run->id = graph_id (answer, "report_run_id");
    return (run->id && *run->id && strspn (run->id, "0123456789") == strlen (run->id)) ||
           fault_set (error, FAULT_REMOTE, META_SERVICE ": a report was ordered, but it has no number");
}

static gboolean
wait_a_while (Run *run, GError **error)
{
    const SourceContext *context = run->session->context;
    int seconds = run->next_pause;

    if (!context->pause)
        return fault_set_retry (error, FAULT_BUSY, WITHOUT_A_PAUSE,
                                META_SERVICE ": the report is being made");
    run->next_pause = MIN (seconds * 2, LONGEST_PAUSE);
    run->waited += seconds;
    return context->pause (context->pause_user, seconds) || fault_set (error, FAULT_CANCELLED, "stopped");
}

/* Since v25 a failed run says why. */
static RunState
judge_failure (Run *run, const json_t *answer, GError **error)
{
    g_autofree char *version = graph_version (run->session->context->config);
    const char *const secrets[] = { run->session->token, NULL };
    g_autofree char *message = words_message (google_text (answer, "error_message"), secrets);
    g_autofree char *advice = graph_advice (answer, secrets);
    GraphFailure failure = { .service = META_SERVICE,
                             .version = version,
                             .status = 500,
                             .code = json_integer_value (json_object_get (answer, "error_code")),
                             .subcode = json_integer_value (json_object_get (answer, "error_subcode")),
                             .message = message,
                             .advice = advice };

    run->remedy = graph_fault_set (&failure, error);
    /* What passes by itself is worth another run; all else would fail again. */
    return run->remedy == GRAPH_NO_REMEDY && error && fault_is (*error, FAULT_REMOTE) ? RUN_LOST : RUN_FAILED;
}

/* Complete is only what says so and is at 100 %. */
static RunState
judge (Run *run, const json_t *answer, GError **error)
{
    const char *status = google_text (answer, "async_status");

    run->percent = (int)json_number_value (json_object_get (answer, "async_percent_completion"));
    if (g_strcmp0 (status, "Job Completed") == 0 && run->percent >= 100)
        return RUN_COMPLETE;
    if (g_strcmp0 (status, "Job Failed") == 0)
        return judge_failure (run, answer, error);
    if (g_strcmp0 (status, "Job Skipped") == 0) {
        fault_set (error, FAULT_REMOTE, META_SERVICE ": the report was skipped");
        return RUN_LOST;
    }
    return RUN_GOES_ON;
}

/* A look that fails in passing costs no run, nor does one that comes too early. */
static RunState
stumble (Run *run, GraphRemedy remedy, GError *failure, GError **error)
{
    gboolean passing = fault_is (failure, FAULT_REMOTE) || fault_is (failure, FAULT_LOST) ||
                       fault_is (failure, FAULT_TIMEOUT) || remedy == GRAPH_NOT_THERE_YET;

    if (passing && ++run->stumbles <= MOST_STUMBLES) {
        g_error_free (failure);
        return RUN_GOES_ON;
    }
    g_propagate_error (error, failure);
    return RUN_FAILED;
}

static RunState
look (Run *run, GError **error)
{
    GError *local = NULL;
    GraphCall call = {
        .service = META_SERVICE, .method = "GET", .path = run->id, .token = run->session->token
    };
    g_autoptr (json_t) answer = graph_call (run->session->context, &call, &local);

    if (!answer)
        return stumble (run, call.remedy, local, error);
    run->stumbles = 0;
    return judge (run, answer, error);
}

static RunState
follow (Run *run, GError **error)
{
    RunState state;

    do {
        if (!wait_a_while (run, error))
            return RUN_FAILED;
        state = look (run, error);
    } while (state == RUN_GOES_ON && run->waited < (run->percent > 0 ? FINISH_WITHIN : START_WITHIN));
    if (state != RUN_GOES_ON)
        return state;
    fault_set_retry (
        error, run->percent > 0 ? FAULT_TIMEOUT : FAULT_BUSY, run->percent > 0 ? -1 : NOT_BEGUN_WAIT,
        META_SERVICE ": a report was still at %d %% after %d minutes", run->percent, run->waited / 60);
    return run->percent > 0 ? RUN_LOST : RUN_NOT_BEGUN;
}

/* Order and follow one; anything but RUN_GOES_ON. */
static RunState
try_run (Run *run, Period days, GError **error)
{
    g_clear_pointer (&run->id, g_free);
    run->next_pause = FIRST_PAUSE;
    run->waited = run->stumbles = run->percent = 0;
    return order (run, days, error) ? follow (run, error) : RUN_FAILED;
}

gboolean
meta_report_run (MetaSession *session, Period days, MetaRows *rows, GraphRemedy *remedy, GError **error)
{
    g_auto (Run) run = { .session = session };
    RunState state = RUN_LOST;

    *remedy = GRAPH_NO_REMEDY;
    for (int i = 0; i < RUNS && (state == RUN_LOST || state == RUN_NOT_BEGUN); i++) {
        g_clear_error (error);
        state = try_run (&run, days, error);
    }
    if (state == RUN_COMPLETE)
        return meta_report_read_run (session, run.id, days, rows, remedy, error);
    *remedy = state == RUN_LOST ? GRAPH_SPLIT : state == RUN_FAILED ? run.remedy : GRAPH_NO_REMEDY;
    return FALSE;
}
