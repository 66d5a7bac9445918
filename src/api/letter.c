#include "api/letter.h"

#include "api/custom.h"
#include "api/handlers.h"
#include "api/inside.h"
#include "api/layout.h"
#include "api/letter_parts.h"
#include "api/settings.h"
#include "sql.h"

#include <string.h>

#define WIDGETS_MOST 24 /* what is more stands on the dashboard alone: mail clients cut long mails off */
#define PAGE_WIDTH   "600"

/* Of somebody who has not arranged anything: what there is of these. */
static const char *const standard[] = {
    "ga4.users",         "ga4.sessions",   "ga4.revenue",        "meta.spend",
    "meta.roas",         "ig.reach",       "ig.engagement_rate", "ga4.traffic_channels",
    "ga4.landing_pages", "meta.campaigns", "ig.content_perf"
};

static void
image_clear (gpointer data)
{
    MimeImage *image = data;

    g_free ((char *)image->id);
    g_bytes_unref (image->png);
}

void
letter_clear (Letter *letter)
{
    g_clear_pointer (&letter->subject, g_free);
    g_clear_pointer (&letter->images, g_array_unref);
    if (letter->text)
        g_string_free (letter->text, TRUE);
    if (letter->html)
        g_string_free (letter->html, TRUE);
    letter->text = letter->html = NULL;
}

void
html_text (GString *html, const char *text)
{
    g_autofree char *escaped = g_markup_escape_text (text ? text : "", -1);

    g_string_append (html, escaped);
}

void
letter_heading (Letter *letter, const char *text)
{
    g_string_append (letter->html,
                     "<h2 class=\"t\" style=\"font-size:16px;margin:28px 0 8px;color:" INK "\">");
    html_text (letter->html, text);
    g_string_append (letter->html, "</h2>\n");
    g_string_append_printf (letter->text, "\n%s\n", text);
}

/* ---- the frame ---- */

/* Light by itself, dark where the reader's program says so and can. */
#define HEAD                                                                                              \
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"                                   \
    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"                             \
    "<meta name=\"color-scheme\" content=\"light dark\"><style>"                                          \
    "@media (prefers-color-scheme:dark){.p{background:#12161c!important}.b{background:#1b212a!important}" \
    ".t{color:#e8ecf2!important;border-color:#343c48!important}.f{color:#9fabbb!important}}"              \
    "</style><title>"

static void
begin (Letter *letter, const char *title, const char *under)
{
    letter->text = g_string_new (NULL);
    letter->html = g_string_new (HEAD);
    letter->images = g_array_new (FALSE, FALSE, sizeof (MimeImage));
    g_array_set_clear_func (letter->images, image_clear);
    html_text (letter->html, title);
    g_string_append (
        letter->html,
        "</title></head>\n<body class=\"p\" style=\"margin:0;background:#f2f4f7\">\n"
        "<table role=\"presentation\" class=\"p\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
        "style=\"background:#f2f4f7\"><tr><td align=\"center\" style=\"padding:16px 8px\">\n"
        "<table role=\"presentation\" class=\"b\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
        "style=\"max-width:" PAGE_WIDTH "px;background:#ffffff;border-radius:10px\"><tr><td class=\"t\" "
        "style=\"padding:20px;font:15px/1.45 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
        "color:" INK "\">\n<h1 class=\"t\" style=\"font-size:21px;line-height:1.3;margin:0;color:" INK "\">");
    html_text (letter->html, title);
    g_string_append (letter->html, "</h1>\n<p class=\"f\" style=\"margin:4px 0 0;color:" FAINT "\">");
    html_text (letter->html, under);
    g_string_append (letter->html, "</p>\n");
    g_string_append_printf (letter->text, "%s\n%s\n", title, under);
}

