/* libpq, without ever blocking: everything is sent by the asynchronous calls,
 * and every wait is a poll() until the call's deadline. (Only the look-up of a
 * host name can take longer; that is the resolver's own time limit.)
 *
 * The server has a statement_timeout a little below ours: it then ends the
 * statement itself and the connection stays good. If ours strikes first, nobody
 * knows what the server is doing, and the connection is closed. */
#include "base/fault.h"
#include "store/pg_mishap.h"
#include "store/pg_private.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

/* ---- faults ---- */

void
pg_disconnect (PgStore *pg)
{
    g_clear_pointer (&pg->conn, PQfinish);
}

gboolean
pg_lost (PgStore *pg, GError **error)
{
    pg_disconnect (pg);
    return fault_set (error, FAULT_LOST, "the connection to PostgreSQL was lost");
}

static gboolean
is_class (const char *state, const char *class)
{
    return strncmp (state, class, strlen (class)) == 0;
}

static FaultCode
fault_of_state (const char *state)
{
    static const struct {
        const char *class; /* the first characters of SQLSTATE */
        FaultCode fault;
    } table[] = {
        { "23505", FAULT_CONFLICT }, { "57014", FAULT_TIMEOUT }, { "40001", FAULT_BUSY },
        { "40P01", FAULT_BUSY },     { "55P03", FAULT_BUSY },    { "53100", FAULT_FULL },
        { "53", FAULT_BUSY },        { "57P0", FAULT_LOST },     { "08", FAULT_LOST },
        { "25006", FAULT_LOST },     { "26000", FAULT_LOST },    { "42P05", FAULT_LOST },
        { "25P03", FAULT_LOST },     { "22", FAULT_INVALID },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
        if (is_class (state, table[i].class))
            return table[i].fault;
    return FAULT_INTERNAL;
}

/* A statement that we have prepared is not there, or is there before we have prepared it: the session is
 * not ours alone, whatever it looked like. */
static gboolean
gives_pooler_away (const char *state)
{
    return is_class (state, "26000") || is_class (state, "42P05");
}

/* The server's sentences of classes 22 and 23 quote values; those of the
 * others quote names and pieces of our own SQL. */
static const char *
safe_detail (const PGresult *result, const char *state)
{
    const char *constraint = PQresultErrorField (result, PG_DIAG_CONSTRAINT_NAME);

    if (is_class (state, "22"))
        return "a value is not of the kind that is asked for";
    if (is_class (state, "23"))
        return constraint ? constraint : "a rule of the table is broken";
    return PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY);
}

gboolean
pg_fault (PgStore *pg, const char *what, const PGresult *result, GError **error)
{
    const char *state = PQresultErrorField (result, PG_DIAG_SQLSTATE);
    const char *detail;
    FaultCode fault;

    if (PQresultStatus (result) == PGRES_EMPTY_QUERY)
        return fault_set (error, FAULT_INTERNAL, "%s: the text holds no statement", what);
    if (!state) /* libpq's own: the connection broke */
        return pg_lost (pg, error);
    detail = safe_detail (result, state);
    fault = fault_of_state (state);
    if (gives_pooler_away (state))
        pg->pooled = TRUE;
    if (fault == FAULT_LOST)
        pg_disconnect (pg); /* also a server that has become read-only: its successor is elsewhere */
    if (fault == FAULT_TIMEOUT)
        return fault_set (error, fault, "%s took longer than its limit of %d ms", what,
                          (int)(pg->base.timeout_us / 1000));
    return fault_set (error, fault, "%s: %s (SQLSTATE %s)", what, detail ? detail : "no reason given", state);
}

/* ---- waiting ---- */

static int
milliseconds_left (const PgStore *pg)
{
    gint64 left = pg->base.deadline - g_get_monotonic_time ();

    return left <= 0 ? 0 : (int)MIN ((left + 999) / 1000, G_MAXINT);
}

/* FALSE and FAULT_TIMEOUT once the deadline has passed. */
static gboolean
wait_for (PgStore *pg, short events, GError **error)
{
    struct pollfd fd = { .fd = PQsocket (pg->conn), .events = events };
    int left, ready;

    do {
        left = milliseconds_left (pg);
        ready = poll (&fd, 1, left);
    } while (ready < 0 && errno == EINTR);
    if (ready > 0)
        return TRUE;
    pg_disconnect (pg);
    return fault_set (error, FAULT_TIMEOUT, "PostgreSQL did not answer within %d ms",
                      (int)(pg->base.timeout_us / 1000));
}

/* Waits until the socket takes more, reading meanwhile: a server that cannot
 * get rid of its answers stops listening. */
static gboolean
wait_and_read (PgStore *pg, short events, GError **error)
{
    return wait_for (pg, events, error) && (PQconsumeInput (pg->conn) || pg_lost (pg, error));
}

gboolean
pg_flush (PgStore *pg, GError **error)
{
    int rest;

    while ((rest = PQflush (pg->conn)) > 0)
        if (!wait_and_read (pg, POLLIN | POLLOUT, error))
            return FALSE;
    return rest == 0 || pg_lost (pg, error);
}

