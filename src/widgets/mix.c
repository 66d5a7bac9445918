/* What has been gathered becomes rows: those of days, the small parts put together,
 * or those of a table, with its totals. */
#include "widgets/mix.h"

#include "render/lines.h"
#include "widgets/cells.h"

#include <string.h>

#define MOST_PARTS 12 /* of a stack; the rest is … */
#define OTHER      "Other"
#define MOST_ITEMS 100 /* of a table */

/* ---- parts ---- */

static gint
compare_parts (gconstpointer a, gconstpointer b)
{
    const Part *one = *(const Part *const *)a, *other = *(const Part *const *)b;

    if (one->size != other->size)
        return one->size > other->size ? -1 : 1;
    return strcmp (one->id, other->id);
}

static void
size_parts (const Mix *mix)
{
    for (guint i = 0; i < mix->cells.list->len; i++) {
        const Cell *cell = g_ptr_array_index (mix->cells.list, i);

        if (cell->period == 0 && cell->id)
            ((Part *)g_hash_table_lookup (mix->parts, cell->id))->size += ABS (cell_num (mix, cell).integer);
    }
}

/* Largest first. */
static GPtrArray *
rank_parts (const Mix *mix)
{
    GPtrArray *ranked = g_ptr_array_new ();
    GHashTableIter iter;
    gpointer one;

    size_parts (mix);
    g_hash_table_iter_init (&iter, mix->parts);
    while (g_hash_table_iter_next (&iter, NULL, &one))
        g_ptr_array_add (ranked, one);
    g_ptr_array_sort (ranked, compare_parts);
    return ranked;
}

static const char *
name_of (const Part *part)
{
    return part->name ? part->name : part->id;
}

/* Each gets a label of its own; those that are too small for a stack are of "Other". */
static void
label_parts (const Mix *mix)
{
    g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);
    g_autoptr (GPtrArray) ranked = rank_parts (mix);

    if (ranked->len > MOST_PARTS)
        g_hash_table_add (taken, (gpointer)OTHER);
    for (guint i = 0; i < ranked->len; i++) {
        Part *part = g_ptr_array_index (ranked, i);

        part->is_other = ranked->len > MOST_PARTS && i >= MOST_PARTS - 1;
        part->label = g_hash_table_contains (taken, name_of (part))
                          ? g_strdup_printf ("%s (%s)", name_of (part), part->id)
                          : g_strdup (name_of (part));
        g_hash_table_add (taken, part->label);
    }
}

/* The complete days of what is shown: a part is the same there, whatever it was called then and
 * however large it was. */
static void
label_like (const Mix *mix, const Mix *shown)
{
    GHashTableIter iter;
    gpointer id, one;

    label_parts (shown);
    g_hash_table_iter_init (&iter, mix->parts);
    while (g_hash_table_iter_next (&iter, &id, &one)) {
        const Part *like = g_hash_table_lookup (shown->parts, id);
        Part *part = one;

        if (!like)
            continue;
        part->label = g_strdup (like->label);
        part->is_other = like->is_other;
    }
}

/* What is too small for a stack is put together, so that its parts still add up. */
static void
merge_small (Mix *mix)
{
    GPtrArray *cells = mix->cells.list;

    for (guint i = 0; i < cells->len; i++) {
        const Cell *cell = g_ptr_array_index (cells, i);
        const Part *part = g_hash_table_lookup (mix->parts, cell->id);
        Cell other = { .period = cell->period, .date = cell->date, .id = "", .currency = cell->currency };

        if (!part || !part->is_other)
            continue;
        cell_add (cells_at (&mix->cells, &other), cell);
        g_ptr_array_remove_index_fast (cells, i--);
    }
}

static const char *
label_of (const Mix *mix, const Cell *cell)
{
    const Part *part = cell->id ? g_hash_table_lookup (mix->parts, cell->id) : NULL;

    return part ? part->label : cell->id ? OTHER : NULL;
}

/* ---- rows ---- */

/* By period, day, size of the part: what the shapes want, and the same text each time. */
static gint
compare_cells (gconstpointer a, gconstpointer b, gpointer user)
{
    const Cell *one = *(const Cell *const *)a, *other = *(const Cell *const *)b;

    if (one->period != other->period)
        return one->period - other->period;
    if (one->date != other->date)
        return one->date < other->date ? -1 : 1;
    if (g_strcmp0 (one->id, other->id) != 0)
        return g_strcmp0 (one->id, other->id);
    return g_strcmp0 (one->currency, other->currency);
}

static const char *
currency_of (const Mix *mix, const Cell *cell)
{
    if (mix->currencies_apart)
        return cell->currency;
    return mix->currencies->len ? g_ptr_array_index (mix->currencies, 0) : NULL;
}

