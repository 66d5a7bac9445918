#include "google_token.h"

#include "dice.h"
#include "google.h"
#include "google_key.h"

#include <string.h>

#define READ_SCOPE "https://www.googleapis.com/auth/analytics.readonly"
#define JWT_GRANT  "urn:ietf:params:oauth:grant-type:jwt-bearer"

typedef struct {
    char *scope;
    gint64 expires; /* monotonic microseconds */
} Access;

typedef struct {
    char *scope, *redirect, *challenge;
    gboolean offline;
} Consent;

static void
access_free (gpointer data)
{
    Access *access = data;

    g_free (access->scope);
    g_free (access);
}

static void
consent_free (gpointer data)
{
    Consent *consent = data;

    g_free (consent->scope);
    g_free (consent->redirect);
    g_free (consent->challenge);
    g_free (consent);
}

void
google_tokens_init (GoogleTokens *tokens)
{
    *tokens = (GoogleTokens){
        .access = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, access_free),
        .refresh = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
        .codes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, consent_free),
    };
    g_hash_table_insert (tokens->refresh, g_strdup (GOOGLE_REFRESH_TOKEN), g_strdup (READ_SCOPE));
}

void
google_tokens_clear (GoogleTokens *tokens)
{
    g_hash_table_unref (tokens->access);
    g_hash_table_unref (tokens->refresh);
    g_hash_table_unref (tokens->codes);
    google_key_free (tokens->signing_key);
}

const char *
google_tokens_scope (SimState *state, const char *token)
{
    const Access *access = g_hash_table_lookup (state->tokens.access, token);

    return access && access->expires > clock_monotonic (state->clock) ? access->scope : NULL;
}

void
google_tokens_expire (SimState *state, const char *token)
{
    g_hash_table_remove (state->tokens.access, token);
}

/* A new secret of that kind; the same seed gives the same row of them. */
static char *
new_token (SimState *state, const char *prefix)
{
    Dice dice = dice_of (state->seed, 77, (gint64)++state->tokens.n_given, 0);
    guint64 high = dice_next (&dice), low = dice_next (&dice);

    return g_strdup_printf ("%s%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x", prefix, high, low);
}

/* ---- the token endpoint ---- */

static void
refuse (SimReply *reply, int status, const char *error, const char *description)
{
    Json json = sim_reply_json (reply, status);

    json_begin_object (&json);
    json_put_text (&json, "error", error);
    if (description)
        json_put_text (&json, "error_description", description);
    json_end_object (&json);
}

static void
give (SimState *state, const char *scope, gboolean refresh, const char *refresh_token, SimReply *reply)
{
    gint64 seconds = switch_value (&state->switches, SWITCH_TOKEN_SECONDS);
    Access *access = g_new (Access, 1);
    char *token = new_token (state, "ya29.");
    Json json = sim_reply_json (reply, 200);

    *access = (Access){ g_strdup (scope), clock_monotonic (state->clock) + seconds * SECOND_US };
    g_hash_table_insert (state->tokens.access, token, access);
    json_begin_object (&json);
    json_put_text (&json, "access_token", token);
    json_put_int (&json, "expires_in", seconds);
    if (refresh_token)
        json_put_text (&json, "refresh_token", refresh_token);
    if (refresh && switch_value (&state->switches, SWITCH_TESTING))
        json_put_int (&json, "refresh_token_expires_in", 604799);
    json_put_text (&json, "scope", scope);
    json_put_text (&json, "token_type", "Bearer");
    json_end_object (&json);
}

static char *
new_refresh_token (SimState *state, const char *scope)
{
    char *token = new_token (state, "1//");

    g_hash_table_insert (state->tokens.refresh, g_strdup (token), g_strdup (scope));
    return token;
}

static gboolean
verifier_fits (const Consent *consent, const char *verifier)
{
    g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
    g_autofree char *text = NULL;
    guint8 digest[32];
    gsize n = sizeof digest;

    if (!consent->challenge)
        return TRUE;
    if (!verifier)
        return FALSE;
    g_checksum_update (checksum, (const guchar *)verifier, -1);
    g_checksum_get_digest (checksum, digest, &n);
    text = g_base64_encode (digest, n);
    text[strcspn (text, "=")] = '\0';
    g_strdelimit (text, "+", '-');
    g_strdelimit (text, "/", '_');
    return strcmp (text, consent->challenge) == 0;
}

