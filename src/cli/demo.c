#include "cli/demo.h"

#include "auth/secret.h"
#include "base/clock.h"
#include "base/fault.h"
#include "query/connection.h"
#include "query/job.h"
#include "sql.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define DEMO_EMAIL "demo@example.com"

Demo *
demo_start (GError **error)
{
    g_autoptr (Demo) demo = g_new0 (Demo, 1);
    SimOptions options = SIM_OPTIONS_NONE;
    g_autoptr (GError) local = NULL;

    demo->folder = g_dir_make_tmp ("daymark-demo-XXXXXX", &local);
    if (!demo->folder) {
        fault_set (error, FAULT_FULL, "%s", local->message);
        return NULL;
    }
    demo->sim = sim_start (&options, error);
    return demo->sim ? g_steal_pointer (&demo) : NULL;
}

char **
demo_sources (Sim *simulators, char **environment)
{
    const SimDemo *sim = sim_demo (simulators);
    const struct {
        const char *name, *value;
    } settings[] = {
        { "GA4_DATA_URL", sim->data_url },      { "GA4_ADMIN_URL", sim->admin_url },
        { "GOOGLE_TOKEN_URL", sim->token_url }, { "GOOGLE_AUTH_URL", sim->auth_url },
        { "GOOGLE_CLIENT_ID", sim->client_id }, { "GOOGLE_CLIENT_SECRET", sim->client_secret },
        { "META_GRAPH_URL", sim->graph_url },   { "META_DIALOG_URL", sim->graph_url },
        { "META_APP_ID", sim->meta_app_id },    { "META_APP_SECRET", sim->meta_app_secret },
    };

    for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
        environment = g_environ_setenv (environment, settings[i].name, settings[i].value, TRUE);
    return environment;
}

char **
demo_environment (const Demo *demo, char **environment)
{
    g_autofree char *database = g_strdup_printf ("sqlite:%s/daymark.db", demo->folder);

    environment = g_environ_setenv (environment, "DATABASE_URL", database, TRUE);
    return demo_sources (demo->sim, environment);
}

static gboolean
add_user (Demo *demo, Store *store, gint64 now, GError **error)
{
    return store_do (store, &sql_auth_user_insert,
                     PARAMS ({ "id", VALUE_OF_TEXT (random_uuid (random_system (), demo->user_id)) },
                             { "email", VALUE_OF_TEXT (DEMO_EMAIL) }, { "password_hash", VALUE_NONE },
                             { "role", VALUE_OF_TEXT ("user") }, { "now", VALUE_OF_INSTANT (now) }),
                     error) > 0;
}

static gboolean
add_token (Demo *demo, Store *store, gint64 now, GError **error)
{
    char id[UUID_TEXT], hash[SECRET_HASH_TEXT];

    demo->token = secret_new (random_system (), "dm_");
    secret_hash (demo->token, strlen (demo->token), hash);
    return store_do (store, &sql_auth_token_insert,
                     PARAMS ({ "id", VALUE_OF_TEXT (random_uuid (random_system (), id)) },
                             { "user", VALUE_OF_TEXT (demo->user_id) }, { "name", VALUE_OF_TEXT ("demo") },
                             { "hash", VALUE_OF_TEXT (hash) }, { "now", VALUE_OF_INSTANT (now) },
                             { "expires_at", VALUE_NONE }),
                     error) > 0;
}

static gboolean
add_connection (Store *store, Sealer *sealer, const char *user_id, gboolean in_server, const char *source,
                const char *account, const char *credential, gint64 now, GError **error)
{
    NewConnection row = {
        .user_id = user_id,
        .source = source,
        .external_id = account,
        .credential = credential,
        .expires = INSTANT_NONE,
        .demo = in_server,
    };
    char id[UUID_TEXT];

    return connection_add (store, sealer, random_uuid (random_system (), id), &row, now, error);
}

gboolean
demo_connect (Sim *simulators, Store *store, Sealer *sealer, const char *user_id, gboolean in_server,
              gint64 now, GError **error)
{
    const SimDemo *sim = sim_demo (simulators);
    g_autofree char *google =
        g_strdup_printf ("{\"refresh_token\":\"%s\",\"type\":\"refresh_token\"}", sim->refresh_token);
    g_autofree char *meta =
        g_strdup_printf ("{\"access_token\":\"%s\",\"type\":\"access_token\"}", sim->meta_access_token);
    g_autofree char *instagram =
        g_strdup_printf ("{\"access_token\":\"%s\",\"type\":\"access_token\"}", sim->instagram_token);

    return add_connection (store, sealer, user_id, in_server, "ga4", sim->property_id, google, now, error) &&
           add_connection (store, sealer, user_id, in_server, "meta", sim->ad_account_id, meta, now, error) &&
           add_connection (store, sealer, user_id, in_server, "instagram", sim->instagram_id, instagram, now,
                           error);
}

gboolean
demo_fill (Demo *demo, Store *store, Sealer *sealer, GError **error)
{
    gint64 now = clock_now (clock_system ());
    JobRequest request = {
        .source = "all", .scope = demo->user_id, .trigger = "manual", .requested_by = demo->user_id
    };
    char job[UUID_TEXT];
    JobStart start;

    return add_user (demo, store, now, error) && add_token (demo, store, now, error) &&
           demo_connect (demo->sim, store, sealer, demo->user_id, FALSE, now, error) &&
           job_start (store, clock_system (), random_system (), &request, job, &start, error);
}

/* The folder holds only files: the database and what lies beside it. */
static void
remove_folder (const char *folder)
{
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        g_remove (path);
    }
    g_rmdir (folder);
}

void
demo_stop (Demo *demo)
{
    if (!demo)
        return;
    if (demo->sim)
        sim_stop (demo->sim);
    if (demo->folder)
        remove_folder (demo->folder);
    g_free (demo->folder);
    g_free (demo->token);
    g_free (demo);
}