static Rows *
rows_of_days (Mix *mix)
{
    static const char *const columns[] = { "period", "date", "num", "den", "name", "currency" };
    guint n = 4;
    g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (Value));
    const char *names[G_N_ELEMENTS (columns)];

    memcpy (names, columns, sizeof names);
    if (mix->has_parts)
        n++;
    if (mix->has_money)
        names[n++] = "currency";
    for (guint i = 0; i < mix->cells.list->len; i++) {
        const Cell *cell = g_ptr_array_index (mix->cells.list, i);
        Value row[] = { VALUE_OF_INT (cell->period),
                        VALUE_OF_DAY (cell->date),
                        cell_num (mix, cell),
                        cell_den (mix, cell),
                        VALUE_NONE,
                        VALUE_NONE };

        if (mix->has_parts)
            row[4] = VALUE_OF_TEXT (label_of (mix, cell));
        if (mix->has_money)
            row[n - 1] = VALUE_OF_TEXT (currency_of (mix, cell));
        g_array_append_vals (values, row, n);
    }
    return rows_new (names, n, (const Value *)(void *)values->data, mix->cells.list->len);
}

enum { PERIOD, DATE, ID, NAME, CURRENCY, NUM, DEN, ITEMS, METRICS };

static void
append_item (const Mix *mix, const Cell *cell, gboolean is_total, GArray *values)
{
    Value row[METRICS + MOST_SLOTS] = {
        [PERIOD] = VALUE_OF_INT (cell->period),
        [DATE] = VALUE_NONE,
        [ID] = VALUE_OF_TEXT (is_total ? NULL : cell->id),
        [NAME] = VALUE_OF_TEXT (is_total ? NULL : label_of (mix, cell)),
        [CURRENCY] = VALUE_OF_TEXT (currency_of (mix, cell)),
        [NUM] = cell_num (mix, cell),
        [DEN] = cell_den (mix, cell),
        [ITEMS] = is_total ? VALUE_OF_INT (cell->items) : VALUE_NONE,
    };

    for (guint i = 0; i < mix->n_slots; i++)
        row[METRICS + i] = VALUE_OF_INT (cell->values[i]);
    g_array_append_vals (values, row, METRICS + mix->n_slots);
}

static gint
compare_sizes (gconstpointer a, gconstpointer b, gpointer user)
{
    const Cell *one = *(const Cell *const *)a, *other = *(const Cell *const *)b;
    const Mix *mix = user;
    gint64 size = ABS (cell_num (mix, one).integer), other_size = ABS (cell_num (mix, other).integer);

    if (one->period != other->period)
        return one->period - other->period;
    if (size != other_size)
        return size > other_size ? -1 : 1;
    return compare_cells (a, b, user);
}

/* The sums of a period and currency, over all parts. */
static void
append_totals (const Mix *mix, GArray *values)
{
    g_auto (Cells) totals = cells_new ();

    for (guint i = 0; i < mix->cells.list->len; i++) {
        const Cell *part = g_ptr_array_index (mix->cells.list, i);
        Cell total = { .period = part->period, .date = DAY_NONE, .currency = part->currency };

        cell_add (cells_at (&totals, &total), part);
    }
    for (guint i = 0; i < totals.list->len; i++)
        append_item (mix, g_ptr_array_index (totals.list, i), TRUE, values);
}

static Rows *
rows_of_table (Mix *mix, guint most)
{
    const char *names[METRICS + MOST_SLOTS] = { "period",   "date", "id",  "name",
                                                "currency", "num",  "den", "items" };
    g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (Value));
    guint width = METRICS + mix->n_slots, listed = 0;

    for (guint i = 0; i < mix->n_slots; i++)
        names[METRICS + i] = mix->slots[i]->key;
    g_ptr_array_sort_with_data (mix->cells.list, compare_sizes, mix);
    for (guint i = 0; i < mix->cells.list->len; i++) {
        const Cell *cell = g_ptr_array_index (mix->cells.list, i);

        if (cell->period == 1 || listed++ < most)
            append_item (mix, cell, FALSE, values);
    }
    append_totals (mix, values);
    if (!mix->has_money)
        names[CURRENCY] = "no_currency";
    return rows_new (names, width, (const Value *)(void *)values->data, values->len / width);
}

static gboolean
is_one_currency (const Mix *mix, Quality *quality)
{
    g_autofree char *names = NULL;

    if (mix->currencies_apart || mix->currencies->len < 2)
        return TRUE;
    names = currencies_text (mix->currencies);
    quality_notice (quality, "currency_mixed",
                    "The accounts count in different currencies (%s), which can't be put into one number.",
                    names);
    return FALSE;
}

static void
label (const Mix *mix, const Batch *shown)
{
    g_auto (Mix) other = { 0 };

    if (!shown) {
        label_parts (mix);
        return;
    }
    mix_gather (&other, mix->formula, mix->dimension, mix->by_day, shown);
    mix_drop_partial (&other);
    label_like (mix, &other);
}

Rows *
mix_rows (const Formula *formula, Dimension dimension, MixForm form, const Batch *batch, const Batch *shown,
          Quality *quality)
{
    g_auto (Mix) mix = { 0 };

    mix_gather (&mix, formula, dimension, form == MIX_DAYS, batch);
    if (!is_one_currency (&mix, quality))
        return NULL;
    mix_drop_partial (&mix);
    if (mix.has_parts)
        label (&mix, shown);
    if (form == MIX_TABLE)
        return rows_of_table (&mix, shown ? G_MAXUINT : MOST_ITEMS);
    if (mix.has_parts)
        merge_small (&mix);
    g_ptr_array_sort_with_data (mix.cells.list, compare_cells, NULL);
    return rows_of_days (&mix);
}
