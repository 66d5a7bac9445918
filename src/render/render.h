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
 * Several currencies are never added up: each gets its own series, the total
 * is null and a notice says why. */
#pragma once
#include "model/period.h"
#include "render/number.h"
#include "render/quality.h"
#include "store/store.h"

/* How stats.value comes from the days of a series. */
typedef enum {
    TOTAL_SUM,    /* additive: the sum */
    TOTAL_UNIQUE, /* people, who may come on many days: the row without a date if every period
                     has one (basis "unique"), else the sum of days, labelled so */
} Total;

/* What is drawn, besides its numbers. */
typedef struct {
    const char *title; /* names the series where the rows don't */
    Unit unit;
    Total total;
    Comparison comparison;
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
