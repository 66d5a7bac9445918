/* watch.c -- what alerts see: after each sync, targets that were or will be missed, and unusual days.
 *
 * An event's name (its occurrence) is made of what it is, so the same event seen again after the next sync,
 * by another instance or after a crash is written again to no effect. Unusual days come from the insights'
 * own detection, so an alert never says what the page does not. */
#include "api/handlers.h"
#include "api/inside.h"
#include "api/letter_parts.h"
#include "api/mailer_private.h"
#include "api/mailing.h"
#include "api/settings.h"
#include "api/target.h"
#include "base/member.h"
#include "sql.h"

#include <math.h>
#include <string.h>

#define WINDOW_DAYS 28 /* in which unusual days are looked for */
#define BACK_DAYS   7  /* an event is news for so long, also one from before the alert */

enum { USER_ID, ID, KIND, TELLS, WIDGET, RECIPIENTS, CREATED_AT, SYNCED_AT };

/* An alert that looks. */
typedef struct {
    const MailTurn *turn;
    Call call;
    const char *tells, *widget; /* widget NULL: any */
    Day today, since;           /* events before that day are old */
    NumberStyle style;
    GPtrArray *events; /* of Event */
} Look;

typedef struct {
    char *occurrence, *text; /* text: JSON, see letter_of_event */
    Day date;
} Event;

static void
event_free (gpointer data)
{
    Event *event = data;

    g_free (event->occurrence);
    g_free (event->text);
    g_free (event);
}

/* Takes over subject and sentence. */
static void
add_event (Look *look, char *occurrence, Day date, char *subject, char *sentence)
{
    Event *event = g_new0 (Event, 1);
    json_t *told = json_pack ("{s:s,s:[s]}", "subject", subject, "sentences", sentence);

    *event = (Event){ .occurrence = occurrence, .text = json_dumps (told, JSON_COMPACT), .date = date };
    json_decref (told);
    g_free (subject);
    g_free (sentence);
    g_ptr_array_add (look->events, event);
}

static Day
day_of_member (json_t *object, const char *member)
{
    Day day;

    return day_parse (member_text (object, member), &day) ? day : DAY_NONE;
}

static gboolean
is_meant (const Look *look, const char *widget)
{
    return widget && (!look->widget || g_str_equal (look->widget, widget));
}

static void
add_figure (GString *text, const Look *look, double value, const char *unit, const char *currency)
{
    Figure figure = { .value = value, .unit = unit_parse (unit), .currency = currency };

    figure_write (text, &figure, &look->style);
}

/* ---- unusual days ---- */

/* The fact of the same widget, part and days with this at the end of its metric. */
static json_t *
find_fact (json_t *facts, json_t *like, const char *suffix)
{
    json_t *window = json_object_get (like, "window"), *fact;
    const char *widget = member_text (json_object_get (like, "evidence"), "widget");
    gsize i;

    json_array_foreach (facts, i, fact)
    {
        if (g_str_has_suffix (member_text (fact, "metric"), suffix) &&
            g_strcmp0 (member_text (json_object_get (fact, "evidence"), "widget"), widget) == 0 &&
            json_equal (json_object_get (fact, "window"), window) &&
            json_equal (json_object_get (fact, "entity"), json_object_get (like, "entity")))
            return fact;
    }
    return NULL;
}

