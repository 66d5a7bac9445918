/* backup.c -- `daymark backup FILE` and `daymark restore FILE`.
 *
 * A backup is a database of its own, always an SQLite file, whichever engine it is made of; so
 * it can be looked into, and restored into either: that is also how one moves from SQLite to
 * PostgreSQL. It is one snapshot, taken while servers go on. A backup of an older daymark is
 * restored by bringing the empty database to the schema of that time, copying, and then
 * migrating as ever. The master key is never in it. */
#include "base/clock.h"
#include "base/fault.h"
#include "cli/cli.h"
#include "cli/sealed.h"
#include "sql.h"
#include "store/copy.h"
#include "store/migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

#define TIMEOUT_MS 600000 /* of one page, on a disk that is busy with others */

static Store *
open_store (const char *url, GError **error)
{
    return store_open (url, &(StoreOptions){ .timeout_ms = TIMEOUT_MS, .durable = TRUE }, error);
}

static Store *
open_file (const char *path, GError **error)
{
    g_autofree char *url = g_strconcat ("sqlite:", path, NULL);

    return open_store (url, error);
}

/* Everything in from to the empty database to, which gets the same schema first. */
static gint64
copy_all (Copy *copy, Store *from, Store *to, GError **error)
{
    int version = migrate_version (from, error), other;

    if (version > migrate_newest (migrations)) {
        fault_set (error, FAULT_INVALID,
                   "nothing was changed: the schema %d is of a newer daymark than this one", version);
        return -1;
    }
    if (version < 0 || migrate_until (to, migrations, version, error) < 0 ||
        (other = migrate_version (to, error)) < 0)
        return -1;
    if (other != version) {
        fault_set (error, FAULT_CONFLICT,
                   "nothing was changed: the database has schema %d already, the backup %d; use a database "
                   "without tables",
                   other, version);
        return -1;
    }
    return copy_run (copy, from, to, error);
}

/* ---- backup ---- */

static void
remove_file (const char *path)
{
    static const char *const parts[] = { "", "-wal", "-shm" };

    for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
        g_autofree char *part = g_strconcat (path, parts[i], NULL);

        g_unlink (part);
    }
}

static gint64
write_part (const Config *config, const char *part, GError **error)
{
    g_autoptr (Copy) copy = NULL; /* outlives the stores below it */
    g_autoptr (Store) from = open_store (config->database_url, error);
    g_autoptr (Store) to = from ? open_file (part, error) : NULL;

    copy = to ? copy_new (from, error) : NULL;
    return copy ? copy_all (copy, from, to, error) : -1;
}

/* So that the name is there, after a power loss too, only if the content is. */
static gboolean
publish (const char *part, const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname (path);
    int fd = open (part, O_RDONLY | O_CLOEXEC), at = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    gboolean done = fd >= 0 && at >= 0 && fsync (fd) == 0 && link (part, path) == 0 && unlink (part) == 0 &&
                    fsync (at) == 0;

    if (!done)
        fault_set (error, errno == ENOSPC ? FAULT_FULL : FAULT_INVALID, "cannot write %s: %s", path,
                   g_strerror (errno));
    if (fd >= 0)
        close (fd);
    if (at >= 0)
        close (at);
    return done;
}

/* For whoever watches that there are backups. One that cannot be noted is a backup still. */
static void
note_backup (const Config *config)
{
    g_autoptr (GError) ignored = NULL;
    g_autoptr (Store) store = open_store (config->database_url, &ignored);
    gint64 now = clock_now (clock_system ());
    char text[INSTANT_TEXT];

    if (store)
        store_do (store, &sql_jobs_setting_put,
                  PARAMS ({ "key", VALUE_OF_TEXT ("last_backup") },
                          { "value", VALUE_OF_TEXT (instant_format (now, text)) },
                          { "now", VALUE_OF_INSTANT (now) }),
                  &ignored);
}

