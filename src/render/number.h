/* number.h -- a number as a fraction of two sums, so that a rate of a period is
 * always sum over sum and never a mean of rates.
 *
 * A plain number has the denominator 1. Money is counted in millionths of its
 * currency (micros) and written as a decimal. */
#pragma once
#include "base/json.h"

typedef enum {
    UNIT_COUNT,
    UNIT_MONEY,          /* num is micros; answers print decimals */
    UNIT_MONEY_PER_1000, /* money for a thousand of den: CPM */
    UNIT_PERCENT,        /* a share: 0.031 is 3.1 % */
    UNIT_RATIO,          /* a multiple: 4.2 means 4.2 times */
    UNIT_TEXT,           /* not a number: a name, a link */
    UNIT_INSTANT,        /* a moment */
} Unit;

typedef struct {
    gint64 num, den; /* den 0: not known */
} Number;

/* What is compared: not always the number that is shown, see Frame. */
typedef struct {
    Number now, before;
} Change;

#define NUMBER_UNKNOWN ((Number){ 0, 0 })

const char *unit_name (Unit unit);  /* "count", "money", "percent", "ratio", "text", "instant" */
Unit unit_parse (const char *name); /* UNIT_TEXT if it is none */
double unit_divisor (Unit unit);    /* what stands in an answer is num / den / divisor */

static inline gboolean
number_known (Number number)
{
    return number.den != 0;
}

/* In micros for money. Only of a known number. */
double number_real (Number number);
/* As it stands in an answer; null if it is not known. */
void number_write (Number number, Unit unit, Json *json);
/* (now - before) / before; null if either is not known, or before is 0. */
void number_write_delta (Change change, Json *json);
/* The same of reals; NaN is not known. */
void number_write_change (double now, double before, Json *json);
