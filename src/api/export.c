/* export.c -- a widget's numbers as a file for spreadsheets.
 *
 * The table is made from the very answer that the widget gives, so the numbers
 * are the same: a list by its columns, a breakdown by its parts, a funnel by its steps, else a row a day
 * with the series side by side, and beside them the days they are compared with.
 * All days of the period have a row: one without a number is missing, not 0. */
#include "api/answer.h"
#include "api/custom.h"
#include "api/handlers.h"
#include "base/fault.h"
#include "render/csv.h"

#include <string.h>

typedef struct {
    Csv csv;
    json_t *answer;
    const WidgetRequest *request;
} Export;

static json_t *
member (const Export *export, const char *name)
{
    return json_object_get (export->answer, name);
}

/* As the answer has it: the shortest text that reads back the same. */
static void
write_number (Export *export, json_t *value)
{
    g_autoptr (GString) text = g_string_new (NULL);
    Json json = JSON_INTO (text);

    if (json_is_integer (value))
        json_int (&json, json_integer_value (value));
    else if (json_is_real (value))
        json_double (&json, json_real_value (value));
    csv_number (&export->csv, text->str);
}

static void
write_value (Export *export, json_t *value)
{
    if (json_is_string (value))
        csv_text (&export->csv, json_string_value (value));
    else
        write_number (export, value);
}

/* ---- lists ---- */

/* The members of each object of a list, under their names. */
static void
write_list (Export *export, json_t *list, const GPtrArray *names)
{
    gsize row;
    json_t *object;

    for (guint i = 0; i < names->len; i++)
        csv_text (&export->csv, names->pdata[i]);
    csv_end_row (&export->csv);
    json_array_foreach (list, row, object)
    {
        for (guint i = 0; i < names->len; i++)
            write_value (export, json_object_get (object, names->pdata[i]));
        csv_end_row (&export->csv);
    }
}

static void
add_delta (const Export *export, GPtrArray *names)
{
    if (member (export, "compare"))
        g_ptr_array_add (names, (gpointer) "delta");
}

static void
write_items (Export *export)
{
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    gsize i;
    json_t *column;

    json_array_foreach (member (export, "columns"), i, column)
        g_ptr_array_add (names, (gpointer)json_string_value (json_object_get (column, "key")));
    add_delta (export, names);
    write_list (export, member (export, "items"), names);
}

static void
write_breakdown (Export *export)
{
    g_autoptr (GPtrArray) names = g_ptr_array_new ();

    g_ptr_array_add (names, (gpointer) "name");
    g_ptr_array_add (names, (gpointer) "value");
    g_ptr_array_add (names, (gpointer) "share");
    add_delta (export, names);
    write_list (export, member (export, "breakdown"), names);
}

static void
write_steps (Export *export)
{
    g_autoptr (GPtrArray) names = g_ptr_array_new ();

    g_ptr_array_add (names, (gpointer) "key");
    g_ptr_array_add (names, (gpointer) "name");
    g_ptr_array_add (names, (gpointer) "value");
    g_ptr_array_add (names, (gpointer) "share_of_previous");
    g_ptr_array_add (names, (gpointer) "share_of_first");
    add_delta (export, names);
    if (member (export, "compare"))
        g_ptr_array_add (names, (gpointer) "share_delta");
    write_list (export, member (export, "steps"), names);
}

/* ---- days ---- */

/* The series of one period, and how far each of them is written. */
typedef struct {
    json_t *series;
    Period period;
    gsize *next;
    const char *date, *suffix; /* for the header */
} Side;

