#include "google.h"

#include <string.h>

#define PROPERTY_HELP "https://developers.google.com/analytics/devguides/reporting/data/v1/property-id"
#define AUTH_HELP     "See https://developers.google.com/identity/sign-in/web/devconsole-project."
#define PROJECT       "123456789012"

static const char *
status_word (int code)
{
    static const struct {
        int code;
        const char *word;
    } words[] = {
        { 400, "INVALID_ARGUMENT" }, { 401, "UNAUTHENTICATED" },    { 403, "PERMISSION_DENIED" },
        { 404, "NOT_FOUND" },        { 429, "RESOURCE_EXHAUSTED" }, { 500, "INTERNAL" },
        { 503, "UNAVAILABLE" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (words); i++)
        if (words[i].code == code)
            return words[i].word;
    return "UNKNOWN";
}

static void
write_info (Json *json, const char *reason, const char *service)
{
    json_key (json, "details");
    json_begin_array (json);
    json_begin_object (json);
    json_put_text (json, "@type", "type.googleapis.com/google.rpc.ErrorInfo");
    json_put_text (json, "reason", reason);
    json_put_text (json, "domain", "googleapis.com");
    json_key (json, "metadata");
    json_begin_object (json);
    json_put_text (json, "service", service);
    json_put_text (json, "consumer", "projects/" PROJECT);
    json_end_object (json);
    json_end_object (json);
    json_end_array (json);
}

static gboolean
write_failure (SimReply *reply, int code, const char *reason, const char *service, const char *message)
{
    Json json = sim_reply_json (reply, code);

    json_begin_object (&json);
    json_key (&json, "error");
    json_begin_object (&json);
    json_put_int (&json, "code", code);
    json_put_text (&json, "message", message);
    json_put_text (&json, "status", status_word (code));
    if (reason)
        write_info (&json, reason, service);
    json_end_object (&json);
    json_end_object (&json);
    return FALSE;
}

gboolean
google_fail (SimReply *reply, int code, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start (args, format);
    message = g_strdup_vprintf (format, args);
    va_end (args);
    return write_failure (reply, code, NULL, NULL, message);
}

gboolean
google_fail_info (SimReply *reply, int code, const char *reason, const char *service, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start (args, format);
    message = g_strdup_vprintf (format, args);
    va_end (args);
    return write_failure (reply, code, reason, service, message);
}

void
google_not_found (SimReply *reply, const char *path)
{
    g_autofree char *shown = g_markup_escape_text (path, -1);

    sim_reply_json (reply, 404);
    reply->content_type = "text/html; charset=UTF-8";
    g_string_append_printf (
        reply->body,
        "<!DOCTYPE html>\n<html lang=en>\n<title>Error 404 (Not Found)!!1</title>\n"
        "<p><b>404.</b> <ins>That’s an error.</ins>\n<p>The requested URL <code>%s</code> was not "
        "found on this server.  <ins>That’s all we know.</ins>\n",
        shown);
}

gboolean
google_service_disabled (SimReply *reply, const char *title, const char *service)
{
    return google_fail_info (
        reply, 403, "SERVICE_DISABLED", service,
        "%s has not been used in project " PROJECT " before or it is disabled. Enable it by "
        "visiting https://console.developers.google.com/apis/api/%s/overview?project=" PROJECT
        " then retry. If you enabled this API recently, wait a few minutes for the action to "
        "propagate to our systems and retry.",
        title, service);
}

static gboolean
may_read (const char *scope)
{
    return strstr (scope, "https://www.googleapis.com/auth/analytics") != NULL;
}

gboolean
google_authorized (SimState *state, const SimRequest *request, const char *service, SimReply *reply)
{
    const char *given = request->authorization, *token = NULL, *scope;

    if (given && g_ascii_strncasecmp (given, "Bearer ", 7) == 0)
        token = given + 7;
    if (!token)
        return google_fail_info (
            reply, 401, "CREDENTIALS_MISSING", service,
            "Request is missing required authentication credential. Expected OAuth 2 access token, "
            "login cookie or other valid authentication credential. " AUTH_HELP);
    if (google_tokens_scope (state, token) && switch_feel (&state->switches, SWITCH_EXPIRE))
        google_tokens_expire (state, token);
    scope = google_tokens_scope (state, token);
    if (!scope)
        return google_fail_info (
            reply, 401, "ACCESS_TOKEN_EXPIRED", service,
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
            "cookie or other valid authentication credential. " AUTH_HELP);
    return may_read (scope) || google_fail_info (reply, 403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", service,
                                                 "Request had insufficient authentication scopes.");
}

gboolean
google_property_path (const char *rest, char **id, char **verb)
{
    const char *end;

    if (!g_str_has_prefix (rest, "properties/"))
        return FALSE;
    rest += strlen ("properties/");
    end = rest + strcspn (rest, ":/");
    *id = g_strndup (rest, (gsize)(end - rest));
    *verb = g_strdup (*end ? end + 1 : "");
    return TRUE;
}

Property *
google_property (SimState *state, const char *id, int unknown, SimReply *reply)
{
    Property *property = world_property (state->world, id);

    if (property)
        return property;
    if (!*id || strspn (id, "0123456789") != strlen (id))
        google_fail (reply, 400,
                     "Invalid property ID: %s. A numeric Property ID is required. To learn more about "
                     "Property ID, see " PROPERTY_HELP ".",
                     id);
    else if (unknown == 404)
        google_fail (reply, 404, "Requested entity was not found.");
    else
        google_fail (reply, 403,
                     "User does not have sufficient permissions for this property. To learn more about "
                     "Property ID, see " PROPERTY_HELP ".");
    return NULL;
}
