/* annotation.c -- dated notes: what happened, so that a chart can show it. */
#include "api/custom.h"
#include "api/handlers.h"
#include "base/fault.h"
#include "sources/words.h"
#include "sql.h"
#include "widgets/widget.h"

#define NOTES_MOST 1000
#define TEXT_MOST  200 /* characters */

/* Text is borrowed from the row or the request's body. */
typedef struct {
    Period days;
    const char *text, *widget, *source; /* the last two may be NULL */
} Note;

/* The columns in the order of annotation_list.sql and annotation_find.sql. */
enum { ID, DATE, END, TEXT, WIDGET, SOURCE, CREATED_AT, UPDATED_AT };

static Note
read_row (const Rows *rows, guint row)
{
    return (Note){
        .days = { rows_day (rows, row, DATE), rows_day (rows, row, END) },
        .text = rows_text (rows, row, TEXT),
        .widget = rows_text (rows, row, WIDGET),
        .source = rows_text (rows, row, SOURCE),
    };
}

/* One row, or NULL with a 404: also when it is another user's. */
static Rows *
find (const Call *call, const char *id, GError **error)
{
    return call_find (call, &sql_api_annotation_find, id, "unknown-annotation", "annotation", error);
}

/* ---- writing ---- */

static void
write_note (Json *json, const Rows *rows, guint row)
{
    Note note = read_row (rows, row);

    json_begin_object (json);
    json_put_text (json, "id", rows_text (rows, row, ID));
    json_put_day (json, "date", note.days.from);
    json_put_day (json, "end", note.days.to == note.days.from ? DAY_NONE : note.days.to);
    json_put_text (json, "text", note.text);
    json_put_text (json, "widget", note.widget);
    json_put_text (json, "source", note.source);
    json_put_instant (json, "created_at", rows_instant (rows, row, CREATED_AT));
    json_put_instant (json, "updated_at", rows_instant (rows, row, UPDATED_AT));
    json_end_object (json);
}

gboolean
annotation_get (Call *call, GError **error)
{
    g_autoptr (Rows) rows = find (call, call_segment (call, 2), error);

    return call_reply_row (call, 200, rows, write_note);
}

/* Of a range, or, if none is given, of all time. */
static gboolean
read_range (const Call *call, Period *range, GError **error)
{
    const char *start = call_query (call, "startDate"), *end = call_query (call, "endDate");

    *range = (Period){ day_of (1, 1, 1), day_of (9999, 12, 31) };
    return (!start && !end) || period_read (start, end, range, error);
}

gboolean
annotation_list (Call *call, GError **error)
{
    g_autoptr (Rows) rows = NULL;
    Period range;

    if (!read_range (call, &range, error))
        return FALSE;
    rows = store_ask (call->store, &sql_api_annotation_list,
                      PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) },
                              { "from", VALUE_OF_DAY (range.from) }, { "to", VALUE_OF_DAY (range.to) }),
                      error);
    return call_reply_rows (call, "annotations", rows, write_note);
}

/* ---- reading what is wanted ---- */

/* Without an end it is about one day; a known note keeps what is not named. */
static gboolean
read_days (json_t *body, Note *note, GError **error)
{
    json_t *date = json_object_get (body, "date"), *end = json_object_get (body, "end");
    gboolean known = note->text != NULL, ranged = known && note->days.to != note->days.from;
    char from[DAY_TEXT], to[DAY_TEXT];
    const char *first = date || !known ? json_string_value (date) : day_format (note->days.from, from);
    const char *last = end ? json_string_value (end) : ranged ? day_format (note->days.to, to) : NULL;

    if (end && !last && !json_is_null (end))
        return fault_set (error, FAULT_INVALID, "end must be a date, or null");
    return range_read ("date", first, "end", last ? last : first, &note->days, error);
}

static gboolean
read_text (json_t *body, Note *note, char **kept, GError **error)
{
    const char *text;

    if (!json_object_get (body, "text") && note->text)
        return TRUE;
    text = call_text_member (body, "text", TEXT_MOST * 4, error);
    if (!text)
        return FALSE;
    if (g_utf8_strlen (text, -1) > TEXT_MOST)
        return fault_set (error, FAULT_INVALID, "text must have at most %d characters", TEXT_MOST);
    note->text = *kept = words_message (text, NULL);
    return **kept || fault_set (error, FAULT_INVALID, "text has nothing that can be shown");
}

