/* confine.c -- what `daymark serve` needs of the machine, so that the sandbox can refuse the rest. */
#include "base/log.h"
#include "cli/cli.h"
#include "sandbox/sandbox.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folder that a file is in, and the one it is really in: what renews a certificate often leaves a
 * link to a new file. */
static void
add_folders_of (GStrvBuilder *list, const char *path)
{
    g_autofree char *folder = g_path_get_dirname (path);
    char *real = realpath (path, NULL);
    g_autofree char *real_folder = real ? g_path_get_dirname (real) : NULL;

    g_strv_builder_add (list, folder);
    if (real_folder)
        g_strv_builder_add (list, real_folder);
    free (real);
}

static void
add_environment (GStrvBuilder *list)
{
    static const char *const names[] = { "TZDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "OPENSSL_CONF" };

    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        if (g_getenv (names[i]))
            g_strv_builder_add (list, g_getenv (names[i]));
}

static char **
what_is_read (const Config *config)
{
    g_autoptr (GStrvBuilder) list = g_strv_builder_new ();
    g_auto (GStrv) files = store_files (config->database_url);

    g_strv_builder_addv (list, (const char **)files);
    add_environment (list);
    add_folders_of (list, "/etc/resolv.conf");
    if (config->tls_cert)
        add_folders_of (list, config->tls_cert);
    if (config->tls_key)
        add_folders_of (list, config->tls_key);
    if (config->smtp_ca)
        add_folders_of (list, config->smtp_ca);
    return g_strv_builder_end (list);
}

/* The database, its journal, its lock and its key. A demo makes a folder among those of temporary files. */
static char **
what_is_written (const Config *config, gboolean demo)
{
    g_autoptr (GStrvBuilder) list = g_strv_builder_new ();

    if (demo)
        g_strv_builder_add (list, g_get_tmp_dir ());
    else if (store_engine_of_url (config->database_url) == STORE_SQLITE)
        add_folders_of (list, config->database_url + strlen ("sqlite:"));
    return g_strv_builder_end (list);
}

/* A demo takes another port when its own is taken. */
static guint16
port_to_take (const Config *config, gboolean demo)
{
    g_autofree char *host = NULL;
    guint16 port = 0;

    return !demo && config_split_address (config->listen, &host, &port, NULL) ? port : 0;
}

static gboolean
is_off (const Config *config)
{
    return strcmp (config->sandbox, "off") == 0;
}

gboolean
cli_confine (const Config *config, gboolean demo, GError **error)
{
    g_auto (GStrv) readable = what_is_read (config);
    g_auto (GStrv) writable = what_is_written (config, demo);
    SandboxPlan plan = { .readable = (const char *const *)readable,
                         .writable = (const char *const *)writable,
                         .port = port_to_take (config, demo) };

    return is_off (config) || sandbox_enter (&plan, strcmp (config->sandbox, "required") == 0, error);
}

void
cli_tell_confined (const Config *config)
{
    gboolean off = is_off (config);
    SandboxState state = sandbox_state ();
    gboolean all = state.landlock > 0 && state.seccomp;
    g_autofree char *landlock =
        state.landlock > 0 ? g_strdup_printf ("ABI %d", state.landlock) : g_strdup ("none");

    log_event (all || off ? LOG_INFO : LOG_WARNING, "serve.sandbox",
               all   ? "the server confines itself"
               : off ? "the server does not confine itself: SANDBOX is off"
                     : "the server confines itself in part, or not at all: see docs/operating.md",
               "landlock", landlock, "seccomp", state.seccomp ? "on" : "none", NULL);
    if (geteuid () == 0)
        log_event (LOG_WARNING, "serve.root",
                   "the server runs as root: it needs no more than a user of its own", NULL);
}
