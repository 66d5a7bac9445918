/* report.h -- a report: which days of a user's dashboard go to whom, and when. */
#pragma once
#include "api/call.h"
#include "model/repeat.h"

/* Owns its texts. */
typedef struct {
    char *name, *recipients, *zone; /* recipients: JSON of a list */
    RepeatKind repeats;
    int day, minutes; /* see Repeat */
    Latest days;
    CompareKind compare;
    gboolean insights, active;
} Report;

void report_clear (Report *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Report, report_clear)

/* A row of report_list.sql or report_find.sql. */
void report_read (const Rows *rows, guint row, Report *report);
/* The same of the user's own id; FALSE and no error: there is none. */
gboolean report_find (Store *store, const char *user_id, const char *id, Report *report, GError **error);
/* When it comes again; INSTANT_NONE while it is paused. */
gint64 report_next (const Report *report, gint64 now);
/* The newest date at which it was due. */
Day report_newest (const Report *report, gint64 now);
