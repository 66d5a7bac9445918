/* PostgreSQL: one connection, statements prepared when they are first used.
 *
 * Everything with parameters goes through pipeline mode, also a single
 * statement: its preparation and its execution then share one round trip, and
 * there is one path to read and to test. */
#include "base/fault.h"
#include "store/bulk.h"
#include "store/pg_private.h"
#include "store/rows_build.h"
#include "store/sqltext.h"

#include <errno.h>
#include <string.h>

typedef struct {
    char name[16];
    const char *source; /* the text of the Sql it was made from */
    SqlText *sql;
    guint session; /* the connection that knows it; 0 none yet */
} PgStatement;

/* A statement and its values, ready to be sent. */
typedef struct {
    const char *what;
    PgStatement *statement;
    Value values[PARAMS_MAX];
    gboolean prepares; /* the preparation was sent along */
    PGresult *result;
} Bound;

/* ---- statements ---- */

static void
statement_free (gpointer data)
{
    PgStatement *statement = data;

    sqltext_free (statement->sql);
    g_free (statement);
}

static PgStatement *
statement_of (PgStore *pg, const Sql *sql)
{
    const char *source = sql->pg ? sql->pg : sql->text;
    PgStatement *statement = g_hash_table_lookup (pg->statements, sql);
    static guint serial; /* only has to differ within a connection */

    if (statement && statement->source == source)
        return statement;
    statement = g_new0 (PgStatement, 1);
    g_snprintf (statement->name, sizeof statement->name, "s%u", (guint)g_atomic_int_add ((gint *)&serial, 1));
    statement->source = source;
    statement->sql = sqltext_new (source);
    g_hash_table_replace (pg->statements, (gpointer)sql, statement);
    return statement;
}

static gboolean
bind_all (PgStore *pg, Bound *bounds, const StoreQuestion *questions, guint n, GError **error)
{
    for (guint i = 0; i < n; i++) {
        const Sql *sql = questions[i].sql;

        bounds[i].what = sql->name;
        bounds[i].statement = statement_of (pg, sql);
        if (!params_order (sql, bounds[i].statement->sql->names, questions[i].params, bounds[i].values,
                           error))
            return FALSE;
        if (n > 1 && !bounds[i].statement->sql->only_reads)
            return fault_set (error, FAULT_INTERNAL,
                              "the statement %s writes: it cannot be asked with others", sql->name);
    }
    return TRUE;
}

/* ---- one exchange: send all, read all ---- */

static gboolean
send_one (PgStore *pg, Bound *bound)
{
    PgStatement *statement = bound->statement;
    char buffers[PARAMS_MAX][VALUE_TEXT_MAX];
    const char *texts[PARAMS_MAX];
    guint n = statement->sql->names->len;

    for (guint i = 0; i < n; i++)
        texts[i] = value_write (&bound->values[i], buffers[i]);
    bound->prepares = statement->session != pg->session;
    if (bound->prepares && !PQsendPrepare (pg->conn, statement->name, statement->sql->text, 0, NULL))
        return FALSE;
    statement->session = pg->session; /* at once: the same exchange may use it again */
    return PQsendQueryPrepared (pg->conn, statement->name, (int)n, texts, NULL, NULL, 0);
}

static gboolean
send_plain (PgStore *pg, const char *text)
{
    return PQsendQueryParams (pg->conn, text, 0, NULL, NULL, NULL, NULL, 0);
}

