/* insights.c -- who finds what was planted in daily series, and who cries wolf? Prints the tables of
 * docs/insights.md.
 *
 * Daymark's detector beside a z-score over the last thirty days, by how much there is a day; the
 * recall of an oracle that knows what each day would have had in the mean and how much days vary,
 * which no method can know; new levels and trends; series whose weeks were shuffled, in which nothing
 * is to be found. Real series, a line each ("name 12 15 …"), are read from the file that is the
 * argument: bench/insights.mjs makes it of the npm package vega-datasets, and says so if there is none. */
#include "../tests/unit/insights/planted.h"
#include "insights/chance.h"
#include "insights/detect.h"
#include "insights/shift.h"

#include <stdio.h>

#define SERIES   200
#define LEVELS   100
#define FIRST    PLANTED_TEST /* the seeds for the test; those for development begin at 0 */
#define Q        0.10
#define TOGETHER 8 /* shuffled series of one account */

static const double odd[] = { 2, 0.4 };

typedef struct {
    const char *name;
    double low, high;
} Band;

static const Band bands[] = {
    { "5–20", 5, 20 },
    { "20–40", 20, 40 },
    { "40–100", 40, 100 },
    { "100–1,000", 100, 1000 },
    { "1,000–20,000", 1000, 20000 },
};

static double
volume_of (guint64 seed, const Band *band)
{
    Dice dice = { seed * 77 + 5 };

    return band->low * pow (band->high / band->low, dice_real (&dice));
}

static Series
series_of (const double *values, guint n)
{
    return (Series){ .values = values, .n = n, .settled = n };
}

/* ---- unusual days ------------------------------------------------------------------------------- */

typedef void (*Method) (const Planted *planted, double threshold, gboolean *said);

static void
by_daymark (const Planted *planted, double threshold, gboolean *said)
{
    Series series = series_of (planted->values, PLANTED_DAYS);
    Verdict verdicts[PLANTED_DAYS];

    detect_days (&series, threshold, verdicts);
    for (int day = 0; day < PLANTED_DAYS; day++)
        said[day] = verdicts[day].unusual;
}

