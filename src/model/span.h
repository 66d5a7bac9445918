/* span.h -- the calendar periods that a target is for. A week begins on Monday. */
#pragma once
#include "model/period.h"

typedef enum { SPAN_WEEK, SPAN_MONTH, SPAN_QUARTER, SPAN_RANGE } Span;

const char *span_name (Span span); /* "week", "month", "quarter", "range" */
gboolean span_parse (const char *name, Span *span);
/* The one that holds the day; a range is where it is, whatever the day. */
Period span_around (Span span, Period range, Day day);
