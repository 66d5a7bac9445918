#include "render/lines.h"

/* Where the columns are; -1: the rows have none of that name. */
typedef struct {
    const Rows *rows;
    const char *part;
    int period, date, num, den, name, currency;
} Columns;

static Columns
find_columns (const Rows *rows, const Pick *pick)
{
    return (Columns){
        .rows = rows,
        .part = pick->part,
        .period = rows_column (rows, "period"),
        .date = rows_column (rows, "date"),
        .num = rows_column (rows, pick->num),
        .den = pick->den ? rows_column (rows, pick->den) : -1,
        .name = rows_column (rows, "name"),
        .currency = rows_column (rows, "currency"),
    };
}

static const char *
text_at (const Columns *columns, guint row, int column)
{
    return column < 0 ? NULL : rows_text (columns->rows, row, (guint)column);
}

static gboolean
has_number (const Columns *columns, guint row, int column)
{
    return column >= 0 && !rows_is_null (columns->rows, row, (guint)column);
}

static Number
number_at (const Columns *columns, guint row, gboolean ratio)
{
    if (!has_number (columns, row, columns->num) || (ratio && !has_number (columns, row, columns->den)))
        return NUMBER_UNKNOWN;
    return (Number){
        .num = rows_int (columns->rows, row, (guint)columns->num),
        .den = ratio ? rows_int (columns->rows, row, (guint)columns->den) : 1,
    };
}

static guint
line_hash (gconstpointer key)
{
    const Line *line = key;

    return (line->name ? g_str_hash (line->name) : 0) ^ (line->currency ? g_str_hash (line->currency) : 0);
}

static gboolean
line_equal (gconstpointer a, gconstpointer b)
{
    const Line *one = a, *other = b;

    return g_strcmp0 (one->name, other->name) == 0 && g_strcmp0 (one->currency, other->currency) == 0;
}

static void
line_free (gpointer data)
{
    Line *line = data;

    for (int period = 0; period < PERIODS; period++)
        g_clear_pointer (&line->points[period], g_array_unref);
    g_free (line);
}

void
currencies_add (GPtrArray *currencies, const char *currency)
{
    for (guint i = 0; i < currencies->len; i++)
        if (g_strcmp0 (g_ptr_array_index (currencies, i), currency) == 0)
            return;
    g_ptr_array_add (currencies, (gpointer)currency);
}

/* The line of this row, which may be a new one. */
static Line *
line_of (Lines *lines, GHashTable *known, const Columns *columns, guint row)
{
    Line probe = { .name = columns->part ? NULL : text_at (columns, row, columns->name),
                   .currency = text_at (columns, row, columns->currency) };
    Line *line = g_hash_table_lookup (known, &probe);

    if (line)
        return line;
    line = g_memdup2 (&probe, sizeof probe);
    g_ptr_array_add (lines->all, line);
    g_hash_table_add (known, line);
    if (columns->currency >= 0)
        currencies_add (lines->currencies, line->currency);
    return line;
}

/* A ratio's day that had nothing to divide by still counts: money that was
 * spent before the first conversion is part of what one has cost. */
static void
add (Number *sum, Number value, gboolean ratio)
{
    if (!ratio && !number_known (value))
        return;
    sum->num += value.num;
    sum->den = ratio ? sum->den + value.den : 1;
}

static void
add_point (Line *line, int period, Point point, gboolean ratio)
{
    if (!line->points[period])
        line->points[period] = g_array_new (FALSE, FALSE, sizeof (Point));
    g_array_append_val (line->points[period], point);
    add (&line->sum[period], point.value, ratio);
}

static void
read_row (Lines *lines, GHashTable *known, const Columns *columns, guint row, const Frame *frame)
{
    int period = rows_int (columns->rows, row, (guint)columns->period) == 0 ? NOW : BEFORE;
    Day day = rows_day (columns->rows, row, (guint)columns->date);
    Number value = number_at (columns, row, lines->ratio);

    if (period == BEFORE && frame->comparison.kind == COMPARE_OFF)
        return;
    if (columns->part && g_strcmp0 (text_at (columns, row, columns->name), columns->part) != 0)
        return;
    if (day == DAY_NONE)
        add (&lines->whole[period], value, lines->ratio);
    else
        add_point (line_of (lines, known, columns, row), period, (Point){ day, value }, lines->ratio);
}

static Lines *
lines_new (gboolean ratio)
{
    Lines *lines = g_new0 (Lines, 1);

    lines->all = g_ptr_array_new_with_free_func (line_free);
    lines->currencies = g_ptr_array_new ();
    lines->ratio = ratio;
    return lines;
}

