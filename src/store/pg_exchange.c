/* Statements over the wire: prepare what is new, send everything, then read
 * everything.
 *
 * All of it goes through pipeline mode, also a single statement: its
 * preparation and its execution then share one round trip, and there is one
 * path to read and to test. */
#include "base/fault.h"
#include "store/pg_mishap.h"
#include "store/pg_private.h"
#include "store/sqltext.h"

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
    Value *values;     /* in the order of its parameters; owned */
    gboolean prepares; /* the preparation was sent along */
    PGresult *result;
} Bound;

/* ---- statements ---- */

void
pg_statement_free (gpointer data)
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

/* Around several questions, so that they see one snapshot; prepared like them, which spares the
 * server from reading their text each time. */
static const Sql begin = { .name = "begin", .text = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" };
static const Sql commit = { .name = "commit", .text = "COMMIT" };

static void
bounds_free (Bound *bounds, guint n)
{
    for (guint i = 0; i < n; i++)
        g_free (bounds[i].values);
    g_free (bounds);
}

static Bound
bound_of (PgStore *pg, const Sql *sql)
{
    return (Bound){ .what = sql->name, .statement = statement_of (pg, sql) };
}

static gboolean
bind_all (PgStore *pg, Bound *bounds, const StoreQuestion *questions, guint n, GError **error)
{
    for (guint i = 0; i < n; i++) {
        const Sql *sql = questions[i].sql;
        Value values[PARAMS_MAX];
        const GPtrArray *names;

        bounds[i] = bound_of (pg, sql);
        names = bounds[i].statement->sql->names;
        if (!params_order (sql, names, questions[i].params, values, error))
            return FALSE;
        bounds[i].values = g_memdup2 (values, names->len * sizeof *values);
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
    const char *texts[PARAMS_MAX], *instead = pg_mishap (pg->conn);
    guint n = statement->sql->names->len;

    for (guint i = 0; i < n; i++)
        texts[i] = value_write (&bound->values[i], buffers[i]);
    bound->prepares = statement->session != pg->session;
    if (bound->prepares && !PQsendPrepare (pg->conn, statement->name, statement->sql->text, 0, NULL))
        return FALSE;
    statement->session = pg->session; /* at once: the same exchange may use it again */
    if (instead)
        return PQsendQueryParams (pg->conn, instead, 0, NULL, NULL, NULL, NULL, 0);
    return PQsendQueryPrepared (pg->conn, statement->name, (int)n, texts, NULL, NULL, 0);
}

static gboolean
send_all (PgStore *pg, Bound *frame, Bound *bounds, guint n)
{
    if (!PQenterPipelineMode (pg->conn))
        return FALSE;
    if (n > 1 && !send_one (pg, &frame[0]))
        return FALSE;
    for (guint i = 0; i < n; i++)
        if (!send_one (pg, &bounds[i]))
            return FALSE;
    if (n > 1 && !send_one (pg, &frame[1]))
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
read_frame (PgStore *pg, Bound *frame, GError **error)
{
    read_bound (pg, frame, error);
    g_clear_pointer (&frame->result, PQclear);
}

static void
read_all (PgStore *pg, Bound *frame, Bound *bounds, guint n, GError **error)
{
    g_autoptr (PgResult) sync = NULL;

    if (n > 1)
        read_frame (pg, &frame[0], error);
    for (guint i = 0; i < n; i++)
        read_bound (pg, &bounds[i], error);
    if (n > 1)
        read_frame (pg, &frame[1], error);
    if (pg->conn && pg_next (pg, &sync, *error ? NULL : error) && !PQexitPipelineMode (pg->conn))
        pg_lost (pg, *error ? NULL : error);
}

/* A failed question leaves the snapshot's transaction open. */
void
pg_leave_transaction (PgStore *pg)
{
    char tag[64];

    if (pg->conn && PQtransactionStatus (pg->conn) != PQTRANS_IDLE &&
        !pg_script (pg, "rollback", "ROLLBACK", tag, NULL))
        pg_disconnect (pg);
}

static gboolean
exchange (PgStore *pg, Bound *bounds, guint n, GError **error)
{
    Bound frame[] = { bound_of (pg, &begin), bound_of (pg, &commit) };
    GError *failure = NULL;

    if (!pg_ready (pg, error))
        return FALSE;
    if (!send_all (pg, frame, bounds, n))
        return pg_lost (pg, error);
    pg_mishap_sent (pg->conn);
    read_all (pg, frame, bounds, n, &failure);
    if (!failure)
        return TRUE;
    g_propagate_error (error, failure);
    for (guint i = 0; i < n; i++)
        g_clear_pointer (&bounds[i].result, PQclear);
    if (n > 1)
        pg_leave_transaction (pg);
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
    g_autoptr (GError) failure = NULL;

    if (exchange (pg, bounds, n, &failure))
        return TRUE;
    if (may_repeat (pg, bounds, n, failure))
        return exchange (pg, bounds, n, error);
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
}

gboolean
pg_exchange (PgStore *pg, const StoreQuestion *questions, guint n, PGresult **results, GError **error)
{
    Bound *bounds = g_new0 (Bound, n);
    gboolean done = bind_all (pg, bounds, questions, n, error) && exchange_safely (pg, bounds, n, error);

    for (guint i = 0; i < n; i++)
        results[i] = bounds[i].result;
    bounds_free (bounds, n);
    return done;
}
