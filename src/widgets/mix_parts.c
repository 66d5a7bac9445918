/* mix_parts.c -- what has been gathered, as sums of two periods: of channels or campaigns, or of
 * the formula's own terms, put together by source or metric. */
#include "widgets/mix.h"

#include "render/lines.h"
#include "widgets/cells.h"

/* Some terms of the formula. */
typedef struct {
    const char *id, *name;
    Sum num, den;
    const Metric *only; /* what all its terms are of; NULL: of several */
} Piece;

enum { PERIOD, ID, NAME, NUM, DEN, OWN, UNIT, COLUMNS };

static const char *const columns[COLUMNS] = {
    [PERIOD] = "period", [ID] = "id",   [NAME] = "name", [NUM] = "num",
    [DEN] = "den",       [OWN] = "own", [UNIT] = "unit",
};

/* ---- the formula's terms ---- */

static Piece
piece_new (const Metric *metric, MixBy by)
{
    if (by == MIX_BY_METRIC)
        return (Piece){ .id = metric->key, .name = metric->title, .only = metric };
    if (by == MIX_BY_SOURCE)
        return (Piece){ .id = source_name (metric->source),
                        .name = source_info (metric->source)->title,
                        .only = metric };
    return (Piece){ .only = metric };
}

static Piece *
piece_of (GArray *pieces, const Metric *metric, MixBy by)
{
    Piece piece = piece_new (metric, by);

    for (guint i = 0; i < pieces->len; i++)
        if (g_strcmp0 (g_array_index (pieces, Piece, i).id, piece.id) == 0)
            return &g_array_index (pieces, Piece, i);
    g_array_append_val (pieces, piece);
    return &g_array_index (pieces, Piece, pieces->len - 1);
}

static void
add_terms (GArray *pieces, const Sum *sum, gboolean below, MixBy by)
{
    for (guint i = 0; i < sum->n; i++) {
        Piece *piece = piece_of (pieces, sum->terms[i].metric, by);
        Sum *side = below ? &piece->den : &piece->num;

        side->terms[side->n++] = sum->terms[i];
        if (piece->only != sum->terms[i].metric)
            piece->only = NULL;
    }
}

static GArray *
list_pieces (const Formula *formula, MixBy by)
{
    GArray *pieces = g_array_new (FALSE, FALSE, sizeof (Piece));

    add_terms (pieces, &formula->num, FALSE, by);
    add_terms (pieces, &formula->den, TRUE, by);
    return pieces;
}

/* What it is by itself: the metric that it is of, or else what it adds to a sum. */
static Value
own_of (const Mix *mix, const Cell *cell, const Piece *piece)
{
    const Sum one = { .terms = { { piece->only, 1 } }, .n = 1 };

    if (piece->only)
        return cell_sum (mix, cell, &one, 1);
    return mix->formula->den.n ? VALUE_NONE : cell_sum (mix, cell, &piece->num, mix->formula->divisor);
}

/* Not known as soon as one of them is not. */
static Value
plus (Value sum, Value more)
{
    gint64 total;

    if (sum.type == VALUE_NULL || more.type == VALUE_NULL ||
        __builtin_add_overflow (sum.integer, more.integer, &total))
        return VALUE_NONE;
    return VALUE_OF_INT (total);
}

static void
append_piece (const Mix *mix, const Piece *piece, int period, GArray *values)
{
    Value row[COLUMNS] = {
        [PERIOD] = VALUE_OF_INT (period),
        [ID] = VALUE_OF_TEXT (piece->id),
        [NAME] = VALUE_OF_TEXT (piece->name),
        [NUM] = VALUE_OF_INT (0),
        [DEN] = VALUE_OF_INT (0),
        [OWN] = VALUE_OF_INT (0),
        [UNIT] = VALUE_OF_INT (piece->only ? piece->only->unit : mix->formula->unit),
    };
    gboolean any = FALSE;

    for (guint i = 0; i < mix->cells.list->len; i++) {
        const Cell *cell = g_ptr_array_index (mix->cells.list, i);

        if (cell->period != period)
            continue;
        row[NUM] = plus (row[NUM], cell_sum (mix, cell, &piece->num, mix->formula->divisor));
        row[DEN] = plus (row[DEN], cell_sum (mix, cell, &piece->den, 1));
        row[OWN] = plus (row[OWN], own_of (mix, cell, piece));
        any = TRUE;
    }
    if (any)
        g_array_append_vals (values, row, COLUMNS);
}

static void
append_pieces (const Mix *mix, MixBy by, GArray *values)
{
    g_autoptr (GArray) pieces = list_pieces (mix->formula, by);

    for (guint i = 0; i < pieces->len; i++)
        for (int period = NOW; period < PERIODS; period++)
            append_piece (mix, &g_array_index (pieces, Piece, i), period, values);
}

/* ---- channels and campaigns ---- */

static void
append_parts (const Mix *mix, GArray *values)
{
    for (guint i = 0; i < mix->cells.list->len; i++) {
        const Cell *cell = g_ptr_array_index (mix->cells.list, i);
        const Part *part = g_hash_table_lookup (mix->parts, cell->id);
        const Value row[COLUMNS] = {
            [PERIOD] = VALUE_OF_INT (cell->period),
            [ID] = VALUE_OF_TEXT (cell->id),
            [NAME] = VALUE_OF_TEXT (part->name ? part->name : part->id),
            [NUM] = cell_num (mix, cell),
            [DEN] = cell_den (mix, cell),
        };

        g_array_append_vals (values, row, COLUMNS);
    }
}

Rows *
mix_parts (const Formula *formula, Dimension dimension, gboolean by_day, MixBy by, const Batch *batch,
           GPtrArray *currencies)
{
    g_auto (Mix) mix = { 0 };
    g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (Value));

    mix_gather (&mix, formula, dimension, by_day, batch);
    mix_drop_partial (&mix);
    for (guint i = 0; i < mix.currencies->len; i++)
        currencies_add (currencies, g_ptr_array_index (mix.currencies, i));
    if (by == MIX_BY_PART)
        append_parts (&mix, values);
    else
        append_pieces (&mix, by, values);
    return rows_new (columns, COLUMNS, (const Value *)(void *)values->data, values->len / COLUMNS);
}
