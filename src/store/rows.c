/* All cells lie in one array and all text in one arena, so a result costs a
 * handful of allocations, however many rows it has. The first "row" holds the
 * columns' names. A number is turned into text only if somebody asks for it. */
#include "store/rows_build.h"
#include "store/sqltext.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    ValueType type; /* VALUE_NULL, _INT, _REAL or _TEXT */
    union {
        gint64 integer;
        double real;
        gsize offset; /* into the arena: it may move while it grows */
    };
} Cell;

struct Rows {
    guint references;
    guint n_columns;
    GArray *cells;
    GString *arena;
    GStringChunk *late; /* numbers that were asked for as text; NULL until then */
};

Rows *
rows_start (guint n_columns)
{
    Rows *rows = g_new0 (Rows, 1);

    rows->references = 1;
    rows->n_columns = n_columns;
    rows->cells = g_array_sized_new (FALSE, FALSE, sizeof (Cell), n_columns * 8);
    rows->arena = g_string_sized_new (256);
    return rows;
}

Rows *
rows_ref (Rows *rows)
{
    rows->references++;
    return rows;
}

void
rows_free (Rows *rows)
{
    if (!rows || --rows->references)
        return;
    g_array_unref (rows->cells);
    g_string_free (rows->arena, TRUE);
    if (rows->late)
        g_string_chunk_free (rows->late);
    g_free (rows);
}

static void
add (Rows *rows, Cell cell)
{
    g_array_append_val (rows->cells, cell);
}

void
rows_add_null (Rows *rows)
{
    add (rows, (Cell){ .type = VALUE_NULL });
}

void
rows_add_int (Rows *rows, gint64 value)
{
    add (rows, (Cell){ .type = VALUE_INT, .integer = value });
}

void
rows_add_real (Rows *rows, double value)
{
    add (rows, (Cell){ .type = VALUE_REAL, .real = value });
}

void
rows_add_text (Rows *rows, const char *text, gsize length)
{
    add (rows, (Cell){ .type = VALUE_TEXT, .offset = rows->arena->len });
    g_string_append_len (rows->arena, text, (gssize)length);
    g_string_append_c (rows->arena, '\0');
}

void
rows_add_instant (Rows *rows, const char *text, gsize length)
{
    char short_form[INSTANT_TEXT];
    gint64 instant;

    if (instant_parse (text, &instant))
        rows_add_text (rows, short_form, strlen (instant_format (instant, short_form)));
    else
        rows_add_text (rows, text, length);
}

static void
add_value (Rows *rows, const Value *value)
{
    char buffer[VALUE_TEXT_MAX];
    const char *text;

    if (value_is_null (value)) {
        rows_add_null (rows);
        return;
    }
    switch (value->type) {
    case VALUE_INT:
        rows_add_int (rows, value->integer);
        break;
    case VALUE_REAL:
        rows_add_real (rows, value->real);
        break;
    case VALUE_INSTANT:
        text = instant_format (value->integer, buffer);
        rows_add_text (rows, text, strlen (text));
        break;
    default:
        text = value_write (value, buffer);
        rows_add_text (rows, text, strlen (text));
    }
}

Rows *
rows_new (const char *const *columns, guint n_columns, const Value *cells, guint n_rows)
{
    Rows *rows = rows_start (n_columns);

    for (guint i = 0; i < n_columns; i++)
        rows_add_text (rows, columns[i], strlen (columns[i]));
    for (guint i = 0; i < n_rows * n_columns; i++)
        add_value (rows, &cells[i]);
    return rows;
}

guint
rows_count (const Rows *rows)
{
    return rows->n_columns ? rows->cells->len / rows->n_columns - 1 : 0;
}

guint
rows_columns (const Rows *rows)
{
    return rows->n_columns;
}

static const Cell *
cell_at (const Rows *rows, guint row, guint column)
{
    g_assert (column < rows->n_columns && row < rows_count (rows));
    return &g_array_index (rows->cells, Cell, (row + 1) * rows->n_columns + column);
}

int
rows_column (const Rows *rows, const char *name)
{
    for (guint i = 0; i < rows->n_columns; i++)
        if (strcmp (rows->arena->str + g_array_index (rows->cells, Cell, i).offset, name) == 0)
            return (int)i;
    return -1;
}

gboolean
rows_is_null (const Rows *rows, guint row, guint column)
{
    return cell_at (rows, row, column)->type == VALUE_NULL;
}

/* A double that has no place in an integer becomes the nearest one. */
static gint64
clamp_to_int (double real)
{
    if (real != real)
        return 0;
    if (real >= 9223372036854775808.0)
        return G_MAXINT64;
    return real <= -9223372036854775808.0 ? G_MININT64 : (gint64)real;
}

gint64
rows_int (const Rows *rows, guint row, guint column)
{
    const Cell *cell = cell_at (rows, row, column);

    switch (cell->type) {
    case VALUE_INT:
        return cell->integer;
    case VALUE_REAL:
        return clamp_to_int (cell->real);
    case VALUE_TEXT:
        return g_ascii_strtoll (rows->arena->str + cell->offset, NULL, 10);
    default:
        return 0;
    }
}

double
rows_real (const Rows *rows, guint row, guint column)
{
    const Cell *cell = cell_at (rows, row, column);

    switch (cell->type) {
    case VALUE_INT:
        return (double)cell->integer;
    case VALUE_REAL:
        return cell->real;
    case VALUE_TEXT:
        return g_ascii_strtod (rows->arena->str + cell->offset, NULL);
    default:
        return 0;
    }
}

/* The fewest digits that read back as the same number: 0.1, not 0.10000000000000001. */
static void
write_real (double real, char buffer[static G_ASCII_DTOSTR_BUF_SIZE])
{
    g_ascii_formatd (buffer, G_ASCII_DTOSTR_BUF_SIZE, "%.15g", real);
    if (g_ascii_strtod (buffer, NULL) != real)
        g_ascii_formatd (buffer, G_ASCII_DTOSTR_BUF_SIZE, "%.16g", real);
    if (g_ascii_strtod (buffer, NULL) != real)
        g_ascii_formatd (buffer, G_ASCII_DTOSTR_BUF_SIZE, "%.17g", real);
}

static const char *
number_text (const Rows *rows, const Cell *cell)
{
    Rows *owner = (Rows *)rows; /* what it keeps besides is invisible from outside */
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];

    if (cell->type == VALUE_INT)
        g_snprintf (buffer, sizeof buffer, "%" G_GINT64_FORMAT, cell->integer);
    else
        write_real (cell->real, buffer);
    if (!owner->late)
        owner->late = g_string_chunk_new (256);
    return g_string_chunk_insert_const (owner->late, buffer);
}

const char *
rows_text (const Rows *rows, guint row, guint column)
{
    const Cell *cell = cell_at (rows, row, column);

    if (cell->type == VALUE_NULL)
        return NULL;
    return cell->type == VALUE_TEXT ? rows->arena->str + cell->offset : number_text (rows, cell);
}

Day
rows_day (const Rows *rows, guint row, guint column)
{
    Day day;

    return day_parse (rows_text (rows, row, column), &day) ? day : DAY_NONE;
}

gint64
rows_instant (const Rows *rows, guint row, guint column)
{
    gint64 instant;

    return instant_parse (rows_text (rows, row, column), &instant) ? instant : INSTANT_NONE;
}
