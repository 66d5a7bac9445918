/* SQLite: statements are prepared once and kept; the table of functions. */
#include "base/fault.h"
#include "store/rows_build.h"
#include "store/sqlite_mishap.h"
#include "store/sqlite_private.h"

#include <string.h>

typedef struct {
    sqlite3_stmt *handle;
    const char *text; /* of the Sql it was made from */
    GPtrArray *names; /* of char *, without the colon, by place */
} SqliteStatement;

static void
statement_free (gpointer data)
{
    SqliteStatement *statement = data;

    sqlite3_finalize (statement->handle);
    g_ptr_array_unref (statement->names);
    g_free (statement);
}

static void
close_sqlite (Store *store)
{
    SqliteStore *sqlite = (SqliteStore *)store;

    g_hash_table_unref (sqlite->statements);
    g_hash_table_unref (sqlite->bulks);
    sqlite3_finalize (sqlite->rollback);
    sqlite3_close (sqlite->db);
    g_free (sqlite);
}

static Store *
open_sqlite (const char *url, const StoreOptions *options, GError **error)
{
    SqliteStore *sqlite = g_new0 (SqliteStore, 1);

    sqlite->base.engine = &engine_sqlite;
    sqlite->base.timeout_us = (gint64)options->timeout_ms * 1000;
    sqlite->statements = g_hash_table_new_full (NULL, NULL, NULL, statement_free);
    sqlite->bulks = g_hash_table_new_full (NULL, NULL, NULL, sqlite_bulk_free);
    store_start_call (&sqlite->base);
    if (sqlite_connect (sqlite, url + strlen ("sqlite:"), options->durable, error))
        return &sqlite->base;
    close_sqlite (&sqlite->base);
    return NULL;
}

/* ---- statements ---- */

/* SQLite would silently leave out what follows the first statement. */
static gboolean
holds_more (SqliteStore *sqlite, const char *rest)
{
    sqlite3_stmt *second = NULL;
    int code = sqlite3_prepare_v2 (sqlite->db, rest, -1, &second, NULL);

    sqlite3_finalize (second);
    return code != SQLITE_OK || second;
}

sqlite3_stmt *
sqlite_prepare (SqliteStore *sqlite, const char *what, const char *text, GError **error)
{
    sqlite3_stmt *statement = NULL;
    const char *rest = "";
    int code = sqlite3_prepare_v3 (sqlite->db, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, &rest);

    if (code != SQLITE_OK)
        sqlite_fault (sqlite, what, code, error);
    else if (!statement)
        fault_set (error, FAULT_INTERNAL, "%s: the text holds no statement", what);
    else if (*rest && holds_more (sqlite, rest)) {
        fault_set (error, FAULT_INTERNAL, "%s: the text holds more than one statement", what);
        g_clear_pointer (&statement, sqlite3_finalize);
    }
    return statement;
}

static SqliteStatement *
statement_of (SqliteStore *sqlite, const Sql *sql, GError **error)
{
    SqliteStatement *statement = g_hash_table_lookup (sqlite->statements, sql);
    sqlite3_stmt *handle;

    if (statement && statement->text == sql->text)
        return statement;
    handle = sqlite_prepare (sqlite, sql->name, sql->text, error);
    if (!handle)
        return NULL;
    statement = g_new0 (SqliteStatement, 1);
    statement->handle = handle;
    statement->text = sql->text;
    statement->names = g_ptr_array_new_with_free_func (g_free);
    for (int i = 1; i <= sqlite3_bind_parameter_count (handle); i++) {
        const char *name = sqlite3_bind_parameter_name (handle, i);

        g_ptr_array_add (statement->names, g_strdup (name ? name + 1 : "?"));
    }
    g_hash_table_replace (sqlite->statements, (gpointer)sql, statement);
    return statement;
}

static int
bind (sqlite3_stmt *statement, int place, const Value *value)
{
    char buffer[VALUE_TEXT_MAX];

    if (value_is_null (value))
        return sqlite3_bind_null (statement, place);
    if (value->type == VALUE_INT)
        return sqlite3_bind_int64 (statement, place, value->integer);
    if (value->type == VALUE_REAL)
        return sqlite3_bind_double (statement, place, value->real);
    if (value->type == VALUE_TEXT)
        return sqlite3_bind_text (statement, place, value->text, -1, SQLITE_STATIC);
    return sqlite3_bind_text (statement, place, value_write (value, buffer), -1, SQLITE_TRANSIENT);
}

gboolean
sqlite_bind (sqlite3_stmt *statement, int place, const Value *value)
{
    return bind (statement, place, value) == SQLITE_OK;
}

void
sqlite_reset (sqlite3_stmt *statement)
{
    sqlite3_reset (statement);
    sqlite3_clear_bindings (statement); /* they may point at the caller's text */
}