static void
grant_code (SimState *state, GHashTable *form, SimReply *reply)
{
    const char *code = g_hash_table_lookup (form, "code"),
               *redirect = g_hash_table_lookup (form, "redirect_uri");
    const Consent *consent = code ? g_hash_table_lookup (state->tokens.codes, code) : NULL;
    g_autofree char *refresh_token = NULL;

    if (!consent) {
        refuse (reply, 400, "invalid_grant", "Malformed auth code.");
    } else if (g_strcmp0 (redirect, consent->redirect) != 0) {
        refuse (reply, 400, "redirect_uri_mismatch", "Bad Request");
    } else if (!verifier_fits (consent, g_hash_table_lookup (form, "code_verifier"))) {
        refuse (reply, 400, "invalid_grant", "Invalid code verifier.");
    } else {
        if (consent->offline)
            refresh_token = new_refresh_token (state, consent->scope);
        give (state, consent->scope, TRUE, refresh_token, reply);
        g_hash_table_remove (state->tokens.codes, code); /* a code works once */
    }
}

static void
grant_refresh (SimState *state, GHashTable *form, SimReply *reply)
{
    const char *token = g_hash_table_lookup (form, "refresh_token");
    const char *found = token ? g_hash_table_lookup (state->tokens.refresh, token) : NULL;
    g_autofree char *scope = g_strdup (found), *rotated = NULL;
    gint64 rotate;

    if (!token) {
        refuse (reply, 400, "invalid_request", "Missing required parameter: refresh_token");
        return;
    }
    if (!found) {
        refuse (reply, 400, "invalid_grant", "Token has been expired or revoked.");
        return;
    }
    rotate = switch_feel (&state->switches, SWITCH_ROTATE);
    if (rotate)
        rotated = new_refresh_token (state, scope);
    if (rotate == 2)
        g_hash_table_remove (state->tokens.refresh, token);
    give (state, scope, TRUE, rotated, reply);
}

