/* share.c -- make links to one's own dashboard, look at them, revoke them. */
#include "api/share.h"

#include "api/custom.h"
#include "api/handlers.h"
#include "api/layout.h"
#include "api/layout_own.h"
#include "auth/secret.h"
#include "base/fault.h"
#include "sql.h"

#include <string.h>

#define MOST_SHARES 50
#define NAME_MOST   100
#define DAYS_MOST   366
#define KEPT_DAYS   30 /* in the list, after it has ended */

/* ---- what is wanted ---- */

/* In so many days, or at an instant. */
static gboolean
read_end (const Call *call, json_t *body, Share *share, GError **error)
{
    json_t *days = json_object_get (body, "expires_in_days"), *at = json_object_get (body, "expires_at");
    gint64 now = call_now (call);

    if (!days == !at)
        return fault_set (error, FAULT_INVALID, "give expires_in_days or expires_at");
    if (json_is_integer (days) && json_integer_value (days) >= 1 && json_integer_value (days) <= DAYS_MOST) {
        share->expires_at = now + json_integer_value (days) * DAY_US;
        return TRUE;
    }
    if (json_is_string (at) && instant_parse (json_string_value (at), &share->expires_at) &&
        share->expires_at > now && share->expires_at <= now + DAYS_MOST * DAY_US)
        return TRUE;
    return fault_set (error, FAULT_INVALID, "a link ends in 1 to %d days: %s", DAYS_MOST,
                      days ? "expires_in_days is a whole number of them"
                           : "expires_at is an instant such as 2026-01-02T08:15:00Z within them");
}

/* A period that moves on, or two days that stay. */
static gboolean
read_days (json_t *body, Share *share, GError **error)
{
    json_t *period = json_object_get (body, "period");
    const char *start = json_string_value (json_object_get (body, "startDate"));
    const char *end = json_string_value (json_object_get (body, "endDate"));

    if (period && (start || end))
        return fault_set (error, FAULT_INVALID, "give a period, or startDate and endDate");
    share->preset = period ? preset_parse (json_string_value (period)) : PRESET_NONE;
    if (period && share->preset == PRESET_NONE)
        return fault_set (error, FAULT_INVALID,
                          "period can be last_7_days, last_28_days, last_90_days, this_month, last_month or "
                          "last_12_months");
    return period || period_read (start, end, &share->days, error);
}

static gboolean
read_comparison (json_t *body, Share *share, GError **error)
{
    json_t *compare = json_object_get (body, "compare");
    const Period any = { day_of (2000, 1, 1), day_of (2000, 1, 1) };
    Comparison comparison;

    if (compare && !json_is_string (compare))
        return fault_set (error, FAULT_INVALID, "compare must be a text");
    if (g_strcmp0 (json_string_value (compare), "custom") == 0)
        return fault_set (error, FAULT_INVALID, "a link compares with the previous_period or _year, or not");
    if (!comparison_read (json_string_value (compare), NULL, NULL, any, &comparison, error))
        return FALSE;
    share->compare = comparison.kind;
    return TRUE;
}

/* "ga4,meta", as in the query of a widget. */
static gboolean
read_sources (json_t *body, Share *share, GError **error)
{
    json_t *sources = json_object_get (body, "sources");
    g_autofree char *bad = NULL;

    share->sources = SOURCE_ALL;
    if (!sources ||
        (json_is_string (sources) && source_parse_list (json_string_value (sources), &share->sources, &bad)))
        return TRUE;
    return fault_set (error, FAULT_INVALID, "sources can be ga4, meta and instagram, with commas");
}

static gboolean
read_wanted (const Call *call, json_t *body, Share *share, GError **error)
{
    static const char *const members[] = { "name",    "expires_in_days", "expires_at",
                                           "period",  "startDate",       "endDate",
                                           "compare", "sources",         "insights",
                                           NULL };
    const char *name;

    if (!call_only_members (body, members, error) ||
        !(name = call_text_member (body, "name", NAME_MOST, error)))
        return FALSE;
    share->name = g_strdup (name);
    return read_end (call, body, share, error) && read_days (body, share, error) &&
           read_comparison (body, share, error) && read_sources (body, share, error) &&
           call_bool_member (body, "insights", &share->insights, error);
}

/* ---- the board as it is now ---- */

/* What others need of a card to draw it; whatever else a client has saved there stays at home. */
static json_t *
bare_entry (json_t *entry)
{
    static const char *const members[] = { "id", "key", "size", "x", "y", "w", "h", "places", "view" };
    json_t *bare = json_object ();

    for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
        json_t *value = json_object_get (entry, members[i]);

        if (value)
            json_object_set (bare, members[i], value);
    }
    return bare;
}

static json_t *
bare_widgets (json_t *layout)
{
    json_t *widgets = json_array (), *entry;
    gsize i;

    json_array_foreach (json_object_get (layout, "widgets"), i, entry)
    {
        json_array_append_new (widgets, bare_entry (entry));
    }
    return widgets;
}

/* The saved layout and the formulas that it needs. */
static json_t *
read_board (Call *call, GError **error)
{
    json_auto_t *layout = NULL;
    json_t *own;

    if (!layout_saved (call, &layout, error))
        return NULL;
    if (!json_array_size (json_object_get (layout, "widgets"))) {
        call_fail (error, 422, "nothing-to-share", "there is no saved dashboard with widgets to share");
        return NULL;
    }
    own = layout_own_named (call, layout, error);
    return own ? json_pack ("{s:o, s:o}", "widgets", bare_widgets (layout), "custom", own) : NULL;
}