static gboolean
backup (const Config *config, const char *path, GError **error)
{
    g_autofree char *part = g_strconcat (path, ".part", NULL), *key = cli_key_path (config);
    gint64 rows;

    if (g_file_test (path, G_FILE_TEST_EXISTS))
        return fault_set (error, FAULT_CONFLICT, "%s exists already: a backup never replaces a file", path);
    remove_file (part); /* of a backup that was broken off */
    rows = write_part (config, part, error);
    if (rows < 0 || !publish (part, path, error)) {
        remove_file (part);
        return FALSE;
    }
    note_backup (config);
    printf ("%s: %" G_GINT64_FORMAT " rows\n"
            "The master key is not in it: keep %s in another safe place. Without it every account has to be "
            "connected again.\n",
            path, rows, key ? key : "SECRET_KEY");
    return TRUE;
}

/* ---- restore ---- */

static gboolean
check_file (const char *path, GError **error)
{
    return g_file_test (path, G_FILE_TEST_IS_REGULAR) ||
           fault_set (error, FAULT_NOT_FOUND, "there is no file %s", path);
}

/* On PostgreSQL only these tell; one SQLite file has one owner (store_lock_file). */
static gboolean
check_alone (Store *store, GError **error)
{
    g_autoptr (Rows) rows = store_ask (store, &sql_cli_others, NO_PARAMS, error);

    if (rows && rows_int (rows, 0, 0) > 0)
        return fault_set (error, FAULT_CONFLICT,
                          "nothing was changed: a daymark server is using this database: stop all instances "
                          "first");
    return rows != NULL;
}

static gint64
read_backup (const Config *config, const char *path, GError **error)
{
    g_autoptr (Copy) copy = NULL; /* outlives the stores below it */
    g_autoptr (Store) to = check_file (path, error) ? open_store (config->database_url, error) : NULL;
    g_autoptr (Store) from = to && check_alone (to, error) ? open_file (path, error) : NULL;

    copy = from ? copy_new (from, NULL) : NULL;
    if (from && (!copy || migrate_version (from, NULL) < 0)) {
        fault_set (error, FAULT_INVALID, "%s is no backup of daymark", path);
        return -1;
    }
    return copy ? copy_all (copy, from, to, error) : -1;
}

static gboolean
tell_of_key (const Config *config, Store *store, GError **error)
{
    g_autoptr (Rows) rows = sealed_read (store, error);
    g_autoptr (Sealer) sealer = rows && rows_count (rows) ? cli_sealer (config, error) : NULL;
    guint opened = sealer ? sealed_count_opened (sealer, rows) : 0;

    if (!rows || (rows_count (rows) && !sealer))
        return FALSE;
    if (opened < rows_count (rows))
        printf ("%u of %u stored credentials do not open with this master key: put the key of that time into "
                "its place, or connect these accounts again\n",
                rows_count (rows) - opened, rows_count (rows));
    return TRUE;
}

static gboolean
restore (const Config *config, const char *path, GError **error)
{
    gint64 rows = read_backup (config, path, error);
    g_autoptr (Store) store = rows < 0 ? NULL : cli_open (config, error); /* to the newest schema */

    if (!store)
        return FALSE;
    printf ("%" G_GINT64_FORMAT " rows from %s. Everybody has to sign in again.\n", rows, path);
    return tell_of_key (config, store, error);
}

/* ---- the commands ---- */

static gboolean
one_file (int argc, char **argv, GError **error)
{
    return argc == 2 || fault_set (error, FAULT_INVALID, "%s takes the name of one file", argv[0]);
}

int
cli_backup (int argc, char **argv, GError **error)
{
    g_autoptr (Config) config =
        cli_load (&argc, &argv, NULL,
                  "FILE: write everything that is stored into a new file, while servers go on.", error);

    return !config || !one_file (argc, argv, error) || !backup (config, argv[1], error);
}

int
cli_restore (int argc, char **argv, GError **error)
{
    g_autoptr (Config) config =
        cli_load (&argc, &argv, NULL, "FILE: fill an empty database with a backup, of either engine.", error);

    return !config || !one_file (argc, argv, error) || !cli_own (config, error) ||
           !restore (config, argv[1], error);
}
