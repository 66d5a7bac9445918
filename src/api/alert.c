/* alert.c -- alerts: list, make, change, give up, and what each has told. */
#include "api/custom.h"
#include "api/handlers.h"
#include "api/mailer.h"
#include "api/mailing.h"
#include "base/fault.h"
#include "insights/detect.h"
#include "sql.h"

#include <string.h>

#define ALERTS_MOST 20

/* Owns its texts. */
typedef struct {
    char *name, *recipients, *kind, *tells, *widget; /* widget NULL: any */
    gboolean active;
} Alert;

static void
alert_clear (Alert *alert)
{
    g_free (alert->name);
    g_free (alert->recipients);
    g_free (alert->kind);
    g_free (alert->tells);
    g_free (alert->widget);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Alert, alert_clear)

/* The columns in the order of alert_list.sql and alert_find.sql. */
enum { ID, NAME, RECIPIENTS, KIND, TELLS, WIDGET, ACTIVE, CREATED_AT, UPDATED_AT, LAST_SENT_AT };

/* What of its kind an alert tells, under the name that the API has for it. */
static const struct {
    const char *kind, *member, *standard;
    const char *words[4];
} kinds[] = {
    { "target_missed", "when", "missed", { "missed", "projected" } },
    { "unusual_day", "sensitivity", "normal", { "low", "normal", "high" } },
};

static int
find_kind (const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
        if (g_strcmp0 (kinds[i].kind, name) == 0)
            return (int)i;
    return -1;
}

/* ---- the rows ---- */

static void
write_row (Json *json, const Rows *rows, guint row, const Rows *leavers)
{
    const char *kind = rows_text (rows, row, KIND);

    json_begin_object (json);
    json_put_text (json, "id", rows_text (rows, row, ID));
    json_put_text (json, "name", rows_text (rows, row, NAME));
    mailing_put_recipients (json, rows_text (rows, row, RECIPIENTS), rows_text (rows, row, ID), leavers);
    json_put_text (json, "kind", kind);
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
        json_put_text (json, kinds[i].member,
                       g_str_equal (kind, kinds[i].kind) ? rows_text (rows, row, TELLS) : NULL);
    json_put_text (json, "widget", rows_text (rows, row, WIDGET));
    json_put_bool (json, "active", rows_int (rows, row, ACTIVE) != 0);
    mailing_put_last (json, rows, row, LAST_SENT_AT);
    json_put_instant (json, "created_at", rows_instant (rows, row, CREATED_AT));
    json_put_instant (json, "updated_at", rows_instant (rows, row, UPDATED_AT));
    json_end_object (json);
}

static Rows *
find (const Call *call, GError **error)
{
    return call_find (call, &sql_mail_alert_find, call_segment (call, 2), "unknown-alert", "alert", error);
}

static Rows *
list (Call *call, GError **error)
{
    return store_ask (call->store, &sql_mail_alert_list,
                      PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);
}

gboolean
alert_list (Call *call, GError **error)
{
    g_autoptr (Rows) rows = list (call, error);

    return mailing_reply_rows (call, "alerts", rows, write_row, error);
}

gboolean
alert_get (Call *call, GError **error)
{
    g_autoptr (Rows) rows = find (call, error);

    return mailing_reply_row (call, 200, rows, write_row, error);
}

gboolean
alert_mails (Call *call, GError **error)
{
    g_autoptr (Rows) known = find (call, error);

    return known && mailing_reply_mails (call, error);
}

gboolean
alert_delete (Call *call, GError **error)
{
    return mailing_delete (call, &sql_mail_alert_delete, "unknown-alert", "alert", error);
}

/* ---- reading what is wanted ---- */

static void
take (char **text, const char *value)
{
    char *copy = g_strdup (value);

    g_free (*text);
    *text = copy;
}

static gboolean
read_kind (json_t *body, Alert *alert, GError **error)
{
    const char *kind;

    if (alert->kind && !json_object_get (body, "kind"))
        return TRUE;
    kind = call_text_member (body, "kind", 40, error);
    if (!kind)
        return FALSE;
    if (find_kind (kind) < 0)
        return fault_set (error, FAULT_INVALID, "kind is \"%.20s\"; it can be target_missed or unusual_day",
                          kind);
    if (g_strcmp0 (alert->kind, kind) != 0)
        take (&alert->tells, kinds[find_kind (kind)].standard);
    take (&alert->kind, kind);
    return TRUE;
}

static gboolean
read_tells (json_t *body, Alert *alert, GError **error)
{
    int mine = find_kind (alert->kind);

    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
        json_t *member = json_object_get (body, kinds[i].member);
        const char *word = json_string_value (member);

        if (!member || json_is_null (member))
            continue;
        if ((int)i != mine)
            return fault_set (error, FAULT_INVALID, "%s is not for alerts of this kind", kinds[i].member);
        if (!word || !g_strv_contains (kinds[i].words, word))
            return fault_set (error, FAULT_INVALID, "%s is \"%.20s\"; it can be %s, %s%s%s", kinds[i].member,
                              word ? word : "no text", kinds[i].words[0], kinds[i].words[1],
                              kinds[i].words[2] ? " or " : "", kinds[i].words[2] ? kinds[i].words[2] : "");
        take (&alert->tells, word);
    }
    return TRUE;
}

