/* pg_private.h -- the state of a PostgreSQL connection, shared by the files
 * pg_wire.c (bytes and time limits), pg_pooler.c (who stands in between),
 * pg_exchange.c (statements), pg_bulk.c (facts) and store_pg.c (results, the
 * engine). */
#pragma once
#include "store/engine.h"

#include <libpq-fe.h>

/* What is between us and the server, as the address says it. */
typedef enum {
    POOLER_AUTO, /* each connection finds out */
    POOLER_SESSION,
    POOLER_TRANSACTION,
} PoolerMode;

typedef struct {
    Store base;
    char *url; /* as libpq takes it */
    PoolerMode mode;
    gboolean pooled;        /* the next transaction may be another session of the server's */
    PGconn *conn;           /* NULL before the first call and after a loss */
    guint session;          /* counts connections: a statement belongs to one of them */
    guint hears;            /* the session that listens; 0 none */
    GHashTable *statements; /* const Sql * -> PgStatement */
    GHashTable *plans;      /* const FactTable * -> BulkPlan */
} PgStore;

typedef PGresult PgResult;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgResult, PQclear)

/* ---- pg_wire.c: nothing here waits beyond the call's deadline ---- */

/* Makes sure that there is a live connection: opens one if there is none, or
 * if the server has closed the idle one meanwhile; in a transaction that is
 * FAULT_LOST. */
gboolean pg_ready (PgStore *pg, GError **error);
void pg_disconnect (PgStore *pg);
/* Sends what libpq holds back. */
gboolean pg_flush (PgStore *pg, GError **error);
/* The next result of what was sent; *result NULL is the end of a command. */
gboolean pg_next (PgStore *pg, PGresult **result, GError **error);
/* Statements in one text, without parameters, outside of pipeline mode. If tag
 * is not NULL it receives the last one's command tag. */
gboolean pg_script (PgStore *pg, const char *what, const char *text, char tag[static 64], GError **error);
/* The fault that a broken connection or a server's error stands for. Both return FALSE. */
gboolean pg_lost (PgStore *pg, GError **error);
gboolean pg_fault (PgStore *pg, const char *what, const PGresult *result, GError **error);

/* ---- pg_pooler.c ---- */

/* Takes our own part off the address: the rest, which the caller frees; NULL is FAULT_INVALID. */
char *pg_pooler_of_url (const char *url, PoolerMode *mode, GError **error);
/* Of a new connection: sets pg->pooled. */
gboolean pg_find_pooler (PgStore *pg, GError **error);
/* The settings of a session: as a script, for as long as the session or the transaction lasts; and as a
 * question that sets them for the transaction, with the parameter :timeout. */
char *pg_settings_script (const PgStore *pg);
extern const Sql pg_settings;
/* In milliseconds, a little less than ours. */
int pg_statement_timeout (const PgStore *pg);

/* ---- pg_exchange.c ---- */

/* All statements in one round trip, several of them in one snapshot; reading
 * ones are repeated when the connection breaks. The caller clears the results. */
gboolean
pg_exchange (PgStore *pg, const StoreQuestion *questions, guint n, PGresult **results, GError **error);
void pg_leave_transaction (PgStore *pg); /* rolls back, or at least hangs up */
void pg_statement_free (gpointer statement);

/* ---- pg_listen.c ---- */

gboolean pg_listen (Store *store, const char *channel, GError **error);
gboolean pg_wait (Store *store, int wake_fd, int timeout_ms, StoreHeard heard, gpointer user, GError **error);

/* ---- pg_bulk.c ---- */

gboolean pg_replace (Store *store, const char *user_id, const char *entity, Period window,
                     const FactSet *facts, GError **error);
