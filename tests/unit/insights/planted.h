/* planted.h -- daily series with known odd days, to measure who finds them.
 *
 * A year of counts: a weekday pattern, a season, a level that wanders, and days that vary more
 * than chance alone makes them. Seeds under PLANTED_TEST are for developing a method, those from it on
 * for judging it; a seed is a series, and the same on every machine. Shared by the unit tests and the bench.
 */
#pragma once
#include <glib.h>
#include <math.h>

#define PLANTED_DAYS 365
#define PLANTED_FROM 90 /* no odd day is planted before */
#define PLANTED_TEST 1000000

typedef struct {
    guint64 state;
} Dice;

static inline double
dice_real (Dice *dice)
{
    guint64 z = (dice->state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

static inline double
dice_normal (Dice *dice)
{
    double u = 1 - dice_real (dice);

    return sqrt (-2 * log (u)) * cos (2 * G_PI * dice_real (dice));
}

static inline double
dice_poisson (Dice *dice, double mean)
{
    double left = exp (-mean), product = 1;
    int n = -1;

    if (mean > 30)
        return MAX (0, round (mean + sqrt (mean) * dice_normal (dice)));
    do {
        product *= dice_real (dice);
        n++;
    } while (product > left);
    return n;
}

typedef struct {
    double values[PLANTED_DAYS];
    double factor[PLANTED_DAYS]; /* 1 on a day like others */
    double usual[PLANTED_DAYS];  /* what a day like others would have had in the mean */
    double noise;                /* how days vary about it, beyond chance: a standard deviation of logs */
    double weekdays[7], season, phase, drift;
} Planted;

/* Odd days: one in 45, of one to three days, each with its own factor. */
static inline void
plant (Planted *planted, Dice *dice, const double *factors, guint n_factors)
{
    int day = PLANTED_FROM + (int)(dice_real (dice) * 30);

    while (n_factors && day < PLANTED_DAYS) {
        double factor = factors[(guint)(dice_real (dice) * n_factors)];
        int days = dice_real (dice) < 0.7 ? 1 : 2;

        for (int i = 0; i < days && day + i < PLANTED_DAYS; i++)
            planted->factor[day + i] = factor;
        day += 30 + (int)(dice_real (dice) * 30);
    }
}

/* How the series is by itself; nothing is odd yet. */
static inline void
planted_begin (Planted *planted, Dice *dice, guint64 seed)
{
    *dice = (Dice){ seed * 0x2545f4914f6cdd1du + 12345 };
    planted->season = 0.2 * dice_real (dice);
    planted->phase = dice_real (dice) * 2 * G_PI;
    planted->noise = 0.03 + 0.07 * dice_real (dice);
    planted->drift = (dice_real (dice) - 0.5) * 0.002;
    for (int i = 0; i < 7; i++)
        planted->weekdays[i] = exp (0.15 * dice_normal (dice) - (i >= 5 ? 0.3 * dice_real (dice) : 0));
    for (int day = 0; day < PLANTED_DAYS; day++)
        planted->factor[day] = 1;
}

static inline void
planted_fill (Planted *planted, Dice *dice, double volume)
{
    double wander = 0, noise = planted->noise;

    for (int day = 0; day < PLANTED_DAYS; day++) {
        double level =
            volume * planted->weekdays[day % 7] *
            exp (planted->drift * day + planted->season * sin (planted->phase + day * 2 * G_PI / 365));

        wander += 0.006 * dice_normal (dice);
        planted->usual[day] = level * exp (wander);
        planted->values[day] =
            dice_poisson (dice, level * planted->factor[day] *
                                    exp (wander + noise * dice_normal (dice) - noise * noise / 2));
    }
}

/* volume: counts a day, about. n_factors 0: a clean series. */
static inline void
planted_make (Planted *planted, guint64 seed, double volume, const double *factors, guint n_factors)
{
    Dice dice;

    planted_begin (planted, &dice, seed);
    plant (planted, &dice, factors, n_factors);
    planted_fill (planted, &dice, volume);
}

/* Another level from day at on. */
static inline void
planted_shift (Planted *planted, guint64 seed, double volume, int at, double factor)
{
    Dice dice;

    planted_begin (planted, &dice, seed);
    for (int day = at; day < PLANTED_DAYS; day++)
        planted->factor[day] = factor;
    planted_fill (planted, &dice, volume);
}

/* No season and no drift, but over its last days it grows to factor times what it was. */
static inline void
planted_trend (Planted *planted, guint64 seed, double volume, int days, double factor)
{
    Dice dice;

    planted_begin (planted, &dice, seed);
    planted->season = planted->drift = 0;
    for (int day = PLANTED_DAYS - days; day < PLANTED_DAYS; day++)
        planted->factor[day] = pow (factor, (day - (PLANTED_DAYS - days) + 1.0) / days);
    planted_fill (planted, &dice, volume);
}

/* ---- what was found of it ---- */

typedef struct {
    guint planted, found, alarms, quiet_days, false_alarms;
} Tally;

static inline void
tally (Tally *sum, const Planted *planted, const gboolean *said)
{
    for (int day = PLANTED_FROM; day < PLANTED_DAYS; day++) {
        gboolean odd = planted->factor[day] != 1;

        sum->planted += odd;
        sum->found += odd && said[day];
        sum->alarms += said[day];
        sum->quiet_days += !odd;
        sum->false_alarms += !odd && said[day];
    }
}

static inline double
tally_precision (const Tally *tally)
{
    return tally->alarms ? 1 - (double)tally->false_alarms / tally->alarms : NAN;
}

static inline double
tally_recall (const Tally *tally)
{
    return tally->planted ? (double)tally->found / tally->planted : NAN;
}

/* In a hundred days of a series on which nothing was planted. */
static inline double
tally_false (const Tally *tally)
{
    return tally->quiet_days ? 100.0 * tally->false_alarms / tally->quiet_days : NAN;
}