static void
grant_assertion (SimState *state, GHashTable *form, SimReply *reply)
{
    const char *assertion = g_hash_table_lookup (form, "assertion"), *problem = NULL;
    g_autofree char *scope = google_key_check (state, assertion ? assertion : "", &problem);

    if (problem)
        refuse (reply, 400, "invalid_grant", problem);
    else if (!*scope)
        refuse (reply, 400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.");
    else
        give (state, scope, FALSE, NULL, reply);
}

static gboolean
is_client (GHashTable *form)
{
    return g_strcmp0 (g_hash_table_lookup (form, "client_id"), GOOGLE_CLIENT_ID) == 0 &&
           g_strcmp0 (g_hash_table_lookup (form, "client_secret"), GOOGLE_CLIENT_SECRET) == 0;
}

static void
grant (SimState *state, GHashTable *form, SimReply *reply)
{
    const char *type = g_hash_table_lookup (form, "grant_type");
    gboolean signs = g_strcmp0 (type, JWT_GRANT) == 0;

    if (!type)
        refuse (reply, 400, "invalid_request", "Required parameter is missing: grant_type");
    else if (!signs && strcmp (type, "authorization_code") != 0 && strcmp (type, "refresh_token") != 0)
        refuse (reply, 400, "unsupported_grant_type", "Invalid grant_type: see the documentation");
    else if (!signs && !g_hash_table_lookup (form, "client_id"))
        refuse (reply, 400, "invalid_request", "Could not determine client ID from request.");
    else if (!signs && !is_client (form))
        refuse (reply, 401, "invalid_client", "Unauthorized");
    else if (switch_feel (&state->switches, SWITCH_INVALID_GRANT))
        refuse (reply, 400, "invalid_grant", "Token has been expired or revoked.");
    else if (signs)
        grant_assertion (state, form, reply);
    else if (*type == 'a')
        grant_code (state, form, reply);
    else
        grant_refresh (state, form, reply);
}

static void
answer_token (SimState *state, const SimRequest *request, SimReply *reply)
{
    g_autoptr (GHashTable) form = g_uri_parse_params (
        request->body ? request->body : "", (gssize)request->body_size, "&", G_URI_PARAMS_WWW_FORM, NULL);
    gint64 fault = switch_feel (&state->switches, SWITCH_TOKEN_FAULT);

    if (fault)
        refuse (reply, fault == 1 ? 500 : 503, "internal_failure", NULL);
    else if (!form)
        refuse (reply, 400, "invalid_request", "Bad Request");
    else
        grant (state, form, reply);
}

/* ---- the consent page: everybody says yes at once ---- */

static char *
new_code (SimState *state, const SimRequest *request)
{
    Consent *consent = g_new0 (Consent, 1);
    char *code = new_token (state, "4/0A");

    consent->scope = g_strdup (switch_feel (&state->switches, SWITCH_CONSENT_SCOPE)
                                   ? "openid"
                                   : sim_request_parameter (request, "scope"));
    consent->redirect = g_strdup (sim_request_parameter (request, "redirect_uri"));
    consent->challenge = g_strdup (sim_request_parameter (request, "code_challenge"));
    consent->offline = g_strcmp0 (sim_request_parameter (request, "access_type"), "offline") == 0;
    g_hash_table_insert (state->tokens.codes, g_strdup (code), consent);
    return code;
}

static void
redirect_back (SimState *state, const SimRequest *request, SimReply *reply)
{
    const char *redirect = sim_request_parameter (request, "redirect_uri");
    const char *given_state = sim_request_parameter (request, "state");
    g_autofree char *safe_state = g_uri_escape_string (given_state ? given_state : "", NULL, FALSE);
    g_autofree char *code = NULL, *safe_code = NULL;
    const char *join = strchr (redirect, '?') ? "&" : "?";

    sim_reply_json (reply, 302);
    if (switch_feel (&state->switches, SWITCH_CONSENT)) {
        reply->location = g_strdup_printf ("%s%serror=access_denied&state=%s", redirect, join, safe_state);
        return;
    }
    code = new_code (state, request);
    safe_code = g_uri_escape_string (code, NULL, FALSE);
    reply->location = g_strdup_printf ("%s%sstate=%s&code=%s", redirect, join, safe_state, safe_code);
}

static void
answer_consent (SimState *state, const SimRequest *request, SimReply *reply)
{
    static const char *const needed[] = { "redirect_uri", "scope", "client_id", "response_type" };
    const char *method = sim_request_parameter (request, "code_challenge_method");

    for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
        if (!sim_request_parameter (request, needed[i])) {
            g_autofree char *problem = g_strdup_printf ("Required parameter is missing: %s", needed[i]);
            refuse (reply, 400, "invalid_request", problem);
            return;
        }
    if (strcmp (sim_request_parameter (request, "client_id"), GOOGLE_CLIENT_ID) != 0)
        refuse (reply, 401, "invalid_client", "The OAuth client was not found.");
    else if (strcmp (sim_request_parameter (request, "response_type"), "code") != 0)
        refuse (reply, 400, "unsupported_response_type", "Only code is simulated.");
    else if (sim_request_parameter (request, "code_challenge") && g_strcmp0 (method, "S256") != 0)
        refuse (reply, 400, "invalid_request", "code_challenge_method must be S256.");
    else
        redirect_back (state, request, reply);
}

gboolean
google_token_answer (SimState *state, const SimRequest *request, SimReply *reply)
{
    if (strcmp (request->path, GOOGLE_TOKEN_PATH) == 0 || strcmp (request->path, "/oauth2/v4/token") == 0) {
        if (strcmp (request->method, "POST") == 0)
            answer_token (state, request, reply);
        else
            google_not_found (reply, request->path);
        return TRUE;
    }
    if (strcmp (request->path, GOOGLE_AUTH_PATH) != 0)
        return FALSE;
    answer_consent (state, request, reply);
    return TRUE;
}
