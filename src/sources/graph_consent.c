/* graph_consent.c -- Meta's consent dialog, and what the code it sends back is worth.
 *
 * A code gives a token for an hour or two, and that one a token for about 60 days; nothing renews
 * it without the person. */
#include "sources/graph_call.h"

#include "base/fault.h"
#include "sources/graph_debug.h"
#include "sources/graph_token.h"
#include "sources/instagram.h"
#include "sources/meta.h"

#include <string.h>

typedef struct {
    const char *service;
    const char *asked;         /* scopes of the dialog, with commas */
    const char *const *needed; /* see graph_debug.h */
} GraphApp;

#define MOST_SECONDS ((gint64)400 * 366 * 86400) /* longer is for ever */

static gboolean
is_filled (const char *text)
{
    return text && *text;
}

static gboolean
has_app (const Config *config, GError **error)
{
    return (is_filled (config->meta_app_id) && is_filled (config->meta_app_secret)) ||
           fault_set (
               error, FAULT_DENIED,
               "a sign-in with Meta works only with an app of Meta's: set META_APP_ID and META_APP_SECRET");
}

static char *
consent_url (const Config *config, const GraphApp *app, const Consent *consent, GError **error)
{
    g_autofree char *version = graph_version (config);
    g_autofree char *path = g_strdup_printf ("/%s/dialog/oauth?", version);
    g_autofree char *base = google_url (config->meta_dialog_url, path);
    g_autofree char *query = NULL;

    if (!has_app (config, error))
        return NULL;
    query = fetch_form ("client_id", config->meta_app_id, "redirect_uri", consent->redirect_uri, "state",
                        consent->state, "scope", app->asked, "response_type", "code", "auth_type",
                        "rerequest", NULL);
    return g_strconcat (base, query, NULL);
}

/* ---- the tokens ---- */

static json_t *
ask_token (const SourceContext *context, const GraphApp *app, const char *parameters, GError **error)
{
    GraphCall call = {
        .service = app->service, .method = "GET", .path = "oauth/access_token", .parameters = parameters
    };
    json_t *answer = graph_call (context, &call, error);

    if (answer && !is_filled (google_text (answer, "access_token"))) {
        json_decref (answer);
        fault_set (error, FAULT_REMOTE, "%s: the sign-in sent no access token", app->service);
        return NULL;
    }
    return answer;
}

static json_t *
short_token (const SourceContext *context, const GraphApp *app, const char *code, const Consent *consent,
             GError **error)
{
    const Config *config = context->config;
    g_autofree char *parameters =
        fetch_form ("client_id", config->meta_app_id, "client_secret", config->meta_app_secret,
                    "redirect_uri", consent->redirect_uri, "code", code, NULL);

    return ask_token (context, app, parameters, error);
}

static json_t *
long_token (const SourceContext *context, const GraphApp *app, const char *token, GError **error)
{
    const Config *config = context->config;
    g_autofree char *parameters =
        fetch_form ("grant_type", "fb_exchange_token", "client_id", config->meta_app_id, "client_secret",
                    config->meta_app_secret, "fb_exchange_token", token, NULL);

    return ask_token (context, app, parameters, error);
}

static char *
credential_of (const char *token)
{
    g_autoptr (json_t) root = json_pack ("{s:s, s:s}", "type", "access_token", "access_token", token);
    char *dump = json_dumps (root, JSON_COMPACT | JSON_SORT_KEYS);
    char *text = g_strdup (dump);

    free (dump); /* jansson's allocator is not GLib's */
    return text;
}

static gboolean
exchange (const SourceContext *context, const GraphApp *app, const char *code, const Consent *consent,
          gint64 now, Grant *grant, GError **error)
{
    g_autoptr (json_t) first = NULL, second = NULL;
    g_autofree char *credential = NULL;
    gint64 lasts;

    if (!has_app (context->config, error))
        return FALSE;
    first = short_token (context, app, code, consent, error);
    second = first ? long_token (context, app, google_text (first, "access_token"), error) : NULL;
    if (!second)
        return FALSE;
    credential = credential_of (google_text (second, "access_token"));
    lasts = json_integer_value (json_object_get (second, "expires_in"));
    if (!graph_check_credential (credential, error) ||
        !graph_authorize (context, credential, now, grant, error))
        return FALSE;
    if (lasts > 0 && lasts < MOST_SECONDS)
        grant->credential_expires = now + lasts * SECOND_US;
    grant->credential = g_steal_pointer (&credential);
    return graph_debug_look (context, app->service, grant->access_token, app->needed,
                             &grant->credential_expires, error);
}

/* ---- the two that sign in so ---- */

static const GraphApp meta_app = { .service = META_SERVICE, .asked = "ads_read", .needed = meta_scopes };

static const char *const instagram_scopes[] = { "instagram_basic", "instagram_manage_insights",
                                                "pages_show_list", "pages_read_engagement", NULL };
static const GraphApp instagram_app = {
    .service = "Instagram",
    .asked = "instagram_basic,instagram_manage_insights,pages_show_list,pages_read_engagement",
    .needed = instagram_scopes,
};

char *
meta_consent_url (const Config *config, const Consent *consent, GError **error)
{
    return consent_url (config, &meta_app, consent, error);
}

gboolean
meta_exchange (const SourceContext *context, const char *code, const Consent *consent, gint64 now,
               Grant *grant, GError **error)
{
    return exchange (context, &meta_app, code, consent, now, grant, error);
}

char *
instagram_consent_url (const Config *config, const Consent *consent, GError **error)
{
    return consent_url (config, &instagram_app, consent, error);
}

gboolean
instagram_exchange (const SourceContext *context, const char *code, const Consent *consent, gint64 now,
                    Grant *grant, GError **error)
{
    return exchange (context, &instagram_app, code, consent, now, grant, error);
}
