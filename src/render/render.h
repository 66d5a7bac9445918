/* render.h -- the shapes: how the rows of a question become the JSON of an answer.
 *
 * Rendering is pure: no I/O, no clock, no state; any thread. A shape serves
 * many widgets, so it knows nothing of sources or metrics. What it reads are
 * rows with these columns, in the order of their dates:
 *
 *   period    0 the asked period, 1 the one it is compared with
 *   date      the day; null: the number belongs to the whole period, as the source
 *             itself gave it (see Total and render_breakdown)
 *   num       the number: a count, or micros of a currency; null: the source did not say
 *   den       what num is divided by; ratios only
 *   name      the series or part; may be left out where there is but one
 *   currency  of num, if it is money; may be left out
 *
 * Shapes of several numbers have a column for each instead of num and den, and
 * Fields that say which. Several currencies are never added up: each gets its
 * own series, the total is null and a notice says why.
 *
 * stats.value is always that of the asked period. A delta is of the asked periods
 * too, unless the frame is cut: then of their complete days, and "compare" holds
 * these as "basis_window" (null: there are none, and no delta). */
#pragma once
#include "model/period.h"
#include "render/number.h"
#include "render/quality.h"
#include "store/store.h"

/* Additivity: how the number of a period comes from those of its days. */
typedef enum {
    TOTAL_SUM,         /* additive: the sum */
    TOTAL_RATIO,       /* sum over sum, never a mean of ratios */
    TOTAL_UNIQUE,      /* people, who may come on many days: the row without a date if every period
                          has one (basis "unique"), else the sum of days, labelled so */
    TOTAL_LAST,        /* a level, as followers: the row without a date, which holds the last one */
    TOTAL_CORRELATION, /* of two series */
} Total;

const char *total_name (Total total); /* "sum", "ratio", "unique", "last", "correlation" */

/* Which way is better; the zero value is that of most numbers. */
typedef enum { GOOD_UP, GOOD_DOWN, GOOD_NONE } Good;

const char *good_name (Good good); /* "up", "down", "none" */

/* One of several numbers (or, by its unit, texts) that are drawn together. */
typedef struct {
    const char *key;   /* its name in the answer; in a pair, also the `name` of its rows */
    const char *title; /* for people; names its series */
    Unit unit;
    Total total;          /* TOTAL_UNIQUE: it has no total */
    const char *num;      /* the column it is read from; NULL: the one named key */
    const char *den;      /* what it is divided by; NULL: nothing */
    gboolean by_day;      /* drawn as a series, too */
    gboolean is_headline; /* its total is stats.value; one of the fields has it */
    Good good;
    const char *loose; /* of a step: a sentence on why it need not be a part of the one before; NULL: it is */
} Field;

/* What is drawn, besides its numbers. */
typedef struct {
    const char *title; /* names the series where the rows don't */
    Unit unit;
    Total total;
    const Field *fields; /* shapes of several numbers; the last has no key */
    Comparison comparison;
    /* Not all compared days are complete: what changed is reckoned from those that are. */
    gboolean cut;
    Period complete_now, complete_before;
    const Rows *complete_rows; /* the same question about these; NULL: there are no such days */
} Frame;

/* Write the members of the answer's object, from "series" to "compare", and set
 * quality's basis and notices. rows NULL means that nothing can be known (a
 * source is off): the shape is drawn empty. */
typedef void (*Render) (const Frame *frame, const Rows *rows, Quality *quality, Json *json);

/* Numbers by day; stats.value as frame->total says. */
void render_series (const Frame *frame, const Rows *rows, Quality *quality, Json *json);
/* num / den by day; stats.value = sum(num) / sum(den) of the period. A day or a
 * period with den 0 is null. */
void render_ratio (const Frame *frame, const Rows *rows, Quality *quality, Json *json);
/* One series a name, largest first, and "breakdown": [{name, value, share, delta}] in the same
 * order; the values add up to stats.value, the shares to 1. A row without a
 * date holds the total that the source counts apart; if the parts add up to
 * something else, a notice says so. Parts of the comparison alone are not in the breakdown. */
void render_breakdown (const Frame *frame, const Rows *rows, Quality *quality, Json *json);
/* Several numbers by day of which the rest is made of the same sums as the headline: one series
 * each, and "metrics": {key: {value, delta}} of all but the headline. */
void render_metrics (const Frame *frame, const Rows *rows, Quality *quality, Json *json);
/* Steps in their order, each a sum of days that is drawn as a series: "steps": [{key, name, value,
 * share_of_previous, share_of_first, delta, share_delta}], the last delta being that of
 * share_of_previous; the first step has no shares, and the share of a step that is 0 is null.
 * stats.value is the last step. The steps of the other period are in "compare", without deltas. */
void render_funnel (const Frame *frame, const Rows *rows, Quality *quality, Json *json);
/* "columns": [{key, title, unit}]; "items": the rows that have an `id`, in their order, each with
 * all fields and the delta of its headline; "totals" by key, and "total_items", how many there are,
 * listed or not. A row with neither id nor date holds the totals of all items of a period
 * (one a currency), their number in `items` and, if the source counts it apart, the whole of the
 * headline in `whole`. Rows with a date draw the fields that are by_day. */
void render_table (const Frame *frame, const Rows *rows, Quality *quality, Json *json);
/* Two series side by side, of the rows with the `name` of the first field and of the second.
 * stats.value is Pearson's r over the days that both have, null under 5 or if one never moves;
 * "lag": the 0 to 7 days by which the second follows the first with the strongest r. */
void render_pair (const Frame *frame, const Rows *rows, Quality *quality, Json *json);
/* The first field over the second, which come in rows as those of a pair: only days that both
 * have count. Nothing is drawn if their money is of several currencies. */
void render_blend (const Frame *frame, const Rows *rows, Quality *quality, Json *json);
