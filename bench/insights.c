/* insights.c -- who finds the odd days that were planted in synthetic series, and who cries
 * wolf? Daymark's detector beside a z-score over the last thirty days, by how much there is
 * a day. The last column is of series in which nothing was planted. */
#include "../tests/unit/insights/planted.h"
#include "insights/detect.h"

#include <stdio.h>

#define SERIES 200

typedef void (*Method) (const double *values, double threshold, gboolean *said);

static void
by_daymark (const double *values, double threshold, gboolean *said)
{
    Series series = { .values = values, .n = PLANTED_DAYS, .settled = PLANTED_DAYS };
    Verdict verdicts[PLANTED_DAYS];

    detect_days (&series, threshold, verdicts);
    for (int day = 0; day < PLANTED_DAYS; day++)
        said[day] = verdicts[day].unusual;
}

static void
by_z_score (const double *values, double threshold, gboolean *said)
{
    for (int day = 0; day < PLANTED_DAYS; day++) {
        double mean = 0, square = 0;

        said[day] = FALSE;
        for (int back = 1; back <= 30 && day >= 30; back++) {
            mean += values[day - back] / 30;
            square += values[day - back] * values[day - back] / 30;
        }
        if (day >= 30)
            said[day] =
                fabs (values[day] - mean) > threshold * sqrt (MAX (square - mean * mean, 1e-9) * 30 / 29);
    }
}

static double
volume_of (guint64 seed, double low, double high)
{
    Dice dice = { seed * 77 + 5 };

    return low * pow (high / low, dice_real (&dice));
}

static Tally
measure (Method method, double threshold, guint64 first, double low, double high, gboolean clean)
{
    static const double factors[] = { 2, 0.4 };
    Tally sum = { 0 };

    for (guint64 seed = first; seed < first + SERIES; seed++) {
        Planted planted;
        gboolean said[PLANTED_DAYS];

        planted_make (&planted, seed, volume_of (seed, low, high), factors,
                      clean ? 0 : G_N_ELEMENTS (factors));
        method (planted.values, threshold, said);
        tally (&sum, &planted, said);
    }
    return sum;
}

static const struct {
    const char *name;
    Method method;
    double threshold;
} methods[] = {
    { "Daymark, high (3.5)", by_daymark, 3.5 },
    { "Daymark, normal (4.5)", by_daymark, 4.5 },
    { "Daymark, low (6)", by_daymark, 6 },
    { "z-score of 30 days (3)", by_z_score, 3 },
};

static const struct {
    const char *name;
    double low, high;
} bands[] = {
    { "5–20", 5, 20 },
    { "20–40", 20, 40 },
    { "40–100", 40, 100 },
    { "100–1,000", 100, 1000 },
    { "1,000–20,000", 1000, 20000 },
};

static void
print_seeds (const char *title, guint64 first)
{
    printf ("\n%s\n\n| a day | method | precision | recall | false alarms per 100 days "
            "|\n|---|---|---|---|---|\n",
            title);
    for (guint b = 0; b < G_N_ELEMENTS (bands); b++)
        for (guint m = 0; m < G_N_ELEMENTS (methods); m++) {
            Tally odd =
                measure (methods[m].method, methods[m].threshold, first, bands[b].low, bands[b].high, FALSE);
            Tally clean =
                measure (methods[m].method, methods[m].threshold, first, bands[b].low, bands[b].high, TRUE);

            if (odd.alarms)
                printf ("| %s | %s | %.2f | %.2f | %.2f |\n", bands[b].name, methods[m].name,
                        tally_precision (&odd), tally_recall (&odd), tally_false (&clean));
            else
                printf ("| %s | %s | silent | 0.00 | %.2f |\n", bands[b].name, methods[m].name,
                        tally_false (&clean));
        }
}

int
main (void)
{
    printf ("%d series of a year in each row; planted: days with 2 times and 0.4 times what they would have "
            "had.\n",
            SERIES);
    print_seeds ("Seeds for development", 0);
    print_seeds ("Seeds for the test", PLANTED_TEST);
    return 0;
}
