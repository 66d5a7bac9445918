/* daymark-sim -- the simulators as a program of their own. */
#include "base/clock.h"
#include "sim.h"
#include "switches.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    int port, days;
    gint64 seed;
    char *today, *zone, *currency, *truth;
    char **switches;
} Arguments;

/* The table of switches is the help. */
static char *
describe_switches (void)
{
    GString *text = g_string_new ("Switches (also POST /sim/switches; GET lists them):\n");

    for (SwitchId id = 0; id < N_SWITCHES; id++) {
        const SwitchInfo *info = &switch_infos[id];
        char standard[32];

        g_snprintf (standard, sizeof standard, "default %" G_GINT64_FORMAT, info->standard);
        g_string_append_printf (text, "  %-20s %s [%s]\n", info->name, info->help,
                                info->choices ? info->choices : standard);
    }
    g_string_append (text, "\nEach takes :after=N (requests before it is felt) and :times=N.\n"
                           "Example: daymark-sim --port 9000 --switch fault=503:after=3:times=2\n");
    return g_string_free (text, FALSE);
}

static gboolean
read_arguments (Arguments *arguments, int argc, char **argv, GError **error)
{
    const GOptionEntry entries[] = {
        { "port", 'p', 0, G_OPTION_ARG_INT, &arguments->port, "Listen on 127.0.0.1:PORT (0: a free one)",
          "PORT" },
        { "seed", 's', 0, G_OPTION_ARG_INT64, &arguments->seed, "The same seed gives the same numbers", "N" },
        { "days", 'd', 0, G_OPTION_ARG_INT, &arguments->days, "Days of data before today, 1 to 1100", "N" },
        { "today", 't', 0, G_OPTION_ARG_STRING, &arguments->today, "Stand still on this day", "YYYY-MM-DD" },
        { "zone", 'z', 0, G_OPTION_ARG_STRING, &arguments->zone, "Time zone of the first property", "ZONE" },
        { "currency", 'c', 0, G_OPTION_ARG_STRING, &arguments->currency, "Its currency", "CODE" },
        { "truth", 0, 0, G_OPTION_ARG_FILENAME, &arguments->truth,
          "Write the true numbers and the planted unusual days to a file", "FILE" },
        { "switch", 'x', 0, G_OPTION_ARG_STRING_ARRAY, &arguments->switches, "Set a switch", "NAME=VALUE" },
        { NULL }
    };
    g_autoptr (GOptionContext) context = g_option_context_new ("- simulate the source APIs");
    g_autofree char *description = describe_switches ();

    g_option_context_add_main_entries (context, entries, NULL);
    g_option_context_set_description (context, description);
    return g_option_context_parse (context, &argc, &argv, error);
}

static Sim *
start (const Arguments *arguments, GError **error)
{
    SimOptions options = { .port = (guint16)arguments->port,
                           .seed = (guint64)arguments->seed,
                           .days = arguments->days,
                           .today = DAY_NONE,
                           .time_zone = arguments->zone,
                           .currency = arguments->currency,
                           .switches = arguments->switches };

    if (arguments->today && !day_parse (arguments->today, &options.today)) {
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--today %s is not a date",
                     arguments->today);
        return NULL;
    }
    if (arguments->port < 0 || arguments->port > 65535) {
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--port must be 0 to 65535");
        return NULL;
    }
    return sim_start (&options, error);
}

static gboolean
write_truth (Sim *sim, const char *path, GError **error)
{
    g_autofree char *truth = path ? sim_truth (sim) : NULL;

    return !path || g_file_set_contents (path, truth, -1, error);
}

static void
say_where (Sim *sim)
{
    const SimDemo *demo = sim_demo (sim);

    printf ("GA4_DATA_URL=%s\nGA4_ADMIN_URL=%s\nGOOGLE_TOKEN_URL=%s\nGOOGLE_AUTH_URL=%s\n", demo->data_url,
            demo->admin_url, demo->token_url, demo->auth_url);
    printf ("GOOGLE_CLIENT_ID=%s\nGOOGLE_CLIENT_SECRET=%s\n", demo->client_id, demo->client_secret);
    printf ("META_GRAPH_URL=%s\nMETA_DIALOG_URL=%s\nMETA_APP_ID=%s\nMETA_APP_SECRET=%s\n", demo->graph_url,
            demo->graph_url, demo->meta_app_id, demo->meta_app_secret);
    printf ("# access token %s, ad accounts %s, %s, %s (empty)\n", demo->meta_access_token,
            demo->ad_account_id, demo->small_ad_account_id, demo->empty_ad_account_id);
    printf ("# refresh token %s, properties %s, %s, %s (empty)\n", demo->refresh_token, demo->property_id,
            demo->small_property_id, demo->empty_property_id);
    printf ("# Instagram token %s, accounts %s, %s (small)\n", demo->instagram_token, demo->instagram_id,
            demo->small_instagram_id);
    fflush (stdout);
}

static void
wait_for_signal (const sigset_t *signals)
{
    int which;

    sigwait (signals, &which);
}

int
main (int argc, char **argv)
{
    Arguments arguments = { .seed = 1 };
    g_autoptr (GError) error = NULL;
    g_autoptr (Sim) sim = NULL;
    sigset_t signals;

    /* Blocked before the threads start, so that they inherit it and only sigwait sees them. */
    sigemptyset (&signals);
    sigaddset (&signals, SIGINT);
    sigaddset (&signals, SIGTERM);
    pthread_sigmask (SIG_BLOCK, &signals, NULL);
    if (read_arguments (&arguments, argc, argv, &error))
        sim = start (&arguments, &error);
    if (sim && write_truth (sim, arguments.truth, &error)) {
        say_where (sim);
        wait_for_signal (&signals);
    } else {
        fprintf (stderr, "daymark-sim: %s\n", error->message);
    }
    g_free (arguments.truth);
    g_free (arguments.today);
    g_free (arguments.zone);
    g_free (arguments.currency);
    g_strfreev (arguments.switches);
    return !error ? EXIT_SUCCESS : EXIT_FAILURE;
}
