/* verdict.h -- what must always be true of a simulation, and what must have come of it. */
#pragma once
#include "simulation.h"

#define LAST_LINES 80 /* of the trace, in a report */

static inline void
seen_free (gpointer data)
{
    Seen *seen = data;

    g_free (seen->end);
    g_free (seen->steps);
    g_free (seen);
}

static inline Rows *
observe (World *world, const Sql *sql, const Param *params)
{
    g_autoptr (GError) error = NULL;
    Rows *rows = store_ask (world->store, sql, params, &error);

    if (!rows)
        g_error ("%s: %s", sql->name, error->message);
    return rows;
}

static inline const char *
text_of (const Rows *rows, guint row, guint column)
{
    const char *text = rows_text (rows, row, column);

    return text ? text : "-";
}

/* ---- jobs ---- */

enum { ID, STATUS, ATTEMPT, DONE, MESSAGE, FINISHED, HAS_TOKEN };

static inline gboolean
is_final (const char *status)
{
    return g_str_equal (status, "success") || g_str_equal (status, "failed");
}

static inline Seen *
seen_of (World *world, const char *id)
{
    Seen *seen = g_hash_table_lookup (world->jobs, id);

    if (!seen) {
        seen = g_new0 (Seen, 1);
        seen->since = world->stage.now;
        g_hash_table_insert (world->jobs, g_strdup (id), seen);
    }
    return seen;
}

/* A job that has ended stays as it ended; one that has not goes forward. */
static inline void
check_job (World *world, const Rows *rows, guint row)
{
    Stage *stage = &world->stage;
    const char *id = rows_text (rows, row, ID), *status = rows_text (rows, row, STATUS);
    Seen *seen = seen_of (world, id);
    g_autofree char *end =
        is_final (status)
            ? g_strdup_printf ("%s, %s, attempt %d, at %s", status, text_of (rows, row, MESSAGE),
                               (int)rows_int (rows, row, ATTEMPT), text_of (rows, row, FINISHED))
            : NULL;

    if (rows_int (rows, row, ATTEMPT) > JOB_MAX_ATTEMPTS)
        stage_violated (stage, "job %s is at attempt %d", id, (int)rows_int (rows, row, ATTEMPT));
    if (rows_int (rows, row, DONE) < seen->done)
        stage_violated (stage, "the progress of job %s went back from %d to %d", id, (int)seen->done,
                        (int)rows_int (rows, row, DONE));
    if (seen->end && g_strcmp0 (seen->end, end) != 0)
        stage_violated (stage, "job %s had ended (%s) and is now %s", id, seen->end, end ? end : status);
    if (end && rows_int (rows, row, HAS_TOKEN))
        stage_violated (stage, "job %s has ended and still has a lease", id);
    if (end && !seen->end) {
        stage_trace (stage, "%s ends: %s", id, end);
        seen->new_success = g_str_equal (status, "success") && !seen->far && !is_far (world);
        seen->end = g_steal_pointer (&end);
    }
    seen->done = rows_int (rows, row, DONE);
    seen->far = seen->far || (!seen->end && is_far (world));
    seen->active = !is_final (status);
}

static inline void
check_jobs (World *world)
{
    static const Sql ask = { .name = "test/jobs",
                             .text = "SELECT id, status, attempt, progress_done, message, finished_at, "
                                     "CASE WHEN lease_token IS NULL THEN 0 ELSE 1 END AS token "
                                     "FROM sync_jobs ORDER BY id" };
    g_autoptr (Rows) rows = observe (world, &ask, NO_PARAMS);
    GHashTableIter iter;
    gpointer id;

    for (guint row = 0; row < rows_count (rows); row++)
        check_job (world, rows, row);
    if (g_hash_table_size (world->jobs) != rows_count (rows))
        stage_violated (&world->stage, "a job has vanished");
    g_hash_table_iter_init (&iter, world->accepted);
    while (g_hash_table_iter_next (&iter, &id, NULL))
        if (!g_hash_table_contains (world->jobs, id))
            stage_violated (&world->stage, "job %s was accepted and is not there", (char *)id);
}

