/* meta_login.c -- Meta's consent dialog, where everybody says yes at once, and what a code is worth:
 * a short token, which gives a long one. */
#include "graph.h"
#include "instagram.h"

#include <string.h>

#define LONG_SECONDS 5183944

typedef struct {
    char *redirect;
    gboolean instagram; /* its scopes were asked for */
} Consent;

static void
consent_free (gpointer data)
{
    Consent *consent = data;

    g_free (consent->redirect);
    g_free (consent);
}

static char *
new_code (const GraphCall *call)
{
    SimState *state = call->state;
    const char *scope = graph_parameter (call, "scope");
    Consent *consent = g_new (Consent, 1);
    char *code = g_strdup_printf ("AQDaymark%" G_GUINT64_FORMAT, ++state->n_meta_codes);

    *consent = (Consent){ g_strdup (graph_parameter (call, "redirect_uri")),
                          scope && strstr (scope, "instagram_basic") };
    if (!state->meta_codes)
        state->meta_codes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, consent_free);
    g_hash_table_insert (state->meta_codes, g_strdup (code), consent);
    return code;
}

static gboolean
is_app (const GraphCall *call, gboolean with_secret)
{
    if (g_strcmp0 (graph_parameter (call, "client_id"), META_APP_ID) != 0)
        return graph_fail (call->reply,
                           &(GraphError){ .status = 400,
                                          .code = 101,
                                          .message = "Error validating application. Cannot get "
                                                     "application info due to a system error." });
    return !with_secret || g_strcmp0 (graph_parameter (call, "client_secret"), META_APP_SECRET) == 0 ||
           graph_fail (
               call->reply,
               &(GraphError){ .status = 400, .code = 1, .message = "Error validating client secret." });
}

static void
answer_dialog (const GraphCall *call)
{
    const char *redirect = graph_parameter (call, "redirect_uri"), *given = graph_parameter (call, "state");
    g_autofree char *safe = g_uri_escape_string (given ? given : "", NULL, FALSE);
    g_autofree char *code = NULL;

    if (!is_app (call, FALSE))
        return;
    if (!redirect) {
        graph_invalid (call->reply, "The parameter redirect_uri is required");
        return;
    }
    sim_reply_json (call->reply, 302);
    if (switch_feel (&call->state->switches, SWITCH_CONSENT)) {
        call->reply->location =
            g_strdup_printf ("%s?error=access_denied&error_code=200&error_description=Permissions+error"
                             "&error_reason=user_denied&state=%s",
                             redirect, safe);
        return;
    }
    code = new_code (call);
    call->reply->location = g_strdup_printf ("%s?code=%s&state=%s", redirect, code, safe);
}

/* ---- tokens ---- */

static void
give (const GraphCall *call, const char *token, gboolean instagram, gint64 seconds)
{
    g_autofree char *text = g_strconcat (token, instagram ? "I" : "", NULL);
    Json json = sim_reply_json (call->reply, 200);

    json_begin_object (&json);
    json_put_text (&json, "access_token", text);
    json_put_text (&json, "token_type", "bearer");
    json_put_int (&json, "expires_in", seconds);
    json_end_object (&json);
}

static void
exchange_code (const GraphCall *call)
{
    const char *code = graph_parameter (call, "code");
    const Consent *consent =
        code && call->state->meta_codes ? g_hash_table_lookup (call->state->meta_codes, code) : NULL;

    if (!consent) {
        graph_fail (call->reply, &(GraphError){ .status = 400,
                                                .code = 100,
                                                .subcode = 36009,
                                                .message = "This authorization code has been used." });
    } else if (g_strcmp0 (graph_parameter (call, "redirect_uri"), consent->redirect) != 0) {
        graph_fail (call->reply,
                    &(GraphError){ .status = 400,
                                   .code = 100,
                                   .subcode = 36008,
                                   .message = "Error validating verification code. Please make sure your "
                                              "redirect_uri is identical to the one you used in the OAuth "
                                              "dialog request" });
    } else {
        give (call, META_SHORT_TOKEN, consent->instagram, 5400);
        g_hash_table_remove (call->state->meta_codes, code); /* a code works once */
    }
}

static void
exchange_token (const GraphCall *call)
{
    const char *token = graph_parameter (call, "fb_exchange_token");

    if (g_strcmp0 (token, META_SHORT_TOKEN) == 0)
        give (call, META_ACCESS_TOKEN, FALSE, LONG_SECONDS);
    else if (g_strcmp0 (token, META_SHORT_TOKEN "I") == 0)
        give (call, INSTAGRAM_TOKEN, FALSE, LONG_SECONDS);
    else
        graph_fail (call->reply,
                    &(GraphError){ .status = 400,
                                   .code = 190,
                                   .message = "Invalid OAuth access token - Cannot parse access token" });
}

gboolean
meta_login_answer (const GraphCall *call)
{
    if (strcmp (call->path, "dialog/oauth") == 0) {
        answer_dialog (call);
        return TRUE;
    }
    if (strcmp (call->path, "oauth/access_token") != 0)
        return FALSE;
    if (is_app (call, TRUE)) {
        if (g_strcmp0 (graph_parameter (call, "grant_type"), "fb_exchange_token") == 0)
            exchange_token (call);
        else
            exchange_code (call);
    }
    return TRUE;
}
