/* target.h -- a target: what a user wants a widget's number to reach in a period. */
#pragma once
#include "api/call.h"
#include "model/span.h"
#include "query/coverage.h"
#include "widgets/widget.h"

/* Text is borrowed from the row or the request's body. */
typedef struct {
    const Widget *widget;
    Span span;
    Period range;         /* of a SPAN_RANGE; else all time */
    gint64 micros;        /* millionths of the widget's unit; over 0 */
    const char *currency; /* of money; else NULL */
} Target;

/* How far it is, as an object: by the widget's own answers, around the day. */
gboolean target_write_progress (Call *call, const Target *target, const Coverage *coverage, Day day,
                                Json *json, GError **error);
/* All of them as GET /v1/targets answers for that day, read back; the caller drops it. */
json_t *targets_read (Call *call, Day day, GError **error);
