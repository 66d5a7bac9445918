#include "widgets/cells.h"

#include "render/lines.h"

/* ---- the cells ---- */

static guint
cell_hash (gconstpointer key)
{
    const Cell *cell = key;
    guint hash = (guint)cell->date * 2 + (guint)cell->period;

    return hash ^ (cell->id ? g_str_hash (cell->id) : 0) ^ (cell->currency ? g_str_hash (cell->currency) : 0);
}

static gboolean
cell_equal (gconstpointer a, gconstpointer b)
{
    const Cell *one = a, *other = b;

    return one->period == other->period && one->date == other->date && g_strcmp0 (one->id, other->id) == 0 &&
           g_strcmp0 (one->currency, other->currency) == 0;
}

Cells
cells_new (void)
{
    return (Cells){ g_hash_table_new_full (cell_hash, cell_equal, g_free, NULL), g_ptr_array_new () };
}

void
cells_clear (Cells *cells)
{
    g_hash_table_unref (cells->index);
    g_ptr_array_unref (cells->list);
}

Cell *
cells_at (Cells *cells, const Cell *key)
{
    Cell *cell = g_hash_table_lookup (cells->index, key);

    if (cell)
        return cell;
    cell = g_memdup2 (key, sizeof *key);
    g_hash_table_add (cells->index, cell);
    g_ptr_array_add (cells->list, cell);
    return cell;
}

void
cell_add (Cell *sum, const Cell *cell)
{
    for (guint slot = 0; slot < MOST_SLOTS; slot++)
        sum->values[slot] += cell->values[slot];
    sum->items++;
}

/* ---- the mix ---- */

static void
part_free (gpointer data)
{
    Part *part = data;

    g_free (part->label);
    g_free (part);
}

static void
add_slots (Mix *mix, const Sum *sum)
{
    for (guint i = 0; i < sum->n; i++) {
        guint slot = 0;

        while (slot < mix->n_slots && mix->slots[slot] != sum->terms[i].metric)
            slot++;
        mix->slots[slot] = sum->terms[i].metric;
        mix->n_slots = MAX (mix->n_slots, slot + 1);
        mix->has_money |= sum->terms[i].metric->unit == UNIT_MONEY;
    }
}

static void
mix_init (Mix *mix, const Formula *formula, Dimension dimension, gboolean by_day)
{
    *mix = (Mix){ .formula = formula,
                  .dimension = dimension,
                  .by_day = by_day,
                  .has_parts = dimension != DIMENSION_DAY,
                  .cells = cells_new (),
                  .parts = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, part_free),
                  .currencies = g_ptr_array_new () };
    add_slots (mix, &formula->num);
    add_slots (mix, &formula->den);
    /* Money of one source has its own cell a currency; of several it is only put together if there
     * is but one currency. */
    mix->currencies_apart = mix->has_money && (formula->needs & (formula->needs - 1)) == 0;
}

void
mix_clear (Mix *mix)
{
    if (!mix->formula)
        return;
    cells_clear (&mix->cells);
    g_hash_table_unref (mix->parts);
    g_ptr_array_unref (mix->currencies);
}

static void
note_part (Mix *mix, const char *id, const char *name, Day day)
{
    Part *part = g_hash_table_lookup (mix->parts, id);

    if (!part) {
        part = g_new0 (Part, 1);
        *part = (Part){ .id = id, .named = DAY_NONE };
        g_hash_table_insert (mix->parts, (gpointer)id, part);
    }
    if (!part->name || day >= part->named) {
        part->name = name;
        part->named = day;
    }
}

/* ---- gathering ---- */

/* Where a question has what; -1: nowhere. */
typedef struct {
    const Rows *rows;
    int period, date, id, name, currency;
    int slots[MOST_SLOTS];
    gboolean has_money;
} Columns;

