/* target.c -- targets: list them with their progress, make, change, give up. */
#include "api/target.h"

#include "api/custom.h"
#include "api/handlers.h"
#include "base/fault.h"
#include "sql.h"

#include <math.h>
#include <string.h>

#define TARGETS_MOST 100
#define VALUE_MOST   9e9 /* its millionths are exact in a double */

/* A period that comes again is for all time. */
#define ALL_TIME ((Period){ day_of (1, 1, 1), day_of (9999, 12, 31) })

/* The columns in the order of target_list.sql and target_find.sql. */
enum { ID, WIDGET, PERIOD, START, END, VALUE_MICROS, CURRENCY, CREATED_AT, UPDATED_AT };

/* ---- the rows ---- */

/* FALSE if the widget is no more: a user's own was deleted, or this version does not have it. */
static gboolean
read_row (const Rows *rows, guint row, GPtrArray *own, Target *target)
{
    *target = (Target){
        .widget = custom_among (own, rows_text (rows, row, WIDGET)),
        .range = { rows_day (rows, row, START), rows_day (rows, row, END) },
        .micros = rows_int (rows, row, VALUE_MICROS),
        .currency = rows_text (rows, row, CURRENCY),
    };
    return target->widget && span_parse (rows_text (rows, row, PERIOD), &target->span);
}

/* One row, or NULL with a 404: also when it is another user's. */
static Rows *
find (const Call *call, GError **error)
{
    return call_find (call, &sql_api_target_find, call_segment (call, 2), "unknown-target", "target", error);
}

static void
changed (Call *call)
{
    versions_bump (call->api->options.versions, call->who.user_id);
}

/* ---- writing ---- */

/* What progress is reckoned around: ?date=, else today where the schedule is. */
static gboolean
read_date (const Call *call, Day *day, GError **error)
{
    const char *asked = call_query (call, "date");
    g_autoptr (GTimeZone) zone = zone_find (call->api->options.config->sync_zone);

    if (!asked) {
        *day = instant_day (call_now (call), zone);
        return TRUE;
    }
    return day_parse (asked, day) ||
           fault_set (error, FAULT_INVALID, "date is not a date: \"%.20s\" should be YYYY-MM-DD", asked);
}

static void
write_target (const Rows *rows, guint row, const Target *target, Json *json)
{
    gboolean dated = target->span == SPAN_RANGE;

    json_put_text (json, "id", rows_text (rows, row, ID));
    json_put_text (json, "widget", target->widget->key);
    json_put_text (json, "title", target->widget->title);
    json_put_text (json, "period", span_name (target->span));
    json_put_day (json, "start", dated ? target->range.from : DAY_NONE);
    json_put_day (json, "end", dated ? target->range.to : DAY_NONE);
    json_key (json, "value");
    json_micros (json, target->micros);
    json_put_text (json, "unit", unit_name (target->widget->unit));
    json_put_text (json, "currency", target->currency);
    json_put_text (json, "good", good_name (target->widget->good));
    json_put_instant (json, "created_at", rows_instant (rows, row, CREATED_AT));
    json_put_instant (json, "updated_at", rows_instant (rows, row, UPDATED_AT));
}

/* Of a widget that is no more, nothing is written. */
static gboolean
write_one (Call *call, const Rows *rows, guint row, GPtrArray *own, const Coverage *coverage, Day day,
           Json *json, GError **error)
{
    Target target;

    if (!read_row (rows, row, own, &target))
        return TRUE;
    json_begin_object (json);
    write_target (rows, row, &target, json);
    json_key (json, "progress");
    if (!target_write_progress (call, &target, coverage, day, json, error))
        return FALSE;
    json_end_object (json);
    return TRUE;
}

/* The user's accounts; the batch owns what the coverage shows. */
static gboolean
find_coverage (Call *call, Batch **batch, Coverage *coverage, GError **error)
{
    static const Comparison off = { .kind = COMPARE_OFF };
    Period any = { 0, 0 };

    *batch = batch_new (call->store, call->who.user_id, any, &off);
    coverage_add (*batch, SOURCE_NONE);
    if (!batch_ask (*batch, error))
        return FALSE;
    coverage_read (coverage, *batch, any);
    return TRUE;
}

static gboolean
write_rows (Call *call, const Rows *rows, GPtrArray *own, Day day, Json *json, GError **error)
{
    g_autoptr (Batch) batch = NULL;
    g_auto (Coverage) coverage = { 0 };

    if (!find_coverage (call, &batch, &coverage, error))
        return FALSE;
    for (guint row = 0; row < rows_count (rows); row++)
        if (!write_one (call, rows, row, own, &coverage, day, json, error))
            return FALSE;
    return TRUE;
}

