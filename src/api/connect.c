/* connect.c -- to a platform's consent page and back.
 *
 * The state that travels with the browser is 256 random bits; we keep its hash, the user who
 * started, and the sealed verifier of PKCE, in the database, so that any instance can take the
 * browser back. It works once and for ten minutes. What the browser brings is parked, sealed,
 * under a new id that only this browser is told: a link to the consent page that somebody else
 * started leaves the credential where neither of the two can reach it. */
#include "api/connection.h"
#include "api/handlers.h"
#include "auth/secret.h"
#include "base/fault.h"
#include "query/connection.h"
#include "sources/driver.h"
#include "sources/words.h"
#include "sql.h"

#include <string.h>

#define STATE_LIFE  (600 * SECOND_US)
#define GRANT_LIFE  (3600 * SECOND_US)
#define TOKEN_BYTES 32
#define PARAM_MOST  4096

static gboolean
redirect (Call *call, const char *location)
{
    http_reply_header (call->http, "Location", location);
    http_reply_header (call->http, "Cache-Control", "no-store");
    http_reply_header (call->http, "Referrer-Policy", "no-referrer");
    http_reply (call->http, 302, "text/plain", "", 0);
    return TRUE;
}

static const SourceDriver *
find_driver (const Call *call, GError **error)
{
    Source source = source_parse (call_segment (call, 2));
    const SourceDriver *driver = source == SOURCE_NONE ? NULL : source_driver (source);

    if (!driver)
        call_fail (error, 404, "unknown-source", "there is no source \"%.20s\"", call_segment (call, 2));
    return driver;
}

static char *
redirect_uri (const Call *call, const SourceDriver *driver)
{
    return g_strdup_printf ("%s/v1/connect/%s/callback", call->api->options.config->public_url,
                            source_name (driver->source));
}

static char *
verifier_context (const char *hash)
{
    return g_strdup_printf ("connect_states|%s|verifier", hash);
}

/* ---- what is there ---- */

static const struct {
    Source source;
    const char *id, *secret; /* the settings of its OAuth app */
} apps[] = {
    { SOURCE_GA4, "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET" },
    { SOURCE_META, "META_APP_ID", "META_APP_SECRET" },
    { SOURCE_INSTAGRAM, "META_APP_ID", "META_APP_SECRET" },
};

/* Can its consent page be opened? Asked with a trip that nobody makes. */
static gboolean
has_app (const Call *call, const SourceDriver *driver)
{
    Consent consent = { .redirect_uri = "", .state = "", .verifier = "" };
    g_autofree char *url = driver->consent_url (call->api->options.config, &consent, NULL);

    return url != NULL;
}

static void
write_app (const Call *call, Json *json, guint i)
{
    const SourceDriver *driver = source_driver (apps[i].source);
    g_autofree char *back = redirect_uri (call, driver);

    json_begin_object (json);
    json_put_text (json, "source", source_name (apps[i].source));
    json_put_bool (json, "ready", has_app (call, driver));
    json_put_text (json, "redirect_uri", back);
    json_key (json, "settings");
    json_begin_array (json);
    json_text (json, apps[i].id);
    json_text (json, apps[i].secret);
    json_end_array (json);
    json_end_object (json);
}

gboolean
connect_apps (Call *call, GError **error)
{
    GString *body = g_string_new (NULL);
    Json json = JSON_INTO (body);

    json_begin_object (&json);
    json_put_bool (&json, "demo", call->api->options.demo_add != NULL);
    json_key (&json, "apps");
    json_begin_array (&json);
    for (guint i = 0; i < G_N_ELEMENTS (apps); i++)
        write_app (call, &json, i);
    json_end_array (&json);
    json_end_object (&json);
    return call_reply (call, 200, body);
}

/* ---- there ---- */

