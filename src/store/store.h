/* store.h -- one connection to the database, SQLite or PostgreSQL.
 *
 * A Store belongs to one thread at a time. It opens lazily again after the
 * connection was lost (outside of a transaction), and every call has a time
 * limit, so none of them hangs.
 *
 * SQL is a Sql: a text embedded from sql/<name>.sql, the same for both engines
 * unless sql/<name>.pg.sql exists. Parameters are named (:user) and bound,
 * never pasted. Both engines give back the same Values: dates as
 * "2026-01-02", instants as "2026-01-02T08:15:00Z", ids as lower-case text.
 *
 * Instants in SQLite are text with six digits of fraction always, so that the
 * order of text is the order of time: "2026-01-02T08:15:00.000000Z". They are
 * bound so (and to PostgreSQL too) and come back in the short form, if the
 * column is declared timestamptz or the result of an expression. now() is the
 * database's clock on both engines; a reckoned instant is in SQLite
 *     strftime ('%Y-%m-%dT%H:%M:%f000Z', 'now', '+90 seconds').
 *
 * Errors: FAULT_BUSY (locked), FAULT_LOST (connection), FAULT_TIMEOUT,
 * FAULT_FULL (disk), FAULT_CONFLICT (a unique key exists), FAULT_INTERNAL;
 * FAULT_INVALID from store_open (a bad address) and for a text that PostgreSQL
 * cannot read as a uuid, date or number. No sentence holds a parameter's value.
 * After FAULT_LOST or FAULT_TIMEOUT nobody knows whether a write or a commit
 * was carried out. Questions that only read (SELECT, not FOR UPDATE) are asked
 * again by themselves when the connection breaks, outside of a transaction. */
#pragma once
#include "base/value.h"
#include "model/fact.h"
#include "model/period.h"

#include <glib.h>

typedef enum { STORE_SQLITE, STORE_POSTGRESQL } StoreEngine;

/* Statements are remembered by the address of their Sql, which therefore lives
 * as long as the Store. One statement each. */
typedef struct {
    const char *name; /* "sync/claim": where the text came from */
    const char *text; /* for SQLite, and for PostgreSQL if there is no other */
    const char *pg;   /* NULL unless the engines truly differ */
} Sql;

typedef struct {
    const char *name; /* without the colon */
    Value value;
} Param;

/* PARAMS ({ "user", VALUE_OF_TEXT (id) }, { "now", VALUE_OF_INSTANT (now) }).
 * A text that names a parameter which is not given, or the reverse, is our own
 * mistake: FAULT_INTERNAL. */
#define PARAMS(...) ((const Param[]){ __VA_ARGS__, { .name = NULL } })
#define NO_PARAMS   ((const Param[]){ { .name = NULL } })

typedef struct Store Store;
typedef struct Rows Rows;

typedef struct {
    int timeout_ms;   /* for one call; 0 is 30 s */
    gboolean durable; /* SQLite: synchronous=FULL; the job engine and migrations ask for it */
} StoreOptions;

/* "sqlite:PATH" or "postgresql://…[?pooler=…]". Tries the connection once. options may be NULL. */
Store *store_open (const char *url, const StoreOptions *options, GError **error);
void store_close (Store *store);
StoreEngine store_engine (const Store *store);
StoreEngine store_engine_of_url (const char *url);
/* How often a call of this process has failed in that way (a FaultCode), of all Stores together. */
guint64 store_failures (int fault);
/* Bytes that are free where an SQLite file is; FALSE: it is none, or its folder cannot be seen. */
gboolean store_disk_free (const char *url, guint64 *bytes);
/* Files and folders outside of the database that a connection to that address may read: certificates,
 * a password file. Some may not exist. The caller owns them. */
char **store_files (const char *url);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Store, store_close)

/* Ask: all rows, which the caller owns; no rows is an empty Rows. */
Rows *store_ask (Store *store, const Sql *sql, const Param *params, GError **error);
/* Do: how many rows it changed, -1 on error. */
gint64 store_do (Store *store, const Sql *sql, const Param *params, GError **error);

/* Several questions in one round trip (PostgreSQL pipeline mode), all seen in
 * one snapshot of the data; not inside a transaction, and none of them writes.
 * Fills each question's rows, which the caller owns; on error none is set. */
typedef struct {
    const Sql *sql;
    const Param *params;
    Rows *rows;
} StoreQuestion;
gboolean store_ask_all (Store *store, StoreQuestion *questions, guint n, GError **error);

/* Transactions: SQLite BEGIN IMMEDIATE. After an error inside one, call
 * store_rollback; it is safe also when the engine has rolled back by itself. */
gboolean store_begin (Store *store, GError **error);
/* One that only reads, all of it in one snapshot, and stands in nobody's way; ended by store_rollback. */
gboolean store_begin_reading (Store *store, GError **error);
gboolean store_commit (Store *store, GError **error);
void store_rollback (Store *store);

/* Write facts of one user inside the caller's transaction, in bulk. For a table
 * by day: all rows of this entity (property or account) in the window are
 * replaced by the set, which must not hold days outside it. For others: rows
 * are inserted or updated by their key, and window is ignored. Running it
 * twice changes nothing. */
gboolean store_replace (Store *store, const char *user_id, const char *entity, Period window,
                        const FactSet *facts, GError **error);

/* PostgreSQL behind a pooler that shares sessions between transactions, as far as is known now: nothing
 * that belongs to a session works, store_listen above all. "…?pooler=session" or "=transaction" in the
 * address says what is there; without it any pooler counts as one of transactions. */
gboolean store_is_pooled (const Store *store);

typedef void (*StoreHeard) (const char *payload, gpointer user);
/* PostgreSQL only (else FALSE and FAULT_INTERNAL), and not behind a pooler: hear what is notified on the
 * channel from now on, this Store's own too. It holds as long as the connection does. */
gboolean store_listen (Store *store, const char *channel, GError **error);
/* Waits until something is heard, wake_fd can be read, or timeout_ms are over; calls heard for each
 * payload. FAULT_LOST: the connection is not the one that listened, and anything may have been missed:
 * store_listen again. */
gboolean
store_wait (Store *store, int wake_fd, int timeout_ms, StoreHeard heard, gpointer user, GError **error);

/* ---- rows: for one thread at a time, also to read ---- */
guint rows_count (const Rows *rows);
guint rows_columns (const Rows *rows);
int rows_column (const Rows *rows, const char *name); /* -1 if there is none */
gboolean rows_is_null (const Rows *rows, guint row, guint column);
gint64 rows_int (const Rows *rows, guint row, guint column);       /* NULL is 0 */
double rows_real (const Rows *rows, guint row, guint column);      /* NULL is 0 */
const char *rows_text (const Rows *rows, guint row, guint column); /* NULL is NULL; borrowed */
Day rows_day (const Rows *rows, guint row, guint column);          /* NULL is DAY_NONE */
gint64 rows_instant (const Rows *rows, guint row, guint column);   /* NULL is INSTANT_NONE */
Rows *rows_ref (Rows *rows); /* one more owner, on the same thread; each calls rows_free */
void rows_free (Rows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rows, rows_free)

/* A Rows made by hand, for tests of what draws them: cells row by row. */
Rows *rows_new (const char *const *columns, guint n_columns, const Value *cells, guint n_rows);
