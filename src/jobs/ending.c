#include "jobs/ending.h"

#include "base/failpoint.h"
#include "base/fault.h"
#include "base/log.h"
#include "query/now.h"
#include "sql.h"

#define RETRY_MOST_SECONDS (15 * 60)
#define RETRY_AFTER_MOST   (6 * 3600) /* what a platform asks beyond this is not believed */
#define PATIENT_SECONDS    RETRY_MOST_SECONDS
#define PATIENCE_US        (24 * 3600 * SECOND_US)
#define FAILURES_MOST      20 /* that a sentence names */

void
tally_count (Tally *tally, const Target *target, const StepEnd *end)
{
    const char *sentence = end->sentence ? end->sentence : "failed";

    if (end->result == STEP_DONE) {
        tally->done++;
        return;
    }
    if (end->result == STEP_LATER) {
        tally->later++;
        tally->patient += end->fault == FAULT_BUSY && end->retry_after >= PATIENT_SECONDS;
        tally->remote = tally->remote || end->fault == FAULT_REMOTE;
        tally->retry_after = MAX (tally->retry_after, end->retry_after);
    } else {
        tally->failed++;
    }
    if (tally->later + tally->failed > FAILURES_MOST) {
        tally->unsaid++;
        return;
    }
    g_string_append_printf (tally->failures, " %s: %s%s", target->name ? target->name : target->external_id,
                            sentence, g_str_has_suffix (sentence, ".") ? "" : ".");
}

gint64
ending_now (const Run *run)
{
    RunContext *context = run->context;
    gint64 now = shared_now (context->store, context->clock, NULL);

    return now == INSTANT_NONE ? clock_now (context->clock) : now;
}

/* Full jitter: anything up to the bound, so that many do not come back at once. A platform that
 * fails is asked few times and slowly: it may count them. */
static gint64
retry_at (const Run *run, const Tally *tally)
{
    int base = limit_seconds (LIMIT_RETRY) * (tally->remote ? 4 : 1);
    int bound = MIN (RETRY_MOST_SECONDS, base << MIN (run->lease->attempt - 1, 5));
    guint32 dice;

    random_fill (run->context->random, &dice, sizeof dice);
    return ending_now (run) +
           (CLAMP (tally->retry_after, 0, RETRY_AFTER_MOST) + 1 + (int)(dice % (guint)bound)) * SECOND_US;
}

/* " Shop: its token ended." for those that are not done. */
static char *
failures (const Tally *tally)
{
    if (!tally->unsaid)
        return g_strdup (tally->failures->str);
    return g_strdup_printf ("%s And %u more.", tally->failures->str, tally->unsaid);
}

static char *
sentence_at_end (const Tally *tally)
{
    guint all = tally->done + tally->failed + tally->later;
    g_autofree char *others = failures (tally);

    if (!all)
        return g_strdup ("There is nothing to sync: no account is connected");
    if (tally->done == all)
        return g_strdup_printf (all == 1 ? "%u account is up to date" : "All %u accounts are up to date",
                                all);
    return g_strdup_printf ("%u of %u %s up to date.%s", tally->done, all,
                            all == 1 ? "account is" : "accounts are", others);
}

static gboolean
put_setting (const Run *run, const char *key, GError **error)
{
    char text[INSTANT_TEXT];
    gint64 now = clock_now (run->context->clock);

    return store_do (run->context->store, &sql_jobs_setting_put,
                     PARAMS ({ "key", VALUE_OF_TEXT (key) },
                             { "value", VALUE_OF_TEXT (instant_format (now, text)) },
                             { "now", VALUE_OF_INSTANT (now) }),
                     error) >= 0;
}

/* last_sync, ga4_last_success, …: what the meta routes of the first API read. A source has succeeded
 * if it had accounts to read and all of them were read, whatever became of the others. */
static gboolean
put_settings (const Run *run, GError **error)
{
    g_autoptr (Rows) rows = store_ask (run->context->store, &sql_jobs_sources_read,
                                       PARAMS ({ "job", VALUE_OF_TEXT (run->lease->id) }), error);

    for (guint i = 0; rows && i < rows_count (rows); i++) {
        g_autofree char *key = g_strdup_printf ("%s_last_success", rows_text (rows, i, 0));

        if (!put_setting (run, key, error))
            return FALSE;
    }
    return rows && (!rows_count (rows) || put_setting (run, "last_sync", error));
}