/* The steps of a job that has ended have ended too, and stay so. */
static inline void
check_steps (World *world)
{
    static const Sql ask = { .name = "test/steps",
                             .text =
                                 "SELECT s.job_id, s.connection_id, s.status, s.message FROM sync_steps s "
                                 "JOIN sync_jobs j ON j.id = s.job_id "
                                 "WHERE j.status IN ('success', 'failed') ORDER BY 1, 2" };
    g_autoptr (Rows) rows = observe (world, &ask, NO_PARAMS);

    for (guint row = 0, end; row < rows_count (rows); row = end) {
        g_autoptr (GString) steps = g_string_new (NULL);
        const char *job = rows_text (rows, row, 0);
        Seen *seen = seen_of (world, job);

        for (end = row; end < rows_count (rows) && g_str_equal (rows_text (rows, end, 0), job); end++)
            g_string_append_printf (steps, "%s %s %s; ", rows_text (rows, end, 1), rows_text (rows, end, 2),
                                    text_of (rows, end, 3));
        if (strstr (steps->str, " running ") || strstr (steps->str, " pending "))
            stage_violated (&world->stage, "job %s has ended, but not its steps: %s", job, steps->str);
        if (seen->steps && !g_str_equal (seen->steps, steps->str))
            stage_violated (&world->stage, "the steps of job %s were %s and are now %s", job, seen->steps,
                            steps->str);
        if (!seen->steps)
            seen->steps = g_strdup (steps->str);
    }
}

/* ---- daily runs ---- */

/* A date and source has one run, for ever the same. */
static inline void
check_ledger (World *world)
{
    static const Sql ask = { .name = "test/ledger",
                             .text = "SELECT source, run_date, job_id FROM sync_ledger ORDER BY 2, 1" };
    g_autoptr (Rows) rows = observe (world, &ask, NO_PARAMS);

    for (guint row = 0; row < rows_count (rows); row++) {
        g_autofree char *key = g_strdup_printf ("%s %s", rows_text (rows, row, 0), rows_text (rows, row, 1));
        const char *job = rows_text (rows, row, 2), *before = g_hash_table_lookup (world->ledger, key);

        if (before && !g_str_equal (before, job))
            stage_violated (&world->stage, "the daily run of %s was job %s and is now %s", key, before, job);
        if (!before)
            g_hash_table_insert (world->ledger, g_steal_pointer (&key), g_strdup (job));
    }
    if (g_hash_table_size (world->ledger) != rows_count (rows))
        stage_violated (&world->stage, "a date has vanished from the ledger");
}

static inline void
check_active (World *world)
{
    static const Sql locks = { .name = "test/locks",
                               .text =
                                   "SELECT lock_key FROM sync_jobs WHERE status IN ('pending', 'running') "
                                   "GROUP BY lock_key HAVING count(*) > 1" };
    static const Sql sources = {
        .name = "test/sources",
        .text = "SELECT l.source FROM sync_ledger l JOIN sync_jobs j ON j.id = l.job_id "
                "WHERE j.status IN ('pending', 'running') GROUP BY l.source HAVING count(DISTINCT j.id) > 1"
    };
    g_autoptr (Rows) twice = observe (world, &locks, NO_PARAMS);
    g_autoptr (Rows) beside = observe (world, &sources, NO_PARAMS);

    if (rows_count (twice))
        stage_violated (&world->stage, "two jobs hold %s", text_of (twice, 0, 0));
    if (rows_count (beside))
        stage_violated (&world->stage, "two daily runs of %s are active", text_of (beside, 0, 0));
}

/* ---- numbers ---- */

