/* Statements over the wire: prepare what is new, send everything, then read
 * everything. Behind a pooler nothing is prepared (pg_pooler.c).
 *
 * All of it goes through pipeline mode, also a single statement: its
 * preparation and its execution then share one round trip, and there is one
 * path to read and to test. */
#include "base/fault.h"
#include "store/pg_mishap.h"
#include "store/pg_private.h"
#include "store/sqltext.h"

#define HASH_LENGTH 24
#define NAME_SIZE   (HASH_LENGTH + sizeof ".4294967295")

typedef struct {
    char name[NAME_SIZE]; /* made of the text: it never stands for another text, whoever made it */
    const char *source;   /* the text of the Sql it was made from */
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
statement_new (const char *source)
{
    static guint serial; /* tells two of one text apart, which a connection may both know */
    PgStatement *statement = g_new0 (PgStatement, 1);
    g_autofree char *hash = NULL;

    statement->source = source;
    statement->sql = sqltext_new (source);
    hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, statement->sql->text, -1);
    g_snprintf (statement->name, sizeof statement->name, "%.*s.%u", HASH_LENGTH, hash,
                (guint)g_atomic_int_add ((gint *)&serial, 1));
    return statement;
}

static PgStatement *
statement_of (PgStore *pg, const Sql *sql)
{
    const char *source = sql->pg ? sql->pg : sql->text;
    PgStatement *statement = g_hash_table_lookup (pg->statements, sql);

    if (statement && statement->source == source)
        return statement;
    statement = statement_new (source);
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

/* ---- the line: the questions, and what goes before and after them ---- */

typedef struct {
    Bound begin, settings, commit;
    Value values[1]; /* of the settings */
    char timeout[12];
    GPtrArray *line; /* of Bound *, all borrowed, in the order in which they are sent */
} Line;

static void
line_fill (Line *line, PgStore *pg, Bound *bounds, guint n)
{
    line->line = g_ptr_array_sized_new (n + 3);
    if (n > 1)
        g_ptr_array_add (line->line, &line->begin);
    if (pg->pooled && !pg->base.in_transaction)
        g_ptr_array_add (line->line, &line->settings);
    for (guint i = 0; i < n; i++)
        g_ptr_array_add (line->line, &bounds[i]);
    if (n > 1)
        g_ptr_array_add (line->line, &line->commit);
}

static void
line_init (Line *line, PgStore *pg, Bound *bounds, guint n)
{
    *line = (Line){ .begin = bound_of (pg, &begin),
                    .settings = bound_of (pg, &pg_settings),
                    .commit = bound_of (pg, &commit) };
    g_snprintf (line->timeout, sizeof line->timeout, "%d", pg_statement_timeout (pg));
    line->values[0] = VALUE_OF_TEXT (line->timeout);
    line->settings.values = line->values;
    line_fill (line, pg, bounds, n);
}

static void
line_clear (Line *line)
{
    PQclear (line->begin.result);
    PQclear (line->settings.result);
    PQclear (line->commit.result);
    g_clear_pointer (&line->line, g_ptr_array_unref); /* none: nothing was sent */
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Line, line_clear)

/* ---- one exchange: send all, read all ---- */

/* If it is to have a name, and has none here yet. */
static gboolean
send_preparation (PgStore *pg, Bound *bound)
{
    PgStatement *statement = bound->statement;

    bound->prepares = !pg->pooled && statement->session != pg->session;
    if (!bound->prepares)
        return TRUE;
    statement->session = pg->session; /* at once: the same exchange may use it again */
    return PQsendPrepare (pg->conn, statement->name, statement->sql->text, 0, NULL);
}

static gboolean
send_one (PgStore *pg, Bound *bound)
{
    const SqlText *sql = bound->statement->sql;
    char buffers[PARAMS_MAX][VALUE_TEXT_MAX];
    const char *texts[PARAMS_MAX], *instead = pg_mishap (pg->conn);
    int n = (int)sql->names->len;

    for (int i = 0; i < n; i++)
        texts[i] = value_write (&bound->values[i], buffers[i]);
    if (!send_preparation (pg, bound))
        return FALSE;
    if (instead)
        return PQsendQueryParams (pg->conn, instead, 0, NULL, NULL, NULL, NULL, 0);
    if (pg->pooled)
        return PQsendQueryParams (pg->conn, sql->text, n, NULL, texts, NULL, NULL, 0);
    return PQsendQueryPrepared (pg->conn, bound->statement->name, n, texts, NULL, NULL, 0);
}

static gboolean
send_all (PgStore *pg, const GPtrArray *line)
{
    if (!PQenterPipelineMode (pg->conn))
        return FALSE;
    for (guint i = 0; i < line->len; i++)
        if (!send_one (pg, line->pdata[i]))
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
read_all (PgStore *pg, const GPtrArray *line, GError **error)
{
    g_autoptr (PgResult) sync = NULL;

    for (guint i = 0; i < line->len; i++)
        read_bound (pg, line->pdata[i], error);
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
    g_auto (Line) line = { 0 };
    GError *failure = NULL;

    if (!pg_ready (pg, error))
        return FALSE;
    line_init (&line, pg, bounds, n);
    if (!send_all (pg, line.line))
        return pg_lost (pg, error);
    pg_mishap_sent (pg->conn);
    read_all (pg, line.line, &failure);
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
