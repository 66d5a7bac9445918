#include "render/fields.h"

/* A field and where its columns are; -1: the rows have none of that name. */
typedef struct {
    const Field *field;
    int num, den;
    Number total[PERIODS];
} Cell;

typedef struct {
    const Rows *rows;
    GArray *cells;             /* of Cell */
    const Cell *headline;      /* one of them */
    GPtrArray *currencies;     /* of the totals, each once */
    GHashTable *item[PERIODS]; /* id and currency -> row + 1 */
    int period, date, id, currency, items, whole;
    gint64 n_items;
    Number whole_now;
} Table;

static gboolean
is_null (const Table *table, guint row, int column)
{
    return column < 0 || rows_is_null (table->rows, row, (guint)column);
}

static int
period_of (const Table *table, guint row)
{
    return rows_int (table->rows, row, (guint)table->period) == 0 ? NOW : BEFORE;
}

static Number
number_of (const Table *table, const Cell *cell, guint row)
{
    if (is_null (table, row, cell->num) || (cell->field->den && is_null (table, row, cell->den)))
        return NUMBER_UNKNOWN;
    return (Number){
        .num = rows_int (table->rows, row, (guint)cell->num),
        .den = cell->field->den ? rows_int (table->rows, row, (guint)cell->den) : 1,
    };
}

static const char *
currency_of (const Table *table, guint row)
{
    return table->currency < 0 ? NULL : rows_text (table->rows, row, (guint)table->currency);
}

static gboolean
is_number (const Field *field)
{
    return field->unit != UNIT_TEXT && field->unit != UNIT_INSTANT;
}

/* ---- reading ---- */

static void
find_cells (Table *table, const Frame *frame)
{
    table->cells = g_array_new (FALSE, FALSE, sizeof (Cell));
    for (const Field *field = frame->fields; field->key; field++) {
        Cell cell = { .field = field, .num = -1, .den = -1 };

        if (table->rows) {
            cell.num = rows_column (table->rows, field_column (field));
            cell.den = field->den ? rows_column (table->rows, field->den) : -1;
        }
        g_array_append_val (table->cells, cell);
    }
    for (guint i = 0; i < table->cells->len; i++)
        if (g_array_index (table->cells, Cell, i).field->is_headline)
            table->headline = &g_array_index (table->cells, Cell, i);
}

static void
find_columns (Table *table)
{
    table->period = rows_column (table->rows, "period");
    table->date = rows_column (table->rows, "date");
    table->id = rows_column (table->rows, "id");
    table->currency = rows_column (table->rows, "currency");
    table->items = rows_column (table->rows, "items");
    table->whole = rows_column (table->rows, "whole");
}

/* A second currency makes all totals unknown, so only the first row of a period is kept. */
static void
read_totals (Table *table, guint row)
{
    int period = period_of (table, row);

    if (table->currency >= 0)
        currencies_add (table->currencies, currency_of (table, row));
    for (guint i = 0; i < table->cells->len; i++) {
        Cell *cell = &g_array_index (table->cells, Cell, i);

        if (is_number (cell->field) && cell->field->total != TOTAL_UNIQUE)
            cell->total[period] = number_of (table, cell, row);
    }
    if (period == NOW && !is_null (table, row, table->items))
        table->n_items += rows_int (table->rows, row, (guint)table->items);
    if (period == NOW && !is_null (table, row, table->whole))
        table->whole_now = (Number){ rows_int (table->rows, row, (guint)table->whole), 1 };
}

/* The same item in another currency is another one. The caller frees it. */
static char *
item_key (const Table *table, guint row)
{
    const char *currency = currency_of (table, row);

    return g_strdup_printf ("%s\n%s", currency ? currency : "",
                            rows_text (table->rows, row, (guint)table->id));
}

static void
read_row (Table *table, guint row)
{
    if (!is_null (table, row, table->date))
        return; /* of a series */
    if (is_null (table, row, table->id))
        read_totals (table, row);
    else
        g_hash_table_insert (table->item[period_of (table, row)], item_key (table, row),
                             GUINT_TO_POINTER (row + 1));
}

static void
table_read (Table *table, const Rows *rows, const Frame *frame)
{
    *table = (Table){ .rows = rows, .currencies = g_ptr_array_new () };
    for (int period = 0; period < PERIODS; period++)
        table->item[period] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    find_cells (table, frame);
    if (!rows)
        return;
    find_columns (table);
    for (guint row = 0; row < rows_count (rows); row++)
        read_row (table, row);
    for (guint i = 0; table->currencies->len > 1 && i < table->cells->len; i++)
        for (int period = 0; period < PERIODS; period++)
            g_array_index (table->cells, Cell, i).total[period] = NUMBER_UNKNOWN;
}

