/* explain_parts.c -- from rows to the parts of one split. */
#include "insights/explain_private.h"

#include <math.h>
#include <string.h>

/* ---- reading ---- */

static gint64
difference (gint64 one, gint64 other)
{
    gint64 result;

    if (__builtin_sub_overflow (one, other, &result))
        return one < other ? G_MININT64 : G_MAXINT64;
    return result;
}

static gboolean
has_cell (const Rows *rows, guint row, const char *column)
{
    int at = column ? rows_column (rows, column) : -1;

    return at >= 0 && !rows_is_null (rows, row, (guint)at);
}

static gint64
cell (const Rows *rows, guint row, const char *column)
{
    return has_cell (rows, row, column) ? rows_int (rows, row, (guint)rows_column (rows, column)) : 0;
}

static const char *
text_cell (const Rows *rows, guint row, const char *column)
{
    int at = rows_column (rows, column);

    return at < 0 ? NULL : rows_text (rows, row, (guint)at);
}

static int
period_of (const Rows *rows, guint row)
{
    return cell (rows, row, "period") == 0 ? NOW : BEFORE;
}

/* A row of the other source has money of no side of this one: blended CAC divides by GA4's
 * conversions, whose property may have any currency. */
static void
note_currency (Explanation *explanation, const Rows *rows, guint row)
{
    const Measure *sides[] = { &explanation->subject->num, &explanation->subject->den };

    if (rows_column (rows, "currency") < 0)
        return;
    for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
        if (sides[i]->unit == UNIT_MONEY && has_cell (rows, row, sides[i]->column))
            currencies_add (explanation->currencies, text_cell (rows, row, "currency"));
}

/* Of a user's own widget they are made, and kept, as parts have their text of them. */
static const Rows *
rows_of (const Explanation *explanation, const Split *split, const Sql *sql)
{
    const Batch *batch = explanation->cut ? explanation->complete : explanation->batch;

    if (!explanation->widget->custom)
        return batch_rows (batch, sql);
    g_ptr_array_add (explanation->made,
                     own_rows (explanation->widget, split, batch, explanation->currencies));
    return g_ptr_array_index (explanation->made, explanation->made->len - 1);
}

static const Rows *
rows_of_whole (const Explanation *explanation)
{
    const Sql *whole = explanation->subject->whole;

    return rows_of (explanation, NULL, whole ? whole : explanation->split->sql);
}

static const Rows *
rows_of_parts (const Explanation *explanation)
{
    return rows_of (explanation, explanation->split, explanation->split->sql);
}

/* A sum is known if there was anything to add up, a ratio if there is something to divide by. */
static void
read_whole (Explanation *explanation)
{
    const Subject *subject = explanation->subject;
    const Rows *rows = rows_of_whole (explanation);

    for (guint row = 0; row < rows_count (rows); row++) {
        Number *whole = &explanation->whole[period_of (rows, row)];

        note_currency (explanation, rows, row);
        add_to (&whole->num, cell (rows, row, subject->num.column));
        if (is_ratio (explanation))
            add_to (&whole->den, cell (rows, row, subject->den.column));
        else if (has_cell (rows, row, subject->num.column))
            whole->den = 1;
    }
}

static Part *
part_of (Explanation *explanation, GHashTable *known, const char *id, const char *name)
{
    gpointer at = g_hash_table_lookup (known, id);

    if (!at) {
        Part part = { .id = id, .name = name, .unit = explanation->unit, .items = 1 };

        g_array_append_val (explanation->parts, part);
        at = GUINT_TO_POINTER (explanation->parts->len);
        g_hash_table_insert (known, (gpointer)id, at);
    }
    return &g_array_index (explanation->parts, Part, GPOINTER_TO_UINT (at) - 1);
}

/* Whose side a row is on says its source; of one source all rows are on both. */
static const Measure *
side_of (const Subject *subject, const Rows *rows, guint row)
{
    return source_parse (text_cell (rows, row, "source")) == subject->num.source ? &subject->num
                                                                                 : &subject->den;
}

