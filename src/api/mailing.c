#include "api/mailing.h"

#include "base/fault.h"
#include "base/mailbox.h"
#include "sql.h"

#include <string.h>

gboolean
mailing_is_on (const Call *call, GError **error)
{
    return call->api->options.config->smtp_url ||
           call_fail (error, 409, "no-mail-server",
                      "no mail can be sent: whoever runs this server has to set SMTP_URL and MAIL_FROM");
}

/* ---- reading ---- */

static gboolean
has_before (json_t *list, gsize end, const char *address)
{
    for (gsize i = 0; i < end; i++)
        if (g_ascii_strcasecmp (json_string_value (json_array_get (list, i)), address) == 0)
            return TRUE;
    return FALSE;
}

static gboolean
check_addresses (json_t *list, const char *name, GError **error)
{
    json_t *item;
    gsize i;

    if (!json_is_array (list) || json_array_size (list) < 1 || json_array_size (list) > RECIPIENTS_MOST)
        return fault_set (error, FAULT_INVALID, "%s must be a list of 1 to %d e-mail addresses", name,
                          RECIPIENTS_MOST);
    json_array_foreach (list, i, item)
    {
        const char *address = json_string_value (item);

        /* A NUL inside would hide the rest. */
        if (!mailbox_is_valid (address) || strlen (address) != json_string_length (item))
            return fault_set (error, FAULT_INVALID, "%s holds what is no e-mail address, as number %d", name,
                              (int)i + 1);
        if (has_before (list, i, address))
            return fault_set (error, FAULT_INVALID, "%s holds %s twice", name, address);
    }
    return TRUE;
}

gboolean
mailing_read_recipients (json_t *body, char **recipients, GError **error)
{
    json_t *list = json_object_get (body, "recipients");

    if (!list && *recipients)
        return TRUE;
    if (!check_addresses (list, "recipients", error))
        return FALSE;
    g_free (*recipients);
    *recipients = json_dumps (list, JSON_COMPACT);
    return TRUE;
}

gboolean
mailing_read_name (json_t *body, char **name, GError **error)
{
    const char *text;

    if (!json_object_get (body, "name") && *name)
        return TRUE;
    text = call_text_member (body, "name", NAME_MOST, error);
    if (!text)
        return FALSE;
    for (const char *at = text; *at; at++)
        if (g_ascii_iscntrl (*at))
            return fault_set (error, FAULT_INVALID, "name must be one line");
    g_free (*name);
    *name = g_strdup (text);
    return TRUE;
}

/* ---- writing ---- */

static gint64
write_one (Store *store, Random *random, const Mailing *mailing, const char *recipient, GError **error)
{
    char id[UUID_TEXT];

    return store_do (
        store, &sql_mail_mail_insert,
        PARAMS ({ "user", VALUE_OF_TEXT (mailing->user_id) }, { "origin", VALUE_OF_TEXT (mailing->origin) },
                { "occurrence", VALUE_OF_TEXT (mailing->occurrence) },
                { "recipient", VALUE_OF_TEXT (recipient) },
                { "id", VALUE_OF_TEXT (random_uuid (random, id)) }, { "date", VALUE_OF_DAY (mailing->date) },
                { "event", VALUE_OF_TEXT (mailing->event) }, { "now", VALUE_OF_INSTANT (mailing->now) }),
        error);
}

int
mailing_write (Store *store, Random *random, const Mailing *mailing, GError **error)
{
    json_t *list = json_loads (mailing->recipients, 0, NULL), *item;
    int written = 0;
    gsize i;

    json_array_foreach (list, i, item)
    {
        gint64 n = write_one (store, random, mailing, json_string_value (item), error);

        if (n < 0) {
            written = -1;
            break;
        }
        written += (int)n;
    }
    json_decref (list);
    return written;
}

/* ---- who has left ---- */

enum { LEFT_ORIGIN, LEFT_RECIPIENT, LEFT_AT };

