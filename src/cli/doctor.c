/* doctor.c -- `daymark doctor`: look at everything that this program needs, and say what to do.
 *
 * It changes nothing: no file is made, no schema brought up to date. Each examination gives
 * a verdict and a sentence; the worst verdict is the exit status. */
#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "cache/second.h"
#include "cli/cli.h"
#include "cli/sealed.h"
#include "fetch/fetch.h"
#include "fetch/mail.h"
#include "model/source.h"
#include "query/health.h"
#include "sandbox/sandbox.h"
#include "sql.h"
#include "store/migrate.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define REACH_MS  5000
#define LOW_BYTES (100 * 1024 * 1024)
#define SOON_US   (14 * 86400 * SECOND_US)
#define STALE_US  (50 * 3600 * SECOND_US) /* two nights and a little */
#define MANY      5                       /* findings of one kind that are told one by one */

typedef enum { FINE, LOOK, WRONG } Verdict;

typedef struct {
    const Config *config;
    Clock *clock;
    Store *store;   /* NULL: there is none, or it does not open */
    gboolean empty; /* without a schema: nothing was started yet */
    Verdict worst;
} Doctor;

/* One line; what is not said is not asked: an examination may say several. */
G_GNUC_PRINTF (4, 5)
static void
say (Doctor *doctor, Verdict verdict, const char *what, const char *format, ...)
{
    static const char *const words[] = { [FINE] = "ok", [LOOK] = "look", [WRONG] = "WRONG" };
    g_autofree char *text = NULL;
    va_list arguments;

    va_start (arguments, format);
    text = g_strdup_vprintf (format, arguments);
    va_end (arguments);
    printf ("%-6s %-10s %s\n", words[verdict], what, text);
    doctor->worst = MAX (doctor->worst, verdict);
}

static gboolean
is_sqlite (const Doctor *doctor)
{
    return store_engine_of_url (doctor->config->database_url) == STORE_SQLITE;
}

static const char *
database_path (const Doctor *doctor)
{
    return doctor->config->database_url + strlen ("sqlite:");
}

/* ---- the database ---- */

static void
examine_schema (Doctor *doctor)
{
    int version = migrate_version (doctor->store, NULL), newest = migrate_newest (migrations);
    const char *engine = is_sqlite (doctor) ? "SQLite" : "PostgreSQL";

    doctor->empty = version < 0;
    if (version < 0)
        say (doctor, LOOK, "database", "%s, without tables: `daymark serve` makes them when it starts",
             engine);
    else if (version > newest)
        say (doctor, WRONG, "database",
             "%s with schema %d, newer than this program knows (%d): install the newer daymark", engine,
             version, newest);
    else if (version < newest)
        say (doctor, LOOK, "database",
             "%s with schema %d: `daymark migrate`, or the next start, brings it to %d", engine, version,
             newest);
    else
        say (doctor, FINE, "database", "%s, schema %d%s", engine, version,
             store_is_pooled (doctor->store) ? ", behind a pooler that shares sessions" : "");
}

static void
examine_writing (Doctor *doctor)
{
    g_autoptr (GError) error = NULL;
    gboolean written =
        store_begin (doctor->store, &error) &&
        store_do (doctor->store, &sql_cli_probe,
                  PARAMS ({ "now", VALUE_OF_INSTANT (clock_now (doctor->clock)) }), &error) >= 0;

    store_rollback (doctor->store);
    if (!written)
        say (doctor, WRONG, "database", "cannot be written: %s", error->message);
}

static void
examine_database (Doctor *doctor)
{
    g_autoptr (GError) error = NULL;

    if (is_sqlite (doctor) && !g_file_test (database_path (doctor), G_FILE_TEST_EXISTS)) {
        say (doctor, LOOK, "database", "there is no %s yet: `daymark serve` makes it when it starts",
             database_path (doctor));
        return;
    }
    doctor->store = store_open (doctor->config->database_url, NULL, &error);
    if (!doctor->store) {
        say (doctor, WRONG, "database", "%s (DATABASE_URL)", error->message);
        return;
    }
    examine_schema (doctor);
    if (!doctor->empty)
        examine_writing (doctor);
}

