#include "widgets/pace.h"

#include <math.h>

#define NEAR 0.1 /* of the target: as good as it gets where neither more nor less is better */

gboolean
pace_pattern (PaceInput *input, const double days[static PACE_PATTERN_DAYS], Day through)
{
    double sum[7] = { 0 }, all = 0;

    for (int i = 0; i < PACE_PATTERN_DAYS; i++) {
        Day day = through - PACE_PATTERN_DAYS + 1 + i;

        if (isnan (days[i]) || days[i] < 0)
            return FALSE;
        sum[day_weekday (day) - 1] += days[i];
        all += days[i];
    }
    for (int i = 0; i < 7; i++)
        input->weekdays[i] = sum[i] / (PACE_PATTERN_DAYS / 7);
    input->has_pattern = all > 0;
    return input->has_pattern;
}

/* What these days weigh, by the pattern of the last four weeks. */
static double
weight (const PaceInput *input, Day from, Day to)
{
    double sum = 0;

    for (Day day = from; day <= to; day++)
        sum += input->has_pattern ? input->weekdays[day_weekday (day) - 1] : 1;
    return sum;
}

/* By the pattern, the days to come bring what their weekdays brought; else what the days so far
 * brought on average. */
static double
project (const PaceInput *input, double done, double to_come)
{
    double so_far = isnan (input->value) ? 0 : input->value;

    if (input->has_pattern)
        return so_far + to_come;
    return done > 0 && !isnan (input->value) ? so_far + so_far / done * to_come : NAN;
}

static void
pace_sum (const PaceInput *input, Day through, Pace *pace)
{
    double done = weight (input, input->window.from, through);
    double to_come = weight (input, through + 1, input->window.to);

    pace->basis = input->has_pattern ? "weekday" : "linear";
    pace->expected = done + to_come > 0 ? input->target * done / (done + to_come) : NAN;
    pace->projected = project (input, done, to_come);
}

static PaceVerdict
judge (double value, const PaceInput *input)
{
    gboolean good = input->good == GOOD_UP     ? value >= input->target
                    : input->good == GOOD_DOWN ? value <= input->target
                                               : fabs (value - input->target) <= NEAR * input->target;

    if (isnan (value))
        return PACE_UNKNOWN;
    return good ? PACE_ON_TRACK : PACE_OFF_TRACK;
}

static PaceVerdict
judge_people (const PaceInput *input, const Pace *pace)
{
    PaceVerdict verdict = judge (input->value, input);

    if (pace->days_left == 0 || (input->good == GOOD_UP && verdict == PACE_ON_TRACK))
        return verdict;
    return PACE_UNKNOWN;
}

Pace
pace_of (const PaceInput *input)
{
    Day through = CLAMP (input->through, input->window.from - 1, input->window.to);
    Pace pace = {
        .basis = "as_is",
        .expected = NAN,
        .projected = NAN,
        .days = period_days (input->window),
        .days_complete = through - input->window.from + 1,
        .days_left = input->window.to - through,
    };

    if (input->total == TOTAL_SUM) {
        pace_sum (input, through, &pace);
        pace.verdict = judge (pace.projected, input);
    } else if (input->total == TOTAL_UNIQUE) {
        pace.verdict = judge_people (input, &pace);
    } else {
        pace.verdict = judge (input->value, input);
    }
    return pace;
}
