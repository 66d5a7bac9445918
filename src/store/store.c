/* What both engines have in common: which one it is, and the rules of
 * transactions. Everything else goes through the Engine's table. */
#include "store/store.h"

#include "base/fault.h"
#include "store/engine.h"

#include <stdatomic.h>
#include <string.h>

#define TIMEOUT_MS 30000

static const struct {
    const char *prefix;
    const Engine *engine;
} schemes[] = {
    { "sqlite:", &engine_sqlite },
    { "postgresql://", &engine_pg },
    { "postgres://", &engine_pg },
};

static const Engine *
engine_of_url (const char *url)
{
    for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
        if (g_str_has_prefix (url, schemes[i].prefix))
            return schemes[i].engine;
    return NULL;
}

StoreEngine
store_engine_of_url (const char *url)
{
    const Engine *engine = engine_of_url (url);

    return engine ? engine->kind : STORE_SQLITE;
}

Store *
store_open (const char *url, const StoreOptions *options, GError **error)
{
    const Engine *engine = engine_of_url (url);
    StoreOptions chosen = options ? *options : (StoreOptions){ 0 };

    /* The address may hold a password: it is never part of a sentence. */
    if (!engine) {
        fault_set (error, FAULT_INVALID,
                   "the database address must begin with sqlite: or postgresql:// (DATABASE_URL)");
        return NULL;
    }
    if (chosen.timeout_ms <= 0)
        chosen.timeout_ms = TIMEOUT_MS;
    return engine->open (url, &chosen, error);
}

void
store_close (Store *store)
{
    if (store)
        store->engine->close (store);
}

StoreEngine
store_engine (const Store *store)
{
    return store->engine->kind;
}

void
store_start_call (Store *store)
{
    store->deadline = g_get_monotonic_time () + store->timeout_us;
}

static atomic_ullong failures[FAULT_INTERNAL + 1];

guint64
store_failures (int fault)
{
    return atomic_load_explicit (&failures[fault], memory_order_relaxed);
}

/* good as it is; if it is not, the failure is counted. */
static gboolean
counted (gboolean good, GError **error)
{
    if (!good && error && *error && (*error)->domain == FAULT)
        atomic_fetch_add_explicit (&failures[(*error)->code], 1, memory_order_relaxed);
    return good;
}

Rows *
store_ask (Store *store, const Sql *sql, const Param *params, GError **error)
{
    StoreQuestion question = { .sql = sql, .params = params };

    store_start_call (store);
    return counted (store->engine->ask_all (store, &question, 1, error), error) ? question.rows : NULL;
}

gint64
store_do (Store *store, const Sql *sql, const Param *params, GError **error)
{
    gint64 n;

    store_start_call (store);
    n = store->engine->run (store, sql, params, error);
    counted (n >= 0, error);
    return n;
}

gboolean
store_ask_all (Store *store, StoreQuestion *questions, guint n, GError **error)
{
    for (guint i = 0; i < n; i++)
        questions[i].rows = NULL;
    if (n == 0)
        return TRUE;
    if (store->in_transaction && n > 1)
        return fault_set (error, FAULT_INTERNAL,
                          "several questions make their own snapshot: not inside a transaction");
    store_start_call (store);
    return counted (store->engine->ask_all (store, questions, n, error), error);
}

static gboolean
begin (Store *store, gboolean reading, GError **error)
{
    if (store->in_transaction)
        return fault_set (error, FAULT_INTERNAL, "a transaction is already open");
    store_start_call (store);
    store->in_transaction = counted (store->engine->begin (store, reading, error), error);
    return store->in_transaction;
}

gboolean
store_begin (Store *store, GError **error)
{
    return begin (store, FALSE, error);
}

gboolean
store_begin_reading (Store *store, GError **error)
{
    return begin (store, TRUE, error);
}

gboolean
store_commit (Store *store, GError **error)
{
    if (!store->in_transaction)
        return fault_set (error, FAULT_INTERNAL, "there is no transaction to commit");
    store_start_call (store);
    if (!counted (store->engine->commit (store, error), error))
        return FALSE;
    store->in_transaction = FALSE;
    return TRUE;
}

void
store_rollback (Store *store)
{
    if (!store->in_transaction)
        return;
    store_start_call (store);
    store->engine->rollback (store);
    store->in_transaction = FALSE;
}

gboolean
store_script (Store *store, const char *name, const char *text, GError **error)
{
    store_start_call (store);
    return store->engine->script (store, name, text, error);
}

gboolean
store_replace (Store *store, const char *user_id, const char *entity, Period window, const FactSet *facts,
               GError **error)
{
    if (!store->in_transaction)
        return fault_set (error, FAULT_INTERNAL, "%s is only written inside a transaction",
                          facts->table->name);
    store_start_call (store);
    return store->engine->replace (store, user_id, entity, window, facts, error);
}

gboolean
store_is_pooled (const Store *store)
{
    return store->engine->is_pooled && store->engine->is_pooled (store);
}

gboolean
store_listen (Store *store, const char *channel, GError **error)
{
    if (!store->engine->listen)
        return fault_set (error, FAULT_INTERNAL, "only PostgreSQL can listen");
    if (store_is_pooled (store))
        return fault_set (error, FAULT_INTERNAL, "there is no session to listen with behind a pooler");
    store_start_call (store);
    return store->engine->listen (store, channel, error);
}

gboolean
store_wait (Store *store, int wake_fd, int timeout_ms, StoreHeard heard, gpointer user, GError **error)
{
    if (!store->engine->wait)
        return fault_set (error, FAULT_INTERNAL, "only PostgreSQL can listen");
    return store->engine->wait (store, wake_fd, timeout_ms, heard, user, error);
}
