#include "api/settings.h"

#include "api/handlers.h"
#include "base/fault.h"
#include "sql.h"

#define TEXT_MOST 64

char *
settings_of (Call *call, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_settings_get,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);

    return rows ? g_strdup (rows_count (rows) ? rows_text (rows, 0, 0) : "{}") : NULL;
}

gboolean
settings_get (Call *call, GError **error)
{
    g_autofree char *settings = settings_of (call, error);

    return settings && call_reply (call, 200, g_string_new (settings));
}

/* Each is a short text, or null for what the browser says; what they mean is the page's business. */
static gboolean
check (json_t *body, GError **error)
{
    static const char *const members[] = { "zone", "week_start", "numbers", "money", NULL };
    const char *name;
    json_t *value;

    if (!call_only_members (body, members, error))
        return FALSE;
    json_object_foreach (body, name,
                         value) if (!json_is_null (value) &&
                                    !call_text_member (body, name, TEXT_MOST, error)) return FALSE;
    return TRUE;
}

static gboolean
put (Call *call, json_t *body, GError **error)
{
    g_autofree char *text = json_dumps (body, JSON_COMPACT | JSON_SORT_KEYS);

    return store_do (call->store, &sql_api_settings_put,
                     PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) },
                             { "settings", VALUE_OF_TEXT (text) },
                             { "now", VALUE_OF_INSTANT (call_now (call)) }),
                     error) >= 0 &&
           call_reply_ok (call);
}

gboolean
settings_put (Call *call, GError **error)
{
    json_auto_t *body = call_body (call, error);

    return body && check (body, error) && put (call, body, error);
}
