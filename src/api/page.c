/* page.c -- the web page: files that are part of the binary, ready to send. */
#include "api/handlers.h"

#include <string.h>

#define POLICY                                                                                            \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " \
    "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

typedef struct {
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

static HttpReady *
make_ready (const ApiAsset *file, gboolean tls, gboolean gzip)
{
    const unsigned char *data = gzip ? file->gzip : file->plain;
    gsize n = gzip ? file->gzip_size : file->plain_size;
    g_autofree char *tag = g_strdup_printf ("\"%s%s\"", file->etag, gzip ? "-gz" : "");
    const char *headers[16] = {
        "Cache-Control",
        file->immutable ? "public, max-age=31536000, immutable" : "no-cache",
        "Vary",
        "Accept-Encoding",
        "Referrer-Policy",
        "same-origin",
        NULL,
    };
    guint at = 6;

    if (strcmp (file->type, "text/html; charset=utf-8") == 0) {
        headers[at++] = "Content-Security-Policy";
        headers[at++] = POLICY;
    }
    if (tls) {
        headers[at++] = "Strict-Transport-Security";
        headers[at++] = "max-age=31536000";
    }
    if (gzip) {
        headers[at++] = "Content-Encoding";
        headers[at++] = "gzip";
    }
    return http_ready_new (200, file->type, g_bytes_new_static (data, n), tag, headers);
}

void
page_load (Api *api)
{
    gboolean tls = api->options.config->tls_cert != NULL;

    api->assets = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, asset_free);
    for (guint i = 0; i < api->options.n_assets; i++) {
        const ApiAsset *file = &api->options.assets[i];
        Asset *asset = g_new0 (Asset, 1);

        asset->gzip = make_ready (file, tls, TRUE);
        asset->plain = make_ready (file, tls, FALSE);
        g_hash_table_insert (api->assets, (gpointer)file->path, asset);
    }
}

void
page_unload (Api *api)
{
    g_hash_table_unref (api->assets);
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
