#include "model/period.h"

#include "base/fault.h"

#include <string.h>

int
period_days (Period period)
{
    return period.to - period.from + 1;
}

static gboolean
read_day (const char *name, const char *text, Day *day, GError **error)
{
    if (!text || !*text)
        return fault_set (error, FAULT_INVALID, "%s is missing: give it as YYYY-MM-DD", name);
    if (!day_parse (text, day))
        return fault_set (error, FAULT_INVALID, "%s is not a date: \"%.20s\" should be YYYY-MM-DD", name,
                          text);
    return TRUE;
}

gboolean
range_read (const char *from_name, const char *from, const char *to_name, const char *to, Period *period,
            GError **error)
{
    if (!read_day (from_name, from, &period->from, error) || !read_day (to_name, to, &period->to, error))
        return FALSE;
    if (period->from > period->to)
        return fault_set (error, FAULT_INVALID, "%s (%s) is after %s (%s)", from_name, from, to_name, to);
    if (period_days (*period) > PERIOD_MAX_DAYS)
        return fault_set (error, FAULT_INVALID, "%s to %s is %d days; at most %d can be asked at once",
                          from_name, to_name, period_days (*period), PERIOD_MAX_DAYS);
    return TRUE;
}

gboolean
period_read (const char *start, const char *end, Period *period, GError **error)
{
    return range_read ("startDate", start, "endDate", end, period, error);
}

static const struct {
    const char *word;
    CompareKind kind;
} words[] = {
    { "off", COMPARE_OFF },
    { "previous_period", COMPARE_PREVIOUS_PERIOD },
    { "previous", COMPARE_PREVIOUS_PERIOD },
    { "prior", COMPARE_PREVIOUS_PERIOD },
    { "on", COMPARE_PREVIOUS_PERIOD },
    { "previous_year", COMPARE_PREVIOUS_YEAR },
    { "custom", COMPARE_CUSTOM },
};

gboolean
comparison_read (const char *compare, const char *start, const char *end, Period period,
                 Comparison *comparison, GError **error)
{
    guint i = 0;

    comparison->period = (Period){ DAY_NONE, DAY_NONE };
    comparison->kind = COMPARE_OFF;
    while (compare && i < G_N_ELEMENTS (words) && strcmp (words[i].word, compare) != 0)
        i++;
    if (i == G_N_ELEMENTS (words))
        return fault_set (error, FAULT_INVALID,
                          "compare is \"%.20s\"; it can be off, previous_period, previous_year or custom",
                          compare);
    comparison->kind = words[i].kind;
    switch (comparison->kind) {
    case COMPARE_OFF:
        break;
    case COMPARE_PREVIOUS_PERIOD:
        comparison->period.to = period.from - 1;
        comparison->period.from = period.from - period_days (period);
        break;
    case COMPARE_PREVIOUS_YEAR:
        comparison->period.from = day_minus_years (period.from, 1);
        comparison->period.to = day_minus_years (period.to, 1);
        break;
    case COMPARE_CUSTOM:
        return range_read ("compareStart", start, "compareEnd", end, &comparison->period, error);
    }
    if (comparison->kind != COMPARE_OFF && comparison->period.from < day_of (1, 1, 1))
        return fault_set (error, FAULT_INVALID, "compare=%s reaches before the year 1", compare);
    return TRUE;
}

/* The period up to a day, and at most so many days of it. */
static Period
first_days (Period period, Day through, int most)
{
    period.to = MIN (period.to, through);
    if (most < period_days (period))
        period.to = period.from + most - 1;
    return period.from <= period.to ? period : (Period){ period.from, period.from - 1 };
}

gboolean
comparison_cut (Period *period, Comparison *comparison, Day through)
{
    Period now = *period, before = comparison->period;
    int most = G_MAXINT;

    if (comparison->kind == COMPARE_OFF || (now.to <= through && before.to <= through))
        return FALSE;
    if (now.to > through)
        most = MIN (most, period_days (first_days (now, through, most)));
    if (before.to > through)
        most = MIN (most, period_days (first_days (before, through, most)));
    *period = first_days (now, through, most);
    comparison->period = first_days (before, through, most);
    return TRUE;
}

const char *
comparison_name (CompareKind kind)
{
    static const char *const names[] = { "off", "previous_period", "previous_year", "custom" };

    return names[kind];
}
