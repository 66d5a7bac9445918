/* cells.h -- the answers to the questions about base metrics, gathered: a cell for
 * each period, day, part and currency, with a slot for each metric of the formula.
 *
 * Text is borrowed from the answers, so that a Mix must not outlive the batch. */
#pragma once
#include "query/batch.h"
#include "widgets/formula.h"

#define MOST_SLOTS (2 * FORMULA_TERMS)

typedef struct {
    int period;
    Day date;                  /* DAY_NONE in a table */
    const char *id, *currency; /* borrowed from the answers; NULL where there is none */
    gint64 values[MOST_SLOTS];
    guint64 filled, unknown; /* bits: slots that have a number; that lack one of an account */
    gint64 items;            /* so many others were added to it */
} Cell;

/* Each key once. */
typedef struct {
    GHashTable *index; /* owns them */
    GPtrArray *list;   /* borrowed: those that count, in any order */
} Cells;

Cells cells_new (void);
void cells_clear (Cells *cells);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Cells, cells_clear)
/* The cell of that key, which may be a new one. */
Cell *cells_at (Cells *cells, const Cell *key);
/* Its metrics, to those of sum. */
void cell_add (Cell *sum, const Cell *cell);

/* A channel or a campaign. */
typedef struct {
    const char *id;
    const char *name; /* the latest: campaigns are renamed */
    char *label;      /* name, made different from those of other ids */
    Day named;
    gint64 size; /* in the asked period */
    gboolean is_other;
} Part;

typedef struct {
    const Formula *formula;
    Dimension dimension;
    const Metric *slots[MOST_SLOTS];
    guint n_slots;
    gboolean by_day, has_parts, has_money, currencies_apart;
    Cells cells;
    GHashTable *parts;     /* id -> Part, owned */
    GPtrArray *currencies; /* of text, each once */
} Mix;

/* by_day: a cell a day; else one for the whole period. */
void mix_gather (Mix *mix, const Formula *formula, Dimension dimension, gboolean by_day, const Batch *batch);
void mix_clear (Mix *mix);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Mix, mix_clear)

/* Cells that lack a metric are dropped: a day that one source lacks is missing, not less. */
void mix_drop_partial (Mix *mix);

/* A sum of the formula for one cell, by a plain divisor. NULL if it does not fit: no real number is
 * that large. */
Value cell_sum (const Mix *mix, const Cell *cell, const Sum *sum, gint64 divisor);
/* What stands above and below its line; below is NULL where the formula has none. */
Value cell_num (const Mix *mix, const Cell *cell);
Value cell_den (const Mix *mix, const Cell *cell);
