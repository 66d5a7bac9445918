/* decimal.h -- numbers as the platforms write them, without a double in between.
 *
 * "146", "146.0", "0.47857142857142859", "1.2E+3", "-3.5": a sign, digits, a
 * fraction, an exponent. What is finer than the wanted unit is rounded to the
 * nearest, halves away from zero. */
#pragma once
#include <glib.h>

/* The value times 10^places: 0 for counts, 6 for millionths of money. FALSE for
 * what is not a number (NaN, infinity, "1,5", "") and what 64 bits cannot hold. */
gboolean decimal_parse (const char *text, int places, gint64 *scaled);
