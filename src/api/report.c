/* report.c -- reports: list, make, change, give up, look at one, send it now. */
#include "api/report.h"

#include "api/handlers.h"
#include "api/letter.h"
#include "api/mailer.h"
#include "api/mailing.h"
#include "api/settings.h"
#include "base/fault.h"
#include "sql.h"

#include <string.h>

#define REPORTS_MOST 20
#define EARLY        (8 * 60) /* when a report goes out if nobody says when */

/* The columns in the order of report_list.sql and report_find.sql. */
enum {
    ID,
    NAME,
    RECIPIENTS,
    REPEATS,
    ON_DAY,
    MINUTES,
    ZONE,
    DAYS,
    COMPARE,
    WITH_INSIGHTS,
    NEXT_AT,
    CREATED_AT,
    UPDATED_AT,
    LAST_SENT_AT
};

/* ---- the rows ---- */

void
report_clear (Report *report)
{
    g_clear_pointer (&report->name, g_free);
    g_clear_pointer (&report->recipients, g_free);
    g_clear_pointer (&report->zone, g_free);
}

static CompareKind
compare_parse (const char *name)
{
    for (CompareKind kind = COMPARE_OFF; kind < COMPARE_CUSTOM; kind++)
        if (g_strcmp0 (comparison_name (kind), name) == 0)
            return kind;
    return COMPARE_CUSTOM; /* none that a report can have */
}

void
report_read (const Rows *rows, guint row, Report *report)
{
    *report = (Report){
        .name = g_strdup (rows_text (rows, row, NAME)),
        .recipients = g_strdup (rows_text (rows, row, RECIPIENTS)),
        .zone = g_strdup (rows_text (rows, row, ZONE)),
        .day = (int)rows_int (rows, row, ON_DAY),
        .minutes = (int)rows_int (rows, row, MINUTES),
        .compare = compare_parse (rows_text (rows, row, COMPARE)),
        .insights = rows_int (rows, row, WITH_INSIGHTS) != 0,
        .active = !rows_is_null (rows, row, NEXT_AT),
    };
    repeat_parse (rows_text (rows, row, REPEATS), &report->repeats);
    latest_parse (rows_text (rows, row, DAYS), &report->days);
}

gboolean
report_find (Store *store, const char *user_id, const char *id, Report *report, GError **error)
{
    g_autoptr (Rows) rows =
        store_ask (store, &sql_mail_report_find,
                   PARAMS ({ "user", VALUE_OF_TEXT (user_id) }, { "id", VALUE_OF_TEXT (id) }), error);

    if (!rows || !rows_count (rows))
        return FALSE;
    report_read (rows, 0, report);
    return TRUE;
}

/* The zone's rules may be gone from this machine: then as in UTC. */
static Repeat
repeat_of (const Report *report)
{
    GTimeZone *zone = zone_find (report->zone);

    return (Repeat){ .at = { .zone = zone ? zone : g_time_zone_new_utc (), .minutes = report->minutes },
                     .kind = report->repeats,
                     .day = report->day };
}

gint64
report_next (const Report *report, gint64 now)
{
    Repeat repeat = repeat_of (report);
    gint64 next = report->active ? repeat_next (&repeat, now) : INSTANT_NONE;

    g_time_zone_unref (repeat.at.zone);
    return next;
}

Day
report_newest (const Report *report, gint64 now)
{
    Repeat repeat = repeat_of (report);
    Day newest = repeat_newest (&repeat, now);

    g_time_zone_unref (repeat.at.zone);
    return newest;
}

static Rows *
find (const Call *call, GError **error)
{
    return call_find (call, &sql_mail_report_find, call_segment (call, 2), "unknown-report", "report", error);
}

static Rows *
list (Call *call, GError **error)
{
    return store_ask (call->store, &sql_mail_report_list,
                      PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);
}