static void
add_unusual (Look *look, json_t *facts, json_t *fact)
{
    json_t *usual = find_fact (facts, fact, ".usual");
    const char *widget = member_text (json_object_get (fact, "evidence"), "widget"),
               *part = member_text (fact, "entity");
    const Widget *known = widget ? widget_find (widget) : NULL;
    Period days = { day_of_member (json_object_get (fact, "window"), "start"),
                    day_of_member (json_object_get (fact, "window"), "end") };
    g_autofree char *hash = part ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, part, -1) : NULL;
    g_autoptr (GString) what = g_string_new (known ? known->title : widget), sentence = NULL;
    char text[DAY_TEXT];

    if (!usual || days.from == DAY_NONE || days.to < look->since)
        return;
    if (part) {
        g_string_append (what, " of ");
        prose_name (what, part);
    }
    g_string_append (what, ", ");
    prose_window (what, days);
    sentence = g_string_new (NULL);
    g_string_append_printf (sentence, "%s: ", what->str);
    add_figure (sentence, look, member_number (fact, "value"), member_text (fact, "unit"),
                member_text (fact, "currency"));
    g_string_append (sentence, ". Usual on such days is about ");
    add_figure (sentence, look, member_number (usual, "value"), member_text (usual, "unit"),
                member_text (usual, "currency"));
    g_string_append_c (sentence, '.');
    add_event (look,
               g_strdup_printf ("unusual %s %s%s%.16s", widget, day_format (days.from, text), hash ? " " : "",
                                hash ? hash : ""),
               days.from, g_strdup_printf ("Unusual: %s", what->str), g_strdup (sentence->str));
}

static gboolean
look_for_days (Look *look, GError **error)
{
    char from[DAY_TEXT], to[DAY_TEXT];
    json_t *query = json_pack ("{s:s,s:s,s:s,s:s}", "startDate", day_format (look->today - WINDOW_DAYS, from),
                               "endDate", day_format (look->today - 1, to), "compare", "previous_period",
                               "sensitivity", look->tells);
    json_t *insights = inside_ask (&look->call, insights_get, query, error), *facts, *fact;
    gsize i;

    if (!insights)
        return FALSE;
    facts = json_object_get (insights, "facts");
    json_array_foreach (facts, i, fact)
    {
        if (g_str_has_suffix (member_text (fact, "metric"), ".unusual") &&
            is_meant (look, member_text (json_object_get (fact, "evidence"), "widget")))
            add_unusual (look, facts, fact);
    }
    json_decref (insights);
    return TRUE;
}

/* ---- targets ---- */

static void
add_target (Look *look, json_t *target, gboolean over)
{
    json_t *progress = json_object_get (target, "progress");
    const char *unit = member_text (target, "unit"), *currency = member_text (target, "currency");
    Period window = { day_of_member (progress, "start"), day_of_member (progress, "end") };
    g_autoptr (GString) what = g_string_new (member_text (target, "title")), sentence = g_string_new (NULL);
    char text[DAY_TEXT];

    g_string_append (what, ", ");
    prose_window (what, window);
    g_string_append_printf (sentence, over ? "%s: it came to " : "%s: so far it is at ", what->str);
    add_figure (sentence, look, member_number (progress, "value"), unit, currency);
    g_string_append (sentence, "; the target is ");
    add_figure (sentence, look, member_number (target, "value"), unit, currency);
    if (!over && isfinite (member_number (progress, "projected"))) {
        g_string_append (sentence, ". At this pace it will come to about ");
        add_figure (sentence, look, member_number (progress, "projected"), unit, currency);
    }
    g_string_append_c (sentence, '.');
    add_event (
        look,
        g_strdup_printf ("%s %s %s", look->tells, member_text (target, "id"), day_format (window.to, text)),
        window.to, g_strdup_printf (over ? "Target missed: %s" : "Target at risk: %s", what->str),
        g_strdup (sentence->str));
}

/* Of the targets as they stand on a day, those that were missed (over), or will be. */
static void
add_targets (Look *look, json_t *targets, Day day, gboolean over)
{
    json_t *target;
    gsize i;

    json_array_foreach (targets, i, target)
    {
        json_t *progress = json_object_get (target, "progress");
        gboolean ended = json_integer_value (json_object_get (progress, "days_left")) == 0;

        if (json_is_false (json_object_get (progress, "on_track")) &&
            is_meant (look, member_text (target, "widget")) && ended == over &&
            (!over || day_of_member (progress, "end") == day))
            add_target (look, target, over);
    }
}

/* Does a period of one of them end on that day? */
static gboolean
ends_on (json_t *targets, Day day)
{
    json_t *target;
    gsize i;

    json_array_foreach (targets, i, target)
    {
        json_t *progress = json_object_get (target, "progress");

        if (day_of_member (progress, "end") == day || day_of_member (progress, "start") == day + 1)
            return TRUE;
    }
    return FALSE;
}