/* ---- create ---- */

static gboolean
insert (Call *call, const Share *share, const char *hash, GError **error)
{
    g_autofree char *board = json_dumps (share->board, JSON_COMPACT);
    gboolean stays = share->preset == PRESET_NONE;
    gint64 n = store_do (
        call->store, &sql_api_share_insert,
        PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }, { "id", VALUE_OF_TEXT (share->id) },
                { "hash", VALUE_OF_TEXT (hash) }, { "name", VALUE_OF_TEXT (share->name) },
                { "now", VALUE_OF_INSTANT (call_now (call)) },
                { "expires_at", VALUE_OF_INSTANT (share->expires_at) },
                { "period", VALUE_OF_TEXT (stays ? "" : preset_name (share->preset)) },
                { "start", stays ? VALUE_OF_DAY (share->days.from) : VALUE_NONE },
                { "end", stays ? VALUE_OF_DAY (share->days.to) : VALUE_NONE },
                { "compare", VALUE_OF_TEXT (comparison_name (share->compare)) },
                { "sources", VALUE_OF_INT (share->sources) }, { "insights", VALUE_OF_INT (share->insights) },
                { "board", VALUE_OF_TEXT (board) }, { "most", VALUE_OF_INT (MOST_SHARES) }),
        error);

    if (n == 0)
        return call_fail (error, 422, "too-many-shares", "there are %d links already; revoke one first",
                          MOST_SHARES);
    return n > 0;
}

static gboolean
sweep (Call *call, GError **error)
{
    return store_do (call->store, &sql_api_share_sweep,
                     PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) },
                             { "before", VALUE_OF_INSTANT (call_now (call) - KEPT_DAYS * DAY_US) }),
                     error) >= 0;
}

/* The one answer that holds the secret. */
static gboolean
reply_made (Call *call, const Share *share, const char *secret, GError **error)
{
    g_autoptr (Rows) rows = call_find (call, &sql_api_share_get, share->id, "unknown-share", "link", error);
    g_autofree char *url = g_strdup_printf ("%s/s#%s", call->api->options.config->public_url, secret);
    GString *text;
    Json json;

    if (!rows)
        return FALSE;
    text = g_string_new (NULL);
    json = JSON_INTO (text);
    share_write (&json, rows, 0);
    json_put_text (&json, "secret", secret);
    json_put_text (&json, "url", url);
    json_end_object (&json);
    return call_reply (call, 201, text);
}

static gboolean
create (Call *call, Share *share, GError **error)
{
    g_autofree char *secret = secret_new (call->api->options.random, SHARE_SECRET);
    char hash[SECRET_HASH_TEXT];

    random_uuid (call->api->options.random, share->id);
    secret_hash (secret, strlen (secret), hash);
    share->board = read_board (call, error);
    return share->board && sweep (call, error) && insert (call, share, hash, error) &&
           reply_made (call, share, secret, error);
}

gboolean
share_create (Call *call, GError **error)
{
    g_autoptr (Share) share = g_new0 (Share, 1);
    json_auto_t *body = call_body (call, error);

    return body && read_wanted (call, body, share, error) && create (call, share, error);
}

/* ---- list and revoke ---- */

static void
write_sources (Json *json, Source sources)
{
    json_key (json, "sources");
    json_begin_array (json);
    for (guint i = 0; i < G_N_ELEMENTS (source_infos); i++)
        if (sources & source_infos[i].source)
            json_text (json, source_infos[i].name);
    json_end_array (json);
}

void
share_write (Json *json, const Rows *rows, guint row)
{
    const char *period = rows_text (rows, row, SHARE_PERIOD);

    json_begin_object (json);
    json_put_text (json, "id", rows_text (rows, row, SHARE_ID));
    json_put_text (json, "name", rows_text (rows, row, SHARE_NAME));
    json_put_instant (json, "created_at", rows_instant (rows, row, SHARE_CREATED));
    json_put_instant (json, "expires_at", rows_instant (rows, row, SHARE_EXPIRES));
    json_put_instant (json, "last_used_at", rows_instant (rows, row, SHARE_LAST_USED));
    json_put_int (json, "uses", rows_int (rows, row, SHARE_USES));
    json_put_text (json, "period", *period ? period : NULL);
    json_put_day (json, "startDate", rows_day (rows, row, SHARE_START));
    json_put_day (json, "endDate", rows_day (rows, row, SHARE_END));
    json_put_text (json, "compare", rows_text (rows, row, SHARE_COMPARE));
    write_sources (json, (Source)rows_int (rows, row, SHARE_SOURCES));
    json_put_bool (json, "insights", rows_int (rows, row, SHARE_INSIGHTS) != 0);
}

static void
write_listed (Json *json, const Rows *rows, guint row)
{
    share_write (json, rows, row);
    json_end_object (json);
}

gboolean
share_list (Call *call, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_share_list,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);

    return call_reply_rows (call, "shares", rows, write_listed);
}

gboolean
share_revoke (Call *call, GError **error)
{
    return call_delete (call, &sql_api_share_delete, call_segment (call, 2), "unknown-share", "link",
                        error) &&
           call_reply_ok (call);
}