static void
write_row (Json *json, const Rows *rows, guint row, const Rows *leavers)
{
    int minutes = (int)rows_int (rows, row, MINUTES), day = (int)rows_int (rows, row, ON_DAY);
    char time[6];

    g_snprintf (time, sizeof time, "%02d:%02d", minutes / 60 % 24, minutes % 60);
    json_begin_object (json);
    json_put_text (json, "id", rows_text (rows, row, ID));
    json_put_text (json, "name", rows_text (rows, row, NAME));
    mailing_put_recipients (json, rows_text (rows, row, RECIPIENTS), rows_text (rows, row, ID), leavers);
    json_put_text (json, "repeats", rows_text (rows, row, REPEATS));
    if (day)
        json_put_int (json, "day", day);
    else
        json_put_null (json, "day");
    json_put_text (json, "time", time);
    json_put_text (json, "zone", rows_text (rows, row, ZONE));
    json_put_text (json, "days", rows_text (rows, row, DAYS));
    json_put_text (json, "compare", rows_text (rows, row, COMPARE));
    json_put_bool (json, "insights", rows_int (rows, row, WITH_INSIGHTS) != 0);
    json_put_bool (json, "active", !rows_is_null (rows, row, NEXT_AT));
    json_put_instant (json, "next_at", rows_instant (rows, row, NEXT_AT));
    mailing_put_last (json, rows, row, LAST_SENT_AT);
    json_put_instant (json, "created_at", rows_instant (rows, row, CREATED_AT));
    json_put_instant (json, "updated_at", rows_instant (rows, row, UPDATED_AT));
    json_end_object (json);
}

gboolean
report_list (Call *call, GError **error)
{
    g_autoptr (Rows) rows = list (call, error);

    return mailing_reply_rows (call, "reports", rows, write_row, error);
}

gboolean
report_get (Call *call, GError **error)
{
    g_autoptr (Rows) rows = find (call, error);

    return mailing_reply_row (call, 200, rows, write_row, error);
}

/* ---- reading what is wanted ---- */

/* A member that is one of a few words. Absent: as it is. */
static gboolean
read_word (json_t *body, const char *name, const char **word, GError **error)
{
    if (!json_object_get (body, name))
        return TRUE;
    *word = call_text_member (body, name, 64, error);
    return *word != NULL;
}

static gboolean
read_day (json_t *body, Report *report, gboolean other, GError **error)
{
    json_t *day = json_object_get (body, "day");
    int most = report->repeats == REPEAT_WEEKLY ? 7 : 31;

    if (report->repeats == REPEAT_DAILY) {
        report->day = 0;
        return !day || json_is_null (day) ||
               fault_set (error, FAULT_INVALID, "day is for weekly and monthly reports alone");
    }
    if (day)
        report->day =
            json_is_integer (day) && ABS (json_integer_value (day)) < 100 ? (int)json_integer_value (day) : 0;
    else if (other)
        report->day = 1;
    return (report->day >= 1 && report->day <= most) ||
           fault_set (error, FAULT_INVALID, "day must be 1 to %d: %s", most,
                      most == 7 ? "1 is Monday" : "a day of the month");
}

static gboolean
read_repeat (json_t *body, Report *report, GError **error)
{
    const char *repeats = repeat_name (report->repeats), *before = repeats;

    if (!read_word (body, "repeats", &repeats, error))
        return FALSE;
    if (!repeat_parse (repeats, &report->repeats))
        return fault_set (error, FAULT_INVALID, "repeats is \"%.20s\"; it can be daily, weekly or monthly",
                          repeats);
    return read_day (body, report, repeats != before && strcmp (repeats, before) != 0, error);
}

static gboolean
read_time (json_t *body, Report *report, GError **error)
{
    const char *time = NULL, *zone = report->zone;
    g_autoptr (GTimeZone) known = NULL;

    if (!read_word (body, "time", &time, error) || !read_word (body, "zone", &zone, error))
        return FALSE;
    if (time && !config_parse_time (time, &report->minutes))
        return fault_set (error, FAULT_INVALID, "time is \"%.10s\": write it as HH:MM", time);
    known = zone_find (zone);
    if (!known)
        return fault_set (error, FAULT_INVALID, "zone is \"%.60s\": there is no such time zone", zone);
    if (zone != report->zone) {
        g_free (report->zone);
        report->zone = g_strdup (zone);
    }
    return TRUE;
}

static gboolean
read_content (json_t *body, Report *report, GError **error)
{
    const char *days = latest_name (report->days), *compare = comparison_name (report->compare);

    if (!read_word (body, "days", &days, error) || !read_word (body, "compare", &compare, error))
        return FALSE;
    if (!latest_parse (days, &report->days))
        return fault_set (error, FAULT_INVALID, "days is \"%.20s\"; it can be day, 7days, 28days or month",
                          days);
    report->compare = compare_parse (compare);
    if (report->compare == COMPARE_CUSTOM)
        return fault_set (error, FAULT_INVALID,
                          "compare is \"%.20s\"; it can be off, previous_period or previous_year", compare);
    return call_bool_member (body, "insights", &report->insights, error) &&
           call_bool_member (body, "active", &report->active, error);
}