static gboolean
read_widget (Call *call, json_t *body, Alert *alert, GError **error)
{
    json_t *member = json_object_get (body, "widget");
    g_autoptr (GPtrArray) own = NULL;
    const char *key;

    if (!member)
        return TRUE;
    if (json_is_null (member)) {
        g_clear_pointer (&alert->widget, g_free);
        return TRUE;
    }
    key = call_text_member (body, "widget", 80, error);
    own = key ? custom_list (call, error) : NULL;
    if (!own)
        return FALSE;
    if (!custom_among (own, key))
        return call_fail (error, 422, "unknown-widget", "no widget has the key \"%.60s\"", key);
    take (&alert->widget, key);
    return TRUE;
}

static gboolean
read_wanted (Call *call, json_t *body, Alert *alert, GError **error)
{
    /* The first one is for an alert that is there. */
    static const char *const members[] = { "readmit",     "name",   "recipients", "kind", "when",
                                           "sensitivity", "widget", "active",     NULL };

    return call_only_members (body, alert->name ? members : members + 1, error) &&
           mailing_read_name (body, &alert->name, error) &&
           mailing_read_recipients (body, &alert->recipients, error) && read_kind (body, alert, error) &&
           read_tells (body, alert, error) && read_widget (call, body, alert, error) &&
           call_bool_member (body, "active", &alert->active, error);
}

/* ---- changing ---- */

static gint64
write_to (Call *call, const Sql *sql, const char *id, const Alert *alert, GError **error)
{
    return store_do (
        call->store, sql,
        PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }, { "id", VALUE_OF_TEXT (id) },
                { "name", VALUE_OF_TEXT (alert->name) }, { "recipients", VALUE_OF_TEXT (alert->recipients) },
                { "kind", VALUE_OF_TEXT (alert->kind) }, { "tells", VALUE_OF_TEXT (alert->tells) },
                { "widget", VALUE_OF_TEXT (alert->widget) }, { "active", VALUE_OF_INT (alert->active) },
                { "now", VALUE_OF_INSTANT (call_now (call)) }),
        error);
}

static gboolean
has_room (Call *call, GError **error)
{
    g_autoptr (Rows) rows = list (call, error);

    return rows &&
           (rows_count (rows) < ALERTS_MOST ||
            fault_set (error, FAULT_INVALID, "there are %d alerts already; give one up first", ALERTS_MOST));
}

/* It looks at once at what is there. */
static gboolean
reply (Call *call, int status, const char *id, GError **error)
{
    g_autoptr (Rows) rows = call_find (call, &sql_mail_alert_find, id, "unknown-alert", "alert", error);

    mailer_nudge (call->api->mailer);
    return mailing_reply_row (call, status, rows, write_row, error);
}

static gboolean
create (Call *call, json_t *body, GError **error)
{
    g_auto (Alert) alert = { .active = TRUE };
    char id[UUID_TEXT];
    g_autofree char *location = NULL;

    random_uuid (call->api->options.random, id);
    if (!read_wanted (call, body, &alert, error) || !has_room (call, error) ||
        write_to (call, &sql_mail_alert_insert, id, &alert, error) < 0)
        return FALSE;
    location = g_strdup_printf ("/v1/alerts/%s", id);
    call_reply_header (call, "Location", location);
    return reply (call, 201, id, error);
}

gboolean
alert_create (Call *call, GError **error)
{
    json_auto_t *body = mailing_is_on (call, error) ? call_body (call, error) : NULL;

    return body && create (call, body, error);
}

static gboolean
keep_change (Call *call, json_t *body, const Alert *alert, GError **error)
{
    if (!store_begin (call->store, error))
        return FALSE;
    if (mailing_readmit (call, call_segment (call, 2), body, error) &&
        write_to (call, &sql_mail_alert_update, call_segment (call, 2), alert, error) >= 0 &&
        store_commit (call->store, error))
        return TRUE;
    store_rollback (call->store);
    return FALSE;
}

static gboolean
change (Call *call, json_t *body, const Rows *known, GError **error)
{
    g_auto (Alert) alert = { .name = g_strdup (rows_text (known, 0, NAME)),
                             .recipients = g_strdup (rows_text (known, 0, RECIPIENTS)),
                             .kind = g_strdup (rows_text (known, 0, KIND)),
                             .tells = g_strdup (rows_text (known, 0, TELLS)),
                             .widget = g_strdup (rows_text (known, 0, WIDGET)),
                             .active = rows_int (known, 0, ACTIVE) != 0 };

    return read_wanted (call, body, &alert, error) && keep_change (call, body, &alert, error) &&
           reply (call, 200, call_segment (call, 2), error);
}

gboolean
alert_change (Call *call, GError **error)
{
    g_autoptr (Rows) known = find (call, error);
    json_auto_t *body = known ? call_body (call, error) : NULL;

    return body && change (call, body, known, error);
}
