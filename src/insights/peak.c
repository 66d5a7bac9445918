/* peak.c -- the weekdays on which visitors stay. */
#include "insights/insights_private.h"

#include <math.h>

#define CLEAR_Z           3.0
#define CLEAR_POINTS      0.02 /* a difference of rates worth planning by */
#define FEWEST_OF_WEEKDAY 3

typedef struct {
    double sessions, engaged;
    int days;
} Weekday;

static void
add_day (Weekday *sum, double sessions, double rate)
{
    sum->sessions += sessions;
    sum->engaged += sessions * rate;
    sum->days++;
}

/* By weekday from 1 on; at 0 of all. */
static void
read_weekdays (const Insights *insights, Weekday days[static 8])
{
    Period period = insights->answers.request.period;
    g_autofree double *sessions = g_new (double, period_days (period));
    g_autofree double *rate = g_new (double, period_days (period));

    answer_days (answers_now (&insights->answers, "ga4.sessions"), NULL, period, sessions);
    answer_days (answers_now (&insights->answers, "ga4.engagement"), NULL, period, rate);
    for (int i = 0; i < period_days (period); i++)
        if (isfinite (sessions[i]) && isfinite (rate[i])) {
            add_day (&days[day_weekday (period.from + i)], sessions[i], rate[i]);
            add_day (&days[0], sessions[i], rate[i]);
        }
}

/* The share of one weekday less that of all others; in standard deviations if so asked. 0: too few days. */
static double
difference (const Weekday *one, const Weekday *all, gboolean in_deviations)
{
    double n = all->sessions - one->sessions, k = all->engaged - one->engaged;
    double p = all->engaged / all->sessions, points;

    if (one->sessions <= 0 || n <= 0 || one->days < FEWEST_OF_WEEKDAY || p <= 0 || p >= 1)
        return 0;
    points = one->engaged / one->sessions - k / n;
    return in_deviations ? points / sqrt (p * (1 - p) * (1 / one->sessions + 1 / n)) : points;
}

static gboolean
is_peak (const Weekday *one, const Weekday *all)
{
    return difference (one, all, TRUE) >= CLEAR_Z && difference (one, all, FALSE) >= CLEAR_POINTS;
}

/* The weekday that is furthest above the others; 0: none but `except` is. */
static int
find_best (const Weekday days[static 8], int except)
{
    int best = 0;

    for (int i = 1; i <= 7; i++)
        if (i != except && is_peak (&days[i], &days[0]) &&
            (!best || difference (&days[i], &days[0], FALSE) > difference (&days[best], &days[0], FALSE)))
            best = i;
    return best;
}

gboolean
peak_find (const Insights *insights, Peak *peak)
{
    Weekday days[8] = { 0 };
    int best;

    read_weekdays (insights, days);
    best = find_best (days, 0);
    *peak = (Peak){ .days = { best, best ? find_best (days, best) : 0 } };
    if (!best)
        return FALSE;
    peak->rate = days[best].engaged / days[best].sessions;
    peak->others = peak->rate - difference (&days[best], &days[0], FALSE);
    return TRUE;
}