static gboolean
read_wanted (json_t *body, Report *report, GError **error)
{
    /* The first one is for a report that is there. */
    static const char *const members[] = { "readmit", "name", "recipients", "repeats",  "day",    "time",
                                           "zone",    "days", "compare",    "insights", "active", NULL };

    return call_only_members (body, report->name ? members : members + 1, error) &&
           mailing_read_name (body, &report->name, error) &&
           mailing_read_recipients (body, &report->recipients, error) && read_repeat (body, report, error) &&
           read_time (body, report, error) && read_content (body, report, error);
}

/* The zone in which the user reads times, else that of the schedule. */
static char *
zone_of (Call *call, GError **error)
{
    g_autofree char *text = settings_of (call, error);
    json_t *settings = text ? json_loads (text, 0, NULL) : NULL;
    const char *zone = json_string_value (json_object_get (settings, "zone"));
    g_autoptr (GTimeZone) known = zone ? zone_find (zone) : NULL;
    char *found = g_strdup (known ? zone : call->api->options.config->sync_zone);

    json_decref (settings);
    if (!text)
        g_clear_pointer (&found, g_free);
    return found;
}

/* What nobody has said yet: of a weekly report the week, of a monthly one the month. */
static gboolean
fill_standard (Call *call, json_t *body, Report *report, GError **error)
{
    static const Latest days[] = {
        [REPEAT_DAILY] = LATEST_DAY, [REPEAT_WEEKLY] = LATEST_7_DAYS, [REPEAT_MONTHLY] = LATEST_MONTH
    };

    *report = (Report){
        .minutes = EARLY, .compare = COMPARE_PREVIOUS_PERIOD, .insights = TRUE, .active = TRUE, .day = 1
    };
    report->zone = zone_of (call, error);
    repeat_parse (json_string_value (json_object_get (body, "repeats")), &report->repeats);
    report->days = days[report->repeats];
    return report->zone != NULL;
}

/* ---- changing ---- */

static gint64
write_to (Call *call, const Sql *sql, const char *id, const Report *report, GError **error)
{
    gint64 now = call_now (call), next = report_next (report, now);

    return store_do (
        call->store, sql,
        PARAMS (
            { "user", VALUE_OF_TEXT (call->who.user_id) }, { "id", VALUE_OF_TEXT (id) },
            { "name", VALUE_OF_TEXT (report->name) }, { "recipients", VALUE_OF_TEXT (report->recipients) },
            { "repeats", VALUE_OF_TEXT (repeat_name (report->repeats)) },
            { "day", VALUE_OF_INT (report->day) }, { "minutes", VALUE_OF_INT (report->minutes) },
            { "zone", VALUE_OF_TEXT (report->zone) }, { "days", VALUE_OF_TEXT (latest_name (report->days)) },
            { "compare", VALUE_OF_TEXT (comparison_name (report->compare)) },
            { "insights", VALUE_OF_INT (report->insights) },
            { "next", next == INSTANT_NONE ? VALUE_NONE : VALUE_OF_INSTANT (next) },
            { "now", VALUE_OF_INSTANT (now) }),
        error);
}

static gboolean
has_room (Call *call, GError **error)
{
    g_autoptr (Rows) rows = list (call, error);

    return rows && (rows_count (rows) < REPORTS_MOST ||
                    fault_set (error, FAULT_INVALID, "there are %d reports already; give one up first",
                               REPORTS_MOST));
}

static gboolean
create (Call *call, json_t *body, GError **error)
{
    g_auto (Report) report = { 0 };
    char id[UUID_TEXT];
    g_autofree char *location = NULL;
    g_autoptr (Rows) rows = NULL;

    random_uuid (call->api->options.random, id);
    if (!fill_standard (call, body, &report, error) || !read_wanted (body, &report, error) ||
        !has_room (call, error) || write_to (call, &sql_mail_report_insert, id, &report, error) < 0)
        return FALSE;
    rows = call_find (call, &sql_mail_report_find, id, "unknown-report", "report", error);
    location = g_strdup_printf ("/v1/reports/%s", id);
    call_reply_header (call, "Location", location);
    return mailing_reply_row (call, 201, rows, write_row, error);
}