static void
side_clear (Side *side)
{
    g_clear_pointer (&side->next, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Side, side_clear)

static Side
side_of (json_t *series, Period period, const char *date, const char *suffix)
{
    return (Side){ series, period, g_new0 (gsize, json_array_size (series) + 1), date, suffix };
}

static void
write_side_header (Export *export, const Side *side)
{
    gsize i;
    json_t *one;

    csv_text (&export->csv, side->date);
    json_array_foreach (side->series, i, one)
    {
        g_autofree char *name =
            g_strconcat (json_string_value (json_object_get (one, "name")), side->suffix, NULL);

        csv_text (&export->csv, name);
    }
}

/* Points come by day, so each series is walked once. */
static void
write_side_day (Export *export, const Side *side, int n)
{
    gboolean inside = n < period_days (side->period);
    char day[DAY_TEXT];
    gsize i;
    json_t *one;

    csv_text (&export->csv, inside ? day_format (side->period.from + n, day) : NULL);
    json_array_foreach (side->series, i, one)
    {
        json_t *point = json_array_get (json_object_get (one, "points"), side->next[i]);
        const char *at = json_string_value (json_object_get (point, "t"));
        gboolean here = inside && at && strcmp (at, day) == 0;

        write_number (export, here ? json_object_get (point, "v") : NULL);
        side->next[i] += here;
    }
}

static void
write_days (Export *export)
{
    json_t *compare = member (export, "compare");
    g_auto (Side) now = side_of (member (export, "series"), export->request->period, "date", "");
    g_auto (Side) before = side_of (json_object_get (compare, "series"), export->request->comparison.period,
                                    "compare_date", " (compared)");
    int days = period_days (now.period);

    if (compare)
        days = MAX (days, period_days (before.period));
    write_side_header (export, &now);
    if (compare)
        write_side_header (export, &before);
    csv_end_row (&export->csv);
    for (int n = 0; n < days; n++) {
        write_side_day (export, &now, n);
        if (compare)
            write_side_day (export, &before, n);
        csv_end_row (&export->csv);
    }
}

/* ---- the route ---- */

static const struct {
    const char *part, *member;
    void (*write) (Export *export);
} parts[] = {
    { "table", "items", write_items },
    { "table", "breakdown", write_breakdown },
    { "table", "steps", write_steps },
    { "days", "series", write_days },
};

static gboolean
has_table (const Export *export)
{
    return member (export, "items") || member (export, "breakdown") || member (export, "steps");
}

/* The first part of this name that the answer has; any part if none is named. */
static gboolean
write_part (Export *export, const char *name, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
        if ((!name || strcmp (name, parts[i].part) == 0) && member (export, parts[i].member)) {
            parts[i].write (export);
            return TRUE;
        }
    return fault_set (error, FAULT_INVALID, "part is \"%.20s\"; this widget has days%s", name,
                      has_table (export) ? " and table" : "");
}

static gboolean
check_format (const Call *call, GError **error)
{
    const char *format = call_query (call, "format");

    if (!format || strcmp (format, "csv") == 0)
        return TRUE;
    return fault_set (error, FAULT_INVALID, "format is \"%.20s\"; it can be csv", format);
}

/* A key of the registry and two dates: nothing that a file's name can't hold. */
static void
name_file (Call *call, const Widget *widget, Period period)
{
    char from[DAY_TEXT], to[DAY_TEXT];
    g_autofree char *disposition =
        g_strdup_printf ("attachment; filename=\"daymark-%s-%s-%s.csv\"", widget->key,
                         day_format (period.from, from), day_format (period.to, to));

    http_reply_header (call->http, "Content-Disposition", disposition);
    http_reply_header (call->http, "Cache-Control", "no-store");
}

static GString *
draw (Call *call, const WidgetRequest *request, HttpReady *ready, GError **error)
{
    gsize n;
    gconstpointer text = g_bytes_get_data (http_ready_body (ready), &n);
    GString *out = g_string_new (CSV_MARK);
    Export export = { CSV_INTO (out), json_loadb (text, n, 0, NULL), request };
    gboolean written = write_part (&export, call_query (call, "part"), error);

    json_decref (export.answer);
    return written ? out : (g_string_free (out, TRUE), NULL);
}

gboolean
widget_export (Call *call, GError **error)
{
    g_autoptr (HttpReady) ready = NULL;
    g_autoptr (Custom) own = NULL;
    const Widget *widget;
    WidgetRequest request;
    GString *out;

    if (!answer_question (call, &widget, &own, &request, error) || !check_format (call, error))
        return FALSE;
    ready = answer_find (call, widget, &request, error);
    out = ready ? draw (call, &request, ready, error) : NULL;
    if (!out)
        return FALSE;
    call_allow_origin (call);
    name_file (call, widget, request.period);
    http_reply_take (call->http, 200, "text/csv; charset=utf-8; header=present", out);
    return TRUE;
}
