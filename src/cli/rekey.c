/* rekey.c -- `daymark rekey`: seal every stored secret with a new master key.
 *
 * All rows change in one transaction, so they are all sealed with the old key
 * or all with the new one, whatever happens. Where SECRET_KEY is set, its owner
 * holds both keys and changes the setting afterwards. Where the key is in
 * daymark.key, the two must not part:
 *
 *   1. the new key is on the disk as daymark.key.next
 *   2. the transaction commits
 *   3. daymark.key.next is renamed to daymark.key
 *
 * Broken off between these, both files are there, and the rows tell which one
 * is in use (cli_settle_key): the next start of the server, of a sync or of a
 * rekey ends the change before it does anything else. */
#include "base/clock.h"
#include "base/fault.h"
#include "cli/cli.h"
#include "cli/sealed.h"
#include "sql.h"
#include "store/migrate.h"

#include <stdio.h>
#include <string.h>

#define OTHERS_TRIES    10
#define OTHERS_PAUSE_US 200000

/* ---- the rows ---- */

static gboolean
write_row (Store *store, const Rows *rows, guint row, const char *sealed, GError **error)
{
    gint64 n = store_do (store, sealed_reseal (rows, row),
                         PARAMS ({ "id", VALUE_OF_TEXT (rows_text (rows, row, SEALED_ID)) },
                                 { "old", VALUE_OF_TEXT (rows_text (rows, row, SEALED_VALUE)) },
                                 { "credential", VALUE_OF_TEXT (sealed) }),
                         error);

    return n == 0 ? fault_set (error, FAULT_CONFLICT,
                               "a credential changed meanwhile: stop all instances, then try again")
                  : n > 0;
}

static gboolean
reseal_row (Store *store, Sealer *from, Sealer *to, const Rows *rows, guint row, GError **error)
{
    g_autofree char *context = sealed_context (rows, row), *sealed = NULL;
    g_autoptr (GError) local = NULL;
    char *plain = sealed_open (from, rows, row, &local);

    if (!plain)
        return fault_set (error, FAULT_DENIED, "nothing was changed: the %s of %s %s: %s",
                          sealed_column (rows, row), rows_text (rows, row, SEALED_HOLDER),
                          rows_text (rows, row, SEALED_ID), local->message);
    sealed = sealer_seal (to, context, plain);
    secret_free (plain);
    return write_row (store, rows, row, sealed, error);
}

static gboolean
reseal_all (Store *store, Sealer *from, Sealer *to, guint *n, GError **error)
{
    g_autoptr (Rows) rows = sealed_read (store, error);

    *n = rows ? rows_count (rows) : 0;
    if (*n && sealed_count_opened (to, rows) == *n)
        return fault_set (error, FAULT_CONFLICT,
                          "nothing was changed: all credentials are sealed with this new key already");
    for (guint i = 0; i < *n; i++)
        if (!reseal_row (store, from, to, rows, i, error))
            return FALSE;
    return rows != NULL;
}

/* Sign-ins that are over: nobody will open them any more. */
static gboolean
sweep (Store *store, GError **error)
{
    Value now = VALUE_OF_INSTANT (clock_now (clock_system ()));

    return store_do (store, &sql_api_connect_grant_sweep, PARAMS ({ "now", now }), error) >= 0 &&
           store_do (store, &sql_api_connect_state_sweep, PARAMS ({ "now", now }), error) >= 0;
}

static gboolean
reseal (Store *store, Sealer *from, Sealer *to, guint *n, GError **error)
{
    if (!store_begin (store, error))
        return FALSE;
    if (sweep (store, error) && reseal_all (store, from, to, n, error) && store_commit (store, error))
        return TRUE;
    store_rollback (store);
    return FALSE;
}

/* ---- a change that was broken off ---- */

/* One transaction used the next key, or none did: if no row opens with it, it was never used. */
static gboolean
settle (Store *store, const char *path, GError **error)
{
    g_autoptr (Rows) rows = sealed_read (store, error);
    char *key = rows ? sealer_key_next_read (path, error) : NULL;
    g_autoptr (Sealer) next = key ? sealer_new (key, error) : NULL;

    secret_free (key);
    if (!next)
        return FALSE;
    return sealed_count_opened (next, rows) ? sealer_key_next_adopt (path, error)
                                            : sealer_key_next_drop (path, error);
}