static inline void
check_day (World *world, const Account *account, const Rows *rows, guint row)
{
    Day day = rows_day (rows, row, 0);
    int want = truth (account->property[0] - '0', day);
    char text[DAY_TEXT];

    if (row && day != rows_day (rows, row - 1, 0) + 1)
        stage_violated (&world->stage, "account %s has no day before %s", account->property,
                        day_format (day, text));
    if (rows_int (rows, row, 1) != want || rows_int (rows, row, 2) != want)
        stage_violated (&world->stage, "account %s has %d and %d on %s, and should have %d",
                        account->property, (int)rows_int (rows, row, 1), (int)rows_int (rows, row, 2),
                        day_format (day, text), want);
}

/* Every day from the first one that is there to that day is there, with its final numbers. */
static inline void
check_days (World *world, const Account *account, Day last)
{
    static const Sql ask = {
        .name = "test/days",
        .text = "SELECT d.date, d.sessions, (SELECT sum(c.sessions) FROM ga4_channel_daily c WHERE "
                "c.user_id = d.user_id AND c.property_id = d.property_id AND c.date = d.date) AS channels "
                "FROM ga4_daily d WHERE d.property_id = :property AND d.date <= :last ORDER BY d.date"
    };
    g_autoptr (Rows) rows =
        observe (world, &ask,
                 PARAMS ({ "property", VALUE_OF_TEXT (account->property) }, { "last", VALUE_OF_DAY (last) }));
    guint n = rows_count (rows);
    char text[DAY_TEXT];

    for (guint row = 0; row < n; row++)
        check_day (world, account, rows, row);
    if (!n || rows_day (rows, n - 1, 0) != last)
        stage_violated (&world->stage, "account %s lacks %s", account->property, day_format (last, text));
}

/* A job has succeeded: of its accounts, all days are in that were final when it began. */
static inline void
check_success (World *world, const char *job, const Seen *seen)
{
    static const Sql ask = { .name = "test/success",
                             .text = "SELECT c.external_id, c.complete_through FROM sync_steps s "
                                     "JOIN connections c ON c.id = s.connection_id "
                                     "WHERE s.job_id = :job AND s.status = 'success'" };
    g_autoptr (Rows) rows = observe (world, &ask, PARAMS ({ "job", VALUE_OF_TEXT (job) }));

    for (guint row = 0; row < rows_count (rows); row++) {
        const Account *account = &accounts[rows_text (rows, row, 0)[0] - '1'];

        if (!rows_is_null (rows, row, 1)) /* another job reads it all anew */
            check_days (world, account,
                        MIN (rows_day (rows, row, 1), true_yesterday (world, seen->since)) - 1);
    }
}

static inline void
check_numbers (World *world)
{
    static const Sql ask = { .name = "test/forgotten",
                             .text = "SELECT count(*) AS n FROM ga4_daily WHERE property_id = :property" };
    GHashTableIter iter;
    gpointer id, value;

    g_hash_table_iter_init (&iter, world->jobs);
    while (g_hash_table_iter_next (&iter, &id, &value)) {
        Seen *seen = value;

        if (seen->new_success)
            check_success (world, id, seen);
        seen->new_success = FALSE;
    }
    if (world->deleted) {
        g_autoptr (Rows) rows =
            observe (world, &ask, PARAMS ({ "property", VALUE_OF_TEXT (accounts[LAST_ACCOUNT].property) }));

        if (rows_int (rows, 0, 0))
            stage_violated (&world->stage, "numbers of a deleted account have come back");
    }
}

static inline void
check_always (World *world)
{
    world->stage.dirty = FALSE;
    check_jobs (world);
    check_steps (world);
    check_ledger (world);
    check_active (world);
    check_numbers (world);
}

/* ---- the end ---- */

static inline gboolean
nothing_is_active (World *world)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init (&iter, world->jobs);
    while (g_hash_table_iter_next (&iter, NULL, &value))
        if (((Seen *)value)->active)
            return FALSE;
    return TRUE;
}

