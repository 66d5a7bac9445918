/* repeat.h -- when something comes again: each day, on a weekday, on a day of the month, at a time in a zone.
 *
 * The time is as in schedule.h, also where clocks change. A month that is shorter than the day has it on its
 * last one. Pure: no clock, no thread. */
#pragma once
#include "model/period.h"
#include "model/schedule.h"

typedef enum { REPEAT_DAILY, REPEAT_WEEKLY, REPEAT_MONTHLY } RepeatKind;

typedef struct {
    Schedule at;
    RepeatKind kind;
    int day; /* 1 Monday .. 7 of the week; 1..31 of the month; daily: 0 */
} Repeat;

const char *repeat_name (RepeatKind kind); /* "daily", "weekly", "monthly" */
gboolean repeat_parse (const char *name, RepeatKind *kind);
/* The first time strictly after now. */
gint64 repeat_next (const Repeat *repeat, gint64 now);
/* The newest date whose time is at or before now. */
Day repeat_newest (const Repeat *repeat, gint64 now);

/* Whole days that are over on a date: "day", "7days", "28days", and "month", the last calendar month that
 * was over. */
typedef enum { LATEST_DAY, LATEST_7_DAYS, LATEST_28_DAYS, LATEST_MONTH } Latest;

const char *latest_name (Latest latest);
gboolean latest_parse (const char *name, Latest *latest);
Period latest_before (Latest latest, Day date);