static void
examine_disk (Doctor *doctor)
{
    g_autofree char *folder = NULL;
    guint64 free_bytes;

    if (!is_sqlite (doctor))
        return;
    folder = g_path_get_dirname (database_path (doctor));
    if (!store_disk_free (doctor->config->database_url, &free_bytes)) {
        say (doctor, WRONG, "disk", "the folder %s cannot be read", folder);
        return;
    }
    say (doctor, free_bytes < LOW_BYTES ? WRONG : FINE, "disk", "%.1f GB free in %s%s",
         (double)free_bytes / 1e9, folder, free_bytes < LOW_BYTES ? ": make room, or syncs will fail" : "");
}

/* ---- time ---- */

static void
examine_clock (Doctor *doctor)
{
    g_autoptr (GError) error = NULL;
    gint64 gap = 0;

    if (!doctor->store)
        return;
    if (!daily_clock_gap (doctor->store, doctor->clock, &gap, &error))
        say (doctor, WRONG, "clock", "%s", error->message);
    else if (ABS (gap) > DAILY_CLOCK_GAP_MOST)
        say (doctor, WRONG, "clock",
             "the database's clock is %" G_GINT64_FORMAT
             " seconds from ours: no nightly run starts until they agree",
             ABS (gap) / SECOND_US);
    else
        say (doctor, FINE, "clock", "agrees with the database's");
}

static void
examine_zone (Doctor *doctor)
{
    g_autoptr (GError) error = NULL;
    gint64 next;
    char text[INSTANT_TEXT];

    if (!doctor->store || doctor->empty) {
        say (doctor, FINE, "zone", "%s, tzdata %s", doctor->config->sync_zone, zone_data_version ());
        return;
    }
    if (!daily_next (doctor->store, doctor->config, clock_now (doctor->clock), &next, &error))
        say (doctor, WRONG, "zone", "%s", error->message);
    else
        say (doctor, FINE, "zone", "%s, tzdata %s: the next run is at %s", doctor->config->sync_zone,
             zone_data_version (), instant_format (next, text));
}

/* ---- secrets ---- */

static void
examine_key_file (Doctor *doctor, const char *path)
{
    struct stat file;

    if (stat (path, &file) != 0)
        say (doctor, LOOK, "key", "there is no %s yet: `daymark serve` makes it when it starts", path);
    else if (file.st_mode & 077)
        say (doctor, WRONG, "key", "%s can be read by others: chmod 600 %s", path, path);
}

static void
examine_sealed (Doctor *doctor)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (Rows) rows = sealed_read (doctor->store, &error);
    g_autoptr (Sealer) sealer = rows ? cli_sealer (doctor->config, &error) : NULL;
    guint n, opened;

    if (!sealer) {
        say (doctor, WRONG, "key", "%s", error->message);
        return;
    }
    n = rows_count (rows);
    opened = sealed_count_opened (sealer, rows);
    say (doctor, opened < n ? WRONG : FINE, "key", "opens %u of %u stored credentials%s", opened, n,
         opened < n ? ": put the old key back, or connect the others again" : "");
}

static void
examine_key (Doctor *doctor)
{
    g_autofree char *path = cli_key_path (doctor->config);
    gboolean there = !path || g_file_test (path, G_FILE_TEST_EXISTS);

    if (path)
        examine_key_file (doctor, path);
    if (doctor->store && !doctor->empty && there) /* asking for a key that is not there would make it */
        examine_sealed (doctor);
}

/* ---- accounts and their syncs ---- */

enum { ACCOUNT_SOURCE, ACCOUNT_NAME, ACCOUNT_STATUS, ACCOUNT_ERROR, ACCOUNT_EXPIRES, ACCOUNT_SUCCESS };