static SqliteStatement *
bound_statement (SqliteStore *sqlite, const Sql *sql, const Param *params, GError **error)
{
    SqliteStatement *statement = statement_of (sqlite, sql, error);
    Value values[PARAMS_MAX];

    if (!statement || !params_order (sql, statement->names, params, values, error))
        return NULL;
    for (guint i = 0; i < statement->names->len; i++) {
        if (sqlite_bind (statement->handle, (int)i + 1, &values[i]))
            continue;
        sqlite_reset (statement->handle);
        sqlite_fault (sqlite, sql->name, SQLITE_NOMEM, error);
        return NULL;
    }
    return statement;
}

/* A full disk has rolled back by itself. */
static void
leave_transaction (SqliteStore *sqlite)
{
    if (sqlite3_get_autocommit (sqlite->db))
        return;
    sqlite3_step (sqlite->rollback);
    sqlite3_reset (sqlite->rollback);
}

gboolean
sqlite_check_transaction (SqliteStore *sqlite, GError **error)
{
    if (sqlite->base.in_transaction && sqlite3_get_autocommit (sqlite->db))
        return fault_set (error, FAULT_LOST, "the transaction was rolled back by an earlier error");
    if (!sqlite->base.in_transaction)
        leave_transaction (sqlite);
    return TRUE;
}

/* ---- asking ---- */

/* Instants are kept with six digits of fraction and shown without needless
 * ones. A column tells that it holds instants by its declared type; a result of
 * an expression (max (created_at)) has none, there the shape of the text tells. */
static gboolean
holds_instant (sqlite3_stmt *statement, int column)
{
    const char *type = sqlite3_column_decltype (statement, column);

    if (type)
        return g_ascii_strcasecmp (type, "timestamptz") == 0;
    return sqlite3_column_bytes (statement, column) == (int)strlen ("2026-01-02T08:15:00.000000Z");
}

static gboolean
add_text (Rows *rows, sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text (statement, column);

    if (!text)
        return FALSE; /* no memory */
    if (g_ascii_isdigit (*text) && holds_instant (statement, column))
        rows_add_instant (rows, text, (gsize)sqlite3_column_bytes (statement, column));
    else
        rows_add_text (rows, text, (gsize)sqlite3_column_bytes (statement, column));
    return TRUE;
}

static gboolean
add_cell (Rows *rows, sqlite3_stmt *statement, int column)
{
    switch (sqlite3_column_type (statement, column)) {
    case SQLITE_NULL:
        rows_add_null (rows);
        return TRUE;
    case SQLITE_INTEGER:
        rows_add_int (rows, sqlite3_column_int64 (statement, column));
        return TRUE;
    case SQLITE_FLOAT:
        rows_add_real (rows, sqlite3_column_double (statement, column));
        return TRUE;
    default:
        return add_text (rows, statement, column);
    }
}

static gboolean
add_names (Rows *rows, sqlite3_stmt *statement, int n)
{
    for (int i = 0; i < n; i++) {
        const char *name = sqlite3_column_name (statement, i);

        if (!name)
            return FALSE;
        rows_add_text (rows, name, strlen (name));
    }
    return TRUE;
}

/* SQLITE_DONE when all rows are there. */
static int
add_rows (Rows *rows, sqlite3_stmt *statement, int n)
{
    int code = add_names (rows, statement, n) ? SQLITE_ROW : SQLITE_NOMEM;

    while (code == SQLITE_ROW && (code = sqlite3_step (statement)) == SQLITE_ROW)
        for (int i = 0; i < n && code == SQLITE_ROW; i++)
            if (!add_cell (rows, statement, i))
                code = SQLITE_NOMEM;
    return code;
}

static Rows *
fetch (SqliteStore *sqlite, const Sql *sql, sqlite3_stmt *statement, GError **error)
{
    gboolean interrupted = sqlite_mishap_interrupts (sqlite->db);
    int n = sqlite3_column_count (statement), code;
    Rows *rows = rows_start ((guint)n);

    code = add_rows (rows, statement, n);
    if (interrupted)
        sqlite_watch (sqlite);
    if (code == SQLITE_DONE)
        return rows;
    rows_free (rows);
    sqlite_fault (sqlite, sql->name, code, error);
    return NULL;
}

static Rows *
ask (SqliteStore *sqlite, const Sql *sql, const Param *params, GError **error)
{
    SqliteStatement *statement = bound_statement (sqlite, sql, params, error);
    Rows *rows;

    if (!statement)
        return NULL;
    rows = fetch (sqlite, sql, statement->handle, error);
    sqlite_reset (statement->handle);
    return rows;
}

