/* docs.c -- the description of the API, for programs and for people. */
#include "api/description.h"
#include "api/handlers.h"

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
        page_stylesheet (api));
    for (guint i = 0; i < api_n_routes; i++) {
        const Route *route = &api_routes[i];
        g_autofree char *row =
            g_markup_printf_escaped ("<tr><td>%s<td><code>%s</code><td>%s<td>%s\n", route->method,
                                     route->path, route->summary, description_policy (route->policy));

        g_string_append (out, row);
    }
    return g_string_append (out, "</table></body></html>");
}

/* Who has it already is told so. */
static HttpReady *
make_ready (const char *content_type, GString *text, const char *const *headers)
{
    g_autofree char *hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *)text->str, text->len);
    g_autofree char *etag = g_strdup_printf ("\"%.32s\"", hash);

    return http_ready_new (200, content_type, g_string_free_to_bytes (text), etag, headers);
}

void
docs_load (Api *api)
{
    static const char *const json_headers[] = { "Cache-Control", "no-cache", NULL };
    static const char *const page_headers[] = {
        "Cache-Control", "no-cache", "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'", NULL
    };

    api->openapi = make_ready ("application/json", description_new (), json_headers);
    api->docs = make_ready ("text/html; charset=utf-8", make_page (api), page_headers);
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
