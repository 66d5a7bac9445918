/* docs.c -- the description of the API, made from the route table itself: as
 * OpenAPI 3.1 for programs and as a plain page for people. */
#include "api/handlers.h"

#include <string.h>

static const char *
policy_words (Policy policy)
{
    static const char *const words[] = {
        [POLICY_REFUSE] = "nobody",
        [POLICY_PUBLIC] = "everybody",
        [POLICY_USER] = "a signed-in user",
        [POLICY_ADMIN] = "an administrator",
        [POLICY_CRON] = "who has the cron token",
        [POLICY_OPERATOR] = "an administrator, or anybody on loopback",
    };

    return words[policy];
}

static void
write_security (Json *json, Policy policy)
{
    static const char *const schemes[] = { "bearer", "session", "cron" };

    json_key (json, "security");
    json_begin_array (json);
    for (guint i = 0; i < G_N_ELEMENTS (schemes); i++) {
        gboolean cron = i == 2;

        if (policy == POLICY_PUBLIC || cron != (policy == POLICY_CRON))
            continue;
        json_begin_object (json);
        json_key (json, schemes[i]);
        json_begin_array (json);
        json_end_array (json);
        json_end_object (json);
    }
    json_end_array (json);
}

static void
write_parameter (Json *json, const char *in, const char *name, gsize n, gboolean required)
{
    g_autofree char *text = g_strndup (name, n);

    json_begin_object (json);
    json_put_text (json, "name", text);
    json_put_text (json, "in", in);
    json_put_bool (json, "required", required);
    json_key (json, "schema");
    json_begin_object (json);
    json_put_text (json, "type", "string");
    if (g_str_has_suffix (text, "Date") || g_str_has_prefix (text, "compareS") ||
        g_str_has_prefix (text, "compareE"))
        json_put_text (json, "format", "date");
    json_end_object (json);
    json_end_object (json);
}

static void
write_parameters (Json *json, const Route *route)
{
    g_auto (GStrv) names = g_strsplit (route->query ? route->query : "", " ", -1);

    json_key (json, "parameters");
    json_begin_array (json);
    for (const char *at = strchr (route->path, '{'); at; at = strchr (at + 1, '{'))
        write_parameter (json, "path", at + 1, strcspn (at + 1, "}"), TRUE);
    for (char **name = names; *name && **name; name++)
        write_parameter (json, "query", *name, strcspn (*name, "!"), strchr (*name, '!') != NULL);
    json_end_array (json);
}

static void
write_body (Json *json)
{
    json_key (json, "requestBody");
    json_begin_object (json);
    json_key (json, "content");
    json_begin_object (json);
    json_key (json, "application/json");
    json_begin_object (json);
    json_key (json, "schema");
    json_begin_object (json);
    json_put_text (json, "type", "object");
    json_end_object (json);
    json_end_object (json);
    json_end_object (json);
    json_end_object (json);
}

static void
write_answer (Json *json, const char *status, const char *description, const char *type, const char *schema)
{
    json_key (json, status);
    json_begin_object (json);
    json_put_text (json, "description", description);
    json_key (json, "content");
    json_begin_object (json);
    json_key (json, type);
    json_begin_object (json);
    json_key (json, "schema");
    json_begin_object (json);
    if (schema)
        json_put_text (json, "$ref", schema);
    json_end_object (json);
    json_end_object (json);
    json_end_object (json);
    json_end_object (json);
}

static const char *
answer_type (const Route *route)
{
    return g_str_has_suffix (route->path, "/events") ? "text/event-stream" : "application/json";
}

static void
write_operation (Json *json, const Route *route)
{
    g_autofree char *id = g_strdelimit (g_strdup_printf ("%s%s", route->method, route->path), "/{}.", '_');
    g_autofree char *method = g_ascii_strdown (route->method, -1);

    json_key (json, method);
    json_begin_object (json);
    json_put_text (json, "operationId", id);
    json_put_text (json, "summary", route->summary);
    json_put_text (json, "description", policy_words (route->policy));
    write_security (json, route->policy);
    write_parameters (json, route);
    if (strcmp (method, "post") == 0 || strcmp (method, "patch") == 0)
        write_body (json);
    json_key (json, "responses");
    json_begin_object (json);
    write_answer (json, "2XX", "It worked", answer_type (route), NULL);
    write_answer (json, "default", "A problem", "application/problem+json", "#/components/schemas/Problem");
    json_end_object (json);
    json_end_object (json);
}

