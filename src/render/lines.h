/* lines.h -- the rows of a question, sorted into lines; shared by the shapes.
 *
 * A line is what becomes one series: a name and a currency, with points and a
 * sum for each of the two periods. Text is borrowed from the rows, so Lines
 * must not outlive them. */
#pragma once
#include "render/render.h"

enum { NOW, BEFORE, PERIODS };

typedef struct {
    Day day;
    Number value;
} Point;

typedef struct {
    const char *name, *currency; /* NULL if the rows give none */
    GArray *points[PERIODS];     /* of Point; NULL while the period has no row */
    Number sum[PERIODS];
} Line;

typedef struct Lines Lines;

struct Lines {
    GPtrArray *all;        /* of Line, in the order in which they came */
    GPtrArray *currencies; /* of text, each once; more than one: nothing may be added up */
    Number whole[PERIODS]; /* of the rows without a date */
    gboolean ratio;
    gboolean titled; /* the rows name nothing: one series, of the frame's title */
    Lines *complete; /* of complete days alone, if the frame is cut; else NULL */
};

/* Which rows and columns become lines. */
typedef struct {
    const char *num, *den; /* columns; den NULL: num alone counts, else both are added up */
    const char *part;      /* only rows of this `name`, which then are one series; NULL: all */
} Pick;

/* rows may be NULL; those of the comparison are left out if nothing is compared. */
Lines *lines_pick (const Rows *rows, const Frame *frame, const Pick *pick);
/* The columns num and, for a ratio, den. */
Lines *lines_read (const Rows *rows, const Frame *frame, gboolean ratio);
/* num over den, day by day, of the days that both have; each has one line at most. */
Lines *lines_over (const Lines *num, const Lines *den);
void lines_free (Lines *lines);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Lines, lines_free)

gboolean lines_mixed (const Lines *lines);
/* Of all lines together; unknown when currencies are mixed. */
Number lines_total (const Lines *lines, int period);
/* Those that changes are reckoned from: of complete days, or the lines themselves. */
const Lines *lines_compared (const Lines *lines);
/* Of all lines together. */
Change lines_change (const Lines *lines);
/* Of one of these lines. */
Change lines_change_of (const Lines *lines, const Line *line);

/* The members that all shapes have. "series": a line that has no row in the
 * asked period is left out. */
void lines_write_series (const Lines *lines, const Frame *frame, Json *json);
/* The elements of such a list, for shapes that put several Lines in one. */
void lines_write_into (const Lines *lines, const Frame *frame, int period, Json *json);
/* "stats", and "currency" where there is one. */
void lines_write_stats (const Lines *lines, const Frame *frame, Number value, Change change, Json *json);
void lines_write_currency (const Lines *lines, Json *json);
/* "compare" up to its series, if something is compared; else FALSE. The caller ends the object. */
gboolean compare_begin (const Frame *frame, Json *json);
/* "compare", if something is compared. */
void lines_write_compare (const Lines *lines, const Frame *frame, Json *json);
/* Say that currencies are mixed, if they are. */
void lines_notice (const Lines *lines, Quality *quality);
/* Say that the parts add up to something else than the whole that the source counted. */
void lines_notice_difference (Number parts, Number whole, Quality *quality);
/* Add it if it is not there yet; for a list like that of Lines. */
void currencies_add (GPtrArray *currencies, const char *currency);
/* "EUR, USD"; the caller frees it. */
char *currencies_text (const GPtrArray *currencies);
/* "Revenue", or "Revenue (EUR)" among several currencies; the caller frees it. */
char *lines_label (const Lines *lines, const Line *line, const Frame *frame);