static gboolean
send_all (PgStore *pg, Bound *bounds, guint n)
{
    if (!PQenterPipelineMode (pg->conn))
        return FALSE;
    if (n > 1 && !send_plain (pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        return FALSE;
    for (guint i = 0; i < n; i++)
        if (!send_one (pg, &bounds[i]))
            return FALSE;
    if (n > 1 && !send_plain (pg, "COMMIT"))
        return FALSE;
    return PQpipelineSync (pg->conn);
}

/* One command's result and the NULL that ends it. After the first failure the
 * server skips the rest of the pipeline and says so for each: those are passed
 * over, *error keeps the first. */
static PGresult *
read_one (PgStore *pg, const char *what, GError **error)
{
    g_autoptr (PgResult) result = NULL, end = NULL;
    GError **first = *error ? NULL : error;
    ExecStatusType status;

    if (!pg->conn || !pg_next (pg, &result, first))
        return NULL;
    status = PQresultStatus (result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return pg_next (pg, &end, first) ? g_steal_pointer (&result) : NULL;
    if (status != PGRES_PIPELINE_ABORTED)
        pg_fault (pg, what, result, first);
    if (pg->conn)
        pg_next (pg, &end, NULL);
    return NULL;
}

static void
read_plain (PgStore *pg, const char *what, GError **error)
{
    PQclear (read_one (pg, what, error));
}

static void
read_bound (PgStore *pg, Bound *bound, GError **error)
{
    if (bound->prepares) {
        g_autoptr (PgResult) prepared = read_one (pg, bound->what, error);

        if (!prepared)
            bound->statement->session = 0;
    }
    bound->result = read_one (pg, bound->what, error);
}

static void
read_all (PgStore *pg, Bound *bounds, guint n, GError **error)
{
    g_autoptr (PgResult) sync = NULL;

    if (n > 1)
        read_plain (pg, "begin", error);
    for (guint i = 0; i < n; i++)
        read_bound (pg, &bounds[i], error);
    if (n > 1)
        read_plain (pg, "commit", error);
    if (pg->conn && pg_next (pg, &sync, *error ? NULL : error) && !PQexitPipelineMode (pg->conn))
        pg_lost (pg, *error ? NULL : error);
}

/* A failed question leaves the snapshot's transaction open. */
static void
leave_snapshot (PgStore *pg)
{
    char tag[64];

    if (pg->conn && PQtransactionStatus (pg->conn) != PQTRANS_IDLE &&
        !pg_script (pg, "rollback", "ROLLBACK", tag, NULL))
        pg_disconnect (pg);
}

static gboolean
exchange (PgStore *pg, Bound *bounds, guint n, GError **error)
{
    GError *failure = NULL;

    if (!pg_ready (pg, error))
        return FALSE;
    if (!send_all (pg, bounds, n))
        return pg_lost (pg, error);
    read_all (pg, bounds, n, &failure);
    if (!failure)
        return TRUE;
    g_propagate_error (error, failure);
    for (guint i = 0; i < n; i++)
        g_clear_pointer (&bounds[i].result, PQclear);
    if (n > 1)
        leave_snapshot (pg);
    return FALSE;
}

static gboolean
may_repeat (const PgStore *pg, const Bound *bounds, guint n, const GError *error)
{
    if (pg->base.in_transaction || !fault_is (error, FAULT_LOST))
        return FALSE;
    for (guint i = 0; i < n; i++)
        if (!bounds[i].statement->sql->only_reads)
            return FALSE;
    return TRUE;
}

/* Questions that only read are asked a second time, over a new connection, if
 * the first one broke. */
static gboolean
exchange_safely (PgStore *pg, Bound *bounds, guint n, GError **error)
{
    GError *failure = NULL;

    if (exchange (pg, bounds, n, &failure))
        return TRUE;
    if (!may_repeat (pg, bounds, n, failure)) {
        g_propagate_error (error, failure);
        return FALSE;
    }
    g_error_free (failure);
    return exchange (pg, bounds, n, error);
}

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
    PgStore *pg = (PgStore *)store;
    g_autofree Bound *bounds = g_new0 (Bound, n);

    if (!bind_all (pg, bounds, questions, n, error) || !exchange_safely (pg, bounds, n, error))
        return FALSE;
    for (guint i = 0; i < n; i++) {
        questions[i].rows = rows_of_result (bounds[i].result);
        PQclear (bounds[i].result);
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
    PgStore *pg = (PgStore *)store;
    StoreQuestion question = { .sql = sql, .params = params };
    Bound bound = { 0 };
    gint64 changed;

    if (!bind_all (pg, &bound, &question, 1, error) || !exchange_safely (pg, &bound, 1, error))
        return -1;
    changed = rows_changed (bound.result);
    PQclear (bound.result);
    return changed;
}

static gboolean
script_pg (Store *store, const char *name, const char *text, GError **error)
{
    PgStore *pg = (PgStore *)store;
    char tag[64];

    return pg_ready (pg, error) && pg_script (pg, name, text, tag, error);
}

/* A BEGIN that got lost has begun nothing that lasts: once more is safe. */
static gboolean
begin_pg (Store *store, GError **error)
{
    g_autoptr (GError) failure = NULL;

    if (script_pg (store, "begin", "BEGIN", &failure))
        return TRUE;
    if (fault_is (failure, FAULT_LOST))
        return script_pg (store, "begin", "BEGIN", error);
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
    leave_snapshot ((PgStore *)store);
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
    PgStore *pg;

    if (!check_url (url, error))
        return NULL;
    pg = g_new0 (PgStore, 1);
    pg->base.engine = &engine_pg;
    pg->base.timeout_us = (gint64)options->timeout_ms * 1000;
    pg->url = g_strdup (url);
    pg->statements = g_hash_table_new_full (NULL, NULL, NULL, statement_free);
    pg->plans = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)bulk_plan_free);
    store_start_call (&pg->base);
    if (pg_ready (pg, error))
        return &pg->base;
    close_pg (&pg->base);
    return NULL;
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
};