static void
end (Letter *letter, const Call *call, const char *why)
{
    const char *url = call->api->options.config->public_url;

    g_string_append (letter->html, "<p style=\"margin:28px 0 0\"><a href=\"");
    html_text (letter->html, url);
    g_string_append (letter->html,
                     "/\" style=\"display:inline-block;background:#2563eb;color:#ffffff;padding:9px 16px;"
                     "border-radius:7px;text-decoration:none\">Open the dashboard</a></p>\n"
                     "<p class=\"f\" style=\"margin:20px 0 0;font-size:12px;color:" FAINT "\">");
    html_text (letter->html, why);
    letter->foot = letter->html->len;
    g_string_append (letter->html, "</p>\n</td></tr></table>\n</td></tr></table>\n</body></html>\n");
    g_string_append_printf (letter->text, "\nThe dashboard: %s/\n\n-- \n%s\n", url, why);
}

/* ---- the widgets of a dashboard ---- */

/* An entry of the layout, and where it stands. */
typedef struct {
    const char *id; /* borrowed from the layout */
    const Widget *widget;
    double x, y;
} Place;

static int
in_order (gconstpointer a, gconstpointer b)
{
    const Place *one = a, *other = b;

    if (one->y != other->y)
        return one->y < other->y ? -1 : 1;
    return (one->x > other->x) - (one->x < other->x);
}

/* From top to bottom, whatever their order in the layout. */
static GArray *
places_of (json_t *layout, GPtrArray *own)
{
    GArray *places = g_array_new (FALSE, FALSE, sizeof (Place));
    json_t *entry;
    gsize i;

    json_array_foreach (json_object_get (layout, "widgets"), i, entry)
    {
        Place place = { .id = json_string_value (json_object_get (entry, "id")),
                        .widget = custom_among (own, layout_key (entry)),
                        .x = json_number_value (json_object_get (entry, "x")),
                        .y = json_number_value (json_object_get (entry, "y")) };

        if (place.id && place.widget)
            g_array_append_val (places, place);
    }
    g_array_sort (places, in_order);
    return places;
}

/* The saved layout, or else what is connected of the standard one. */
static json_t *
find_layout (Call *call, Source connected, GError **error)
{
    json_t *layout, *widgets;

    if (!layout_saved (call, &layout, error) || json_array_size (json_object_get (layout, "widgets")))
        return layout;
    json_decref (layout);
    widgets = json_array ();
    for (guint i = 0; i < G_N_ELEMENTS (standard); i++)
        if (!(widget_find (standard[i])->needs & ~connected))
            json_array_append_new (widgets, json_pack ("{s:s,s:i}", "id", standard[i], "y", (int)i));
    return json_pack ("{s:o}", "widgets", widgets);
}

/* ---- a report ---- */

/* What goes into one, until it is written. */
typedef struct {
    json_t *meta, *settings, *layout, *data, *insights;
    GPtrArray *own;
    GArray *places;
} Content;

