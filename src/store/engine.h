/* engine.h -- what a database engine must be able to do. Private to store/.
 *
 * store.c checks what is common (is a transaction open?) and calls through
 * this table; store_sqlite.c and store_pg.c each fill one. An engine's own
 * state begins with a Store, so a Store pointer is a pointer to it. */
#pragma once
#include "store/store.h"

typedef struct Engine Engine;

struct Store {
    const Engine *engine;
    gint64 timeout_us;       /* of one call */
    gint64 deadline;         /* of the call that runs now, monotonic microseconds */
    gboolean in_transaction; /* from store_begin to store_commit or store_rollback */
};

struct Engine {
    StoreEngine kind;
    Store *(*open) (const char *url, const StoreOptions *options, GError **error);
    void (*close) (Store *store);
    gboolean (*ask_all) (Store *store, StoreQuestion *questions, guint n, GError **error);
    gint64 (*run) (Store *store, const Sql *sql, const Param *params, GError **error);
    gboolean (*begin) (Store *store, gboolean reading, GError **error);
    gboolean (*commit) (Store *store, GError **error);
    void (*rollback) (Store *store);
    /* Several statements at once, without parameters; name is for the error. */
    gboolean (*script) (Store *store, const char *name, const char *text, GError **error);
    gboolean (*replace) (Store *store, const char *user_id, const char *entity, Period window,
                         const FactSet *facts, GError **error);
    /* NULL: never, and it cannot. */
    gboolean (*is_pooled) (const Store *store);
    gboolean (*listen) (Store *store, const char *channel, GError **error);
    gboolean (*wait) (Store *store, int wake_fd, int timeout_ms, StoreHeard heard, gpointer user,
                      GError **error);
};

extern const Engine engine_sqlite, engine_pg;

/* Every call into an engine starts its time limit here. */
void store_start_call (Store *store);
/* Runs a script inside the caller's transaction; for migrate.c. */
gboolean store_script (Store *store, const char *name, const char *text, GError **error);