/* No date between the first and the last has neither a run nor a note that it was missed. */
static inline void
check_dates (World *world)
{
    static const Sql ask = { .name = "test/dates",
                             .text =
                                 "SELECT run_date FROM sync_ledger UNION SELECT run_date FROM sync_missed "
                                 "ORDER BY 1" };
    g_autoptr (Rows) rows = observe (world, &ask, NO_PARAMS);
    char text[DAY_TEXT];

    for (guint row = 1; row < rows_count (rows); row++) {
        Day day = rows_day (rows, row, 0);

        if (day > true_yesterday (world, world->stage.now) + 1)
            break; /* of a clock that was ahead */
        if (day != rows_day (rows, row - 1, 0) + 1)
            stage_violated (&world->stage, "no daily run before that of %s, and no word of it",
                            day_format (day, text));
    }
}

static inline gboolean
ask_for_all (World *world, char id[static UUID_TEXT])
{
    JobRequest request = { .source = "all", .scope = JOB_SCOPE_ALL, .trigger = "manual" };
    Process *process = world->processes[0];
    JobStart start;

    return process &&
           job_start (world->store, &process->clock, &world->stage.random, &request, id, &start, NULL) &&
           start == JOB_STARTED;
}

/* One more run, with nothing in its way: it succeeds, and everything is there. */
static inline void
check_last_run (World *world)
{
    Stage *stage = &world->stage;
    char id[UUID_TEXT];
    const Seen *seen;

    while (!stage->violation && !ask_for_all (world, id))
        play_until (world, stage->now + MINUTE_US, NULL);
    stage->dirty = TRUE;
    stage_trace (stage, "the last run is %s", id);
    play_until (world, stage->now + MINUTE_US, NULL);
    play_until (world, stage->now + 3 * HOUR_US, nothing_is_active);
    seen = g_hash_table_lookup (world->jobs, id);
    if (stage->violation)
        return;
    if (!seen || !seen->end || !g_str_has_prefix (seen->end, "success"))
        stage_violated (stage, "the last run did not succeed: %s",
                        seen && seen->end ? seen->end : "not ended");
    for (guint i = 0; i < G_N_ELEMENTS (accounts) - world->deleted; i++)
        check_days (world, &accounts[i], true_yesterday (world, seen->since) - 1);
}

static inline void
calm_down (World *world)
{
    stage_trace (&world->stage, "it is calm from here on");
    world->stage.faults = FALSE;
    world->weather = FINE;
    world->weather_until = G_MAXINT64;
    right_clocks (world);
    reconnect_all (world);
}

/* A platform may ask for hours, a job is patient for a day. */
static inline void
check_end (World *world)
{
    gint64 begun = world->stage.now;

    play_until (world, begun + HOUR_US, NULL); /* everybody is back */
    play_until (world, begun + 30 * HOUR_US, nothing_is_active);
    if (!world->stage.violation && !nothing_is_active (world))
        stage_violated (&world->stage, "a job has not ended 30 hours after everything was fine");
    reconnect_all (world);
    if (!world->stage.violation)
        check_last_run (world);
    if (!world->stage.violation)
        check_dates (world);
}

/* ---- a whole simulation ---- */

static inline void
add_accounts (World *world)
{
    for (guint i = 0; i < G_N_ELEMENTS (accounts); i++) {
        NewConnection connection = { .user_id = accounts[i].user_id,
                                     .source = "ga4",
                                     .external_id = accounts[i].property,
                                     .time_zone = ACCOUNT_ZONE,
                                     .credential = "{\"refresh_token\":\"rt\",\"type\":\"refresh_token\"}",
                                     .expires = INSTANT_NONE };

        if (!connection_add (world->store, world->sealer, accounts[i].id, &connection, world->stage.now,
                             NULL))
            g_error ("cannot add an account");
    }
}

