/* sync.c -- `daymark sync`: start a job and follow it to its end.
 *
 * The job is a row like any other. If a server owns the SQLite file it does
 * the work and this command watches; else this command brings an engine. */
#include "api/news.h"
#include "base/fault.h"
#include "base/log.h"
#include "cli/cli.h"
#include "jobs/engine.h"
#include "model/source.h"
#include "query/job.h"
#include "store/migrate.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOOK_US       (SECOND_US / 5)
#define BAR_WIDTH     30
#define DAYS_STANDARD G_MININT /* --days was not given */

static void
draw_bar (const JobState *state)
{
    int filled = state->total ? BAR_WIDTH * state->done / state->total : 0;

    fprintf (stderr, "\r\033[K[");
    for (int i = 0; i < BAR_WIDTH; i++)
        fputs (i < filled ? "#" : "-", stderr);
    fprintf (stderr, "] %d/%d  %.70s", state->done, state->total, state->message ? state->message : "");
    fflush (stderr);
}

/* Until it has ended. Returns the exit status, -1 on error. */
static int
follow (Store *store, const char *id, GError **error)
{
    gboolean terminal = isatty (STDERR_FILENO);

    for (;;) {
        g_auto (JobState) state = { 0 };

        if (!job_look (store, id, &state, error))
            return -1;
        if (terminal)
            draw_bar (&state);
        if (state.final) {
            if (terminal)
                fputs ("\r\033[K", stderr);
            printf ("%s (%" G_GINT64_FORMAT " rows)\n", state.message, state.rows);
            return state.success ? 0 : 1;
        }
        g_usleep (LOOK_US);
    }
}

/* Servers beside us keep answers. */
static void
on_changed (const char *user_id, gpointer news)
{
    news_tell (news, NEWS_DATA, user_id);
}

static void
on_heard (NewsKind kind, const char *user_id, gpointer user)
{
    /* Nothing is kept here. */
}

static int
sync_now (const Config *config, Store *store, const JobRequest *request, GError **error)
{
    g_autoptr (Sealer) sealer = NULL;
    g_autoptr (GError) owned = NULL;
    EngineOptions options = { .config = config,
                              .clock = clock_system (),
                              .random = random_system (),
                              .runners = 1,
                              .changed = on_changed };
    NewsOptions listening = { .database_url = config->database_url,
                              .random = options.random,
                              .heard = on_heard };
    g_autoptr (News) news = NULL;
    Engine *engine = NULL;
    char id[UUID_TEXT];
    JobStart start;
    int status = -1;

    store_lock_file (config->database_url, &owned);
    if (owned && !fault_is (owned, FAULT_CONFLICT)) {
        g_propagate_error (error, g_steal_pointer (&owned));
        return -1;
    }
    if (!owned && !cli_settle_key (config, error))
        return -1;
    options.sealer = sealer = cli_sealer (config, error);
    if (!sealer)
        return -1;
    options.user = news = news_start (&listening);
    if (!owned && !(engine = engine_start (&options, error)))
        return -1;
    if (job_start (store, options.clock, options.random, request, id, &start, error)) {
        if (engine)
            engine_wake (engine);
        status = follow (store, id, error);
    }
    engine_stop (engine);
    return status;
}

int
cli_sync (int argc, char **argv, GError **error)
{
    g_autofree char *source = NULL, *user = NULL;
    int days = DAYS_STANDARD, status;
    const GOptionEntry entries[] = {
        { "source", 0, 0, G_OPTION_ARG_STRING, &source, "ga4, meta or instagram (all)", "S" },
        { "days", 0, 0, G_OPTION_ARG_INT, &days, "read at least so many days again", "N" },
        { "user", 0, 0, G_OPTION_ARG_STRING, &user, "only this user's accounts: e-mail or id (all)", "U" },
        { NULL },
    };
    g_autoptr (Config) config = cli_load (&argc, &argv, entries, "Sync now, in the foreground.", error);
    gboolean clear = config && cli_no_more (argc, argv, error);
    g_autoptr (Store) store = clear ? cli_open (config, error) : NULL;
    gboolean quiet = isatty (STDERR_FILENO) && config && strcmp (config->log_level, "info") == 0;
    char scope[UUID_TEXT] = JOB_SCOPE_ALL;
    JobRequest request = { .source = source ? source : "all", .scope = scope, .trigger = "cli" };

    if (!store || (user && !cli_find_user (store, user, scope, error)))
        return 1;
    if (strcmp (request.source, "all") != 0 && source_parse (request.source) == SOURCE_NONE) {
        fault_set (error, FAULT_INVALID, "--source is \"%s\"; it can be ga4, meta or instagram", source);
        return 1;
    }
    if (days != DAYS_STANDARD && (days < 1 || days > 1100)) {
        fault_set (error, FAULT_INVALID, "--days must be 1 to 1100");
        return 1;
    }
    request.days = days == DAYS_STANDARD ? 0 : days;
    if (quiet)
        log_setup (LOG_WARNING, LOG_TEXT); /* the bar says the rest */
    status = sync_now (config, store, &request, error);
    return status < 0 ? 1 : status;
}