static void
read_side (Explanation *explanation, Part *part, const Rows *rows, guint row)
{
    const Subject *subject = explanation->subject;
    const Measure *side = side_of (subject, rows, row);
    int period = period_of (rows, row);
    gint64 *sum = side == &subject->num ? &part->sums.num[period] : &part->sums.den[period];

    add_to (sum, cell (rows, row, side->column));
    part->unit = side->unit;
    part->value[period] = (Number){ *sum, 1 };
    if (explanation->split->part)
        part->name = side->title;
}

static void
read_segment (Explanation *explanation, Part *part, const Rows *rows, guint row)
{
    const Subject *subject = explanation->subject;
    int period = period_of (rows, row);

    add_to (&part->sums.num[period], cell (rows, row, subject->num.column));
    if (is_ratio (explanation))
        add_to (&part->sums.den[period], cell (rows, row, subject->den.column));
    part->value[period] =
        (Number){ part->sums.num[period], is_ratio (explanation) ? part->sums.den[period] : 1 };
}

/* A term by itself is its metric, which the formula may take a thousand times, or away. */
static void
read_term (Explanation *explanation, Part *part, const Rows *rows, guint row)
{
    read_segment (explanation, part, rows, row);
    part->unit = (Unit)cell (rows, row, "unit");
    part->value[period_of (rows, row)] =
        has_cell (rows, row, "own") ? (Number){ cell (rows, row, "own"), 1 } : NUMBER_UNKNOWN;
}

static void
read_part (Explanation *explanation, Part *part, const Rows *rows, guint row)
{
    if (explanation->split->kind == SPLIT_SIDES)
        read_side (explanation, part, rows, row);
    else if (explanation->split->kind == SPLIT_TERMS)
        read_term (explanation, part, rows, row);
    else
        read_segment (explanation, part, rows, row);
}

static void
read_parts (Explanation *explanation)
{
    const Split *split = explanation->split;
    const Rows *rows = rows_of_parts (explanation);
    g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

    for (guint row = 0; row < rows_count (rows); row++) {
        const char *id = text_cell (rows, row, split->part ? split->part : "id");
        Part *part = part_of (explanation, known, id, text_cell (rows, row, "name"));

        note_currency (explanation, rows, row);
        read_part (explanation, part, rows, row);
    }
}

static Number
factor_value (const FactorOf *of, const Rows *rows, int period)
{
    Number value = { .den = of->den ? 0 : 1 };

    for (guint row = 0; row < rows_count (rows); row++) {
        if (period_of (rows, row) != period)
            continue;
        add_to (&value.num, cell (rows, row, of->num));
        if (of->den)
            add_to (&value.den, cell (rows, row, of->den));
    }
    return value;
}

static void
read_factors (Explanation *explanation)
{
    const Rows *rows = rows_of_parts (explanation);

    for (const FactorOf *of = explanation->subject->factors; of->key; of++) {
        Part part = { .id = of->key, .name = of->title, .unit = of->unit, .items = 1 };

        for (int period = 0; period < PERIODS; period++)
            part.value[period] = factor_value (of, rows, period);
        g_array_append_val (explanation->parts, part);
    }
}

/* ---- splitting ---- */

static gboolean
is_known (const Explanation *explanation)
{
    return explanation->currencies->len < 2 && number_known (explanation->whole[NOW]) &&
           number_known (explanation->whole[BEFORE]);
}

/* What the parts leave of the whole. */
static void
read_remainder (Explanation *explanation)
{
    Part rest = { .unit = explanation->unit, .items = 1 };

    for (int period = 0; period < PERIODS; period++) {
        gint64 num = 0, den = 0;

        for (guint i = 0; i < explanation->parts->len; i++) {
            add_to (&num, part_at (explanation, i)->sums.num[period]);
            add_to (&den, part_at (explanation, i)->sums.den[period]);
        }
        rest.sums.num[period] = difference (explanation->whole[period].num, num);
        if (is_ratio (explanation))
            rest.sums.den[period] = difference (explanation->whole[period].den, den);
        rest.value[period] =
            (Number){ rest.sums.num[period], is_ratio (explanation) ? MAX (rest.sums.den[period], 0) : 1 };
        explanation->has_remainder |= rest.sums.num[period] || rest.sums.den[period];
    }
    explanation->remainder = rest;
}

static double
change_of_whole (const Explanation *explanation)
{
    const Number *whole = explanation->whole;

    return (double)((long double)whole[NOW].num / (long double)whole[NOW].den -
                    (long double)whole[BEFORE].num / (long double)whole[BEFORE].den);
}