gboolean
pg_next (PgStore *pg, PGresult **result, GError **error)
{
    if (!pg_flush (pg, error))
        return FALSE;
    while (PQisBusy (pg->conn))
        if (!wait_and_read (pg, POLLIN, error))
            return FALSE;
    *result = PQgetResult (pg->conn);
    return TRUE;
}

static void
read_script (PgStore *pg, const char *what, char tag[static 64], GError **error)
{
    g_autoptr (GError) first = NULL;

    while (pg->conn) {
        g_autoptr (PgResult) result = NULL;
        ExecStatusType status;

        if (!pg_next (pg, &result, first ? NULL : &first) || !result)
            break;
        status = PQresultStatus (result);
        if (status == PGRES_COPY_IN)
            break; /* the caller goes on from here */
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
            pg_fault (pg, what, result, first ? NULL : &first);
        g_strlcpy (tag, PQcmdStatus (result), 64);
    }
    if (first)
        g_propagate_error (error, g_steal_pointer (&first));
}

gboolean
pg_script (PgStore *pg, const char *what, const char *text, char tag[static 64], GError **error)
{
    g_autoptr (GError) failure = NULL;
    const char *instead = pg_mishap (pg->conn);

    tag[0] = '\0';
    if (!PQsendQuery (pg->conn, instead ? instead : text))
        return pg_lost (pg, error);
    pg_mishap_sent (pg->conn);
    read_script (pg, what, tag, &failure);
    if (!failure)
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
}

/* ---- connecting ---- */

static void
ignore_notice (void *unused, const char *message)
{
    (void)unused;
    (void)message; /* "relation exists already, skipping" */
}

/* Before the address, which may say otherwise. */
static PGconn *
start_connection (const char *url, gint64 timeout_us)
{
    char tcp_timeout[16];
    const char *const names[] = { "keepalives",       "keepalives_idle",  "keepalives_interval",
                                  "keepalives_count", "tcp_user_timeout", "application_name",
                                  "dbname",           "client_encoding",  NULL };
    const char *const values[] = { "1", "30", "10", "3", tcp_timeout, "daymark", url, "UTF8", NULL };

    g_snprintf (tcp_timeout, sizeof tcp_timeout, "%d", (int)(timeout_us / 1000));
    return PQconnectStartParams (names, values, 1);
}

static gboolean
connection_failed (PgStore *pg, GError **error)
{
    g_autofree char *reason = g_strdup (PQerrorMessage (pg->conn));

    g_strchomp (g_strdelimit (reason, "\n\t", ' '));
    pg_disconnect (pg);
    return fault_set (error, FAULT_LOST, "cannot connect to PostgreSQL: %s", reason);
}

static gboolean
finish_connection (PgStore *pg, GError **error)
{
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;

    if (PQstatus (pg->conn) == CONNECTION_BAD)
        return connection_failed (pg, error);
    while (state != PGRES_POLLING_OK) {
        if (!wait_for (pg, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, error))
            return FALSE;
        state = PQconnectPoll (pg->conn);
        if (state == PGRES_POLLING_FAILED)
            return connection_failed (pg, error);
    }
    return TRUE;
}

/* A session of our own gets its settings once and for all. */
static gboolean
configure (PgStore *pg, GError **error)
{
    g_autofree char *text = NULL;
    char tag[64];

    PQsetnonblocking (pg->conn, 1);
    if (!pg_find_pooler (pg, error))
        return FALSE;
    if (pg->pooled)
        return TRUE;
    text = pg_settings_script (pg);
    return pg_script (pg, "connecting", text, tag, error);
}

static gboolean
connect_pg (PgStore *pg, GError **error)
{
    pg->conn = start_connection (pg->url, pg->base.timeout_us);
    pg->session++;
    if (!pg->conn)
        return fault_set (error, FAULT_LOST, "cannot connect to PostgreSQL");
    PQsetNoticeProcessor (pg->conn, ignore_notice, NULL);
    return finish_connection (pg, error) && configure (pg, error);
}

/* A server that went away while we were idle has said so on the socket. Seeing
 * it before anything is sent makes it safe to send a write again. */
static gboolean
is_closed (PgStore *pg)
{
    struct pollfd fd = { .fd = PQsocket (pg->conn), .events = POLLIN };

    while (poll (&fd, 1, 0) > 0) {
        PGnotify *notice;

        if (!PQconsumeInput (pg->conn))
            return TRUE;
        (void)PQisBusy (pg->conn); /* takes in what came */
        while (!pg->hears && (notice = PQnotifies (pg->conn)))
            PQfreemem (notice);
    }
    return PQstatus (pg->conn) != CONNECTION_OK;
}

gboolean
pg_ready (PgStore *pg, GError **error)
{
    if (pg->conn && is_closed (pg))
        pg_disconnect (pg);
    if (pg->conn)
        return TRUE;
    if (pg->base.in_transaction)
        return pg_lost (pg, error);
    return connect_pg (pg, error);
}