static GString *
text_of (Call *call, const Rows *rows, GPtrArray *own, Day day, const char *head, const char *tail,
         GError **error)
{
    GString *body = g_string_new (head);
    Json json = JSON_INTO (body);

    if (!write_rows (call, rows, own, day, &json, error)) {
        g_string_free (body, TRUE);
        return NULL;
    }
    return g_string_append (body, tail);
}

static gboolean
reply_rows (Call *call, int status, const Rows *rows, GPtrArray *own, const char *head, const char *tail,
            GError **error)
{
    GString *body;
    Day day;

    if (!read_date (call, &day, error))
        return FALSE;
    body = text_of (call, rows, own, day, head, tail, error);
    return body && call_reply (call, status, body);
}

gboolean
target_list (Call *call, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_target_list,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);

    g_autoptr (GPtrArray) own = rows ? custom_list (call, error) : NULL;

    return own && reply_rows (call, 200, rows, own, "{\"targets\":[", "]}", error);
}

json_t *
targets_read (Call *call, Day day, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_target_list,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);
    g_autoptr (GPtrArray) own = rows ? custom_list (call, error) : NULL;
    GString *text = own ? text_of (call, rows, own, day, "[", "]", error) : NULL;
    json_t *list = text ? json_loadb (text->str, text->len, 0, NULL) : NULL;

    if (text && !list)
        fault_set (error, FAULT_INTERNAL, "the targets can't be read back");
    if (text)
        g_string_free (text, TRUE);
    return list;
}

static gboolean
is_known (const Rows *rows, GPtrArray *own, Target *target, GError **error)
{
    return read_row (rows, 0, own, target) ||
           call_fail (error, 404, "unknown-widget", "the widget of this target is no more");
}

gboolean
target_get (Call *call, GError **error)
{
    g_autoptr (Rows) rows = find (call, error);

    g_autoptr (GPtrArray) own = rows ? custom_list (call, error) : NULL;
    Target target;

    return own && is_known (rows, own, &target, error) && reply_rows (call, 200, rows, own, "", "", error);
}

/* ---- reading what is wanted ---- */

static gboolean
read_widget (json_t *body, GPtrArray *own, Target *target, GError **error)
{
    const char *key;

    if (!json_object_get (body, "widget") && target->widget)
        return TRUE;
    key = call_text_member (body, "widget", 80, error);
    if (!key)
        return FALSE;
    target->widget = custom_among (own, key);
    if (!target->widget)
        return call_fail (error, 422, "unknown-widget", "no widget has the key \"%.60s\"", key);
    if (target->widget->total == TOTAL_CORRELATION)
        return fault_set (error, FAULT_INVALID, "%s has no number that could reach a target", key);
    return TRUE;
}

static gboolean
read_period (json_t *body, Target *target, gboolean known, GError **error)
{
    json_t *start = json_object_get (body, "start"), *end = json_object_get (body, "end");
    gboolean dates = (start && !json_is_null (start)) || (end && !json_is_null (end));
    const char *name;

    if (json_object_get (body, "period") || !known) {
        name = call_text_member (body, "period", 20, error);
        if (!name)
            return FALSE;
        if (!span_parse (name, &target->span))
            return fault_set (error, FAULT_INVALID,
                              "period is \"%.20s\"; it can be week, month, quarter or range", name);
        known = FALSE;
    }
    if (target->span != SPAN_RANGE) {
        target->range = ALL_TIME;
        return !dates || fault_set (error, FAULT_INVALID, "start and end are for the period range alone");
    }
    if (known && !start && !end)
        return TRUE;
    return range_read ("start", json_string_value (start), "end", json_string_value (end), &target->range,
                       error);
}

static gboolean
read_value (json_t *body, Target *target, gboolean known, GError **error)
{
    json_t *value = json_object_get (body, "value");
    double number = json_number_value (value);

    if (!value && known)
        return TRUE;
    if (!json_is_number (value) || !(number >= 1e-6 && number <= VALUE_MOST))
        return fault_set (error, FAULT_INVALID, "value must be a number over 0, at most 9,000,000,000");
    target->micros = (gint64)round (number * 1e6);
    return TRUE;
}

