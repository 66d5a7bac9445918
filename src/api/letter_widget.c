/* letter_widget.c -- a widget in a mail: its number, its days as a picture, the first of its rows. */
#include "api/letter_parts.h"
#include "base/member.h"
#include "render/chart.h"

#include <math.h>
#include <string.h>

#define LINES_MOST 4
#define ROWS_MOST  5
#define CELLS_MOST 3 /* numbers of a row */
#define CELL       "padding:6px 0 6px 12px;text-align:right;white-space:nowrap"

static const guint32 colours[LINES_MOST] = { 0x3b82f6, 0x10a37f, 0xe08a1e, 0xa066d3 };
#define BEFORE_COLOUR 0x98a2b3

/* ---- reading an answer ---- */

gboolean
letter_is_list (json_t *answer)
{
    return json_array_size (json_object_get (answer, "items")) ||
           json_array_size (json_object_get (answer, "breakdown"));
}

/* The steps of a funnel, if they are known. */
static json_t *
steps_of (json_t *answer)
{
    gboolean known = json_is_number (json_object_get (json_object_get (answer, "stats"), "value"));

    return known ? json_object_get (answer, "steps") : NULL;
}

static Figure
figure_of (const Widget *widget, json_t *answer, double value)
{
    return (Figure){ .value = value, .unit = widget->unit, .currency = member_text (answer, "currency") };
}

/* ---- a number and its change ---- */

/* A rate changes by points, everything else by a share of what it was. */
static Figure
change_of (const Widget *widget, double value, double delta)
{
    gboolean points = widget->unit == UNIT_PERCENT && delta > -1 && isfinite (value);

    return (Figure){ .value = points ? value - value / (1 + delta) : delta,
                     .unit = UNIT_PERCENT,
                     .points = points };
}

static const char *
colour_of (const Widget *widget, const Figure *change)
{
    gboolean better = (change->value > 0) == (widget->good == GOOD_UP);

    if (prose_is_zero (change) || (widget->good != GOOD_UP && widget->good != GOOD_DOWN))
        return FAINT;
    return better ? "#12805c" : "#c2402f";
}

static char *
change_text (const Figure *change, const NumberStyle *style)
{
    GString *text =
        g_string_new (isfinite (change->value) && change->value > 0 && !prose_is_zero (change) ? "+" : "");

    figure_write (text, change, style);
    return g_string_free (text, FALSE);
}

void
letter_number (LetterWriter *writer, const Widget *widget, json_t *answer)
{
    json_t *stats = json_object_get (answer, "stats");
    double value = member_number (stats, "value"), delta = member_number (stats, "delta");
    Figure figure = figure_of (widget, answer, value), change = change_of (widget, value, delta);
    g_autofree char *moved = isfinite (delta) ? change_text (&change, &writer->style) : g_strdup ("");
    g_autoptr (GString) shown = g_string_new (NULL);
    GString *html = writer->letter->html;

    figure_write (shown, &figure, &writer->style);
    g_string_append (html, "<tr><td class=\"t\" style=\"padding:8px 0;border-top:1px solid " RULE "\">");
    html_text (html, widget->title);
    g_string_append (html, "</td><td class=\"t\" style=\"" CELL ";border-top:1px solid " RULE
                           ";font-weight:600\">");
    html_text (html, shown->str);
    g_string_append_printf (html,
                            "</td><td class=\"t\" style=\"" CELL ";border-top:1px solid " RULE ";color:%s\">",
                            colour_of (widget, &change));
    html_text (html, moved);
    g_string_append (html, "</td></tr>\n");
    g_string_append_printf (writer->letter->text, "%s: %s%s%s%s\n", widget->title, shown->str,
                            *moved ? " (" : "", moved, *moved ? ")" : "");
}

/* ---- days as a picture ---- */

/* The days of a series, from a first one on. */
static double *
days_of (json_t *series, Period period)
{
    guint n = (guint)period_days (period);
    double *days = g_new (double, n);
    json_t *point;
    gsize i;

    for (guint day = 0; day < n; day++)
        days[day] = NAN;
    json_array_foreach (json_object_get (series, "points"), i, point)
    {
        json_t *value = json_object_get (point, "v");
        Day day;

        if (json_is_number (value) && day_parse (member_text (point, "t"), &day) && day >= period.from &&
            day <= period.to)
            days[day - period.from] = json_number_value (value);
    }
    return days;
}