static void
say_account (Doctor *doctor, Verdict verdict, const Rows *rows, guint row, const char *finding)
{
    g_autofree char *name = g_strescape (rows_text (rows, row, ACCOUNT_NAME), NULL);

    say (doctor, verdict, "account", "%s \"%s\" %s",
         source_info (source_parse (rows_text (rows, row, ACCOUNT_SOURCE)))->title, name, finding);
}

/* TRUE if there was something to say. */
static gboolean
examine_account (Doctor *doctor, const Rows *rows, guint row)
{
    gint64 now = clock_now (doctor->clock);
    const char *status = rows_text (rows, row, ACCOUNT_STATUS),
               *trouble = rows_text (rows, row, ACCOUNT_ERROR);
    gint64 expires = rows_instant (rows, row, ACCOUNT_EXPIRES);
    gint64 success = rows_instant (rows, row, ACCOUNT_SUCCESS);

    if (strcmp (status, "reconnect") == 0)
        say_account (doctor, WRONG, rows, row, "has to be connected again: its access has ended");
    else if (strcmp (status, "error") == 0)
        say_account (doctor, WRONG, rows, row, trouble ? trouble : "could not be read");
    else if (strcmp (status, "paused") == 0)
        return FALSE;
    else if (expires != INSTANT_NONE && expires < now + SOON_US)
        say_account (doctor, LOOK, rows, row, "has a token that ends within two weeks: connect it again");
    else if (success != INSTANT_NONE && success < now - STALE_US)
        say_account (doctor, LOOK, rows, row, "was not read for two nights: look at the last runs");
    else
        return FALSE;
    return TRUE;
}

static void
examine_accounts (Doctor *doctor)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (Rows) rows = NULL;
    guint n, odd = 0;

    if (!doctor->store || doctor->empty)
        return;
    rows = store_ask (doctor->store, &sql_cli_accounts, NO_PARAMS, &error);
    if (!rows) {
        say (doctor, WRONG, "accounts", "%s", error->message);
        return;
    }
    n = rows_count (rows);
    for (guint i = 0; i < n && odd < MANY; i++)
        odd += (guint)examine_account (doctor, rows, i);
    if (n == 0)
        say (doctor, LOOK, "accounts", "none is connected yet: use the page, or `daymark connect`");
    else if (odd == 0)
        say (doctor, FINE, "accounts", "%u connected", n);
}

static void
examine_runs (Doctor *doctor)
{
    g_autoptr (GError) error = NULL;
    Health health;

    if (!doctor->store || doctor->empty)
        return;
    if (!health_look (doctor->store, doctor->config, doctor->clock, &health, &error) ||
        !health_judge (&health, 0, &error))
        say (doctor, WRONG, "runs", "%s", error->message);
    else if (health.missed > health.caught_up)
        say (doctor, LOOK, "runs",
             "%" G_GINT64_FORMAT
             " nightly runs were missed and their days not read since: `daymark sync --days N`",
             health.missed - health.caught_up);
    else
        say (doctor, FINE, "runs", "no nightly run is late");
}

/* ---- the world outside ---- */

static FetchResponse *
get (const char *url, GError **error)
{
    g_autoptr (Fetcher) fetcher = fetcher_new_curl (NULL);

    return fetcher_fetch (fetcher, &(FetchRequest){ .method = "GET", .url = url, .timeout_ms = REACH_MS },
                          error);
}

/* Any answer will do: it says that the name resolves, the way is open and the certificate is good. */
static void
reach (Doctor *doctor, const char *what, const char *url)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FetchResponse) response = get (url, &error);

    if (response)
        say (doctor, FINE, what, "can be reached");
    else
        say (doctor, WRONG, what, "%s", error->message);
}