static Progress
progress_of (const Run *run, const char *message)
{
    return (Progress){ .done = run->state->done, .total = run->state->total, .message = message };
}

static gboolean
write_end (const Run *run, gboolean success, const char *sentence, GError **error)
{
    RunContext *context = run->context;
    Progress progress = progress_of (run, sentence);

    return put_settings (run, error) &&
           lease_finish (run->lease, context->store, context->clock, success, &progress, error) &&
           store_do (context->store, &sql_jobs_steps_close,
                     PARAMS ({ "job", VALUE_OF_TEXT (run->lease->id) },
                             { "now", VALUE_OF_INSTANT (clock_now (context->clock)) }),
                     error) >= 0 &&
           failpoint (FAILPOINT_END, error);
}

gboolean
ending_finish (const Run *run, gboolean success, const char *sentence, GError **error)
{
    Store *store = run->context->store;

    if (!store_begin (store, error))
        return FALSE;
    if (!write_end (run, success, sentence, error) || !store_commit (store, error)) {
        store_rollback (store);
        return FALSE;
    }
    failpoint (FAILPOINT_ENDED, NULL);
    log_event (success ? LOG_INFO : LOG_WARNING, "sync.finished", sentence, "job", run->lease->id, "source",
               run->lease->source, "trigger", run->lease->trigger, NULL);
    return TRUE;
}

static gboolean
hand_back (const Run *run, gint64 not_before, gboolean give_attempt_back, const char *sentence,
           GError **error)
{
    Progress progress = progress_of (run, sentence);

    return lease_hand_back (run->lease, run->context->store, not_before, give_attempt_back, &progress, error);
}

static gboolean
end_stuck (const Run *run, GError **error)
{
    static const char again[] = "It took too long and was broken off; it goes on soon";
    g_autofree char *sentence = g_strdup_printf ("It took longer than %d minutes, %d times, and was given up",
                                                 limit_seconds (LIMIT_MAX_RUN) / 60, run->lease->attempt);

    log_event (LOG_ERROR, "sync.stuck", "the sync takes too long and is broken off", "job", run->lease->id,
               NULL);
    if (run->lease->attempt >= JOB_MAX_ATTEMPTS)
        return ending_finish (run, FALSE, sentence, error);
    return hand_back (run, retry_at (run, &(Tally){ 0 }), FALSE, again, error);
}

static gboolean
end_broken_off (const Run *run, GError **error)
{
    lease_watch (run->lease, run->context->clock);
    switch (lease_end (run->lease)) {
    case LEASE_LOST:
        return fault_set (error, FAULT_FENCED, "the job is another worker's; nothing more was written");
    case LEASE_CANCELLED:
        return ending_finish (run, FALSE, "Cancelled", error);
    case LEASE_STUCK:
        return end_stuck (run, error);
    default:
        return failpoint (FAILPOINT_SHUTDOWN, error) &&
               hand_back (run, INSTANT_NONE, TRUE, "Interrupted; it goes on soon", error);
    }
}

/* A quota that ends in an hour is nobody's failure, and costs no attempt, for a day. */
static gboolean
is_patient (const Run *run, const Tally *tally)
{
    gint64 elapsed = ending_now (run) - run->lease->began; /* negative: the clock was ahead then */

    return tally->patient == tally->later && elapsed >= 0 && elapsed < PATIENCE_US;
}

gboolean
ending_write (const Run *run, const Tally *tally, GError **error)
{
    g_autofree char *sentence = NULL, *others = failures (tally);
    gboolean patient;

    if (tally->broken_off)
        return end_broken_off (run, error);
    patient = tally->later && is_patient (run, tally);
    if (!tally->later || (run->lease->attempt >= JOB_MAX_ATTEMPTS && !patient)) {
        sentence = sentence_at_end (tally);
        return ending_finish (run, !tally->failed && !tally->later, sentence, error);
    }
    sentence = g_strdup_printf ("Waiting to try again.%s", others);
    log_event (LOG_WARNING, "sync.later", sentence, "job", run->lease->id, NULL);
    return hand_back (run, retry_at (run, tally), patient, sentence, error);
}
