/* daily.h -- where the daily run stands, as the database knows it.
 *
 * Each date has a row a source in sync_ledger once its run was started, for
 * ever; so nothing here compares with "the last run": a date that a wrong clock
 * has written into the future stops that date only. */
#pragma once
#include "base/clock.h"
#include "base/config.h"
#include "base/date.h"
#include "store/store.h"

#define DAILY_CLOCK_GAP_MOST (60 * SECOND_US)   /* beyond it nothing is scheduled */
#define DAILY_LATE_US        (3600 * SECOND_US) /* a run that has not begun by then is late */

typedef struct {
    Day newest;       /* the newest date whose time has come, */
    gint64 due;       /* and when it was */
    Day since;        /* only later dates are run here; DAY_NONE: this schedule is new */
    Day last;         /* the last earlier date that was started; DAY_NONE: none */
    gboolean started; /* the newest date's run has begun, of every source */
} Daily;

gboolean daily_look (Store *store, const Config *config, gint64 now, Daily *daily, GError **error);
/* Is a run to be started? A date of before the schedule was made or changed never is. */
gboolean daily_is_due (const Daily *daily);
/* This schedule is new (or the clock was ahead when it was noted): it begins after the newest date. */
gboolean daily_begin (Store *store, const Config *config, gint64 now, Daily *daily, GError **error);
/* The instant of the next run after now: dates that were started early are passed over. */
gboolean daily_next (Store *store, const Config *config, gint64 now, gint64 *next, GError **error);
/* How far the database's clock is ahead of ours (0 with SQLite: it has none of its own);
 * how long the question took is not counted. */
gboolean daily_clock_gap (Store *store, Clock *clock, gint64 *gap, GError **error);
/* The date that a run asked for now is of. FAULT_BUSY while the clocks disagree. */
gboolean daily_date (Store *store, const Config *config, Clock *clock, Day *date, GError **error);
