/* PostgreSQL: what came back becomes Rows, and the table of functions. The
 * sending and waiting is in pg_exchange.c and pg_wire.c. */
#include "base/fault.h"
#include "store/bulk.h"
#include "store/pg_private.h"
#include "store/rows_build.h"

#include <errno.h>
#include <string.h>

/* ---- results ---- */

enum { TYPE_BOOL = 16, TYPE_INT8 = 20, TYPE_INT2 = 21, TYPE_INT4 = 23, TYPE_OID = 26 };
enum { TYPE_FLOAT4 = 700, TYPE_FLOAT8 = 701, TYPE_TIMESTAMPTZ = 1184, TYPE_NUMERIC = 1700 };

/* sum() of bigint is numeric: a whole number that fits stays an integer. */
static void
add_numeric (Rows *rows, const char *text)
{
    char *end;
    gint64 whole;

    errno = 0;
    whole = g_ascii_strtoll (text, &end, 10);
    if (*end == '\0' && errno == 0)
        rows_add_int (rows, whole);
    else
        rows_add_real (rows, g_ascii_strtod (text, NULL));
}

static void
add_cell (Rows *rows, const PGresult *result, int row, int column)
{
    const char *text = PQgetvalue (result, row, column);
    gsize length = (gsize)PQgetlength (result, row, column);

    if (PQgetisnull (result, row, column)) {
        rows_add_null (rows);
        return;
    }
    switch (PQftype (result, column)) {
    case TYPE_BOOL:
        rows_add_int (rows, *text == 't');
        break;
    case TYPE_INT8:
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_OID:
        rows_add_int (rows, g_ascii_strtoll (text, NULL, 10));
        break;
    case TYPE_FLOAT4:
    case TYPE_FLOAT8:
        rows_add_real (rows, g_ascii_strtod (text, NULL));
        break;
    case TYPE_NUMERIC:
        add_numeric (rows, text);
        break;
    case TYPE_TIMESTAMPTZ:
        rows_add_instant (rows, text, length);
        break;
    default:
        rows_add_text (rows, text, length);
    }
}

static Rows *
rows_of_result (const PGresult *result)
{
    int columns = PQnfields (result), n = PQntuples (result);
    Rows *rows = rows_start ((guint)columns);

    for (int i = 0; i < columns; i++)
        rows_add_text (rows, PQfname (result, i), strlen (PQfname (result, i)));
    for (int row = 0; row < n; row++)
        for (int i = 0; i < columns; i++)
            add_cell (rows, result, row, i);
    return rows;
}

/* ---- the engine ---- */

static gboolean
ask_all_pg (Store *store, StoreQuestion *questions, guint n, GError **error)
{
    g_autofree PGresult **results = g_new0 (PGresult *, n);

    if (!pg_exchange ((PgStore *)store, questions, n, results, error))
        return FALSE;
    for (guint i = 0; i < n; i++) {
        questions[i].rows = rows_of_result (results[i]);
        PQclear (results[i]);
    }
    return TRUE;
}

/* "UPDATE 3" is 3; "SELECT 3" changed nothing. */
static gint64
rows_changed (PGresult *result)
{
    if (g_str_has_prefix (PQcmdStatus (result), "SELECT"))
        return 0;
    return g_ascii_strtoll (PQcmdTuples (result), NULL, 10);
}

static gint64
run_pg (Store *store, const Sql *sql, const Param *params, GError **error)
{
    const StoreQuestion question = { .sql = sql, .params = params };
    g_autoptr (PgResult) result = NULL;

    return pg_exchange ((PgStore *)store, &question, 1, &result, error) ? rows_changed (result) : -1;
}

static gboolean
script_pg (Store *store, const char *name, const char *text, GError **error)
{
    PgStore *pg = (PgStore *)store;
    char tag[64];

    return pg_ready (pg, error) && pg_script (pg, name, text, tag, error);
}

/* With its own settings, where the session's are not ours. */
static gboolean
send_begin (PgStore *pg, gboolean reading, GError **error)
{
    const char *begin = reading ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN";
    g_autofree char *settings = NULL, *text = NULL;
    char tag[64];

    if (!pg_ready (pg, error))
        return FALSE;
    settings = pg->pooled ? pg_settings_script (pg) : NULL;
    text = g_strjoin ("; ", begin, settings, NULL);
    return pg_script (pg, "begin", text, tag, error);
}

/* A BEGIN that got lost has begun nothing that lasts: once more is safe. */
static gboolean
begin_pg (Store *store, gboolean reading, GError **error)
{
    PgStore *pg = (PgStore *)store;
    g_autoptr (GError) failure = NULL;

    if (send_begin (pg, reading, &failure))
        return TRUE;
    if (fault_is (failure, FAULT_LOST))
        return send_begin (pg, reading, error);
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
}

/* After a failed statement PostgreSQL answers COMMIT with a ROLLBACK, and no error. */
static gboolean
commit_pg (Store *store, GError **error)
{
    PgStore *pg = (PgStore *)store;
    char tag[64];

    if (!pg_ready (pg, error) || !pg_script (pg, "commit", "COMMIT", tag, error))
        return FALSE;
    if (strcmp (tag, "COMMIT") != 0)
        return fault_set (error, FAULT_INTERNAL,
                          "commit: the transaction was rolled back by an earlier error");
    return TRUE;
}

static void
rollback_pg (Store *store)
{
    pg_leave_transaction ((PgStore *)store);
}

static void
close_pg (Store *store)
{
    PgStore *pg = (PgStore *)store;

    pg_disconnect (pg);
    g_hash_table_unref (pg->statements);
    g_hash_table_unref (pg->plans);
    g_free (pg->url);
    g_free (pg);
}

/* libpq's own sentence may quote a piece of the password. */
static gboolean
check_url (const char *url, GError **error)
{
    PQconninfoOption *options = PQconninfoParse (url, NULL);

    if (!options)
        return fault_set (error, FAULT_INVALID,
                          "the database address is no valid postgresql:// address "
                          "(are special characters in the password written as %%XX?)");
    PQconninfoFree (options);
    return TRUE;
}

static Store *
open_pg (const char *url, const StoreOptions *options, GError **error)
{
    PoolerMode mode;
    g_autofree char *plain = pg_pooler_of_url (url, &mode, error);
    PgStore *pg;

    if (!plain || !check_url (plain, error))
        return NULL;
    pg = g_new0 (PgStore, 1);
    pg->base.engine = &engine_pg;
    pg->base.timeout_us = (gint64)options->timeout_ms * 1000;
    pg->url = g_steal_pointer (&plain);
    pg->mode = mode;
    pg->statements = g_hash_table_new_full (NULL, NULL, NULL, pg_statement_free);
    pg->plans = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)bulk_plan_free);
    store_start_call (&pg->base);
    if (pg_ready (pg, error))
        return &pg->base;
    close_pg (&pg->base);
    return NULL;
}

static gboolean
is_pooled_pg (const Store *store)
{
    return ((const PgStore *)store)->pooled;
}

const Engine engine_pg = {
    .kind = STORE_POSTGRESQL,
    .open = open_pg,
    .close = close_pg,
    .ask_all = ask_all_pg,
    .run = run_pg,
    .begin = begin_pg,
    .commit = commit_pg,
    .rollback = rollback_pg,
    .script = script_pg,
    .replace = pg_replace,
    .is_pooled = is_pooled_pg,
    .listen = pg_listen,
    .wait = pg_wait,
};