/* A line that is mostly gaps says nothing. */
static gboolean
has_most (const ChartLine *line)
{
    guint known = 0;

    for (guint i = 0; i < line->n; i++)
        known += isfinite (line->values[i]) != 0;
    return known > 1 && 2 * known > line->n;
}

/* Lines of one unit, or a pair of which each has a scale of its own. A funnel is its table. */
static guint
lines_of (const Widget *widget, json_t *answer)
{
    gsize n = json_array_size (json_object_get (answer, "series"));

    if (json_object_get (answer, "steps"))
        return 0;
    if (g_strcmp0 (widget->chart, "pair") == 0)
        return (guint)MIN (n, 2);
    return (guint)(widget->fields ? MIN (n, 1) : MIN (n, LINES_MOST));
}

static void
scale (double *days, guint n)
{
    double most = 0;

    for (guint i = 0; i < n; i++)
        most = fmax (most, fabs (days[i]));
    for (guint i = 0; i < n && most > 0; i++)
        days[i] /= most;
}

typedef struct {
    ChartLine lines[LINES_MOST + 1];
    double *days[LINES_MOST + 1];
    guint n;
} Picture;

static void
picture_clear (Picture *picture)
{
    for (guint i = 0; i < picture->n; i++)
        g_free (picture->days[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Picture, picture_clear)

static void
add_line (Picture *picture, json_t *series, Period period, guint32 rgb, gboolean quiet)
{
    double *days = days_of (series, period);

    picture->days[picture->n] = days;
    picture->lines[picture->n++] =
        (ChartLine){ .values = days, .n = (guint)period_days (period), .rgb = rgb, .quiet = quiet };
}

/* What it was before lies below, day by day. */
static void
add_before (Picture *picture, json_t *answer)
{
    json_t *compare = json_object_get (answer, "compare");
    json_t *series = json_array_get (json_object_get (compare, "series"), 0);
    Period before;

    if (series && day_parse (member_text (compare, "start"), &before.from) &&
        day_parse (member_text (compare, "end"), &before.to) && before.to >= before.from)
        add_line (picture, series, before, BEFORE_COLOUR, TRUE);
}

static void
fill_picture (Picture *picture, const LetterWriter *writer, const Widget *widget, json_t *answer, guint n)
{
    json_t *series = json_object_get (answer, "series");

    if (n == 1)
        add_before (picture, answer);
    for (guint i = 0; i < n; i++)
        add_line (picture, json_array_get (series, i), writer->period, colours[i], n > 1);
    for (guint i = 0; g_strcmp0 (widget->chart, "pair") == 0 && i < picture->n; i++)
        scale (picture->days[i], picture->lines[i].n);
}

static void
add_mark (GString *html, guint32 rgb, const char *name)
{
    g_string_append_printf (
        html, "<span style=\"white-space:nowrap\"><span style=\"color:#%06x\">&#9632;</span> ", rgb);
    html_text (html, name);
    g_string_append (html, "</span> &nbsp; ");
}

static void
add_legend (GString *html, json_t *answer, guint n)
{
    json_t *series = json_object_get (answer, "series");

    g_string_append (html, "<div class=\"f\" style=\"font-size:12px;color:" FAINT ";padding:2px 0 4px\">");
    for (guint i = 0; i < n; i++)
        add_mark (html, colours[i], n == 1 ? "these days" : member_text (json_array_get (series, i), "name"));
    if (n == 1 && json_array_size (json_object_get (json_object_get (answer, "compare"), "series")))
        add_mark (html, BEFORE_COLOUR, "before");
    g_string_append (html, "</div>");
}

/* "highest 1,203 on Wed 4 Nov 2026, lowest 812 on Sun 1 Nov 2026" */
static char *
extremes_text (const LetterWriter *writer, const Widget *widget, json_t *answer, const double *days)
{
    GString *text = g_string_new (NULL);
    guint n = (guint)period_days (writer->period), low = 0, high = 0;
    Figure figure = figure_of (widget, answer, 0);

    for (guint day = 0; day < n; day++) {
        if (!isfinite (days[low]) || days[day] < days[low])
            low = day;
        if (!isfinite (days[high]) || days[day] > days[high])
            high = day;
    }
    figure.value = days[high];
    g_string_append (text, "highest ");
    figure_write (text, &figure, &writer->style);
    g_string_append (text, " on ");
    prose_day (text, writer->period.from + (Day)high);
    figure.value = days[low];
    g_string_append (text, ", lowest ");
    figure_write (text, &figure, &writer->style);
    g_string_append (text, " on ");
    prose_day (text, writer->period.from + (Day)low);
    return g_string_free (text, FALSE);
}

/* The two ends of the axis, since a picture has no letters. */
static void
add_axis (GString *html, Period period)
{
    g_autoptr (GString) from = g_string_new (NULL), to = g_string_new (NULL);

    prose_day (from, period.from);
    prose_day (to, period.to);
    g_string_append_printf (
        html,
        "<table role=\"presentation\" width=\"100%%\" cellpadding=\"0\" cellspacing=\"0\"><tr>"
        "<td class=\"f\" style=\"font-size:12px;color:" FAINT "\">%s</td>"
        "<td class=\"f\" align=\"right\" style=\"font-size:12px;color:" FAINT "\">%s</td></tr>"
        "</table>",
        from->str, to->str);
}

static void
add_picture (LetterWriter *writer, const Widget *widget, json_t *answer, const Picture *picture, guint n)
{
    GString *html = writer->letter->html;
    MimeImage image = { .id = g_strdup_printf ("chart%u@daymark", ++writer->charts),
                        .png = chart_png (picture->lines, picture->n) };
    g_autofree char *said =
        n == 1 ? extremes_text (writer, widget, answer, picture->days[picture->n - 1]) : NULL;
    g_autoptr (GString) alt = g_string_new (widget->title);

    g_array_append_val (writer->letter->images, image);
    g_string_append (alt, " by day, ");
    prose_window (alt, writer->period);
    if (said)
        g_string_append_printf (alt, ": %s", said);
    g_string_append_printf (
        html,
        "<img src=\"cid:%s\" width=\"560\" style=\"width:100%%;height:auto;display:block\" "
        "alt=\"",
        image.id);
    html_text (html, alt->str);
    g_string_append (html, "\">\n");
    add_axis (html, writer->period);
    add_legend (html, answer, n);
    if (said) {
        g_string_append_printf (writer->letter->text, "  %s\n", said);
        g_string_append (html, "<div class=\"f\" style=\"font-size:13px;color:" FAINT "\">");
        g_string_append_printf (html, "%c", g_ascii_toupper (*said));
        html_text (html, said + 1);
        g_string_append (html, ".</div>\n");
    }
}

/* ---- the first rows ---- */

/* Which columns a mail has room for: the first name, and a few numbers. */
typedef struct {
    const char *key, *title;
    Unit unit;
} Column;

typedef struct {
    Column name, numbers[CELLS_MOST];
    guint n;
} Columns;

static gboolean
is_name (const char *key)
{
    static const char *const not_names[] = {
        "id", "permalink", "media_type", "product_type", "currency", NULL
    };

    return !g_strv_contains (not_names, key);
}

static void
choose_columns (json_t *columns, Columns *chosen)
{
    json_t *item;
    gsize i;

    json_array_foreach (columns, i, item)
    {
        Column column = { member_text (item, "key"), member_text (item, "title"),
                          unit_parse (member_text (item, "unit")) };

        if (!column.key || !column.title || column.unit == UNIT_INSTANT)
            continue;
        if (column.unit == UNIT_TEXT && !chosen->name.key && is_name (column.key))
            chosen->name = column;
        else if (column.unit != UNIT_TEXT && chosen->n < CELLS_MOST)
            chosen->numbers[chosen->n++] = column;
    }
}

static void
add_head (GString *html, const Columns *columns)
{
    g_string_append (
        html, "<tr><th class=\"f\" align=\"left\" style=\"padding:6px 0;font-weight:400;color:" FAINT "\">");
    html_text (html, columns->name.title);
    for (guint i = 0; i < columns->n; i++) {
        g_string_append (html, "</th><th class=\"f\" style=\"" CELL ";font-weight:400;color:" FAINT "\">");
        html_text (html, columns->numbers[i].title);
    }
    g_string_append (html, "</th></tr>\n");
}

static void
add_row (LetterWriter *writer, const Columns *columns, json_t *item, const char *currency)
{
    GString *html = writer->letter->html, *text = writer->letter->text;
    const char *name = member_text (item, columns->name.key);
    g_autoptr (GString) quoted = g_string_new (NULL);

    prose_name (quoted, name);
    g_string_append (html, "<tr><td class=\"t\" style=\"padding:6px 0;border-top:1px solid " RULE
                           ";word-break:break-word\">");
    html_text (html, name && *name ? name : "(no name)");
    g_string_append_printf (text, "  %s", quoted->str);
    for (guint i = 0; i < columns->n; i++) {
        Figure figure = { .value = member_number (item, columns->numbers[i].key),
                          .unit = columns->numbers[i].unit,
                          .currency = currency };
        g_autoptr (GString) cell = g_string_new (NULL);

        figure_write (cell, &figure, &writer->style);
        g_string_append (html, "</td><td class=\"t\" style=\"" CELL ";border-top:1px solid " RULE "\">");
        html_text (html, cell->str);
        g_string_append_printf (text, "%s %s %s", i ? ";" : ":", columns->numbers[i].title, cell->str);
    }
    g_string_append (html, "</td></tr>\n");
    g_string_append_c (text, '\n');
}

static void
add_rows (LetterWriter *writer, const Columns *columns, json_t *items, json_t *answer)
{
    GString *html = writer->letter->html;

    g_string_append (html,
                     "<table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"font-size:14px\">");
    add_head (html, columns);
    for (gsize i = 0; i < MIN (json_array_size (items), ROWS_MOST); i++) {
        json_t *item = json_array_get (items, i);
        const char *own = member_text (item, "currency");

        add_row (writer, columns, item, own ? own : member_text (answer, "currency"));
    }
    g_string_append (html, "</table>\n");
}

/* ---- the whole ---- */

static gboolean
add_table (LetterWriter *writer, const Widget *widget, json_t *answer)
{
    json_t *items = json_object_get (answer, "items"), *breakdown = json_object_get (answer, "breakdown");
    json_t *steps = steps_of (answer);
    Columns columns = { 0 };

    if (json_array_size (items)) {
        choose_columns (json_object_get (answer, "columns"), &columns);
    } else if (json_array_size (breakdown)) {
        items = breakdown;
        columns = (Columns){ .name = { "name", "", UNIT_TEXT },
                             .numbers = { { "value", widget->title, widget->unit },
                                          { "share", "Share", UNIT_PERCENT } },
                             .n = 2 };
    } else if (json_array_size (steps)) {
        items = steps;
        columns = (Columns){ .name = { "name", "", UNIT_TEXT },
                             .numbers = { { "value", "Number", widget->unit },
                                          { "share_of_previous", "Of the step before", UNIT_PERCENT } },
                             .n = 2 };
    }
    if (!columns.name.key || !columns.n)
        return FALSE;
    add_rows (writer, &columns, items, answer);
    return TRUE;
}

void
letter_card (LetterWriter *writer, const Widget *widget, json_t *answer)
{
    guint n = lines_of (widget, answer);
    g_auto (Picture) picture = { 0 };
    gboolean drawn;

    fill_picture (&picture, writer, widget, answer, n);
    drawn = n && has_most (&picture.lines[picture.n - 1]);
    if (!drawn && !letter_is_list (answer) && !steps_of (answer))
        return;
    letter_heading (writer->letter, widget->title);
    if (drawn)
        add_picture (writer, widget, answer, &picture, n);
    add_table (writer, widget, answer);
}
