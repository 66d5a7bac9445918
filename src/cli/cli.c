#include "cli/cli.h"

#include "auth/secret.h"
#include "base/fault.h"
#include "base/log.h"
#include "store/migrate.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

const Command cli_commands[] = {
    { "serve", "[--demo] [--port N] [--config FILE]", "serve the page and the API, and sync every night",
      cli_serve },
    { "sync", "[--source S] [--days N] [--user U]", "sync now, in the foreground", cli_sync },
    { "migrate", "", "bring the database to the newest schema", cli_migrate },
    { "user", "add EMAIL | list | password EMAIL", "the built-in accounts", cli_user },
    { "token", "create --user U --name N | list | revoke ID", "API tokens", cli_token },
    { "connect", "SOURCE ID --user U (--key FILE | --refresh-token | --token)", "connect an account",
      cli_connect },
    { "reconcile", "[--source S] [--from DATE --to DATE]", "our totals beside the sources' own",
      cli_reconcile },
    { "rekey", "[--new-key-file FILE]", "seal all stored secrets with a new SECRET_KEY", cli_rekey },
    { "backup", "FILE", "everything that is stored, into a new file; servers go on", cli_backup },
    { "restore", "FILE", "fill an empty database with a backup, of either engine", cli_restore },
    { "doctor", "", "what is wrong here, and what to do about it", cli_doctor },
    { "schedule", "[--from T] [--count N] [--zone Z] [--at HH:MM]", "the coming daily runs", cli_schedule },
    { "config", "", "every setting, its value and its meaning", cli_config },
    { "version", "", "what this is", cli_version },
};

const guint cli_n_commands = G_N_ELEMENTS (cli_commands);

static void
setup_log (const Config *config)
{
    static const char *const levels[] = { "debug", "info", "warning", "error" };
    gboolean text = strcmp (config->log_format, "text") == 0 ||
                    (strcmp (config->log_format, "auto") == 0 && isatty (STDERR_FILENO));

    for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
        if (strcmp (levels[i], config->log_level) == 0)
            log_setup ((LogLevel)i, text ? LOG_TEXT : LOG_JSON);
}

/* A secret of ours, or an address with a password in it. */
static gboolean
is_secret (const char *name, gsize n, const char *value)
{
    for (guint i = 0; i < config_n_options; i++)
        if (strlen (config_options[i].name) == n && strncmp (config_options[i].name, name, n) == 0)
            return config_options[i].secret || (strstr (value, "://") && strchr (value, '@'));
    return FALSE;
}

/* Whoever looks at this process from outside (/proc/PID/environ) finds no secret there. In place,
 * because that is what is shown. */
static void
wipe_environment (void)
{
    for (char **one = environ; one && *one; one++) {
        char *value = strchr (*one, '=');

        if (value && is_secret (*one, (gsize)(value - *one), value + 1))
            explicit_bzero (value + 1, strlen (value + 1));
    }
}

Config *
cli_load (int *argc, char ***argv, const GOptionEntry *entries, const char *summary, GError **error)
{
    g_autofree char *path = NULL;
    const GOptionEntry common[] = {
        { "config", 0, 0, G_OPTION_ARG_FILENAME, &path, "file of KEY=value lines", "FILE" },
        { NULL },
    };
    g_autoptr (GOptionContext) context = g_option_context_new (NULL);
    g_auto (GStrv) environment = g_get_environ ();
    Config *config;

    g_option_context_set_summary (context, summary);
    g_option_context_add_main_entries (context, common, NULL);
    if (entries)
        g_option_context_add_main_entries (context, entries, NULL);
    if (!g_option_context_parse (context, argc, argv, error))
        return NULL;
    config = config_load (path, environment, error);
    wipe_environment ();
    if (config)
        setup_log (config);
    return config;
}

gboolean
cli_no_more (int argc, char **argv, GError **error)
{
    return argc <= 1 || fault_set (error, FAULT_INVALID, "%s does not take \"%s\": see `daymark %s --help`",
                                   argv[0], argv[1], argv[0]);
}

gboolean
cli_own (const Config *config, GError **error)
{
    g_autoptr (GError) refused = NULL;

    store_lock_file (config->database_url, &refused); /* held until the process ends */
    if (!refused)
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&refused));
    return FALSE;
}

gboolean
cli_is_loopback (const char *listen)
{
    return g_str_has_prefix (listen, "127.") || g_str_has_prefix (listen, "[::1]") ||
           g_str_has_prefix (listen, "localhost:");
}

Store *
cli_open (const Config *config, GError **error)
{
    g_autoptr (Store) store = store_open (config->database_url, &(StoreOptions){ .durable = TRUE }, error);

    return store && migrate (store, migrations, error) >= 0 ? g_steal_pointer (&store) : NULL;
}

char *
cli_key_path (const Config *config)
{
    g_autofree char *folder = NULL;

    if (config->secret_key || store_engine_of_url (config->database_url) != STORE_SQLITE)
        return NULL;
    folder = g_path_get_dirname (config->database_url + strlen ("sqlite:"));
    return g_build_filename (folder, "daymark.key", NULL);
}

static char *
read_master (const Config *config, GError **error)
{
    g_autofree char *path = cli_key_path (config);

    if (config->secret_key)
        return g_strdup (config->secret_key);
    if (!path)
        fault_set (error, FAULT_INVALID,
                   "SECRET_KEY is required with PostgreSQL: set it to 64 random hex digits");
    else if (sealer_key_next_exists (path))
        fault_set (error, FAULT_CONFLICT,
                   "`daymark rekey` is at work, or was broken off: wait for its end, or run it again");
    else
        return sealer_key_file (path, error);
    return NULL;
}

Sealer *
cli_sealer (const Config *config, GError **error)
{
    char *key = read_master (config, error);
    Sealer *sealer = key ? sealer_new (key, error) : NULL;

    secret_free (key);
    return sealer;
}

char *
cli_read_secret (const char *prompt, GError **error)
{
    struct termios shown, hidden;
    gboolean terminal = isatty (STDIN_FILENO) && tcgetattr (STDIN_FILENO, &shown) == 0;
    char line[16384];
    gboolean got;
    char *secret;

    if (terminal) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr (STDIN_FILENO, TCSAFLUSH, &hidden);
        fprintf (stderr, "%s: ", prompt);
    }
    got = fgets (line, sizeof line, stdin) != NULL;
    if (terminal) {
        tcsetattr (STDIN_FILENO, TCSAFLUSH, &shown);
        fputc ('\n', stderr);
    }
    if (!got) {
        fault_set (error, FAULT_INVALID, "nothing was given for: %s", prompt);
        return NULL;
    }
    line[strcspn (line, "\r\n")] = '\0';
    secret = g_strdup (line);
    explicit_bzero (line, sizeof line);
    return secret;
}
