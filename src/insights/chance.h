/* chance.h -- how rare a score is, and which of many tests may be told.
 * Pure arithmetic: no I/O, any thread. */
#pragma once
#include <glib.h>

/* How the tests of a run hang together. */
typedef enum {
    TESTS_ALONE,    /* on their own, or all up together: Benjamini and Hochberg (1995) */
    TESTS_ENTANGLED /* any way: Benjamini and Yekutieli (2001), q over 1 + 1/2 + … + 1/n */
} Tests;

/* Of n tests with these p, which may be told so that at most q of what is told is chance? keep: n,
 * filled in. How many are kept. */
guint chance_keep (const double *p, guint n, double q, Tests tests, gboolean *keep);

/* Two-sided, of a standard normal score. */
double chance_normal (double score);
/* Two-sided, of a score whose spread is only known from so many values: Student's t with an even number of
 * degrees of freedom. */
double chance_student (double score, guint freedom);

/* Chance of a score at least so far from 0, by the scores of many days: their share above, and
 * beyond their 98th percentile an exponential tail with their mean excess. 1 with less than 100. */
typedef struct Tail Tail;
Tail *tail_new (const double *scores, guint n); /* NaN are left out */
double tail_p (const Tail *tail, double score);
void tail_free (Tail *tail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tail, tail_free)