static void
table_clear (Table *table)
{
    if (!table->cells)
        return;
    g_array_unref (table->cells);
    g_ptr_array_unref (table->currencies);
    for (int period = 0; period < PERIODS; period++)
        g_hash_table_unref (table->item[period]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Table, table_clear)

/* ---- writing ---- */

/* What stands in each item, so that a table can be drawn that was not known before. */
static void
write_columns (const Table *table, Json *json)
{
    json_key (json, "columns");
    json_begin_array (json);
    for (guint i = 0; i < table->cells->len; i++) {
        const Field *field = g_array_index (table->cells, Cell, i).field;

        json_begin_object (json);
        json_put_text (json, "key", field->key);
        json_put_text (json, "title", field->title);
        json_put_text (json, "unit", unit_name (field->unit));
        json_end_object (json);
    }
    json_end_array (json);
}

static void
write_cell (const Table *table, const Cell *cell, guint row, Json *json)
{
    json_key (json, cell->field->key);
    if (is_null (table, row, cell->num))
        json_none (json);
    else if (cell->field->unit == UNIT_TEXT)
        json_text (json, rows_text (table->rows, row, (guint)cell->num));
    else if (cell->field->unit == UNIT_INSTANT)
        json_instant (json, rows_instant (table->rows, row, (guint)cell->num));
    else
        number_write (number_of (table, cell, row), cell->field->unit, json);
}

/* The headline of an item in one of the compared periods. */
static Number
headline_of (const Table *compared, const char *key, int period)
{
    guint found = GPOINTER_TO_UINT (g_hash_table_lookup (compared->item[period], key));

    return found ? number_of (compared, compared->headline, found - 1) : NUMBER_UNKNOWN;
}

static void
write_item_delta (const Table *table, const Table *compared, guint row, Json *json)
{
    g_autofree char *key = item_key (table, row);

    json_key (json, "delta");
    number_write_delta ((Change){ headline_of (compared, key, NOW), headline_of (compared, key, BEFORE) },
                        json);
}

static void
write_item (const Table *table, const Table *compared, guint row, Json *json)
{
    json_begin_object (json);
    for (guint i = 0; i < table->cells->len; i++)
        write_cell (table, &g_array_index (table->cells, Cell, i), row, json);
    write_item_delta (table, compared, row, json);
    json_end_object (json);
}

static void
write_items (const Table *table, const Table *compared, Json *json)
{
    json_key (json, "items");
    json_begin_array (json);
    for (guint row = 0; table->rows && row < rows_count (table->rows); row++)
        if (period_of (table, row) == NOW && !is_null (table, row, table->id))
            write_item (table, compared, row, json);
    json_end_array (json);
}

static void
write_totals (const Table *table, Json *json)
{
    json_key (json, "totals");
    json_begin_object (json);
    for (guint i = 0; i < table->cells->len; i++) {
        const Cell *cell = &g_array_index (table->cells, Cell, i);

        if (!is_number (cell->field))
            continue;
        json_key (json, cell->field->key);
        number_write (cell->total[NOW], cell->field->unit, json);
    }
    json_end_object (json);
    json_put_int (json, "total_items", table->n_items);
}

/* Nothing is compared where currencies are mixed, be it on incomplete days only. */
static Change
change_of (const Table *table, const Table *compared)
{
    const Number *total = compared->headline->total;

    if (table->currencies->len > 1)
        return (Change){ NUMBER_UNKNOWN, NUMBER_UNKNOWN };
    return (Change){ total[NOW], total[BEFORE] };
}

static void
write_stats (const Table *table, const Table *compared, Json *json)
{
    const Cell *headline = table->headline;

    json_key (json, "stats");
    json_begin_object (json);
    json_key (json, "value");
    number_write (headline->total[NOW], headline->field->unit, json);
    json_key (json, "delta");
    number_write_delta (change_of (table, compared), json);
    json_end_object (json);
    if (table->currencies->len == 1)
        json_put_text (json, "currency", g_ptr_array_index (table->currencies, 0));
}

static void
notice_currencies (const Table *table, Quality *quality)
{
    g_autofree char *names = NULL;

    if (table->currencies->len < 2)
        return;
    names = currencies_text (table->currencies);
    quality_notice (quality, "currency_mixed",
                    "The accounts count in different currencies (%s). Each row is in its own, and there are "
                    "no totals.",
                    names);
}

/* Small rows are left out by the source, or were not kept. */
static void
notice_left_out (const Table *table, Quality *quality)
{
    Number parts = table->headline->total[NOW], whole = table->whole_now;

    if (!number_known (parts) || !number_known (whole) || parts.num >= whole.num) {
        lines_notice_difference (parts, whole, quality);
        return;
    }
    quality_notice (quality, "rows_left_out",
                    "The rows hold %" G_GINT64_FORMAT " of the %" G_GINT64_FORMAT
                    " that the source counted for these days: small rows are left out. The totals "
                    "here are those of the rows.",
                    parts.num, whole.num);
}

void
render_table (const Frame *frame, const Rows *rows, Quality *quality, Json *json)
{
    g_autoptr (GArray) fields = fields_read (rows, frame);
    g_auto (Table) table = { 0 }, complete = { 0 };
    const Table *compared = frame->cut ? &complete : &table;

    table_read (&table, rows, frame);
    if (frame->cut)
        table_read (&complete, frame->complete_rows, frame);
    fields_write_series (fields, json);
    write_stats (&table, compared, json);
    write_columns (&table, json);
    write_items (&table, compared, json);
    write_totals (&table, json);
    fields_write_compare (fields, frame, json);
    notice_currencies (&table, quality);
    notice_left_out (&table, quality);
    quality->basis = rows ? total_name (frame->total) : NULL;
}