static gboolean
keep_state (Call *call, const SourceDriver *driver, const Consent *consent, GError **error)
{
    char hash[SECRET_HASH_TEXT];
    gint64 now = call_now (call);
    g_autofree char *context = NULL, *sealed = NULL;

    secret_hash (consent->state, strlen (consent->state), hash);
    context = verifier_context (hash);
    sealed = sealer_seal (call->api->options.sealer, context, consent->verifier);
    return store_do (call->store, &sql_api_connect_state_sweep, PARAMS ({ "now", VALUE_OF_INSTANT (now) }),
                     error) >= 0 &&
           store_do (call->store, &sql_api_connect_state_insert,
                     PARAMS ({ "hash", VALUE_OF_TEXT (hash) }, { "user", VALUE_OF_TEXT (call->who.user_id) },
                             { "source", VALUE_OF_TEXT (source_name (driver->source)) },
                             { "verifier", VALUE_OF_TEXT (sealed) },
                             { "expires_at", VALUE_OF_INSTANT (now + STATE_LIFE) }),
                     error) > 0;
}

gboolean
connect_start (Call *call, GError **error)
{
    const SourceDriver *driver = find_driver (call, error);
    g_autofree char *back = driver ? redirect_uri (call, driver) : NULL;
    g_autofree char *state = random_token (call->api->options.random, TOKEN_BYTES);
    g_autofree char *verifier = random_token (call->api->options.random, TOKEN_BYTES);
    Consent consent = { .redirect_uri = back, .state = state, .verifier = verifier };
    g_autofree char *url = NULL;
    g_autoptr (GError) local = NULL;

    if (!driver)
        return FALSE;
    url = driver->consent_url (call->api->options.config, &consent, &local);
    if (!url)
        return call_fail (error, 422, fault_problem (local), "%s", local->message);
    return keep_state (call, driver, &consent, error) && redirect (call, url);
}

/* ---- and back ---- */