static void
read_rows (Lines *lines, const Rows *rows, const Frame *frame, const Pick *pick)
{
    g_autoptr (GHashTable) known = g_hash_table_new (line_hash, line_equal);
    Columns columns;

    if (!rows)
        return;
    columns = find_columns (rows, pick);
    lines->titled = pick->part || columns.name < 0;
    for (guint row = 0; row < rows_count (rows); row++)
        read_row (lines, known, &columns, row, frame);
}

Lines *
lines_pick (const Rows *rows, const Frame *frame, const Pick *pick)
{
    Lines *lines = lines_new (pick->den != NULL);

    read_rows (lines, rows, frame, pick);
    if (frame->cut) {
        lines->complete = lines_new (lines->ratio);
        read_rows (lines->complete, frame->complete_rows, frame, pick);
    }
    return lines;
}

Lines *
lines_read (const Rows *rows, const Frame *frame, gboolean ratio)
{
    const Pick pick = { .num = "num", .den = ratio ? "den" : NULL };

    return lines_pick (rows, frame, &pick);
}

/* Both lists are in the order of their days, so they are walked once. */
static void
divide_points (Line *quotient, const GArray *num, const GArray *den, int period)
{
    for (guint i = 0, j = 0; num && den && i < num->len && j < den->len;) {
        const Point *above = &g_array_index (num, Point, i), *below = &g_array_index (den, Point, j);

        if (above->day == below->day && number_known (above->value) && number_known (below->value))
            add_point (quotient, period, (Point){ above->day, { above->value.num, below->value.num } }, TRUE);
        i += above->day <= below->day;
        j += below->day <= above->day;
    }
}

Lines *
lines_over (const Lines *num, const Lines *den)
{
    Lines *lines = lines_new (TRUE);
    Line *quotient;

    lines->titled = TRUE;
    if (num->complete && den->complete)
        lines->complete = lines_over (num->complete, den->complete);
    if (!num->all->len || !den->all->len)
        return lines;
    quotient = g_new0 (Line, 1);
    g_ptr_array_add (lines->all, quotient);
    for (int period = 0; period < PERIODS; period++)
        divide_points (quotient, ((const Line *)g_ptr_array_index (num->all, 0))->points[period],
                       ((const Line *)g_ptr_array_index (den->all, 0))->points[period], period);
    return lines;
}

void
lines_free (Lines *lines)
{
    g_clear_pointer (&lines->complete, lines_free);
    g_ptr_array_unref (lines->all);
    g_ptr_array_unref (lines->currencies);
    g_free (lines);
}

gboolean
lines_mixed (const Lines *lines)
{
    return lines->currencies->len > 1;
}

Number
lines_total (const Lines *lines, int period)
{
    Number total = NUMBER_UNKNOWN;

    if (lines_mixed (lines))
        return NUMBER_UNKNOWN;
    for (guint i = 0; i < lines->all->len; i++)
        add (&total, ((const Line *)g_ptr_array_index (lines->all, i))->sum[period], lines->ratio);
    return total;
}

const Lines *
lines_compared (const Lines *lines)
{
    return lines->complete ? lines->complete : lines;
}

Change
lines_change (const Lines *lines)
{
    const Lines *compared = lines_compared (lines);

    if (lines_mixed (lines))
        return (Change){ NUMBER_UNKNOWN, NUMBER_UNKNOWN };
    return (Change){ lines_total (compared, NOW), lines_total (compared, BEFORE) };
}

Change
lines_change_of (const Lines *lines, const Line *line)
{
    for (guint i = 0; lines->complete && i < lines->complete->all->len; i++) {
        const Line *other = g_ptr_array_index (lines->complete->all, i);

        if (line_equal (line, other))
            return (Change){ other->sum[NOW], other->sum[BEFORE] };
    }
    if (lines->complete)
        return (Change){ NUMBER_UNKNOWN, NUMBER_UNKNOWN };
    return (Change){ line->sum[NOW], line->sum[BEFORE] };
}

static void
write_point (const Point *point, Unit unit, Json *json)
{
    json_begin_object (json);
    json_put_day (json, "t", point->day);
    json_key (json, "v");
    number_write (point->value, unit, json);
    json_end_object (json);
}

/* points may be NULL: there are none. */
static void
write_line (const char *label, const GArray *points, Unit unit, Json *json)
{
    json_begin_object (json);
    json_put_text (json, "name", label);
    json_key (json, "points");
    json_begin_array (json);
    for (guint i = 0; points && i < points->len; i++)
        write_point (&g_array_index (points, Point, i), unit, json);
    json_end_array (json);
    json_end_object (json);
}