/* null takes it away. */
static gboolean
read_about (json_t *body, GPtrArray *own, Note *note, GError **error)
{
    json_t *widget = json_object_get (body, "widget"), *source = json_object_get (body, "source");

    if (widget)
        note->widget = json_string_value (widget);
    if (source)
        note->source = json_string_value (source);
    if ((widget && !json_is_null (widget) && !json_is_string (widget)) ||
        (note->widget && !custom_among (own, note->widget)))
        return call_fail (error, 422, "unknown-widget", "no widget has the key \"%.60s\"",
                          note->widget ? note->widget : "");
    if ((source && !json_is_null (source) && !json_is_string (source)) ||
        (note->source && source_parse (note->source) == SOURCE_NONE))
        return fault_set (error, FAULT_INVALID, "source can be ga4, meta or instagram");
    if (note->source)
        note->source = source_name (source_parse (note->source));
    return !(note->widget && note->source) ||
           fault_set (error, FAULT_INVALID, "a note is about a widget or a source, not both");
}

/* A note that is there already has a text; what the body does not name stays as it is. kept: a
 * text that the caller frees. */
static gboolean
read_wanted (json_t *body, GPtrArray *own, Note *note, char **kept, GError **error)
{
    static const char *const members[] = { "date", "end", "text", "widget", "source", NULL };

    return call_only_members (body, members, error) && read_days (body, note, error) &&
           read_text (body, note, kept, error) && read_about (body, own, note, error);
}

/* ---- changing ---- */

static gboolean
write_to (Call *call, const Sql *sql, const char *id, const Note *note, GError **error)
{
    return store_do (call->store, sql,
                     PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }, { "id", VALUE_OF_TEXT (id) },
                             { "date", VALUE_OF_DAY (note->days.from) },
                             { "end", VALUE_OF_DAY (note->days.to) }, { "text", VALUE_OF_TEXT (note->text) },
                             { "widget", VALUE_OF_TEXT (note->widget) },
                             { "source", VALUE_OF_TEXT (note->source) },
                             { "now", VALUE_OF_INSTANT (call_now (call)) }),
                     error) >= 0;
}

/* Written, and read back as it is now: both, or nothing was written. */
static Rows *
keep (Call *call, const Sql *sql, const char *id, const Note *note, GError **error)
{
    Rows *rows;

    if (!store_begin (call->store, error))
        return NULL;
    rows = call_commit (call, write_to (call, sql, id, note, error) ? find (call, id, error) : NULL, error);
    if (rows)
        versions_bump (call->api->options.versions, call->who.user_id);
    return rows;
}

static gboolean
has_room (Call *call, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_annotation_count,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);

    return rows && (rows_int (rows, 0, 0) < NOTES_MOST ||
                    fault_set (error, FAULT_INVALID, "there are %d annotations already; delete one first",
                               NOTES_MOST));
}

static gboolean
create (Call *call, const Note *note, GError **error)
{
    char id[UUID_TEXT];
    g_autofree char *location = NULL;
    g_autoptr (Rows) rows = NULL;

    random_uuid (call->api->options.random, id);
    rows = has_room (call, error) ? keep (call, &sql_api_annotation_insert, id, note, error) : NULL;
    if (!rows)
        return FALSE;
    location = g_strdup_printf ("/v1/annotations/%s", id);
    http_reply_header (call->http, "Location", location);
    return call_reply_row (call, 201, rows, write_note);
}

gboolean
annotation_create (Call *call, GError **error)
{
    g_autoptr (GPtrArray) own = custom_list (call, error);
    json_t *body = own ? call_body (call, error) : NULL;
    g_autofree char *kept = NULL;
    Note note = { 0 };
    gboolean ok = body && read_wanted (body, own, &note, &kept, error) && create (call, &note, error);

    json_decref (body);
    return ok;
}

static gboolean
change (Call *call, json_t *body, const Rows *known, GError **error)
{
    const char *id = call_segment (call, 2);
    g_autoptr (GPtrArray) own = custom_list (call, error);
    g_autofree char *kept = NULL;
    Note note = read_row (known, 0);
    g_autoptr (Rows) rows = own && read_wanted (body, own, &note, &kept, error)
                                ? keep (call, &sql_api_annotation_update, id, &note, error)
                                : NULL;

    return call_reply_row (call, 200, rows, write_note);
}

gboolean
annotation_change (Call *call, GError **error)
{
    g_autoptr (Rows) known = find (call, call_segment (call, 2), error);
    json_auto_t *body = known ? call_body (call, error) : NULL;

    return body && change (call, body, known, error);
}

gboolean
annotation_delete (Call *call, GError **error)
{
    if (!call_delete (call, &sql_api_annotation_delete, call_segment (call, 2), "unknown-annotation",
                      "annotation", error))
        return FALSE;
    versions_bump (call->api->options.versions, call->who.user_id);
    return call_reply_ok (call);
}
