/* Connecting an ad account: its number, the token, what Meta says of both. */
#include "base/fault.h"
#include "sources/graph_call.h"
#include "sources/meta.h"
#include "sources/words.h"

#include <string.h>

#define PREFIX         "act_"
#define MAX_ID_DIGITS  20
#define MAX_NAME_BYTES 200
#define WHERE_IT_IS    "find it in Ads Manager, in the list of accounts at the top left"

/* ---- the number ---- */

char *
meta_normal_id (const char *external_id, GError **error)
{
    g_autofree char *text = g_strstrip (g_strdup (external_id ? external_id : ""));
    gboolean has_prefix = g_ascii_strncasecmp (text, PREFIX, strlen (PREFIX)) == 0;
    const char *digits = has_prefix ? text + strlen (PREFIX) : text;
    gsize n = strspn (digits, "0123456789");

    if (n > 0 && n <= MAX_ID_DIGITS && digits[n] == '\0')
        return g_strconcat (PREFIX, digits, NULL);
    fault_set (error, FAULT_INVALID, "an ad account is a number, such as act_1234567890: " WHERE_IT_IS);
    return NULL;
}

/* ---- the token ---- */

/* It goes into a header, so it holds no spaces, line breaks or other surprises. */
static gboolean
is_token (const char *text)
{
    if (!text || !*text)
        return FALSE;
    for (; *text; text++)
        if (!g_ascii_isgraph (*text))
            return FALSE;
    return TRUE;
}

static char *
read_token (const char *credential, GError **error)
{
    g_autoptr (json_t) root = credential ? json_loads (credential, 0, NULL) : NULL;
    const char *token = google_text (root, "access_token");

    if (g_strcmp0 (google_text (root, "type"), "access_token") != 0)
        fault_set (error, FAULT_INVALID,
                   "a Meta credential is {\"type\":\"access_token\",\"access_token\":…}");
    else if (!is_token (token))
        fault_set (error, FAULT_INVALID,
                   "the credential has no \"access_token\", or it holds spaces: copy it again");
    else
        return g_strdup (token);
    return NULL;
}

gboolean
meta_check_credential (const char *credential, GError **error)
{
    Grant grant = { .access_token = read_token (credential, error) };
    gboolean good = grant.access_token != NULL;

    grant_clear (&grant);
    return good;
}

/* The credential is the access token; there is nothing to ask for. */
gboolean
meta_authorize (const SourceContext *context, const char *credential, gint64 now, Grant *grant,
                GError **error)
{
    *grant = (Grant){ .access_token = read_token (credential, error), .expires = INSTANT_NONE };
    return grant->access_token != NULL;
}

/* ---- what Meta says of the token ---- */

static gboolean
lists (const json_t *names, const char *wanted)
{
    gsize i;
    json_t *name;

    json_array_foreach ((json_t *)names, i, name)
    {
        if (g_strcmp0 (json_string_value (name), wanted) == 0)
            return TRUE;
    }
    return FALSE;
}

static json_t *
debug_token (const SourceContext *context, const char *token, GError **error)
{
    const Config *config = context->config;
    g_autofree char *app = g_strdup_printf ("%s|%s", config->meta_app_id, config->meta_app_secret);
    g_autofree char *parameters = fetch_form ("input_token", token, NULL);
    GraphCall call = { .service = META_SERVICE,
                       .method = "GET",
                       .path = "debug_token",
                       .token = app,
                       .parameters = parameters };

    return graph_call (context, &call, error);
}

static gboolean
is_filled (const char *text)
{
    return text && *text;
}

/* When the token ends and what it allows; only the app that it belongs to may ask. Where Meta
 * won't tell, the account itself has to show whether the token is good. */
static gboolean
look_at_token (const SourceContext *context, const char *token, AccountInfo *info, GError **error)
{
    const Config *config = context->config;
    g_autoptr (json_t) answer = NULL;
    const json_t *data, *scopes;
    gint64 expires;

    if (!is_filled (config->meta_app_id) || !is_filled (config->meta_app_secret))
        return TRUE;
    answer = debug_token (context, token, NULL);
    data = json_object_get (answer, "data");
    expires = json_integer_value (json_object_get (data, "expires_at"));
    if (expires > 0 && expires < G_MAXINT64 / SECOND_US)
        info->expires = expires * SECOND_US;
    scopes = json_object_get (data, "scopes");
    return !json_is_true (json_object_get (data, "is_valid")) || json_array_size (scopes) == 0 ||
           lists (scopes, "ads_read") || lists (scopes, "ads_management") ||
           fault_set (error, FAULT_DENIED,
                      META_SERVICE
                      ": the access token lacks the permission ads_read: make a new one that has it");
}

/* ---- the account ---- */

gboolean
meta_is_currency (const char *text)
{
    return text && strlen (text) == 3 && g_ascii_isupper (text[0]) && g_ascii_isupper (text[1]) &&
           g_ascii_isupper (text[2]);
}

static void
fill (AccountInfo *info, const json_t *account)
{
    const char *currency = google_text (account, "currency");

    info->name = words_name (google_text (account, "name"), MAX_NAME_BYTES);
    info->time_zone = words_name (google_text (account, "timezone_name"), MAX_NAME_BYTES);
    if (meta_is_currency (currency))
        info->currency = g_strdup (currency);
}

static json_t *
ask_account (const SourceContext *context, const char *token, const char *account, const char *fields,
             GError **error)
{
    g_autofree char *parameters = fetch_form ("fields", fields, NULL);
    GraphCall call = {
        .service = META_SERVICE, .method = "GET", .path = account, .token = token, .parameters = parameters
    };

    return graph_call (context, &call, error);
}

/* A disabled or closed account (account_status 2, 101 …) is no error: its past can be read. */
gboolean
meta_describe (const SourceContext *context, const char *access_token, const char *external_id,
               AccountInfo *info, GError **error)
{
    g_autoptr (json_t) account =
        ask_account (context, access_token, external_id, "name,currency,timezone_name,account_status", error);

    *info = ACCOUNT_INFO_NONE;
    if (!account || !look_at_token (context, access_token, info, error))
        return FALSE;
    fill (info, account);
    return TRUE;
}

char *
meta_currency (const SourceContext *context, const char *access_token, const char *external_id,
               GError **error)
{
    g_autoptr (json_t) account = ask_account (context, access_token, external_id, "currency", error);
    const char *currency = google_text (account, "currency");

    if (account && !meta_is_currency (currency))
        fault_set (error, FAULT_REMOTE, META_SERVICE ": the ad account has no currency");
    return account && meta_is_currency (currency) ? g_strdup (currency) : NULL;
}