gboolean
report_create (Call *call, GError **error)
{
    json_auto_t *body = mailing_is_on (call, error) ? call_body (call, error) : NULL;

    return body && create (call, body, error);
}

static gboolean
keep_change (Call *call, json_t *body, const Report *report, GError **error)
{
    if (!store_begin (call->store, error))
        return FALSE;
    if (mailing_readmit (call, call_segment (call, 2), body, error) &&
        write_to (call, &sql_mail_report_update, call_segment (call, 2), report, error) >= 0 &&
        store_commit (call->store, error))
        return TRUE;
    store_rollback (call->store);
    return FALSE;
}

static gboolean
change (Call *call, json_t *body, const Rows *known, GError **error)
{
    g_auto (Report) report = { 0 };
    g_autoptr (Rows) rows = NULL;

    report_read (known, 0, &report);
    if (!read_wanted (body, &report, error) || !keep_change (call, body, &report, error))
        return FALSE;
    rows = find (call, error);
    return mailing_reply_row (call, 200, rows, write_row, error);
}

gboolean
report_change (Call *call, GError **error)
{
    g_autoptr (Rows) known = find (call, error);
    json_auto_t *body = known ? call_body (call, error) : NULL;

    return body && change (call, body, known, error);
}

gboolean
report_delete (Call *call, GError **error)
{
    return mailing_delete (call, &sql_mail_report_delete, "unknown-report", "report", error);
}

gboolean
report_mails (Call *call, GError **error)
{
    g_autoptr (Rows) known = find (call, error);

    return known && mailing_reply_mails (call, error);
}

/* ---- looking at one, sending it ---- */

static Day
today_of (const Call *call, const Report *report)
{
    Repeat repeat = repeat_of (report);
    Day today = instant_day (call_now (call), repeat.at.zone);

    g_time_zone_unref (repeat.at.zone);
    return today;
}

gboolean
report_preview (Call *call, GError **error)
{
    g_autoptr (Rows) rows = find (call, error);
    g_auto (Report) report = { 0 };
    g_auto (Letter) letter = { 0 };
    const char *link;

    if (!rows)
        return FALSE;
    report_read (rows, 0, &report);
    if (!letter_of_report (call, &report, today_of (call, &report), &letter, error))
        return FALSE;
    link = config_is_reachable (call->api->options.config) ? "#" : NULL; /* each recipient has his own */
    http_reply_header (call->http, "Cache-Control", "no-store");
    http_reply_header (call->http, "Content-Security-Policy",
                       "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox");
    http_reply_take (call->http, 200, "text/html; charset=utf-8", letter_as_page (&letter, link));
    return TRUE;
}

static gboolean
reply_sent (Call *call, const char *occurrence)
{
    g_autofree char *location = g_strdup_printf ("/v1/reports/%s/mails", call_segment (call, 2));
    GString *body = g_string_new (NULL);
    Json json = JSON_INTO (body);

    json_begin_object (&json);
    json_put_text (&json, "occurrence", occurrence);
    json_put_text (&json, "mails", location);
    json_end_object (&json);
    call_reply_header (call, "Location", location);
    return call_reply (call, 202, body);
}

/* All of them or none, so that they have the same turn. */
static gboolean
write_mails (Call *call, const Mailing *mailing, GError **error)
{
    if (!store_begin (call->store, error))
        return FALSE;
    if (mailing_write (call->store, call->api->options.random, mailing, error) >= 0 &&
        store_commit (call->store, error))
        return TRUE;
    store_rollback (call->store);
    return FALSE;
}

gboolean
report_send (Call *call, GError **error)
{
    g_autoptr (Rows) rows = find (call, error);
    g_auto (Report) report = { 0 };
    char id[UUID_TEXT];
    g_autofree char *occurrence = g_strconcat ("test ", random_uuid (call->api->options.random, id), NULL);
    Mailing mailing = { .user_id = call->who.user_id,
                        .origin = call_segment (call, 2),
                        .occurrence = occurrence };

    if (!rows || !mailing_is_on (call, error))
        return FALSE;
    report_read (rows, 0, &report);
    mailing.recipients = report.recipients;
    mailing.date = today_of (call, &report);
    mailing.now = call_now (call);
    if (!write_mails (call, &mailing, error))
        return FALSE;
    mailer_nudge (call->api->mailer);
    return reply_sent (call, occurrence);
}