gboolean
cli_settle_key (const Config *config, GError **error)
{
    g_autofree char *path = cli_key_path (config);
    g_autoptr (Store) store = NULL;

    if (!path || !sealer_key_next_exists (path))
        return TRUE;
    store = cli_open (config, error);
    return store && settle (store, path, error);
}

/* ---- the command ---- */

/* A server that goes on with the old key would neither read what is sealed now nor write what can
 * be read later. One that has just ended may need a moment to be gone. */
static gboolean
is_alone (Store *store, GError **error)
{
    for (int try = 0;; try++) {
        g_autoptr (Rows) rows = store_ask (store, &sql_cli_others, NO_PARAMS, error);

        if (!rows || rows_int (rows, 0, 0) == 0)
            return rows != NULL;
        if (try == OTHERS_TRIES)
            return fault_set (error, FAULT_CONFLICT,
                              "nothing was changed: a daymark server is using this database: stop all "
                              "instances first");
        g_usleep (OTHERS_PAUSE_US);
    }
}

static char *
read_key_file (const char *path, GError **error)
{
    g_autoptr (GError) local = NULL;
    char *text = NULL;

    if (g_file_get_contents (path, &text, NULL, &local))
        return g_strstrip (text);
    fault_set (error, FAULT_INVALID, "--new-key-file: %s", local->message);
    return NULL;
}

static gboolean
reseal_between (Store *store, Sealer *from, const char *new_key, guint *n, GError **error)
{
    g_autoptr (Sealer) to = sealer_new (new_key, error);

    return to && reseal (store, from, to, n, error);
}

/* After a failure the rows tell whether it was committed; if they can't be asked now, both keys
 * stay until they can. */
static gboolean
rekey_file (Store *store, Sealer *from, const char *path, const char *given, guint *n, GError **error)
{
    g_autoptr (Sealer) to = given ? sealer_new (given, error) : NULL;
    char *key = to || !given ? sealer_key_next_write (path, given, error) : NULL;
    gboolean done = key && reseal_between (store, from, key, n, error);

    if (key && !done)
        settle (store, path, NULL);
    secret_free (key);
    return done && sealer_key_next_adopt (path, error);
}

/* Standard input is asked only where there is no file to put a random key into. */
static char *
read_new_key (const char *file, const char *path, GError **error)
{
    if (file)
        return read_key_file (file, error);
    return path ? NULL : cli_read_secret ("new SECRET_KEY", error);
}

static gboolean
rekey (const Config *config, const char *file, GError **error)
{
    g_autofree char *path = cli_key_path (config);
    g_autoptr (Store) store = cli_open (config, error);
    g_autoptr (Sealer) from = store && is_alone (store, error) && cli_settle_key (config, error)
                                  ? cli_sealer (config, error)
                                  : NULL;
    char *key = from ? read_new_key (file, path, error) : NULL;
    guint n = 0;
    gboolean done = from && (key || (path && !file)) &&
                    (path ? rekey_file (store, from, path, key, &n, error)
                          : reseal_between (store, from, key, &n, error));

    secret_free (key);
    if (done)
        printf ("%u credential%s sealed with the new key%s\n", n, n == 1 ? "" : "s",
                path ? "" : ": start every instance with it as SECRET_KEY");
    return done;
}

int
cli_rekey (int argc, char **argv, GError **error)
{
    g_autofree char *file = NULL;
    const GOptionEntry entries[] = {
        { "new-key-file", 0, 0, G_OPTION_ARG_FILENAME, &file,
          "the new key (else: with SECRET_KEY from standard input, with daymark.key a random one)", "FILE" },
        { NULL },
    };
    g_autoptr (Config) config =
        cli_load (&argc, &argv, entries,
                  "Seal all stored secrets with a new key. Stop every server first: on PostgreSQL, all "
                  "instances.",
                  error);

    return !config || !cli_no_more (argc, argv, error) || !cli_own (config, error) ||
           !rekey (config, file, error);
}