/* A statement about one address of one mailing. */
static gboolean
do_for (Store *store, const Sql *sql, const char *user_id, const char *origin, const char *recipient,
        GError **error)
{
    g_autofree char *small = g_ascii_strdown (recipient, -1);

    return store_do (store, sql,
                     PARAMS ({ "user", VALUE_OF_TEXT (user_id) }, { "origin", VALUE_OF_TEXT (origin) },
                             { "recipient", VALUE_OF_TEXT (small) }),
                     error) >= 0;
}

gboolean
mailing_drop (Store *store, const char *user_id, const char *origin, const char *recipient, GError **error)
{
    return do_for (store, &sql_mail_mail_drop, user_id, origin, recipient, error);
}

static gboolean
write_leaver (Call *call, const char *user_id, const char *origin, const char *recipient, GError **error)
{
    g_autofree char *small = g_ascii_strdown (recipient, -1);

    return store_do (call->store, &sql_mail_leaver_insert,
                     PARAMS ({ "user", VALUE_OF_TEXT (user_id) }, { "origin", VALUE_OF_TEXT (origin) },
                             { "recipient", VALUE_OF_TEXT (small) },
                             { "now", VALUE_OF_INSTANT (call_now (call)) }),
                     error) >= 0;
}

gboolean
mailing_leave (Call *call, const char *user_id, const char *origin, const char *recipient, GError **error)
{
    if (!store_begin (call->store, error))
        return FALSE;
    if (write_leaver (call, user_id, origin, recipient, error) &&
        mailing_drop (call->store, user_id, origin, recipient, error) && store_commit (call->store, error))
        return TRUE;
    store_rollback (call->store);
    return FALSE;
}

Rows *
mailing_leavers (Call *call, GError **error)
{
    return store_ask (call->store, &sql_mail_leaver_list,
                      PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);
}

static gboolean
is_of (const Rows *leavers, guint row, const char *origin)
{
    return g_ascii_strcasecmp (rows_text (leavers, row, LEFT_ORIGIN), origin) == 0;
}

static gboolean
has_left (const Rows *leavers, const char *origin, const char *address)
{
    for (guint row = 0; row < rows_count (leavers); row++)
        if (is_of (leavers, row, origin) &&
            g_ascii_strcasecmp (rows_text (leavers, row, LEFT_RECIPIENT), address) == 0)
            return TRUE;
    return FALSE;
}

static gboolean
readmit_one (Call *call, const char *origin, json_t *readmit, const char *address, GError **error)
{
    if (!has_before (readmit, json_array_size (readmit), address))
        return call_fail (error, 409, "recipient-left",
                          "%s has unsubscribed, and is added again only on purpose (readmit)", address);
    return do_for (call->store, &sql_mail_leaver_delete, call->who.user_id, origin, address, error);
}

gboolean
mailing_readmit (Call *call, const char *origin, json_t *body, GError **error)
{
    json_t *readmit = json_object_get (body, "readmit"), *item;
    g_autoptr (Rows) leavers = NULL;
    gsize i;

    if (readmit && !check_addresses (readmit, "readmit", error))
        return FALSE;
    leavers = mailing_leavers (call, error);
    if (!leavers)
        return FALSE;
    json_array_foreach (json_object_get (body, "recipients"), i, item)
    {
        const char *address = json_string_value (item);

        if (has_left (leavers, origin, address) && !readmit_one (call, origin, readmit, address, error))
            return FALSE;
    }
    return TRUE;
}

void
mailing_put_recipients (Json *json, const char *recipients, const char *origin, const Rows *leavers)
{
    json_t *list = json_loads (recipients, 0, NULL), *item;
    gsize i;

    json_key (json, "recipients");
    json_begin_array (json);
    json_array_foreach (list, i, item)
    {
        if (!has_left (leavers, origin, json_string_value (item)))
            json_text (json, json_string_value (item));
    }
    json_end_array (json);
    json_decref (list);
    json_key (json, "left");
    json_begin_array (json);
    for (guint row = 0; row < rows_count (leavers); row++)
        if (is_of (leavers, row, origin)) {
            json_begin_object (json);
            json_put_text (json, "recipient", rows_text (leavers, row, LEFT_RECIPIENT));
            json_put_instant (json, "left_at", rows_instant (leavers, row, LEFT_AT));
            json_end_object (json);
        }
    json_end_array (json);
}

