/* answers.h -- what the widgets say of a period, read back from their own answers.
 *
 * Insights ask nothing that a widget would not: whoever doubts a figure finds it in the
 * widget it came from. All answers of a run come in one round trip and from one snapshot;
 * explanations need one each. One request, one thread. */
#pragma once
#include "insights/facts.h"
#include "store/store.h"
#include "widgets/widget.h"

#include <jansson.h>

typedef struct {
    Evidence evidence;
    json_t *json; /* never NULL */
} Answer;

typedef struct {
    Store *store;
    const char *user_id;
    WidgetRequest request; /* its comparison is never off */
    Period history;        /* up to the end of the period, long enough to know what is usual */
    GPtrArray *list;       /* of Answer */
} Answers;

/* What is asked, compared with the period before unless it says another. */
gboolean answers_ask (Answers *answers, Store *store, const char *user_id, const WidgetRequest *request,
                      GError **error);
void answers_clear (Answers *answers);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answers, answers_clear)

/* Of the asked period and its comparison; NULL if that widget was not asked. */
const Answer *answers_now (const Answers *answers, const char *widget);
/* The same over the history, compared with nothing. */
const Answer *answers_past (const Answers *answers, const char *widget);
/* Of what it is compared with, by itself: of one widget a source, to know what days there are. */
const Answer *answers_before (const Answers *answers, const char *widget);
/* Why its number changed, split by the way that says most if by is NULL: asked for when it is wanted. NULL on
 * error, and for what has no parts now (then error is not set). */
const Answer *
answers_why (Answers *answers, const char *widget, const char *metric, const char *by, GError **error);

/* ---- what one answer says; answer may be NULL, then nothing ---- */

/* The value that the JSON pointer leads to: "/metrics/cpa/value". NULL if there is none. */
json_t *answer_at (const Answer *answer, const char *pointer);
json_t *answer_atf (const Answer *answer, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* NaN if there is no number. */
double answer_number (const Answer *answer, const char *pointer);
/* Of the i-th object in the list of that name. */
double answer_item_number (const Answer *answer, const char *list, gsize i, const char *name);
const char *answer_currency (const Answer *answer); /* NULL: not money, or of several */
gboolean answer_has_notice (const Answer *answer, const char *code);
/* A date; DAY_NONE if there is none. */
Day answer_day (const Answer *answer, const char *pointer);
/* The days that a change is reckoned from, which are fewer than the asked ones if not all are complete.
 * FALSE: there are none. */
gboolean answer_basis (const Answer *answer, Period *now, Period *before);
/* The numbers of the series with that name (NULL: of the first) by day of the window; NaN: none. */
void answer_days (const Answer *answer, const char *series, Period window, double *days);
