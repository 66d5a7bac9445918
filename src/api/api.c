/* api.c -- from a request to its handler: match, identify, allow, handle. */
#include "api/api.h"

#include "api/access.h"
#include "api/handlers.h"
#include "api/mailer.h"
#include "api/share.h"
#include "api/throttle.h"
#include "api/unsubscribe.h"
#include "auth/secret.h"
#include "base/fault.h"
#include "base/log.h"

#include <string.h>

#define VIEW_BYTES     (4 * 1024 * 1024) /* of jobs that are asked for again and again */
#define LAYOUT_BYTES   (4 * 1024 * 1024)
#define LAYOUT_SECONDS 3600

/* A worker's own connection; opened at the first need, and again after a failure. */
typedef struct {
    Store *store;
} Worker;

typedef enum { MATCHED, NO_SUCH_PATH, NO_SUCH_METHOD } Match;

/* ---- matching ---- */

static gboolean
path_matches (const char *pattern, HttpCall *http)
{
    guint i = 0;

    for (const char *at = pattern; *at == '/'; i++) {
        const char *segment = http_call_segment (http, i), *end = strchrnul (++at, '/');
        gsize n = (gsize)(end - at);

        if (!n && !*end)
            break; /* "/" alone */
        if (!segment || !*segment)
            return FALSE;
        if (*at != '{' && (strlen (segment) != n || memcmp (segment, at, n) != 0))
            return FALSE;
        at = end;
    }
    return http_call_segment (http, i) == NULL;
}

static gboolean
method_matches (const char *method, const char *asked)
{
    return strcmp (method, asked) == 0 || (strcmp (asked, "HEAD") == 0 && strcmp (method, "GET") == 0);
}

static Match
find_route (HttpCall *http, const Route **route)
{
    Match match = NO_SUCH_PATH;

    *route = NULL;
    for (guint i = 0; i < api_n_routes; i++) {
        if (!path_matches (api_routes[i].path, http))
            continue;
        match = NO_SUCH_METHOD;
        *route = *route ? *route : &api_routes[i]; /* who may use this path at all */
        if (method_matches (api_routes[i].method, http_call_method (http))) {
            *route = &api_routes[i];
            return MATCHED;
        }
    }
    return match;
}

/* "GET, HEAD, POST, OPTIONS": what a path takes. */
static char *
allowed_methods (HttpCall *http)
{
    GString *list = g_string_new (NULL);

    for (guint i = 0; i < api_n_routes; i++) {
        const char *method = api_routes[i].method;

        if (!path_matches (api_routes[i].path, http) || strstr (list->str, method))
            continue;
        g_string_append_printf (list, "%s%s, ", method, strcmp (method, "GET") == 0 ? ", HEAD" : "");
    }
    return g_string_free (g_string_append (list, "OPTIONS"), FALSE);
}

static void
reply_unmatched (Call *call, Match match)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *allow = NULL;

    if (match == NO_SUCH_PATH) {
        call_fail (&error, 404, "unknown-path", "there is nothing at this address");
    } else {
        allow = allowed_methods (call->http);
        http_reply_header (call->http, "Allow", allow);
        call_fail (&error, 405, "unknown-method", "this address takes %s", allow);
    }
    call_reply_problem (call, error);
}

/* Everything below /v1 is for people we know, so strangers learn nothing of what is there. */
static gboolean
is_private_path (HttpCall *http)
{
    return g_strcmp0 (http_call_segment (http, 0), "v1") == 0;
}

/* ---- who may ---- */

static gboolean
is_loopback (const char *peer)
{
    return g_str_has_prefix (peer, "127.") || strcmp (peer, "::1") == 0 ||
           g_str_has_prefix (peer, "::ffff:127.");
}