static gboolean
is_currency (const char *text)
{
    return text && strlen (text) == 3 && strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static gboolean
read_currency (json_t *body, Target *target, GError **error)
{
    json_t *currency = json_object_get (body, "currency");

    if (currency)
        target->currency = json_string_value (currency);
    if (target->widget->unit != UNIT_MONEY) {
        if (currency && !json_is_null (currency))
            return fault_set (error, FAULT_INVALID, "currency is for money; %s is not", target->widget->key);
        target->currency = NULL;
        return TRUE;
    }
    return is_currency (target->currency) ||
           fault_set (error, FAULT_INVALID, "currency must be three capital letters, such as EUR");
}

/* known: the target is there already, and what the body does not name stays as it is. */
static gboolean
read_wanted (json_t *body, GPtrArray *own, Target *target, gboolean known, GError **error)
{
    static const char *const members[] = { "widget", "period", "start", "end", "value", "currency", NULL };

    return call_only_members (body, members, error) && read_widget (body, own, target, error) &&
           read_period (body, target, known, error) && read_value (body, target, known, error) &&
           read_currency (body, target, error);
}

/* ---- changing ---- */

static gint64
write_to (Call *call, const Sql *sql, const char *id, const Target *target, GError **error)
{
    g_autoptr (GError) local = NULL;
    gint64 n = store_do (
        call->store, sql,
        PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }, { "id", VALUE_OF_TEXT (id) },
                { "widget", VALUE_OF_TEXT (target->widget->key) },
                { "period", VALUE_OF_TEXT (span_name (target->span)) },
                { "start", VALUE_OF_DAY (target->range.from) }, { "end", VALUE_OF_DAY (target->range.to) },
                { "value", VALUE_OF_INT (target->micros) }, { "currency", VALUE_OF_TEXT (target->currency) },
                { "now", VALUE_OF_INSTANT (call_now (call)) }),
        &local);

    if (fault_is (local, FAULT_CONFLICT))
        call_fail (error, 409, "target-exists", "%s has a target for this period already",
                   target->widget->key);
    else if (local)
        g_propagate_error (error, g_steal_pointer (&local));
    return n;
}

static gboolean
has_room (Call *call, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_target_list,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);

    return rows && (rows_count (rows) < TARGETS_MOST ||
                    fault_set (error, FAULT_INVALID, "there are %d targets already; give one up first",
                               TARGETS_MOST));
}

static gboolean
create (Call *call, const Target *target, GPtrArray *own, GError **error)
{
    char id[UUID_TEXT];
    g_autofree char *location = NULL;
    g_autoptr (Rows) rows = NULL;

    random_uuid (call->api->options.random, id);
    if (!has_room (call, error) || write_to (call, &sql_api_target_insert, id, target, error) < 0)
        return FALSE;
    changed (call);
    rows = store_ask (call->store, &sql_api_target_find,
                      PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }, { "id", VALUE_OF_TEXT (id) }),
                      error);
    if (!rows)
        return FALSE;
    location = g_strdup_printf ("/v1/targets/%s", id);
    http_reply_header (call->http, "Location", location);
    return reply_rows (call, 201, rows, own, "", "", error);
}

gboolean
target_create (Call *call, GError **error)
{
    g_autoptr (GPtrArray) own = custom_list (call, error);
    json_t *body = own ? call_body (call, error) : NULL;
    Target target = { 0 };
    gboolean ok =
        body && read_wanted (body, own, &target, FALSE, error) && create (call, &target, own, error);

    json_decref (body);
    return ok;
}

static gboolean
change (Call *call, json_t *body, const Rows *known, GError **error)
{
    g_autoptr (GPtrArray) own = custom_list (call, error);
    g_autoptr (Rows) rows = NULL;
    Target target;

    if (!own || !is_known (known, own, &target, error) || !read_wanted (body, own, &target, TRUE, error) ||
        write_to (call, &sql_api_target_update, call_segment (call, 2), &target, error) < 0)
        return FALSE;
    changed (call);
    rows = find (call, error);
    return rows && reply_rows (call, 200, rows, own, "", "", error);
}

gboolean
target_change (Call *call, GError **error)
{
    g_autoptr (Rows) known = find (call, error);
    json_auto_t *body = known ? call_body (call, error) : NULL;

    return body && change (call, body, known, error);
}

gboolean
target_delete (Call *call, GError **error)
{
    if (!call_delete (call, &sql_api_target_delete, call_segment (call, 2), "unknown-target", "target",
                      error))
        return FALSE;
    changed (call);
    return call_reply_ok (call);
}