static gboolean
look_for_misses (Look *look, json_t *now, GError **error)
{
    for (Day day = MAX (look->since, look->today - BACK_DAYS); day < look->today; day++) {
        json_t *then;

        if (!ends_on (now, day))
            continue;
        then = targets_read (&look->call, day, error);
        if (!then)
            return FALSE;
        add_targets (look, then, day, TRUE);
        json_decref (then);
    }
    return TRUE;
}

static gboolean
look_for_targets (Look *look, GError **error)
{
    json_t *now = targets_read (&look->call, look->today, error);
    gboolean good = now != NULL;

    if (now && g_str_equal (look->tells, "missed"))
        good = look_for_misses (look, now, error);
    else if (now)
        add_targets (look, now, look->today, FALSE);
    json_decref (now);
    return good;
}

/* ---- an alert that looks ---- */

static gboolean
begin_look (Look *look, const MailTurn *turn, const Rows *rows, guint row, GError **error)
{
    g_autoptr (GTimeZone) zone = zone_find (turn->api->options.config->sync_zone);
    g_autofree char *settings = NULL;
    json_t *read;

    *look = (Look){ .turn = turn,
                    .call = mail_call (turn, rows_text (rows, row, USER_ID)),
                    .tells = rows_text (rows, row, TELLS),
                    .widget = rows_text (rows, row, WIDGET),
                    .today = instant_day (turn->now, zone),
                    .since = instant_day (rows_instant (rows, row, CREATED_AT), zone) - BACK_DAYS,
                    .events = g_ptr_array_new_with_free_func (event_free) };
    settings = settings_of (&look->call, error);
    if (!settings)
        return FALSE;
    read = json_loads (settings, 0, NULL);
    look->style = number_style_of (read);
    json_decref (read);
    return TRUE;
}

static gboolean
write_events (const Look *look, const Rows *rows, guint row, GError **error)
{
    for (guint i = 0; i < look->events->len; i++) {
        const Event *event = look->events->pdata[i];
        Mailing mailing = { .user_id = rows_text (rows, row, USER_ID),
                            .origin = rows_text (rows, row, ID),
                            .occurrence = event->occurrence,
                            .recipients = rows_text (rows, row, RECIPIENTS),
                            .date = event->date,
                            .event = event->text,
                            .now = look->turn->now };

        if (mailing_write (look->turn->store, look->turn->api->options.random, &mailing, error) < 0)
            return FALSE;
    }
    return store_do (look->turn->store, &sql_mail_alert_looked,
                     PARAMS ({ "user", VALUE_OF_TEXT (rows_text (rows, row, USER_ID)) },
                             { "id", VALUE_OF_TEXT (rows_text (rows, row, ID)) },
                             { "synced", VALUE_OF_INSTANT (rows_instant (rows, row, SYNCED_AT)) }),
                     error) >= 0;
}

static gboolean
keep_events (const Look *look, const Rows *rows, guint row, GError **error)
{
    if (!store_begin (look->turn->store, error))
        return FALSE;
    if (write_events (look, rows, row, error) && store_commit (look->turn->store, error))
        return TRUE;
    store_rollback (look->turn->store);
    return FALSE;
}

static gboolean
look_once (const MailTurn *turn, const Rows *rows, guint row, GError **error)
{
    gboolean days = g_strcmp0 (rows_text (rows, row, KIND), "unusual_day") == 0, good;
    Look look;

    good = begin_look (&look, turn, rows, row, error) &&
           (days ? look_for_days : look_for_targets) (&look, error) && keep_events (&look, rows, row, error);
    g_ptr_array_unref (look.events);
    return good;
}

gboolean
mail_watch (const MailTurn *turn, GError **error)
{
    g_autoptr (Rows) rows = store_ask (turn->store, &sql_mail_alert_due, NO_PARAMS, error);

    if (!rows)
        return FALSE;
    for (guint row = 0; row < rows_count (rows); row++)
        if (!look_once (turn, rows, row, error))
            return FALSE;
    return TRUE;
}
