#include "api/unsubscribe.h"

#include "api/handlers.h"
#include "api/mailing.h"
#include "base/fault.h"
#include "base/log.h"
#include "sql.h"

#include <string.h>

#define CONTEXT    "mail|unsubscribe" /* nothing else that is sealed opens here */
#define TOKEN_MOST 1024

/* ---- the link ---- */

gboolean
unsubscribe_is_one_click (const Config *config)
{
    return config_is_reachable (config) && g_str_has_prefix (config->public_url, "https://");
}

char *
unsubscribe_link (const Api *api, const char *user_id, const char *origin, const char *recipient)
{
    const Config *config = api->options.config;
    g_autofree char *plain = g_strjoin (" ", user_id, origin, recipient, NULL), *token = NULL;

    if (!config_is_reachable (config))
        return NULL;
    token = sealer_seal (api->options.sealer, CONTEXT, plain);
    return g_strconcat (config->public_url, UNSUBSCRIBE_PATH, g_strdelimit (token, "|", '.'), NULL);
}

/* NULL: it is none of ours. */
static Leaving *
open_token (const Api *api, const char *token)
{
    g_autofree char *sealed = g_strdelimit (g_strndup (token, TOKEN_MOST), ".", '|');
    g_autofree char *plain = sealer_open (api->options.sealer, CONTEXT, sealed, NULL);
    g_auto (GStrv) parts = g_strsplit (plain ? plain : "", " ", 3);
    Leaving *leaving;

    if (g_strv_length (parts) != 3)
        return NULL;
    leaving = g_new0 (Leaving, 1);
    g_strlcpy (leaving->user_id, parts[0], UUID_TEXT);
    g_strlcpy (leaving->origin, parts[1], UUID_TEXT);
    leaving->recipient = g_strdup (parts[2]);
    return leaving;
}

void
leaving_free (Leaving *leaving)
{
    if (!leaving)
        return;
    g_free (leaving->recipient);
    g_free (leaving->name);
    g_free (leaving);
}

/* ---- the page ---- */

#define POLICY \
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

static void
reply_page (Call *call, int status, const char *title, const char *body)
{
    GString *page = g_string_new (NULL);

    g_string_append_printf (page,
                            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>%s</title>"
                            "<meta name=\"viewport\" content=\"width=device-width\">"
                            "<link rel=\"stylesheet\" href=\"%s\"><body><main class=\"door\">"
                            "<div class=\"door-box\"><h1>%s</h1>%s</div></main></body></html>\n",
                            title, page_stylesheet (call->api), title, body);
    http_reply_header (call->http, "Cache-Control", "no-store");
    http_reply_header (call->http, "Content-Security-Policy", POLICY);
    http_reply_header (call->http, "Referrer-Policy", "no-referrer");
    http_reply_header (call->http, "X-Robots-Tag", "noindex, nofollow");
    if (call->api->options.config->tls_cert)
        http_reply_header (call->http, "Strict-Transport-Security", "max-age=31536000");
    http_reply_take (call->http, status, "text/html; charset=utf-8", page);
}

static void
reply_gone (Call *call)
{
    reply_page (
        call, 404, "This link leads nowhere",
        "<p>What it was about is no longer sent, or the link is not whole. If mails still come, ask whoever "
        "sends them.</p>");
}

/* To somebody who is off it. */
static gboolean
reply_left (Call *call, const char *title)
{
    g_autofree char *body =
        g_markup_printf_escaped ("<p><b>%s</b> gets no more mails of \342\200\234%s\342\200\235. One that is "
                                 "on its way may still arrive.</p>"
                                 "<p>Whoever sends it can see that you have left. If this was a mistake, ask "
                                 "him to add you again.</p>",
                                 call->leaving->recipient, call->leaving->name);

    reply_page (call, 200, title, body);
    return TRUE;
}

/* ---- who asks ---- */

static gboolean
find_mailing (Call *call, Leaving *leaving, gboolean *found, GError **error)
{
    g_autofree char *recipient = g_ascii_strdown (leaving->recipient, -1);
    g_autoptr (Rows) rows = store_ask (call->store, &sql_mail_mailing_find,
                                       PARAMS ({ "user", VALUE_OF_TEXT (leaving->user_id) },
                                               { "origin", VALUE_OF_TEXT (leaving->origin) },
                                               { "recipient", VALUE_OF_TEXT (recipient) }),
                                       error);

    *found = rows && rows_count (rows);
    if (!*found)
        return rows != NULL;
    leaving->name = g_strdup (rows_text (rows, 0, 0));
    leaving->left_at = rows_instant (rows, 0, 1);
    return TRUE;
}

gboolean
unsubscribe_identify (Call *call, GError **error)
{
    g_autoptr (Leaving) leaving = open_token (call->api, call_segment (call, 1));
    gboolean found = FALSE;

    if (leaving && !find_mailing (call, leaving, &found, error))
        return FALSE;
    if (!found) {
        reply_gone (call);
        return FALSE;
    }
    call->leaving = g_steal_pointer (&leaving);
    return TRUE;
}

/* ---- what he does ---- */

gboolean
unsubscribe_ask (Call *call, GError **error)
{
    g_autofree char *body = NULL;

    if (call->leaving->left_at != INSTANT_NONE)
        return reply_left (call, "You have left already");
    body = g_markup_printf_escaped (
        "<p>Shall <b>%s</b> get no more mails of \342\200\234%s\342\200\235?</p>"
        "<form class=\"form\" method=\"post\"><input type=\"hidden\" name=\"List-Unsubscribe\" "
        "value=\"One-Click\">"
        "<button type=\"submit\" class=\"button button-main\">Unsubscribe</button></form>",
        call->leaving->recipient, call->leaving->name);
    reply_page (call, 200, "Unsubscribe", body);
    return TRUE;
}

/* As a form of either kind says it, RFC 8058, 3.1. */
static gboolean
says_so (const Call *call)
{
    gsize n;
    const char *body = http_call_body (call->http, &n);

    return body && g_strstr_len (body, (gssize)n, "List-Unsubscribe") &&
           g_strstr_len (body, (gssize)n, "One-Click");
}

gboolean
unsubscribe_do (Call *call, GError **error)
{
    const Leaving *leaving = call->leaving;

    if (!says_so (call))
        return fault_set (error, FAULT_INVALID, "the body must be the form List-Unsubscribe=One-Click");
    if (!mailing_leave (call, leaving->user_id, leaving->origin, leaving->recipient, error))
        return FALSE;
    log_event (LOG_INFO, "mail.left", "a recipient has unsubscribed", "origin", leaving->origin, NULL);
    return reply_left (call, "You are off the list");
}