static void
by_z_score (const Planted *planted, double threshold, gboolean *said)
{
    const double *values = planted->values;

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
stabilised (double count, double noise)
{
    return 2 / noise * asinh (noise * sqrt (count + 0.375));
}

static void
by_oracle (const Planted *planted, double threshold, gboolean *said)
{
    for (int day = 0; day < PLANTED_DAYS; day++)
        said[day] = fabs (stabilised (planted->values[day], planted->noise) -
                          stabilised (planted->usual[day], planted->noise)) > threshold;
}

static Tally
measure (Method method, double threshold, const Band *band, const double *factors, guint n)
{
    Tally sum = { 0 };

    for (guint64 seed = FIRST; seed < FIRST + SERIES; seed++) {
        Planted planted;
        gboolean said[PLANTED_DAYS];

        planted_make (&planted, seed, volume_of (seed, band), factors, n);
        method (&planted, threshold, said);
        tally (&sum, &planted, said);
    }
    return sum;
}

static const struct {
    const char *name;
    Method method;
    double threshold;
} methods[] = {
    { "Daymark, high (3.5)", by_daymark, 3.5 },  { "Daymark, normal (4.5)", by_daymark, 4.5 },
    { "Daymark, low (6)", by_daymark, 6 },       { "an oracle (4.5)", by_oracle, 4.5 },
    { "z-score of 30 days (3)", by_z_score, 3 },
};

static void
print_days (void)
{
    printf ("| a day | method | precision | spikes found | drops found | false alarms per 100 days |\n"
            "|---|---|---|---|---|---|\n");
    for (guint b = 0; b < G_N_ELEMENTS (bands); b++)
        for (guint m = 0; m < G_N_ELEMENTS (methods); m++) {
            Method method = methods[m].method;
            double threshold = methods[m].threshold;
            Tally both = measure (method, threshold, &bands[b], odd, 2);
            Tally up = measure (method, threshold, &bands[b], odd, 1);
            Tally down = measure (method, threshold, &bands[b], odd + 1, 1);
            Tally clean = measure (method, threshold, &bands[b], NULL, 0);

            printf ("| %s | %s | %.2f | %.2f | %.2f | %.2f |\n", bands[b].name, methods[m].name,
                    both.alarms ? tally_precision (&both) : 1, tally_recall (&up), tally_recall (&down),
                    tally_false (&clean));
        }
}

/* ---- new levels --------------------------------------------------------------------------------- */

typedef struct {
    guint series, found, others;
    double off, delay, days;
} Levels;

static GArray *
shifts_of (const double *values, guint n)
{
    Series series = series_of (values, n);
    g_autofree Verdict *verdicts = g_new (Verdict, n);
    guint tests;

    detect_days (&series, detect_threshold (SENSITIVITY_NORMAL), verdicts);
    return shift_find (verdicts, n, detect_threshold (SENSITIVITY_NORMAL), 0, &tests);
}

/* The one that is meant; the others are false. */
static const Shift *
find_meant (const GArray *shifts, int at, double factor, guint *others)
{
    const Shift *meant = NULL;

    for (guint i = 0; i < shifts->len; i++) {
        const Shift *one = &g_array_index (shifts, Shift, i);

        if (ABS ((int)one->at - at) <= 7 && (one->now - one->before) * log (factor) > 0)
            meant = one;
        else
            ++*others;
    }
    return meant;
}

/* How many days after its first it could be told. */
static int
delay_of (const double *values, int at, double factor)
{
    for (int days = 4; days <= 28; days++) {
        g_autoptr (GArray) shifts = shifts_of (values, (guint)(at + days));
        guint others = 0;

        if (find_meant (shifts, at, factor, &others))
            return days;
    }
    return 28;
}

static Levels
measure_levels (const Band *band, double factor)
{
    Levels sum = { 0 };

    for (guint64 seed = FIRST; seed < FIRST + LEVELS; seed++) {
        Dice dice = { seed * 131 + 7 };
        int at = 180 + (int)(dice_real (&dice) * 100);
        Planted planted;
        g_autoptr (GArray) shifts = NULL;
        const Shift *meant;

        planted_shift (&planted, seed, volume_of (seed, band), at, factor);
        shifts = shifts_of (planted.values, PLANTED_DAYS);
        meant = find_meant (shifts, at, factor, &sum.others);
        sum.series++;
        sum.days += PLANTED_DAYS - DETECT_FEWEST_DAYS;
        if (!meant)
            continue;
        sum.found++;
        sum.off += ABS ((int)meant->at - at);
        sum.delay += delay_of (planted.values, at, factor);
    }
    return sum;
}

static void
print_levels (void)
{
    static const double factors[] = { 0.6, 0.75, 1.33, 1.6 };

    printf ("\n| a day | new level | precision | found | days beside it | told after days | others per 100 "
            "days |\n"
            "|---|---|---|---|---|---|---|\n");
    for (guint b = 1; b < G_N_ELEMENTS (bands); b++)
        for (guint f = 0; f < G_N_ELEMENTS (factors); f++) {
            Levels sum = measure_levels (&bands[b], factors[f]);

            printf ("| %s | × %.2f | %.2f | %.2f | %.1f | %.1f | %.3f |\n", bands[b].name, factors[f],
                    (double)sum.found / MAX (sum.found + sum.others, 1), (double)sum.found / sum.series,
                    sum.off / MAX (sum.found, 1), sum.delay / MAX (sum.found, 1),
                    100 * sum.others / sum.days);
        }
}

/* ---- trends ------------------------------------------------------------------------------------- */

/* Told if it is one of fourteen series, and the only one. */
static gboolean
is_trend (const double *values)
{
    Series series = series_of (values, PLANTED_DAYS);
    Verdict verdicts[PLANTED_DAYS];
    g_autoptr (GArray) shifts = NULL;
    guint tests;
    Trend trend;

    detect_days (&series, detect_threshold (SENSITIVITY_NORMAL), verdicts);
    shifts = shift_find (verdicts, PLANTED_DAYS, detect_threshold (SENSITIVITY_NORMAL), 0, &tests);
    return trend_find (verdicts, PLANTED_DAYS, shifts, &trend) && trend.is_large &&
           trend.p <= Q / 14 / 3.25; /* 1 + 1/2 + … + 1/14 */
}

static void
print_trends (void)
{
    static const double factors[] = { 1, 0.65, 0.75, 1.33, 1.6 };

    printf ("\n| a day | over 12 weeks | told |\n|---|---|---|\n");
    for (guint b = 1; b < G_N_ELEMENTS (bands); b++)
        for (guint f = 0; f < G_N_ELEMENTS (factors); f++) {
            guint told = 0;

            for (guint64 seed = FIRST; seed < FIRST + SERIES; seed++) {
                Planted planted;

                planted_trend (&planted, seed, volume_of (seed, &bands[b]), 84, factors[f]);
                told += is_trend (planted.values);
            }
            printf ("| %s | × %.2f | %.2f |\n", bands[b].name, factors[f], (double)told / SERIES);
        }
}

/* ---- shuffled weeks ----------------------------------------------------------------------------- */

static void
shuffle_weeks (double *values, Dice *dice)
{
    for (int week = PLANTED_DAYS / 7 - 1; week > 0; week--) {
        int other = (int)(dice_real (dice) * (week + 1));

        for (int day = 0; day < 7; day++) {
            double kept = values[week * 7 + day];

            values[week * 7 + day] = values[other * 7 + day];
            values[other * 7 + day] = kept;
        }
    }
}

/* How much would be told of the last thirty days of an account with so many series. */
static guint
told_of_shuffled (guint64 seed, const Band *band)
{
    double scores[TOGETHER * PLANTED_DAYS], p[TOGETHER * 30];
    gboolean unusual[TOGETHER * 30], keep[TOGETHER * 30];
    guint n = 0, tests = 0, told = 0;
    g_autoptr (Tail) tail = NULL;

    for (guint one = 0; one < TOGETHER; one++) {
        Dice dice = { seed * 31 + one };
        Planted planted;
        Series series = series_of (planted.values, PLANTED_DAYS);
        Verdict verdicts[PLANTED_DAYS];

        planted_make (&planted, seed * TOGETHER + one, volume_of (seed, band), NULL, 0);
        shuffle_weeks (planted.values, &dice);
        detect_days (&series, detect_threshold (SENSITIVITY_NORMAL), verdicts);
        for (int day = 0; day < PLANTED_DAYS - 30; day++)
            scores[n++] = verdicts[day].score;
        for (int day = PLANTED_DAYS - 30; day < PLANTED_DAYS; day++, tests++) {
            p[tests] = verdicts[day].score;
            unusual[tests] = verdicts[day].unusual;
        }
    }
    tail = tail_new (scores, n);
    for (guint i = 0; i < tests; i++)
        p[i] = tail_p (tail, p[i]);
    chance_keep (p, tests, Q, TESTS_ALONE, keep);
    for (guint i = 0; i < tests; i++)
        told += unusual[i] && keep[i];
    return told;
}

static void
print_shuffled (void)
{
    printf ("\n| a day | accounts of eight shuffled series of which anything is told |\n|---|---|\n");
    for (guint b = 2; b < G_N_ELEMENTS (bands); b++) {
        guint any = 0;

        for (guint64 seed = FIRST; seed < FIRST + LEVELS; seed++)
            any += told_of_shuffled (seed, &bands[b]) > 0;
        printf ("| %s | %.2f |\n", bands[b].name, (double)any / LEVELS);
    }
}

/* ---- real series -------------------------------------------------------------------------------- */

static GArray *
read_values (char **words)
{
    GArray *values = g_array_new (FALSE, FALSE, sizeof (double));

    for (guint i = 1; words[i]; i++) {
        double value = g_ascii_strtod (words[i], NULL);

        g_array_append_val (values, value);
    }
    return values;
}

/* Each day once doubled, and once with 0.4 of what it had; and as it is. */
static void
print_real (const char *name, const GArray *values)
{
    const double *real = (const double *)(gconstpointer)values->data;
    guint n = values->len, found[2] = { 0 }, tried = 0, alarms = 0;
    g_autofree Verdict *verdicts = g_new (Verdict, n);
    g_autofree double *changed = g_memdup2 (real, n * sizeof *real);
    Series series = series_of (changed, n);

    detect_days (&series, detect_threshold (SENSITIVITY_NORMAL), verdicts);
    for (guint day = DETECT_FEWEST_DAYS; day < n; day++)
        alarms += verdicts[day].unusual;
    for (guint day = DETECT_FEWEST_DAYS; day < n; day++, tried++)
        for (guint f = 0; f < G_N_ELEMENTS (odd); f++) {
            changed[day] = round (real[day] * odd[f]);
            series.n = series.settled = day + 1;
            detect_days (&series, detect_threshold (SENSITIVITY_NORMAL), verdicts);
            found[f] += verdicts[day].unusual;
            changed[day] = real[day];
        }
    if (tried)
        printf ("| %s | %u | %.2f | %.2f | %.2f |\n", name, n, (double)found[0] / tried,
                (double)found[1] / tried, 100.0 * alarms / tried);
}

static int
read_real (const char *file)
{
    g_autofree char *text = NULL;
    g_auto (GStrv) lines = NULL;

    if (!g_file_get_contents (file, &text, NULL, NULL)) {
        fprintf (stderr, "insights: %s cannot be read\n", file);
        return 1;
    }
    lines = g_strsplit (text, "\n", -1);
    printf ("\n| real series | days | spikes found | drops found | told as it is, per 100 days "
            "|\n|---|---|---|---|---|\n");
    for (guint i = 0; lines[i] && *lines[i]; i++) {
        g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);
        g_autoptr (GArray) values = read_values (words);

        print_real (words[0], values);
    }
    return 0;
}

int
main (int argc, char **argv)
{
    if (argc > 1)
        return read_real (argv[1]);
    print_days ();
    print_levels ();
    print_trends ();
    print_shuffled ();
    return 0;
}