static gboolean
identify (Call *call, GError **error)
{
    g_autoptr (GError) local = NULL;

    if (identity_find (call->api->identities, call->http, call->store, &call->who, &local))
        return TRUE;
    if (fault_is (local, FAULT_DENIED))
        return call_fail (error, 401, "unauthorized", "%s", local->message);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

static gboolean
changes_state (HttpCall *http)
{
    const char *method = http_call_method (http);

    return strcmp (method, "GET") != 0 && strcmp (method, "HEAD") != 0;
}

/* A foreign page can make a browser send our cookie, so the cookie alone changes nothing. */
static gboolean
refuse_forgery (Call *call, GError **error)
{
    if (call->who.via != VIA_COOKIE || !changes_state (call->http) || call_is_same_origin (call, TRUE))
        return TRUE;
    return call_fail (error, 403, "cross-site",
                      "a change with the session cookie must come from this site's own page");
}

static gboolean
allow (Call *call, Policy policy, GError **error)
{
    switch (policy) {
    case POLICY_PUBLIC:
        return TRUE;
    case POLICY_USER:
        return identify (call, error) && refuse_forgery (call, error);
    case POLICY_OPERATOR:
        if (is_loopback (http_call_peer (call->http)) && !http_call_header (call->http, "X-Forwarded-For"))
            return TRUE;
        G_GNUC_FALLTHROUGH;
    case POLICY_ADMIN:
        if (!identify (call, error) || !refuse_forgery (call, error))
            return FALSE;
        return call->who.admin || call_fail (error, 403, "not-admin", "this is for administrators");
    case POLICY_CRON:
        return sync_cron_allowed (call, error);
    case POLICY_SHARE:
        return share_identify (call, error);
    case POLICY_MAIL:
        return unsubscribe_identify (call, error);
    case POLICY_REFUSE:
        break;
    }
    return call_fail (error, 403, "refused", "this address is closed");
}

/* ---- the loop's side ---- */

/* A preflight answers for any address: what may be asked is decided when it is asked. */
static gboolean
preflight (Call *call)
{
    call_allow_origin (call);
    http_reply_header (call->http, "Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE");
    http_reply_header (call->http, "Access-Control-Allow-Headers",
                       "Authorization, Content-Type, If-Match, If-None-Match, Last-Event-ID, "
                       "MCP-Protocol-Version");
    http_reply_header (call->http, "Access-Control-Max-Age", "600");
    http_reply (call->http, 204, NULL, NULL, 0);
    return TRUE;
}

gboolean
api_quick (HttpCall *http, gpointer user)
{
    Call call = { .http = http, .api = user };
    Match match;

    if (strcmp (http_call_method (http), "OPTIONS") == 0)
        return preflight (&call);
    match = find_route (http, &call.route);
    if (match != MATCHED) {
        if (is_private_path (http))
            return FALSE; /* a worker finds out who asks first */
        if (match == NO_SUCH_METHOD || !page_find (&call))
            reply_unmatched (&call, match);
        return TRUE;
    }
    if (!call.route->quick)
        return FALSE;
    if (call.route->policy == POLICY_PUBLIC)
        return call.route->quick (&call);
    return call.route->policy == POLICY_USER && identity_peek (call.api->identities, http, &call.who) &&
           call.route->quick (&call);
}

/* ---- the workers' side ---- */

gpointer
api_worker_start (gpointer user)
{
    return g_new0 (Worker, 1);
}

void
api_worker_stop (gpointer state, gpointer user)
{
    Worker *worker = state;

    store_close (worker->store);
    g_free (worker);
}

static gboolean
open_store (Call *call, Worker *worker, GError **error)
{
    if (!worker->store)
        worker->store = store_open (call->api->options.config->database_url,
                                    &(StoreOptions){ .timeout_ms = 15000 }, error);
    call->store = worker->store;
    return call->store != NULL;
}

/* What is not there, or not with this method, is told to people we know; at its own door, the cron
 * token is one. */
static Policy
policy_of (Call *call, Match match)
{
    if (match == MATCHED)
        return call->route->policy;
    return call->route && call->route->policy == POLICY_CRON && sync_cron_allowed (call, NULL) ? POLICY_CRON
                                                                                               : POLICY_USER;
}

/* Who asks, and for what? FALSE also without an error, when that was answered already. */
static gboolean
receive (Call *call, Worker *worker, GError **error)
{
    Match match = find_route (call->http, &call->route);

    if (!open_store (call, worker, error) || (match == MATCHED && !throttle_address (call, error)) ||
        !allow (call, policy_of (call, match), error))
        return FALSE;
    if (match == MATCHED)
        return throttle_user (call, error);
    reply_unmatched (call, match);
    return FALSE;
}

void
api_work (HttpCall *http, gpointer state, gpointer user)
{
    Call call = { .http = http, .api = user };
    g_autoptr (GError) error = NULL;
    gboolean done = receive (&call, state, &error) && call.route->handle (&call, &error);

    share_free (call.share);
    leaving_free (call.leaving);
    if (done || !error)
        return;
    throttle_refusal (&call, error);
    call_reply_problem (&call, error);
}

/* Only widgets are marked to be answered together. */
void
api_work_together (HttpCall *const *https, guint n, gpointer state, gpointer user)
{
    g_autofree Call *calls = g_new0 (Call, n);
    guint received = 0;

    for (guint i = 0; i < n; i++) {
        Call call = { .http = https[i], .api = user };
        g_autoptr (GError) error = NULL;

        if (receive (&call, state, &error))
            calls[received++] = call;
        else if (error)
            call_reply_problem (&call, error);
    }
    widget_get_all (calls, received);
}

void
api_refuse (HttpCall *http, int status, const char *reason, gpointer user)
{
    Call call = { .http = http, .api = user };
    g_autoptr (GError) error = NULL;

    call_fail (&error, status, status == 503 ? "busy" : "refused", "%s", reason);
    call_reply_problem (&call, error);
}

void
api_done (HttpCall *http, gpointer user)
{
    Api *api = user;

    access_log_add (api->log, http);
}

/* ---- life ---- */

static void
check_routes (void)
{
    for (guint i = 0; i < api_n_routes; i++)
        if (api_routes[i].policy == POLICY_REFUSE || (!api_routes[i].handle && !api_routes[i].quick))
            g_error ("the route %s %s declares no policy or no handler", api_routes[i].method,
                     api_routes[i].path);
}

Api *
api_new (const ApiOptions *options, GError **error)
{
    Proxies *proxies = proxies_new (options->config->trusted_proxies, error);
    Api *api;

    check_routes ();
    if (!proxies)
        return NULL;
    api = g_new0 (Api, 1);
    api->proxies = proxies;
    api->rates = rates_new (options->clock);
    api->options = *options;
    api->cookie =
        g_strdup (g_str_has_prefix (options->config->public_url, "https://") ? "__Host-daymark" : "daymark");
    api->setup_code = g_strdup (options->setup_code);
    api->identities = identities_new (options->verifier, options->clock, api->cookie);
    identities_tell (api->identities, options->revoked, options->user);
    api->log = access_log_new (options->config->log_requests, options->config->log_format, options->clock);
    api->follow = follow_new (options->config, options->clock, api->identities);
    api->views = cache_new (VIEW_BYTES, 1, options->clock, (gpointer (*) (gpointer))http_ready_ref,
                            (void (*) (gpointer))http_ready_unref);
    api->layouts =
        cache_new (LAYOUT_BYTES, LAYOUT_SECONDS, options->clock,
                   (gpointer (*) (gpointer))g_ref_string_acquire, (void (*) (gpointer))g_ref_string_release);
    page_load (api);
    docs_load (api);
    return api;
}

void
api_start_mail (Api *api)
{
    api->mailer = mailer_start (api);
}

void
api_mail_changed (Api *api)
{
    mailer_nudge (api->mailer);
}

void
api_end_mail (Api *api)
{
    mailer_stop (g_steal_pointer (&api->mailer));
}

void
api_set_server (Api *api, HttpServer *server)
{
    api->server = server;
}

void
api_heard_revoked (Api *api)
{
    identities_forget_all (api->identities);
    follow_nudge (api->follow);
}

void
api_heard_job (Api *api)
{
    sync_job_moved (api);
}

void
api_free (Api *api)
{
    if (!api)
        return;
    access_log_free (api->log);
    page_unload (api);
    http_ready_unref (api->openapi);
    http_ready_unref (api->docs);
    follow_free (api->follow);
    cache_free (api->views);
    cache_free (api->layouts);
    identities_free (api->identities);
    rates_free (api->rates);
    proxies_free (api->proxies);
    g_free (api->setup_code);
    g_free (api->cookie);
    g_free (api);
}
