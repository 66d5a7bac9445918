#include "sources/graph_debug.h"

#include "base/fault.h"

static gboolean
lists (const json_t *names, const char *wanted)
{
    gsize i;
    json_t *name;

    json_array_foreach ((json_t *)names, i, name)
    {
        if (g_strcmp0 (json_string_value (name), wanted) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
allows (const json_t *granted, const char *alternatives, const char *service, GError **error)
{
    g_auto (GStrv) any = g_strsplit (alternatives, "|", -1);

    for (char **one = any; *one; one++)
        if (lists (granted, *one))
            return TRUE;
    return fault_set (
        error, FAULT_DENIED,
        "%s: the access token lacks the permission %s: connect again and allow it, or make a new "
        "token that has it",
        service, any[0]);
}

static gboolean
is_filled (const char *text)
{
    return text && *text;
}

/* The app may look at its tokens, and so may a token of one of its developers, who someone with an
 * app of his own nearly always is: without META_APP_ID the token looks at itself. */
static json_t *
debug_token (const SourceContext *context, const char *service, const char *token)
{
    const Config *config = context->config;
    gboolean has_app = is_filled (config->meta_app_id) && is_filled (config->meta_app_secret);
    g_autofree char *app =
        has_app ? g_strdup_printf ("%s|%s", config->meta_app_id, config->meta_app_secret) : NULL;
    g_autofree char *parameters = fetch_form ("input_token", token, NULL);
    GraphCall call = { .service = service,
                       .method = "GET",
                       .path = "debug_token",
                       .token = has_app ? app : token,
                       .parameters = parameters };

    return graph_call (context, &call, NULL);
}

gboolean
graph_debug_look (const SourceContext *context, const char *service, const char *token,
                  const char *const *scopes, gint64 *expires, GError **error)
{
    g_autoptr (json_t) answer = debug_token (context, service, token);
    const json_t *data = json_object_get (answer, "data");
    const json_t *granted = json_object_get (data, "scopes");
    gint64 end = json_integer_value (json_object_get (data, "expires_at"));

    if (end > 0 && end < G_MAXINT64 / SECOND_US)
        *expires = end * SECOND_US;
    if (!json_is_true (json_object_get (data, "is_valid")) || json_array_size (granted) == 0)
        return TRUE;
    for (; scopes && *scopes; scopes++)
        if (!allows (granted, *scopes, service, error))
            return FALSE;
    return TRUE;
}