static void
split_segments (const Explanation *explanation, Segment *segments, guint n)
{
    if (!is_ratio (explanation))
        split_sum (segments, n);
    else if (explanation->split->kind == SPLIT_SEGMENTS)
        split_ratio (segments, n, explanation->whole);
    else
        split_sides (segments, n, explanation->whole);
}

static void
split_parts (Explanation *explanation)
{
    guint n = explanation->parts->len;
    g_autofree Segment *segments = g_new0 (Segment, n + 1);

    for (guint i = 0; i < n; i++)
        segments[i] = part_at (explanation, i)->sums;
    segments[n] = explanation->remainder.sums;
    split_segments (explanation, segments, n + 1);
    for (guint i = 0; i < n; i++)
        part_at (explanation, i)->sums = segments[i];
    explanation->remainder.sums = segments[n];
}

static void
split_factors (Explanation *explanation)
{
    guint n = explanation->parts->len;
    g_autofree Factor *factors = g_new0 (Factor, n);
    const double whole[PERIODS] = { number_real (explanation->whole[NOW]),
                                    number_real (explanation->whole[BEFORE]) };

    for (guint i = 0; i < n; i++) {
        factors[i].divides = explanation->subject->factors[i].divides;
        memcpy (factors[i].value, part_at (explanation, i)->value, sizeof factors[i].value);
    }
    explanation->has_remainder = !split_product (factors, n, whole);
    for (guint i = 0; i < n; i++)
        part_at (explanation, i)->sums.change = factors[i].change;
    if (explanation->has_remainder)
        explanation->remainder =
            (Part){ .unit = explanation->unit, .items = 1, .sums = { .change = explanation->change } };
}

static int
sign (double value)
{
    return (value > 0) - (value < 0);
}

static double
rate_moved (const Segment *sums)
{
    if (sums->den[NOW] <= 0 || sums->den[BEFORE] <= 0)
        return 0;
    return (double)sums->num[NOW] / (double)sums->den[NOW] -
           (double)sums->num[BEFORE] / (double)sums->den[BEFORE];
}

/* Simpson's paradox: each part's own rate went one way and the whole the other, so it is the mix. */
static gboolean
is_simpson (const Explanation *explanation)
{
    int whole = sign (explanation->change);
    guint against = 0;

    if (explanation->split->kind != SPLIT_SEGMENTS || !is_ratio (explanation) || !whole)
        return FALSE;
    for (guint i = 0; i < explanation->parts->len; i++) {
        int moved = sign (rate_moved (&part_at (explanation, i)->sums));

        if (moved == whole)
            return FALSE;
        against += moved == -whole;
    }
    return against >= 2 && sign (rate_moved (&explanation->remainder.sums)) != whole;
}

/* ---- together ---- */

static gint
compare_parts (gconstpointer a, gconstpointer b)
{
    const Part *one = a, *other = b;
    double first = fabs (one->sums.change), second = fabs (other->sums.change);

    if (first != second)
        return first > second ? -1 : 1;
    if (one->value[NOW].num != other->value[NOW].num)
        return one->value[NOW].num > other->value[NOW].num ? -1 : 1;
    return g_strcmp0 (one->id, other->id);
}

static void
split (Explanation *explanation)
{
    explanation->change = change_of_whole (explanation);
    explanation->is_split = TRUE;
    if (explanation->split->kind == SPLIT_FACTORS) {
        split_factors (explanation);
    } else {
        read_remainder (explanation);
        split_parts (explanation);
    }
    explanation->simpson = is_simpson (explanation);
    g_array_sort (explanation->parts, compare_parts);
}

void
explanation_work_out (Explanation *explanation, const Split *by)
{
    explanation->split = by;
    explanation->is_split = explanation->has_remainder = FALSE;
    explanation->remainder = (Part){ 0 };
    memset (explanation->whole, 0, sizeof explanation->whole);
    g_array_set_size (explanation->parts, 0);
    g_ptr_array_set_size (explanation->currencies, 0);
    read_whole (explanation);
    if (by->kind == SPLIT_FACTORS)
        read_factors (explanation);
    else
        read_parts (explanation);
    if (is_known (explanation))
        split (explanation);
}