gboolean
mailing_reply_row (Call *call, int status, const Rows *rows, MailingWrite write, GError **error)
{
    g_autoptr (Rows) leavers = rows ? mailing_leavers (call, error) : NULL;
    GString *body;
    Json json;

    if (!leavers)
        return FALSE;
    body = g_string_new (NULL);
    json = JSON_INTO (body);
    write (&json, rows, 0, leavers);
    return call_reply (call, status, body);
}

gboolean
mailing_reply_rows (Call *call, const char *name, const Rows *rows, MailingWrite write, GError **error)
{
    g_autoptr (Rows) leavers = rows ? mailing_leavers (call, error) : NULL;
    GString *body;
    Json json;

    if (!leavers)
        return FALSE;
    body = g_string_new (NULL);
    json = JSON_INTO (body);
    json_begin_object (&json);
    json_key (&json, name);
    json_begin_array (&json);
    for (guint row = 0; row < rows_count (rows); row++)
        write (&json, rows, row, leavers);
    json_end_array (&json);
    json_put_bool (&json, "mail", call->api->options.config->smtp_url != NULL);
    json_end_object (&json);
    return call_reply (call, 200, body);
}

/* ---- the mails of one ---- */

static void
put_event (Json *json, const char *text)
{
    json_t *event = text ? json_loads (text, 0, NULL) : NULL;

    json_put_text (json, "subject", json_string_value (json_object_get (event, "subject")));
    json_decref (event);
}

static void
write_mail (Json *json, const Rows *rows, guint row)
{
    enum { OCCURRENCE, RECIPIENT, DATE, EVENT, STATUS, ATTEMPT, NOT_BEFORE, PROBLEM, CREATED_AT, ENDED_AT };
    const char *status = rows_text (rows, row, STATUS);

    json_begin_object (json);
    json_put_text (json, "occurrence", rows_text (rows, row, OCCURRENCE));
    json_put_text (json, "recipient", rows_text (rows, row, RECIPIENT));
    json_put_day (json, "date", rows_day (rows, row, DATE));
    put_event (json, rows_text (rows, row, EVENT));
    json_put_text (json, "status", status);
    json_put_int (json, "attempts", rows_int (rows, row, ATTEMPT));
    json_put_instant (json, "next_at",
                      g_str_equal (status, "waiting") ? rows_instant (rows, row, NOT_BEFORE) : INSTANT_NONE);
    json_put_text (json, "error", rows_text (rows, row, PROBLEM));
    json_put_instant (json, "created_at", rows_instant (rows, row, CREATED_AT));
    json_put_instant (json, "ended_at", rows_instant (rows, row, ENDED_AT));
    json_end_object (json);
}

gboolean
mailing_reply_mails (Call *call, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_mail_mail_list,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) },
                                               { "origin", VALUE_OF_TEXT (call_segment (call, 2)) }),
                                       error);

    return call_reply_rows (call, "mails", rows, write_mail);
}

static gboolean
delete_all (Call *call, const Sql *sql, const char *problem, const char *what, GError **error)
{
    const char *id = call_segment (call, 2);

    const Param *of =
        PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }, { "origin", VALUE_OF_TEXT (id) });

    return call_delete (call, sql, id, problem, what, error) &&
           store_do (call->store, &sql_mail_mail_forget, of, error) >= 0 &&
           store_do (call->store, &sql_mail_leaver_forget, of, error) >= 0;
}

gboolean
mailing_delete (Call *call, const Sql *sql, const char *problem, const char *what, GError **error)
{
    if (!store_begin (call->store, error))
        return FALSE;
    if (delete_all (call, sql, problem, what, error) && store_commit (call->store, error))
        return call_reply_ok (call);
    store_rollback (call->store);
    return FALSE;
}

void
mailing_put_last (Json *json, const Rows *rows, guint row, guint column)
{
    json_put_instant (json, "last_sent_at", rows_instant (rows, row, column));
    json_put_text (json, "last_error", rows_text (rows, row, column + 1));
}
