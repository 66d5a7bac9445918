#include "widgets/marks.h"

#include "model/span.h"
#include "sql.h"

/* The columns in the order of marks.sql. */
enum { KIND, ID, WIDGET, ABOUT, START, END, VALUE_MICROS, TEXT };

void
marks_add (Batch *batch)
{
    batch_add (batch, &sql_query_marks);
}

static gboolean
is_target (const Rows *rows, guint row)
{
    return g_str_equal (rows_text (rows, row, KIND), "target");
}

/* ---- targets ---- */

static Period
window_of (const Rows *rows, guint row, Day day)
{
    Period range = { rows_day (rows, row, START), rows_day (rows, row, END) };
    Span span = SPAN_RANGE;

    span_parse (rows_text (rows, row, ABOUT), &span);
    return span_around (span, range, day);
}

static gboolean
covers (Period window, Period asked)
{
    return window.from <= asked.from && asked.to <= window.to;
}

/* The row of the shortest target around the asked period; -1 if there is none. */
static int
find_target (const Rows *rows, const Widget *widget, Period asked)
{
    int best = -1, best_days = G_MAXINT;

    for (guint row = 0; row < rows_count (rows); row++) {
        Period window;

        if (!is_target (rows, row) || !g_str_equal (rows_text (rows, row, WIDGET), widget->key))
            continue;
        window = window_of (rows, row, asked.from);
        if (!covers (window, asked) || period_days (window) >= best_days)
            continue;
        best = (int)row;
        best_days = period_days (window);
    }
    return best;
}

/* Beside a chart by day: the part of a sum that falls to one day, or the level itself. */
static void
write_per_day (const Widget *widget, gint64 value, Period window, Json *json)
{
    json_key (json, "per_day");
    if (widget->total == TOTAL_SUM)
        json_double (json, (double)value / 1e6 / period_days (window));
    else if (widget->total == TOTAL_UNIQUE)
        json_none (json);
    else
        json_micros (json, value);
}

static void
write_target (const Rows *rows, guint row, const Widget *widget, Day day, Json *json)
{
    gint64 value = rows_int (rows, row, VALUE_MICROS);
    Period window = window_of (rows, row, day);

    json_key (json, "target");
    json_begin_object (json);
    json_put_text (json, "id", rows_text (rows, row, ID));
    json_key (json, "value");
    json_micros (json, value);
    if (!rows_is_null (rows, row, TEXT))
        json_put_text (json, "currency", rows_text (rows, row, TEXT));
    json_put_text (json, "period", rows_text (rows, row, ABOUT));
    json_put_day (json, "start", window.from);
    json_put_day (json, "end", window.to);
    write_per_day (widget, value, window, json);
    json_end_object (json);
}

/* ---- notes ---- */

static gboolean
is_about (const Rows *rows, guint row, const Widget *widget)
{
    if (!rows_is_null (rows, row, WIDGET))
        return g_str_equal (rows_text (rows, row, WIDGET), widget->key);
    return rows_is_null (rows, row, ABOUT) || (source_parse (rows_text (rows, row, ABOUT)) & widget->needs);
}

static void
write_note (const Rows *rows, guint row, Json *json)
{
    json_begin_object (json);
    json_put_text (json, "id", rows_text (rows, row, ID));
    json_put_day (json, "date", rows_day (rows, row, START));
    if (rows_day (rows, row, END) != rows_day (rows, row, START))
        json_put_day (json, "end", rows_day (rows, row, END));
    json_put_text (json, "text", rows_text (rows, row, TEXT));
    json_end_object (json);
}

static void
write_notes (const Rows *rows, const Widget *widget, Json *json)
{
    gboolean any = FALSE;

    for (guint row = 0; row < rows_count (rows); row++) {
        if (is_target (rows, row) || !is_about (rows, row, widget))
            continue;
        if (!any) {
            json_key (json, "annotations");
            json_begin_array (json);
            any = TRUE;
        }
        write_note (rows, row, json);
    }
    if (any)
        json_end_array (json);
}

void
marks_write (const Batch *batch, const Widget *widget, Period period, Json *json)
{
    const Rows *rows = batch_rows (batch, &sql_query_marks);
    int target = find_target (rows, widget, period);

    if (target >= 0)
        write_target (rows, (guint)target, widget, period.from, json);
    write_notes (rows, widget, json);
}