static gboolean
run_text (SqliteStore *sqlite, const char *what, const char *text, GError **error)
{
    gboolean interrupted = sqlite_mishap_interrupts (sqlite->db);
    int code = sqlite3_exec (sqlite->db, text, NULL, NULL, NULL);

    if (interrupted)
        sqlite_watch (sqlite);
    return code == SQLITE_OK || sqlite_fault (sqlite, what, code, error);
}

static gboolean
is_question (SqliteStore *sqlite, const Sql *sql, GError **error)
{
    SqliteStatement *statement = statement_of (sqlite, sql, error);

    if (statement && !sqlite3_stmt_readonly (statement->handle))
        return fault_set (error, FAULT_INTERNAL, "the statement %s writes: it cannot be asked with others",
                          sql->name);
    return statement != NULL;
}

static gboolean
ask_each (SqliteStore *sqlite, StoreQuestion *questions, guint n, GError **error)
{
    for (guint i = 0; i < n; i++) {
        if (n == 1 || is_question (sqlite, questions[i].sql, error))
            questions[i].rows = ask (sqlite, questions[i].sql, questions[i].params, error);
        if (questions[i].rows)
            continue;
        while (i > 0)
            g_clear_pointer (&questions[--i].rows, rows_free);
        return FALSE;
    }
    return TRUE;
}

/* A deferred transaction sees one snapshot from its first read on. */
static gboolean
ask_all_sqlite (Store *store, StoreQuestion *questions, guint n, GError **error)
{
    SqliteStore *sqlite = (SqliteStore *)store;
    gboolean done;

    if (!sqlite_check_transaction (sqlite, error))
        return FALSE;
    if (n == 1)
        return ask_each (sqlite, questions, n, error);
    if (!run_text (sqlite, "begin", "BEGIN", error))
        return FALSE;
    done = ask_each (sqlite, questions, n, error);
    sqlite3_exec (sqlite->db, "COMMIT", NULL, NULL, NULL); /* nothing was written: nothing can fail */
    leave_transaction (sqlite);
    return done;
}

/* ---- doing ---- */

gboolean
sqlite_run (SqliteStore *sqlite, const char *what, sqlite3_stmt *statement, GError **error)
{
    gboolean interrupted = sqlite_mishap_interrupts (sqlite->db), done;
    int code;

    while ((code = sqlite3_step (statement)) == SQLITE_ROW)
        continue; /* what RETURNING gives back is not wanted here */
    if (interrupted)
        sqlite_watch (sqlite);
    done = code == SQLITE_DONE || sqlite_fault (sqlite, what, code, error);
    sqlite_reset (statement);
    return done;
}

static gint64
run_sqlite (Store *store, const Sql *sql, const Param *params, GError **error)
{
    SqliteStore *sqlite = (SqliteStore *)store;
    gint64 before = sqlite3_total_changes64 (sqlite->db);
    SqliteStatement *statement;

    if (!sqlite_check_transaction (sqlite, error))
        return -1;
    statement = bound_statement (sqlite, sql, params, error);
    if (!statement || !sqlite_run (sqlite, sql->name, statement->handle, error))
        return -1;
    /* A statement that changes nothing leaves the last one's count standing. */
    return sqlite3_total_changes64 (sqlite->db) == before ? 0 : sqlite3_changes64 (sqlite->db);
}

static gboolean
script_sqlite (Store *store, const char *name, const char *text, GError **error)
{
    SqliteStore *sqlite = (SqliteStore *)store;

    return sqlite_check_transaction (sqlite, error) && run_text (sqlite, name, text, error);
}

/* IMMEDIATE: a transaction that first reads and then wants to write would fail
 * at once, whatever the busy handler says. */
static gboolean
begin_sqlite (Store *store, gboolean reading, GError **error)
{
    SqliteStore *sqlite = (SqliteStore *)store;

    /* The deferred one sees one snapshot from its first read on. */
    return sqlite_check_transaction (sqlite, error) &&
           run_text (sqlite, "begin", reading ? "BEGIN" : "BEGIN IMMEDIATE", error);
}

static gboolean
commit_sqlite (Store *store, GError **error)
{
    SqliteStore *sqlite = (SqliteStore *)store;

    return sqlite_check_transaction (sqlite, error) && run_text (sqlite, "commit", "COMMIT", error);
}

static void
rollback_sqlite (Store *store)
{
    leave_transaction ((SqliteStore *)store);
}

const Engine engine_sqlite = {
    .kind = STORE_SQLITE,
    .open = open_sqlite,
    .close = close_sqlite,
    .ask_all = ask_all_sqlite,
    .run = run_sqlite,
    .begin = begin_sqlite,
    .commit = commit_sqlite,
    .rollback = rollback_sqlite,
    .script = script_sqlite,
    .replace = sqlite_replace,
};