static gboolean
is_first_of_path (guint i)
{
    for (guint j = 0; j < i; j++)
        if (strcmp (api_routes[j].path, api_routes[i].path) == 0)
            return FALSE;
    return TRUE;
}

static void
write_paths (Json *json)
{
    json_key (json, "paths");
    json_begin_object (json);
    for (guint i = 0; i < api_n_routes; i++) {
        if (!is_first_of_path (i))
            continue;
        json_key (json, api_routes[i].path);
        json_begin_object (json);
        for (guint j = i; j < api_n_routes; j++)
            if (strcmp (api_routes[j].path, api_routes[i].path) == 0)
                write_operation (json, &api_routes[j]);
        json_end_object (json);
    }
    json_end_object (json);
}

static void
write_components (Json *json)
{
    static const char components[] =
        "{\"securitySchemes\":{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"},"
        "\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"daymark\"},"
        "\"cron\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"X-CRON-TOKEN\"}},"
        "\"schemas\":{\"Problem\":{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\","
        "\"detail\",\"code\","
        "\"request_id\"],\"properties\":{\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},"
        "\"status\":{\"type\":\"integer\"},\"detail\":{\"type\":\"string\"},\"code\":{\"type\":\"string\"},"
        "\"request_id\":{\"type\":\"string\"}}}}}";

    json_key (json, "components");
    json_raw (json, components, sizeof components - 1);
}

static GString *
make_openapi (void)
{
    GString *out = g_string_sized_new (32768);
    Json json = JSON_INTO (out);

    json_begin_object (&json);
    json_put_text (&json, "openapi", "3.1.0");
    json_key (&json, "info");
    json_begin_object (&json);
    json_put_text (&json, "title", "Daymark");
    json_put_text (&json, "version", DAYMARK_VERSION);
    json_put_text (&json, "description", "Daily numbers of Google Analytics, Meta Ads and Instagram.");
    json_key (&json, "license");
    json_begin_object (&json);
    json_put_text (&json, "name", "Apache-2.0");
    json_put_text (&json, "identifier", "Apache-2.0");
    json_end_object (&json);
    json_end_object (&json);
    write_paths (&json);
    write_components (&json);
    json_end_object (&json);
    return out;
}

static const char *
stylesheet (const Api *api)
{
    for (guint i = 0; i < api->options.n_assets; i++)
        if (g_str_has_suffix (api->options.assets[i].path, ".css"))
            return api->options.assets[i].path;
    return "";
}

static GString *
make_page (const Api *api)
{
    GString *out = g_string_sized_new (16384);

    g_string_append_printf (
        out,
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Daymark API</title>"
        "<meta name=\"viewport\" content=\"width=device-width\">"
        "<link rel=\"stylesheet\" href=\"%s\"><body class=\"docs\"><h1>Daymark API " DAYMARK_VERSION
        "</h1><p>The same as <a href=\"/openapi.json\">OpenAPI 3.1</a>. Errors are "
        "application/problem+json.</p><table><thead><tr><th>Method<th>Path<th>What<th>For"
        "<tbody>",
        stylesheet (api));
    for (guint i = 0; i < api_n_routes; i++) {
        const Route *route = &api_routes[i];
        g_autofree char *row =
            g_markup_printf_escaped ("<tr><td>%s<td><code>%s</code><td>%s<td>%s\n", route->method,
                                     route->path, route->summary, policy_words (route->policy));

        g_string_append (out, row);
    }
    return g_string_append (out, "</table></body></html>");
}

void
docs_load (Api *api)
{
    static const char *const json_headers[] = { "Cache-Control", "no-cache", NULL };
    static const char *const page_headers[] = {
        "Cache-Control", "no-cache", "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'", NULL
    };

    api->openapi = http_ready_new (200, "application/json", g_string_free_to_bytes (make_openapi ()), NULL,
                                   json_headers);
    api->docs = http_ready_new (200, "text/html; charset=utf-8", g_string_free_to_bytes (make_page (api)),
                                NULL, page_headers);
}

gboolean
docs_openapi (Call *call)
{
    http_reply_ready (call->http, call->api->openapi);
    return TRUE;
}

gboolean
docs_page (Call *call)
{
    http_reply_ready (call->http, call->api->docs);
    return TRUE;
}
