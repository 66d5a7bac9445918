/* health.h -- does the sync get on? For a monitor, and for whoever is woken by it.
 *
 * What is seen here is seen by any instance that shares the database; only the
 * age of the last tick is the process's own. */
#pragma once
#include "query/daily.h"

#define HEALTH_TICK_MOST (120 * SECOND_US)

typedef struct {
    Daily daily;
    gint64 late;        /* how long the newest daily run is overdue; 0: it has begun */
    gint64 clock_gap;   /* by which the database's clock is ahead of ours */
    gint64 waits;       /* how long the oldest job waits that could run; 0: none does */
    gint64 daily_waits; /* the same, of daily runs */
    gint64 stuck;       /* jobs */
    gint64 missed;      /* dates whose daily run was missed, */
    gint64 caught_up;   /* or whose days a later run has read */
} Health;               /* durations are in microseconds */

gboolean health_look (Store *store, const Config *config, Clock *clock, Health *health, GError **error);
/* FALSE with status 503, a problem code and a sentence, if somebody should look. tick_age: how
 * long ago the scheduler of this process last looked. */
gboolean health_judge (const Health *health, gint64 tick_age, GError **error);