static inline World *
world_new (const char *url, guint32 seed)
{
    static const char *const environment[] = { "BACKFILL_DAYS=20", "GOOGLE_CLIENT_ID=c",
                                               "GOOGLE_CLIENT_SECRET=s", "SECRET_KEY=" KEY, NULL };
    World *world = g_new0 (World, 1);
    Stage *stage = &world->stage;

    stage->random = (Random){ stage_fill };
    stage->dice = g_rand_new_with_seed (seed);
    stage->ids = g_rand_new_with_seed (~seed);
    pthread_mutex_init (&stage->lock, NULL);
    pthread_cond_init (&stage->back, NULL);
    stage->loud = g_getenv ("TRACE") != NULL;
    instant_parse ("2026-03-05T12:00:00Z", &stage->now); /* the clocks change on the 8th */
    stage->observer = world->store = store_open (url, NULL, NULL);
    if (!world->store || migrate (world->store, migrations, NULL) < 0)
        g_error ("no database for the simulation");
    world->config = config_load (NULL, (char **)environment, NULL);
    world->config->database_url = (g_free (world->config->database_url), g_strdup (url));
    world->sealer = sealer_new (KEY, NULL);
    world->zone = zone_find (ACCOUNT_ZONE);
    world->jobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, seen_free);
    world->ledger = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    world->accepted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    world->n_processes = g_rand_int_range (stage->dice, 1, PROCESSES_MOST + 1);
    world->n_runners = g_rand_int_range (stage->dice, 1, 3);
    world->weather_until = world->clocks_until = G_MAXINT64;
    world->next_event = stage->now + HOUR_US;
    return world;
}

/* Whoever still plays is killed, and ends. */
static inline void
end_processes (World *world)
{
    for (int i = 0; i < world->n_processes; i++) {
        Process *process = world->processes[i];

        if (!process)
            continue;
        process_kill (process);
        for (guint k = 0; k < process->actors->len; k++)
            while (!((Actor *)process->actors->pdata[k])->ended)
                stage_give_turn (&world->stage, process->actors->pdata[k]);
        process_free (process);
    }
}

static inline void
world_free (World *world)
{
    Stage *stage = &world->stage;

    end_processes (world);
    g_hash_table_unref (world->jobs);
    g_hash_table_unref (world->ledger);
    g_hash_table_unref (world->accepted);
    g_time_zone_unref (world->zone);
    sealer_free (world->sealer);
    config_free (world->config);
    store_close (world->store);
    g_queue_clear_full (&stage->trace, g_free);
    g_free (stage->violation);
    g_rand_free (stage->dice);
    g_rand_free (stage->ids);
    pthread_mutex_destroy (&stage->lock);
    pthread_cond_destroy (&stage->back);
    g_free (world);
}

static inline char *
report (World *world, guint32 seed)
{
    GString *text = g_string_new (NULL);
    guint n = g_queue_get_length (&world->stage.trace);

    for (guint i = n > LAST_LINES ? n - LAST_LINES : 0; i < n; i++)
        g_string_append_printf (text, "    %s\n", (char *)g_queue_peek_nth (&world->stage.trace, i));
    g_string_append_printf (text, "SEED=%u on %s: %s", seed,
                            store_engine (world->store) == STORE_SQLITE ? "sqlite" : "postgresql",
                            world->stage.violation);
    return g_string_free (text, FALSE);
}

/* The database is new. The caller frees the report; NULL: all was well. */
static inline char *
simulate (const char *url, guint32 seed)
{
    World *world = world_new (url, seed);
    Stage *stage = &world->stage;
    gint64 storm = between (stage, 3 * DAY_US, 6 * DAY_US);
    char *text;

    on_stage = stage;
    stage_trace (stage, "%d processes of %d runners for %d hours", world->n_processes, world->n_runners,
                 (int)(storm / HOUR_US));
    add_accounts (world);
    stage->faults = TRUE;
    play_until (world, stage->now + storm, NULL);
    calm_down (world);
    if (!stage->violation)
        check_end (world);
    text = stage->violation ? report (world, seed) : NULL;
    world_free (world);
    on_stage = NULL;
    return text;
}
