/* tower.h -- a clock that a test sets, for the program and for its database, and what a scheduler needs.
 *
 * A header and not a .c file, because a test program is one file. */
#pragma once
#include "../store/both_engines.h"

#include "base/clock.h"
#include "base/config.h"
#include "base/date.h"
#include "base/random.h"

#define MINUTE_US (60 * SECOND_US)
#define HOUR_US   (60 * MINUTE_US)

typedef struct {
    Clock clock;
    gint64 time;      /* atomic; what the clock shows */
    gint64 monotonic; /* atomic; 0: the real one */
    char *url;
    Store *store;
    Config *config;
} Tower;

static inline gint64
tower_now (Clock *clock)
{
    return __atomic_load_n (&((Tower *)clock)->time, __ATOMIC_RELAXED);
}

static inline gint64
tower_monotonic (Clock *clock)
{
    gint64 monotonic = __atomic_load_n (&((Tower *)clock)->monotonic, __ATOMIC_RELAXED);

    return monotonic ? monotonic : g_get_monotonic_time ();
}

static inline Config *
tower_config (const char *url, const char *time, const char *zone)
{
    g_autofree char *database = g_strconcat ("DATABASE_URL=", url, NULL);
    g_autofree char *sync_time = g_strconcat ("SYNC_TIME=", time, NULL);
    g_autofree char *sync_zone = g_strconcat ("SYNC_ZONE=", zone, NULL);
    const char *environment[] = {
        database, "SECRET_KEY=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", sync_time,
        sync_zone, NULL
    };
    g_autoptr (GError) error = NULL;
    Config *config = config_load (NULL, (char **)environment, &error);

    assert_fine (config, error);
    return config;
}

/* PostgreSQL's clock is one more that may go wrong. */
static inline void
tower_set_database (Tower *tower, gint64 instant)
{
    if (store_engine (tower->store) == STORE_POSTGRESQL)
        must_do (tower->store, SQL ("UPDATE tower SET at = :at"),
                 PARAMS ({ "at", VALUE_OF_INSTANT (instant) }));
}

static inline void
tower_set (Tower *tower, gint64 instant)
{
    __atomic_store_n (&tower->time, instant, __ATOMIC_RELAXED);
    tower_set_database (tower, instant);
}

static inline Tower *
tower_new (void **state, const char *time, const char *zone)
{
    Tower *tower = g_new0 (Tower, 1);

    tower->clock = (Clock){ .now = tower_now, .monotonic = tower_monotonic };
    tower->url = fixture_of (state)->url;
    tower->store = fixture_of (state)->store;
    must_migrate (tower->store);
    if (store_engine (tower->store) == STORE_POSTGRESQL) {
        must_do (tower->store, SQL ("CREATE TABLE tower AS SELECT now() AS at"), NO_PARAMS);
        must_do (tower->store,
                 SQL ("CREATE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT at FROM "
                      "tower'"),
                 NO_PARAMS);
    }
    tower->config = tower_config (tower->url, time, zone);
    return tower;
}

static inline void
tower_free (Tower *tower)
{
    config_free (tower->config);
    g_free (tower);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tower, tower_free)

static inline gint64
tower_instant (const char *text)
{
    gint64 instant;

    assert_true (instant_parse (text, &instant));
    return instant;
}

static inline gint64
n_jobs (Tower *tower)
{
    return ask_int (tower->store, SQL ("SELECT count(*) FROM sync_jobs"));
}

static inline void
end_jobs (Tower *tower)
{
    must_do (tower->store, SQL ("UPDATE sync_jobs SET status = 'success'"), NO_PARAMS);
}
