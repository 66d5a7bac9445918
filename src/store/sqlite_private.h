/* sqlite_private.h -- the state of a SQLite connection, shared by the files
 * sqlite_connection.c (opening, errors), store_sqlite.c (asking, doing) and
 * sqlite_bulk.c (facts). */
#pragma once
#include "store/engine.h"
#include "store/sqltext.h"

#include <sqlite3.h>

typedef struct {
    Store base;
    sqlite3 *db;
    sqlite3_stmt *rollback; /* ready: to give up a transaction must not need memory */
    GHashTable *statements; /* const Sql * -> SqliteStatement */
    GHashTable *bulks;      /* const FactTable * -> SqliteBulk */
} SqliteStore;

/* ---- sqlite_connection.c ---- */

gboolean sqlite_connect (SqliteStore *sqlite, const char *path, gboolean durable, GError **error);
/* Statements of this connection end in time, from now on. */
void sqlite_watch (SqliteStore *sqlite);
/* Sets the fault that a result code stands for; what names the statement. */
gboolean sqlite_fault (SqliteStore *sqlite, const char *what, int code, GError **error);

/* ---- store_sqlite.c ---- */

sqlite3_stmt *sqlite_prepare (SqliteStore *sqlite, const char *what, const char *text, GError **error);
/* A number above 0 is the parameter's place. The value's text must live until the reset. FALSE: no memory;
 * what is not bound would be asked for as NULL, so the statement must not run. */
gboolean sqlite_bind (sqlite3_stmt *statement, int place, const Value *value);
/* Makes the statement ready for the next time, without the values that were bound. */
void sqlite_reset (sqlite3_stmt *statement);
/* Runs a statement that gives no rows, and makes it ready for the next time. */
gboolean sqlite_run (SqliteStore *sqlite, const char *what, sqlite3_stmt *statement, GError **error);
/* FALSE when the engine has rolled back the transaction by itself; and ends one that was left open when
 * not even a rollback was possible. */
gboolean sqlite_check_transaction (SqliteStore *sqlite, GError **error);

/* ---- sqlite_bulk.c ---- */

gboolean sqlite_replace (Store *store, const char *user_id, const char *entity, Period window,
                         const FactSet *facts, GError **error);
void sqlite_bulk_free (gpointer bulk);
