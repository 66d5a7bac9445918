/* dice.h -- chance that comes out the same for the same seed, on every machine.
 *
 * splitmix64: one 64-bit state, a few operations a draw, and any two numbers
 * that are hashed into a seed give streams that look independent. */
#pragma once
#include <glib.h>
#include <math.h>

typedef struct {
    guint64 state;
} Dice;

static inline guint64
dice_mix (guint64 x)
{
    x = (x ^ (x >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static inline guint64
dice_next (Dice *dice)
{
    dice->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
    return dice_mix (dice->state);
}

/* A stream of its own for the thing that a, b and c name. */
static inline Dice
dice_of (guint64 seed, gint64 a, gint64 b, gint64 c)
{
    Dice dice = { seed };

    dice.state = dice_next (&dice) ^ (guint64)a;
    dice.state = dice_next (&dice) ^ (guint64)b;
    dice.state = dice_next (&dice) ^ (guint64)c;
    return dice;
}

/* 0 <= u < 1 */
static inline double
dice_unit (Dice *dice)
{
    return (double)(dice_next (dice) >> 11) * 0x1.0p-53;
}

static inline double
dice_between (Dice *dice, double least, double most)
{
    return least + dice_unit (dice) * (most - least);
}

/* 0 <= i < n */
static inline guint
dice_pick (Dice *dice, guint n)
{
    return (guint)(((dice_next (dice) >> 32) * n) >> 32);
}

/* Mean 0, deviation 1: six uniforms are normal enough for a shop. */
static inline double
dice_normal (Dice *dice)
{
    double sum = 0;

    for (int i = 0; i < 6; i++)
        sum += dice_unit (dice);
    return (sum - 3.0) * 1.4142135623730951;
}

/* A whole number whose mean is x. */
static inline guint
dice_round (Dice *dice, double x)
{
    return (guint)floor (x + dice_unit (dice));
}
