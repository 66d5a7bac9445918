/* page.c -- the web page: files that are part of the binary, ready to send. */
#include "api/handlers.h"

#include <string.h>

#define POLICY                                                                                            \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " \
    "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

#define SHARED "/s" /* the page once more, for who has a link: what follows # stays in the browser */
/* It has no form to send, and is nobody's to find or to come from. */
#define POLICY_SHARED                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

typedef struct {
    const ApiAsset *file;
    HttpReady *gzip, *plain;
} Asset;

static void
asset_free (gpointer data)
{
    Asset *asset = data;

    http_ready_unref (asset->gzip);
    http_ready_unref (asset->plain);
    g_free (asset);
}

/* Name, value, name, value, NULL. */
static void
list_headers (const ApiAsset *file, const char *path, gboolean tls, gboolean gzip,
              const char *list[static 16])
{
    gboolean shared = strcmp (path, SHARED) == 0;
    guint at = 0;

    list[at++] = "Cache-Control";
    list[at++] = file->immutable ? "public, max-age=31536000, immutable" : "no-cache";
    list[at++] = "Vary";
    list[at++] = "Accept-Encoding";
    list[at++] = "Referrer-Policy";
    list[at++] = shared ? "no-referrer" : "same-origin";
    if (g_str_has_prefix (file->type, "text/html")) {
        list[at++] = "Content-Security-Policy";
        list[at++] = shared ? POLICY_SHARED : POLICY;
    }
    if (shared) {
        list[at++] = "X-Robots-Tag";
        list[at++] = "noindex, nofollow";
    }
    if (tls) {
        list[at++] = "Strict-Transport-Security";
        list[at++] = "max-age=31536000";
    }
    if (gzip) {
        list[at++] = "Content-Encoding";
        list[at++] = "gzip";
    }
    list[at] = NULL;
}

static HttpReady *
make_ready (const ApiAsset *file, const char *path, gboolean tls, gboolean gzip)
{
    GBytes *data = gzip ? g_bytes_new_static (file->gzip, file->gzip_size)
                        : g_bytes_new_static (file->plain, file->plain_size);
    const char *headers[16];

    list_headers (file, path, tls, gzip, headers);
    return http_ready_new (200, file->type, data, gzip ? file->gzip_etag : file->etag, headers);
}

static void
add_asset (Api *api, const ApiAsset *file, const char *path)
{
    gboolean tls = api->options.config->tls_cert != NULL;
    Asset *asset = g_new0 (Asset, 1);

    asset->file = file;
    asset->gzip = make_ready (file, path, tls, TRUE);
    asset->plain = make_ready (file, path, tls, FALSE);
    g_hash_table_insert (api->assets, (gpointer)path, asset);
}

void
page_load (Api *api)
{
    api->assets = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, asset_free);
    for (guint i = 0; i < api->options.n_assets; i++) {
        const ApiAsset *file = &api->options.assets[i];

        add_asset (api, file, file->path);
        if (strcmp (file->path, "/") == 0)
            add_asset (api, file, SHARED);
    }
}

void
page_unload (Api *api)
{
    g_hash_table_unref (api->assets);
}

const char *
page_stylesheet (const Api *api)
{
    for (guint i = 0; i < api->options.n_assets; i++)
        if (g_str_has_suffix (api->options.assets[i].path, ".css"))
            return api->options.assets[i].path;
    return "";
}

static gboolean
takes_gzip (HttpCall *http)
{
    const char *accepts = http_call_header (http, "Accept-Encoding");

    return accepts && strstr (accepts, "gzip") && !strstr (accepts, "gzip;q=0");
}

gboolean
page_find (Call *call)
{
    const char *method = http_call_method (call->http);
    const Asset *asset = g_hash_table_lookup (call->api->assets, http_call_path (call->http));

    if (!asset || (strcmp (method, "GET") != 0 && strcmp (method, "HEAD") != 0))
        return FALSE;
    http_reply_ready (call->http, takes_gzip (call->http) ? asset->gzip : asset->plain);
    return TRUE;
}

/* The demo signs its user in with the page itself, which takes a worker. */
gboolean
page_get (Call *call)
{
    if (call->api->options.demo_user_id && !call->store &&
        !identity_peek (call->api->identities, call->http, &call->who))
        return FALSE;
    return page_find (call);
}

/* The page with the headers of this request: a shared reply could not carry the cookie. */
gboolean
page_with_cookie (Call *call)
{
    const Asset *asset = g_hash_table_lookup (call->api->assets, "/");
    const char *headers[16];

    list_headers (asset->file, "/", call->api->options.config->tls_cert != NULL, FALSE, headers);
    for (guint i = 0; headers[i]; i += 2)
        http_reply_header (call->http, headers[i], headers[i + 1]);
    http_reply (call->http, 200, asset->file->type, (const char *)asset->file->plain,
                asset->file->plain_size);
    return TRUE;
}

/* The same for everybody who comes: whether a link is any good is found out by the page. */
gboolean
page_shared (Call *call)
{
    return page_find (call);
}