/* A widget of one series keeps it when no day has data, so that whoever draws it need not
 * ask whether it is there. */
void
lines_write_into (const Lines *lines, const Frame *frame, int period, Json *json)
{
    gboolean drawn = FALSE;

    for (guint i = 0; i < lines->all->len; i++) {
        const Line *line = g_ptr_array_index (lines->all, i);
        g_autofree char *label = NULL;

        if (!line->points[period])
            continue;
        label = lines_label (lines, line, frame);
        write_line (label, line->points[period], frame->unit, json);
        drawn = TRUE;
    }
    if (!drawn && lines->titled)
        write_line (frame->title, NULL, frame->unit, json);
}

static void
write_lines (const Lines *lines, const Frame *frame, int period, Json *json)
{
    json_begin_array (json);
    lines_write_into (lines, frame, period, json);
    json_end_array (json);
}

void
lines_write_series (const Lines *lines, const Frame *frame, Json *json)
{
    json_key (json, "series");
    write_lines (lines, frame, NOW, json);
}

void
lines_write_stats (const Lines *lines, const Frame *frame, Number value, Change change, Json *json)
{
    json_key (json, "stats");
    json_begin_object (json);
    json_key (json, "value");
    number_write (value, frame->unit, json);
    json_key (json, "delta");
    number_write_delta (change, json);
    json_end_object (json);
    lines_write_currency (lines, json);
}

void
lines_write_currency (const Lines *lines, Json *json)
{
    if (lines->currencies->len == 1)
        json_put_text (json, "currency", g_ptr_array_index (lines->currencies, 0));
}

static void
write_window (const char *key, Period period, Json *json)
{
    json_key (json, key);
    json_begin_object (json);
    json_put_day (json, "start", period.from);
    json_put_day (json, "end", period.to);
    json_end_object (json);
}

/* The days that the change is reckoned from, if they are not those that were asked for. */
static void
write_basis_window (const Frame *frame, Json *json)
{
    json_key (json, "basis_window");
    if (period_days (frame->complete_now) < 1 || period_days (frame->complete_before) < 1) {
        json_none (json);
        return;
    }
    json_begin_object (json);
    write_window ("current", frame->complete_now, json);
    write_window ("previous", frame->complete_before, json);
    json_end_object (json);
}

gboolean
compare_begin (const Frame *frame, Json *json)
{
    if (frame->comparison.kind == COMPARE_OFF)
        return FALSE;
    json_key (json, "compare");
    json_begin_object (json);
    json_put_day (json, "start", frame->comparison.period.from);
    json_put_day (json, "end", frame->comparison.period.to);
    if (frame->cut)
        write_basis_window (frame, json);
    return TRUE;
}

void
lines_write_compare (const Lines *lines, const Frame *frame, Json *json)
{
    if (!compare_begin (frame, json))
        return;
    json_key (json, "series");
    write_lines (lines, frame, BEFORE, json);
    json_end_object (json);
}

static const char *
currency_name (const char *currency)
{
    return currency ? currency : "unknown currency";
}

char *
currencies_text (const GPtrArray *currencies)
{
    GString *names = g_string_new (NULL);

    for (guint i = 0; i < currencies->len; i++)
        g_string_append_printf (names, "%s%s", i ? ", " : "",
                                currency_name (g_ptr_array_index (currencies, i)));
    return g_string_free (names, FALSE);
}

void
lines_notice (const Lines *lines, Quality *quality)
{
    g_autofree char *names = NULL;

    if (!lines_mixed (lines))
        return;
    names = currencies_text (lines->currencies);
    quality_notice (
        quality, "currency_mixed",
        "The accounts count in different currencies (%s). They are not added up; each has its own "
        "series, and there is no total.",
        names);
}

/* Sources count a breakdown apart from the total: a session that changed its
 * channel can be in two rows, and a small row may be withheld. */
void
lines_notice_difference (Number parts, Number whole, Quality *quality)
{
    if (!number_known (whole) || !number_known (parts) || whole.num == parts.num)
        return;
    quality_notice (quality, "breakdown_differs",
                    "The parts add up to %" G_GINT64_FORMAT
                    ", but the source's own total for these days is %" G_GINT64_FORMAT
                    ": it counts the parts separately, so they need not agree. The total shown "
                    "here is the sum of the parts.",
                    parts.num, whole.num);
}

char *
lines_label (const Lines *lines, const Line *line, const Frame *frame)
{
    const char *name = line->name ? line->name : frame->title;

    if (!lines_mixed (lines))
        return g_strdup (name);
    return g_strdup_printf ("%s (%s)", name, currency_name (line->currency));
}