static void
examine_sources (Doctor *doctor)
{
    const Config *config = doctor->config;
    const struct {
        const char *what, *url;
    } addresses[] = {
        { "Google", config->google_token_url },
        { "Google", config->ga4_data_url },
        { "Meta", config->meta_graph_url },
    };

    for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
        reach (doctor, addresses[i].what, addresses[i].url);
}

static void
examine_mail (Doctor *doctor)
{
    const Config *config = doctor->config;
    g_autoptr (GError) error = NULL;
    MailServer server;

    if (!config->smtp_url)
        return;
    server = mail_server_of (config);
    if (mail_probe (&server, REACH_MS, &error))
        say (doctor, FINE, "mail", "the mail server answers%s", config->smtp_user ? ", and lets us in" : "");
    else
        say (doctor, WRONG, "mail", "%s", error->message);
    if (!config_is_reachable (config))
        say (doctor, LOOK, "mail",
             "PUBLIC_URL (%s) leads nowhere from elsewhere, so mails have no link to unsubscribe",
             config->public_url);
    else if (!g_str_has_prefix (config->public_url, "https://"))
        say (doctor, LOOK, "mail",
             "PUBLIC_URL is not https, so mail programs show no button to unsubscribe, only the link");
}

static void
examine_server (Doctor *doctor)
{
    g_autofree char *url = g_strconcat (doctor->config->tls_cert ? "https://" : "http://",
                                        doctor->config->listen, "/readyz", NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (FetchResponse) response = get (url, &error);

    if (!response)
        say (doctor, LOOK, "server", "nothing answers at %s: is `daymark serve` running?",
             doctor->config->listen);
    else if (response->status != 200)
        say (doctor, WRONG, "server", "%s answers that it is not ready (status %d): see its log",
             doctor->config->listen, response->status);
    else
        say (doctor, FINE, "server", "ready at %s", doctor->config->listen);
}

/* Of the kernel, not of a server: that says so itself, in its log and its metrics. */
static void
examine_sandbox (Doctor *doctor)
{
    SandboxState possible = sandbox_possible ();

    if (strcmp (doctor->config->sandbox, "off") == 0)
        say (doctor, LOOK, "sandbox", "SANDBOX is off: a server may do whatever its user may");
    else if (possible.landlock && possible.seccomp)
        say (doctor, FINE, "sandbox", "Landlock (ABI %d) and seccomp are to be had", possible.landlock);
    else
        say (doctor, strcmp (doctor->config->sandbox, "required") == 0 ? WRONG : LOOK, "sandbox",
             "%s to be had here: a server confines itself less, or not at all",
             possible.seccomp    ? "no Landlock is"
             : possible.landlock ? "no seccomp is"
                                 : "neither Landlock nor seccomp are");
}

static void
examine_exposure (Doctor *doctor)
{
    const Config *config = doctor->config;

    if (!cli_is_loopback (config->listen) && !config->tls_cert)
        say (doctor, LOOK, "exposure",
             "LISTEN is %s without TLS: passwords travel in the clear unless a proxy in front speaks TLS",
             config->listen);
}

int
cli_doctor (int argc, char **argv, GError **error)
{
    static void (*const examinations[]) (Doctor *) = {
        examine_database, examine_disk,     examine_clock,   examine_zone,
        examine_key,      examine_accounts, examine_runs,    examine_server,
        examine_exposure, examine_sandbox,  examine_sources, examine_mail,
    };
    g_autoptr (Config) config = cli_load (
        &argc, &argv, NULL, "Look at everything that is needed, and say what to do. Changes nothing.", error);
    Doctor doctor = { .config = config, .clock = clock_system () };

    if (!config || !cli_no_more (argc, argv, error))
        return 1;
    log_setup (LOG_ERROR, LOG_TEXT); /* the lines below say it all */
    for (guint i = 0; i < G_N_ELEMENTS (examinations); i++)
        examinations[i](&doctor);
    store_close (doctor.store);
    return doctor.worst == WRONG;
}
