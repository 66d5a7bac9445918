/* period.h -- a range of days, and the one it is compared with. */
#pragma once
#include "base/date.h"

#define PERIOD_MAX_DAYS 1100

typedef struct {
    Day from, to; /* both inclusive */
} Period;

typedef enum { COMPARE_OFF, COMPARE_PREVIOUS_PERIOD, COMPARE_PREVIOUS_YEAR, COMPARE_CUSTOM } CompareKind;

typedef struct {
    CompareKind kind;
    Period period; /* meaningless when kind is COMPARE_OFF */
} Comparison;

int period_days (Period period);
/* Two dates of any name (NULL if absent), which the sentence of a FAULT_INVALID says: none missing
 * or impossible, in order, at most PERIOD_MAX_DAYS. */
gboolean range_read (const char *from_name, const char *from, const char *to_name, const char *to,
                     Period *period, GError **error);
/* startDate and endDate as they came in the query (NULL if absent). FAULT_INVALID
 * with a sentence that names the parameter. */
gboolean period_read (const char *start, const char *end, Period *period, GError **error);
/* compare=off|previous_period|previous|prior|on|previous_year|custom; NULL is off. */
gboolean comparison_read (const char *compare, const char *start, const char *end, Period period,
                          Comparison *comparison, GError **error);
/* When one of the two windows ends after `through`, the last complete day: cut both to complete
 * days, and the other one to as many days from its start, so that like is compared with like. A
 * window without a complete day ends before it starts. FALSE: nothing had to be cut. */
gboolean comparison_cut (Period *period, Comparison *comparison, Day through);
const char *comparison_name (CompareKind kind);