static Columns
find_columns (const Mix *mix, const Rows *rows, Source source)
{
    Columns columns = { .rows = rows,
                        .period = rows_column (rows, "period"),
                        .date = rows_column (rows, "date"),
                        .id = mix->has_parts ? rows_column (rows, "id") : -1,
                        .name = rows_column (rows, "name"),
                        .currency = rows_column (rows, "currency") };

    for (guint i = 0; i < mix->n_slots; i++) {
        gboolean here = mix->slots[i]->source == source;

        columns.slots[i] = here ? rows_column (rows, mix->slots[i]->column) : -1;
        columns.has_money |= here && mix->slots[i]->unit == UNIT_MONEY;
    }
    return columns;
}

static const char *
text_at (const Columns *columns, guint row, int column)
{
    return column < 0 ? NULL : rows_text (columns->rows, row, (guint)column);
}

static void
fill (const Mix *mix, Cell *cell, const Columns *columns, guint row)
{
    for (guint i = 0; i < mix->n_slots; i++) {
        if (columns->slots[i] < 0)
            continue;
        if (rows_is_null (columns->rows, row, (guint)columns->slots[i]))
            cell->unknown |= (guint64)1 << i;
        else
            cell->values[i] += rows_int (columns->rows, row, (guint)columns->slots[i]);
        cell->filled |= (guint64)1 << i;
    }
}

static void
gather_row (Mix *mix, const Columns *columns, guint row)
{
    Day day = rows_day (columns->rows, row, (guint)columns->date);
    Cell key = { .period = (int)rows_int (columns->rows, row, (guint)columns->period),
                 .date = mix->by_day ? day : DAY_NONE,
                 .id = text_at (columns, row, columns->id) };

    if (columns->has_money)
        currencies_add (mix->currencies, text_at (columns, row, columns->currency));
    if (mix->currencies_apart)
        key.currency = text_at (columns, row, columns->currency);
    if (key.id)
        note_part (mix, key.id, text_at (columns, row, columns->name), day);
    fill (mix, cells_at (&mix->cells, &key), columns, row);
}

void
mix_gather (Mix *mix, const Formula *formula, Dimension dimension, gboolean by_day, const Batch *batch)
{
    mix_init (mix, formula, dimension, by_day);
    for (guint i = 0; i < G_N_ELEMENTS (source_infos); i++) {
        const Rows *rows;
        Columns columns;

        if (!(mix->formula->needs & source_infos[i].source))
            continue;
        rows = batch_rows (batch, metric_question (source_infos[i].source, dimension));
        if (!rows)
            continue;
        columns = find_columns (mix, rows, source_infos[i].source);
        for (guint row = 0; row < rows_count (rows); row++)
            gather_row (mix, &columns, row);
    }
}

/* All metrics are there: a day that one source lacks is missing, not less. */
static gboolean
is_whole (const Mix *mix, const Cell *cell)
{
    return cell->filled == ((guint64)1 << mix->n_slots) - 1 && !cell->unknown;
}

void
mix_drop_partial (Mix *mix)
{
    GPtrArray *cells = mix->cells.list;

    for (guint i = 0; i < cells->len; i++)
        if (!is_whole (mix, g_ptr_array_index (cells, i)))
            g_ptr_array_remove_index_fast (cells, i--);
}

/* ---- the formula ---- */

static gint64
value_of (const Mix *mix, const Cell *cell, const Metric *metric)
{
    guint slot = 0;

    while (mix->slots[slot] != metric)
        slot++;
    return cell->values[slot];
}

Value
cell_sum (const Mix *mix, const Cell *cell, const Sum *sum, gint64 divisor)
{
    __int128 total = 0;

    for (guint i = 0; i < sum->n; i++)
        total += (__int128)sum->terms[i].factor * value_of (mix, cell, sum->terms[i].metric);
    if (divisor > 1)
        total = (2 * total + (total < 0 ? -divisor : divisor)) / (2 * divisor); /* half away from zero */
    return total > G_MAXINT64 || total < -G_MAXINT64 ? VALUE_NONE : VALUE_OF_INT ((gint64)total);
}

Value
cell_num (const Mix *mix, const Cell *cell)
{
    return cell_sum (mix, cell, &mix->formula->num, mix->formula->divisor);
}

Value
cell_den (const Mix *mix, const Cell *cell)
{
    return mix->formula->den.n ? cell_sum (mix, cell, &mix->formula->den, 1) : VALUE_NONE;
}