/* A browser that is signed in as somebody else must not finish what this user began. */
static gboolean
is_theirs (Call *call, const char *user_id, GError **error)
{
    Identity who;
    g_autoptr (GError) local = NULL;

    if (identity_find (call->api->identities, call->http, call->store, &who, &local))
        return strcmp (who.user_id, user_id) == 0 ||
               call_fail (
                   error, 403, "foreign-state",
                   "another user began to connect this account: sign in as that user, or connect again");
    if (fault_is (local, FAULT_DENIED))
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

/* Who began, and with what verifier; from now on the state is used. */
static Rows *
take_state (Call *call, const SourceDriver *driver, const char *hash, GError **error)
{
    g_autoptr (Rows) rows = store_ask (
        call->store, &sql_api_connect_state_find,
        PARAMS ({ "hash", VALUE_OF_TEXT (hash) }, { "now", VALUE_OF_INSTANT (call_now (call)) }), error);
    gint64 taken = 0;

    if (!rows)
        return NULL;
    if (rows_count (rows) && source_parse (rows_text (rows, 0, 1)) == driver->source) {
        if (!is_theirs (call, rows_text (rows, 0, 0), error))
            return NULL;
        taken = store_do (call->store, &sql_api_connect_state_take, PARAMS ({ "hash", VALUE_OF_TEXT (hash) }),
                          error);
    }
    if (taken > 0)
        return g_steal_pointer (&rows);
    if (taken == 0)
        call_fail (error, 400, "bad-state",
                   "this way back from the consent page is unknown, was used already or is older than ten "
                   "minutes: connect again");
    return NULL;
}

/* What the consent page said instead of yes. */
static gboolean
refusal (const Call *call, const SourceDriver *driver, GError **error)
{
    const char *title = source_info (driver->source)->title;
    const char *problem = call_query (call, "error");
    g_autofree char *words = words_message (problem, NULL);

    if (problem && strcmp (problem, "access_denied") == 0)
        return fault_set (error, FAULT_DENIED,
                          "%s: access was not allowed on the consent page: connect again and allow it",
                          title);
    if (problem)
        return fault_set (error, FAULT_DENIED, "%s: the consent page answered: %s", title, words);
    return fault_set (error, FAULT_DENIED, "%s: the consent page sent no code: connect again", title);
}

static gboolean
exchange (Call *call, const SourceDriver *driver, const char *verifier, Grant *grant, GError **error)
{
    g_autoptr (Fetcher) fetcher = fetcher_new_curl (call->api->options.stop);
    SourceContext context = { .fetcher = fetcher, .config = call->api->options.config };
    g_autofree char *back = redirect_uri (call, driver);
    Consent consent = { .redirect_uri = back, .verifier = verifier };
    const char *code = call_query (call, "code");

    if (!code || !*code || strlen (code) > PARAM_MOST)
        return refusal (call, driver, error);
    return driver->exchange (&context, code, &consent, call_now (call), grant, error);
}

/* The credential, or the sentence that says why there is none. */
static gboolean
park (Call *call, const char *user_id, const char *source, const char *id, const Grant *grant,
      const GError *failure, GError **error)
{
    gint64 now = call_now (call);
    g_autofree char *context = g_strdup_printf ("connect_grants|%s|credential", id);
    g_autofree char *sealed =
        failure ? NULL : sealer_seal (call->api->options.sealer, context, grant->credential);

    return store_do (call->store, &sql_api_connect_grant_sweep, PARAMS ({ "now", VALUE_OF_INSTANT (now) }),
                     error) >= 0 &&
           store_do (call->store, &sql_api_connect_grant_insert,
                     PARAMS ({ "id", VALUE_OF_TEXT (id) }, { "user", VALUE_OF_TEXT (user_id) },
                             { "source", VALUE_OF_TEXT (source) }, { "credential", VALUE_OF_TEXT (sealed) },
                             { "credential_expires_at",
                               VALUE_OF_INSTANT (failure ? INSTANT_NONE : grant->credential_expires) },
                             { "failure", VALUE_OF_TEXT (failure ? failure->message : NULL) },
                             { "expires_at", VALUE_OF_INSTANT (now + GRANT_LIFE) }),
                     error) > 0;
}

/* The code is worth nothing twice, so the person goes on to the page in any case, and the page is
 * told there how it went. */
static gboolean
finish (Call *call, const SourceDriver *driver, const Rows *began, const char *verifier, GError **error)
{
    g_auto (Grant) grant = { 0 };
    g_autoptr (GError) failure = NULL;
    g_autofree char *location = NULL;
    char id[UUID_TEXT];

    exchange (call, driver, verifier, &grant, &failure);
    location = g_strdup_printf ("/#connect=%s", random_uuid (call->api->options.random, id));
    return park (call, rows_text (began, 0, 0), rows_text (began, 0, 1), id, &grant, failure, error) &&
           redirect (call, location);
}

gboolean
connect_callback (Call *call, GError **error)
{
    const SourceDriver *driver = find_driver (call, error);
    const char *state = call_query (call, "state");
    char hash[SECRET_HASH_TEXT], *verifier;
    g_autoptr (Rows) began = NULL;
    g_autofree char *context = NULL;
    gboolean ok;

    if (!driver)
        return FALSE;
    secret_hash (state ? state : "", state ? strlen (state) : 0, hash);
    began = take_state (call, driver, hash, error);
    if (!began)
        return FALSE;
    context = verifier_context (hash);
    verifier = sealer_open (call->api->options.sealer, context, rows_text (began, 0, 2), error);
    ok = verifier && finish (call, driver, began, verifier, error);
    secret_free (verifier);
    return ok;
}

/* ---- without a consent page ---- */

static gboolean
reply_parked (Call *call, const char *id)
{
    g_autofree char *location = g_strdup_printf ("/v1/connect/%s/accounts", id);
    GString *body = g_string_new (NULL);
    Json json = JSON_INTO (body);

    json_begin_object (&json);
    json_put_text (&json, "id", id);
    json_end_object (&json);
    http_reply_header (call->http, "Location", location);
    return call_reply (call, 201, body);
}

static gboolean
park_given (Call *call, const SourceDriver *driver, json_t *body, GError **error)
{
    g_auto (Grant) grant = { .credential_expires = INSTANT_NONE };
    char id[UUID_TEXT];

    if (!call_only_members (body, (const char *[]){ "credential", NULL }, error) ||
        !connection_may_join (call->store, call->who.user_id, FALSE, error))
        return FALSE;
    grant.credential = connection_read_credential (body, driver, error);
    return grant.credential &&
           park (call, call->who.user_id, source_name (driver->source),
                 random_uuid (call->api->options.random, id), &grant, NULL, error) &&
           reply_parked (call, id);
}

/* A key or token of one's own goes the same way as what a consent page gives: parked, listed, chosen. */
gboolean
connect_park (Call *call, GError **error)
{
    const SourceDriver *driver = find_driver (call, error);
    json_auto_t *body = driver ? call_body (call, error) : NULL;

    return body && park_given (call, driver, body, error);
}
