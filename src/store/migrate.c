#include "store/migrate.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/fault.h"
#include "store/engine.h"

#include <string.h>

/* Any number will do as long as no one else's is the same. */
static const Sql lock = {
    .name = "migrate/lock",
    .text = "SELECT 1",
    .pg = "SELECT pg_advisory_xact_lock (7236483320151147)",
};

static const Sql newest = {
    .name = "migrate/newest",
    .text = "SELECT coalesce (max (version), 0) FROM schema_migrations",
};

static const Sql note = {
    .name = "migrate/note",
    .text = "INSERT INTO schema_migrations (version, name, applied_at) VALUES (:version, :name, :now)",
};

static const char bookkeeping[] = "CREATE TABLE IF NOT EXISTS schema_migrations ("
                                  "version bigint PRIMARY KEY NOT NULL, name text NOT NULL, "
                                  "applied_at timestamptz NOT NULL)";

/* Cuts the engine's marker off the lines that are for it. */
static char *
text_for_engine (const char *text, StoreEngine engine)
{
    const char *marker = engine == STORE_SQLITE ? "--sqlite " : "--pg ";
    GString *out = g_string_new (NULL);

    while (*text) {
        const char *end = strchrnul (text, '\n');
        const char *start = g_str_has_prefix (text, marker) ? text + strlen (marker) : text;

        g_string_append_len (out, start, end - start);
        g_string_append_c (out, '\n');
        text = *end ? end + 1 : end;
    }
    return g_string_free (out, FALSE);
}

static gboolean
lock_and_read (Store *store, gint64 *version, GError **error)
{
    g_autoptr (Rows) locked = store_ask (store, &lock, NO_PARAMS, error);
    g_autoptr (Rows) rows = NULL;

    if (!locked || !store_script (store, "schema_migrations", bookkeeping, error))
        return FALSE;
    rows = store_ask (store, &newest, NO_PARAMS, error);
    if (rows)
        *version = rows_int (rows, 0, 0);
    return rows != NULL;
}

static gboolean
apply (Store *store, const Migration *migration, GError **error)
{
    g_autofree char *text = text_for_engine (migration->text, store_engine (store));
    g_autofree char *name = g_strdup_printf ("schema/%03d-%s", migration->version, migration->name);

    return store_script (store, name, text, error) &&
           store_do (store, &note,
                     PARAMS ({ "version", VALUE_OF_INT (migration->version) },
                             { "name", VALUE_OF_TEXT (migration->name) },
                             { "now", VALUE_OF_INSTANT (clock_now (clock_system ())) }),
                     error) == 1 &&
           failpoint (FAILPOINT_MIGRATION, error);
}

int
migrate_newest (const Migration *list)
{
    int version = 0;

    for (const Migration *each = list; each->version; each++)
        version = each->version;
    return version;
}

/* The first one that the database does not have; the end of the list if it has all. */
static const Migration *
find_next (const Migration *list, gint64 version)
{
    while (list->version && list->version <= version)
        list++;
    return list;
}

/* In the open transaction: 1 applied, 0 nothing to do, -1 error. */
static int
apply_next (Store *store, const Migration *list, int until, GError **error)
{
    gint64 version = 0;
    const Migration *next;

    if (!lock_and_read (store, &version, error))
        return -1;
    if (version > migrate_newest (list)) {
        fault_set (error, FAULT_INVALID,
                   "the database has schema %" G_GINT64_FORMAT
                   ", which is newer than this program knows: start the newer daymark, or restore a backup",
                   version);
        return -1;
    }
    next = find_next (list, version);
    if (!next->version || next->version > until)
        return 0;
    return apply (store, next, error) ? 1 : -1;
}

/* One migration in a transaction of its own, under the lock. */
static int
step (Store *store, const Migration *list, int until, GError **error)
{
    int applied;

    if (!store_begin (store, error))
        return -1;
    applied = apply_next (store, list, until, error);
    if (applied >= 0 && store_commit (store, error))
        return applied;
    store_rollback (store);
    return -1;
}

int
migrate_until (Store *store, const Migration *list, int version, GError **error)
{
    int total = 0, applied;

    while ((applied = step (store, list, version, error)) > 0)
        total++;
    return applied < 0 ? -1 : total;
}

int
migrate (Store *store, const Migration *list, GError **error)
{
    return migrate_until (store, list, G_MAXINT, error);
}

int
migrate_version (Store *store, GError **error)
{
    g_autoptr (Rows) rows = store_ask (store, &newest, NO_PARAMS, error);

    return rows ? (int)rows_int (rows, 0, 0) : -1;
}
