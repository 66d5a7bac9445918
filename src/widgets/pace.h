/* pace.h -- is a number on its way to its target? Pure arithmetic.
 *
 * What adds up day by day is paced: after the last complete day it should be as far as
 * that share of the window, and it is expected to end where the days to come take it. If
 * all of the last 28 days are known, each day weighs as its weekday did in them
 * (basis "weekday"), else all weigh the same ("linear"). A ratio or a level is compared as
 * it is ("as_is"). People can't be paced at all: they come again. Then a target that more
 * is better for counts as reached once it is, and as missed only at the end. */
#pragma once
#include "model/period.h"
#include "render/render.h"

#define PACE_PATTERN_DAYS 28

typedef struct {
    Period window;
    Day through;   /* the last complete day; before the window: it has none yet */
    double value;  /* of the window's complete days, as the widget gives it; NaN: not known */
    double target; /* over 0 */
    Total total;
    Good good;
    double weekdays[7]; /* a day's share by weekday, Monday first, see pace_pattern */
    gboolean has_pattern;
} PaceInput;

typedef enum { PACE_UNKNOWN, PACE_ON_TRACK, PACE_OFF_TRACK } PaceVerdict;

typedef struct {
    const char *basis;          /* "weekday", "linear", "as_is" */
    double expected, projected; /* NaN: not known, or not paced */
    int days, days_complete, days_left;
    PaceVerdict verdict;
} Pace;

/* Days' numbers that end with the last complete day; NaN where there is none. FALSE, and no
 * pattern, unless all are known and they come to something. */
gboolean pace_pattern (PaceInput *input, const double days[static PACE_PATTERN_DAYS], Day through);
Pace pace_of (const PaceInput *input);