static void
content_clear (Content *content)
{
    json_decref (content->meta);
    json_decref (content->settings);
    json_decref (content->layout);
    json_decref (content->data);
    json_decref (content->insights);
    g_clear_pointer (&content->own, g_ptr_array_unref);
    g_clear_pointer (&content->places, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Content, content_clear)

static json_t *
query_of (const Report *report, Period period)
{
    char from[DAY_TEXT], to[DAY_TEXT];

    return json_pack ("{s:s,s:s,s:s}", "startDate", day_format (period.from, from), "endDate",
                      day_format (period.to, to), "compare", comparison_name (report->compare));
}

static json_t *
keys_of (const GArray *places, json_t *query)
{
    g_autoptr (GString) keys = g_string_new (NULL);

    for (guint i = 0; i < MIN (places->len, WIDGETS_MOST); i++)
        g_string_append_printf (keys, "%s%s", i ? "," : "", g_array_index (places, Place, i).widget->key);
    json_object_set_new (query, "widgets", json_string (keys->str));
    return query;
}

static Source
connected_of (json_t *meta)
{
    Source connected = SOURCE_NONE;
    const char *name;
    json_t *is;

    json_object_foreach (json_object_get (meta, "connected_sources"), name, is)
    {
        if (json_is_true (is))
            connected |= source_parse (name);
    }
    return connected;
}

static gboolean
ask_all (Call *call, const Report *report, Period period, Content *content, GError **error)
{
    g_autofree char *settings = settings_of (call, error);

    content->meta = settings ? inside_ask (call, dashboard_meta, json_object (), error) : NULL;
    content->own = content->meta ? custom_list (call, error) : NULL;
    if (!content->own)
        return FALSE;
    content->settings = json_loads (settings, 0, NULL);
    content->layout = find_layout (call, connected_of (content->meta), error);
    if (!content->layout)
        return FALSE;
    content->places = places_of (content->layout, content->own);
    content->data =
        inside_ask (call, dashboard_data, keys_of (content->places, query_of (report, period)), error);
    if (!content->data || !report->insights)
        return content->data != NULL;
    content->insights = inside_ask (call, insights_get, query_of (report, period), error);
    return content->insights != NULL;
}

static json_t *
answer_of (const Content *content, const Place *place)
{
    return json_object_get (json_object_get (content->data, "widgets"), place->widget->key);
}

static void
write_numbers (LetterWriter *writer, const Content *content)
{
    guint n = MIN (content->places->len, WIDGETS_MOST);

    letter_heading (writer->letter, n ? "Numbers" : "There is nothing on the dashboard yet");
    g_string_append (writer->letter->html,
                     "<table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"font-size:15px\">\n");
    for (guint i = 0; i < n; i++) {
        const Place *place = &g_array_index (content->places, Place, i);

        if (!letter_is_list (answer_of (content, place)))
            letter_number (writer, place->widget, answer_of (content, place));
    }
    g_string_append (writer->letter->html, "</table>\n");
    if (content->places->len > n)
        g_string_append_printf (writer->letter->html,
                                "<p class=\"f\" style=\"color:" FAINT "\">And %u more on the "
                                "dashboard.</p>\n",
                                content->places->len - n);
}

static void
add_bullet (Letter *letter, const char *text)
{
    g_string_append (letter->html, "<li class=\"t\" style=\"margin:6px 0\">");
    html_text (letter->html, text);
    g_string_append (letter->html, "</li>\n");
    g_string_append_printf (letter->text, "  - %s\n", text);
}

static void
write_insights (Letter *letter, json_t *insights)
{
    json_t *group, *bullet;
    gsize i, at;

    json_array_foreach (json_object_get (insights, "items"), i, group)
    {
        letter_heading (letter, json_string_value (json_object_get (group, "group")));
        g_string_append (letter->html, "<ul style=\"margin:0;padding-left:20px\">\n");
        json_array_foreach (json_object_get (group, "bullets"), at, bullet)
        {
            add_bullet (letter, json_string_value (bullet));
        }
        g_string_append (letter->html, "</ul>\n");
    }
}

/* How far the numbers of a source reach, and which of them may still change. */
static void
add_freshness (Letter *letter, const char *name, json_t *source, Period period)
{
    g_autoptr (GString) text = g_string_new (NULL);
    Day through, open;

    if (!day_parse (json_string_value (json_object_get (source, "complete_through")), &through))
        g_string_append_printf (text, "%s has brought no numbers yet.", name);
    else if (through < period.to) {
        g_string_append_printf (text, "%s reaches to ", name);
        prose_day (text, through);
        g_string_append (text, ": what is later is not in here.");
    } else if (day_parse (json_string_value (json_object_get (source, "provisional_from")), &open) &&
               open <= period.to) {
        g_string_append_printf (text, "%s may still change the days from ", name);
        prose_day (text, MAX (open, period.from));
        g_string_append (text, " on.");
    }
    if (text->len)
        add_bullet (letter, text->str);
}

static void
write_freshness (Letter *letter, json_t *meta, Period period)
{
    json_t *sources = json_object_get (meta, "sources"), *source;
    Source connected = connected_of (meta);
    const char *name;

    letter_heading (letter, "How fresh this is");
    g_string_append (letter->html, "<ul style=\"margin:0;padding-left:20px;font-size:13px\">\n");
    json_object_foreach (sources, name, source)
    {
        if (source_parse (name) & connected)
            add_freshness (letter, source_info (source_parse (name))->title, source, period);
    }
    g_string_append (letter->html, "</ul>\n");
}

static void
write_report (Call *call, const Report *report, const Content *content, LetterWriter *writer)
{
    static const char *const against[] = { [COMPARE_OFF] = "",
                                           [COMPARE_PREVIOUS_PERIOD] = ", against the days before",
                                           [COMPARE_PREVIOUS_YEAR] = ", against the year before" };
    Letter *letter = writer->letter;
    g_autoptr (GString) window = g_string_new (NULL);

    prose_window (window, writer->period);
    letter->subject = g_strdup_printf ("%s: %s", report->name, window->str);
    g_string_append (window, against[report->compare]);
    begin (letter, report->name, window->str);
    write_numbers (writer, content);
    write_insights (letter, content->insights);
    for (guint i = 0; i < MIN (content->places->len, WIDGETS_MOST); i++) {
        const Place *place = &g_array_index (content->places, Place, i);

        letter_card (writer, place->widget, answer_of (content, place));
    }
    write_freshness (letter, content->meta, writer->period);
    end (letter, call, "You get this because somebody who uses Daymark has put your address on this report.");
}

gboolean
letter_of_report (Call *call, const Report *report, Day date, Letter *letter, GError **error)
{
    LetterWriter writer = { .letter = letter, .period = latest_before (report->days, date) };
    g_auto (Content) content = { 0 };

    if (!ask_all (call, report, writer.period, &content, error))
        return FALSE;
    writer.style = number_style_of (content.settings);
    write_report (call, report, &content, &writer);
    return TRUE;
}

/* ---- an alert ---- */

gboolean
letter_of_event (Call *call, const char *name, const char *event, Letter *letter, GError **error)
{
    json_t *told = json_loads (event, 0, NULL), *sentence;
    gsize i;

    letter->subject = g_strdup (json_string_value (json_object_get (told, "subject")));
    begin (letter, letter->subject ? letter->subject : name, name);
    json_array_foreach (json_object_get (told, "sentences"), i, sentence)
    {
        const char *text = json_string_value (sentence);

        g_string_append (letter->html, "<p class=\"t\" style=\"margin:16px 0 0\">");
        html_text (letter->html, text);
        g_string_append (letter->html, "</p>\n");
        g_string_append_printf (letter->text, "\n%s\n", text);
    }
    json_decref (told);
    end (letter, call,
         "You get this because somebody who uses Daymark has put your address on this alert. Each "
         "event is told once.");
    return TRUE;
}

/* ---- for one recipient ---- */

#define NO_LINK "To end it, ask the one who put it there, or whoever runs the server."

GString *
letter_text_for (const Letter *letter, const char *link)
{
    GString *text = g_string_new_len (letter->text->str, (gssize)letter->text->len);

    if (link)
        g_string_append_printf (text, "Unsubscribe: %s\n", link);
    else
        g_string_append (text, NO_LINK "\n");
    return text;
}

GString *
letter_html_for (const Letter *letter, const char *link)
{
    GString *html = g_string_new_len (letter->html->str, (gssize)letter->foot);

    if (link) {
        g_string_append (html, " <a class=\"f\" style=\"color:" FAINT "\" href=\"");
        html_text (html, link);
        g_string_append (html, "\">Unsubscribe</a>");
    } else
        g_string_append (html, " " NO_LINK);
    return g_string_append (html, letter->html->str + letter->foot);
}

/* ---- for a browser ---- */

GString *
letter_as_page (const Letter *letter, const char *link)
{
    GString *page = letter_html_for (letter, link);

    for (guint i = 0; i < letter->images->len; i++) {
        const MimeImage *image = &g_array_index (letter->images, MimeImage, i);
        gsize n;
        const guint8 *data = g_bytes_get_data (image->png, &n);
        g_autofree char *encoded = g_base64_encode (data, n);
        g_autofree char *cid = g_strconcat ("\"cid:", image->id, "\"", NULL);
        g_autofree char *url = g_strconcat ("\"data:image/png;base64,", encoded, "\"", NULL);

        g_string_replace (page, cid, url, 0);
    }
    return page;
}
