/* Connecting an ad account: its number, the token, what Meta says of both. */
#include "base/fault.h"
#include "sources/graph_call.h"
#include "sources/graph_debug.h"
#include "sources/graph_list.h"
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

static char *
read_token (const char *credential, GError **error)
{
    g_autoptr (json_t) root = credential ? json_loads (credential, 0, NULL) : NULL;
    const char *token = google_text (root, "access_token");

    if (g_strcmp0 (google_text (root, "type"), "access_token") != 0)
        fault_set (error, FAULT_INVALID,
                   "a Meta credential is {\"type\":\"access_token\",\"access_token\":…}");
    else if (!words_is_token (token))
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
    *grant = (Grant){ .access_token = read_token (credential, error),
                      .expires = INSTANT_NONE,
                      .credential_expires = INSTANT_NONE };
    return grant->access_token != NULL;
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

const char *const meta_scopes[] = { "ads_read|ads_management", NULL };

/* A disabled or closed account (account_status 2, 101 …) is no error: its past can be read. */
gboolean
meta_describe (const SourceContext *context, const char *access_token, const char *external_id,
               AccountInfo *info, GError **error)
{
    g_autoptr (json_t) account =
        ask_account (context, access_token, external_id, "name,currency,timezone_name,account_status", error);

    *info = ACCOUNT_INFO_NONE;
    if (!account ||
        !graph_debug_look (context, META_SERVICE, access_token, meta_scopes, &info->expires, error))
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

/* ---- all accounts ---- */

static void
add_choice (gpointer user, const json_t *account)
{
    AccountChoice *choice;
    g_autofree char *id = graph_id (account, "id");

    if (!id || !g_str_has_prefix (id, PREFIX))
        return;
    choice = g_new0 (AccountChoice, 1);
    choice->external_id = g_steal_pointer (&id);
    choice->name = words_name (google_text (account, "name"), MAX_NAME_BYTES);
    choice->detail = words_name (google_text (account, "currency"), MAX_NAME_BYTES);
    account_choices_add (user, choice);
}

GPtrArray *
meta_list_accounts (const SourceContext *context, const char *access_token, GError **error)
{
    g_autoptr (GPtrArray) choices = g_ptr_array_new_with_free_func (account_choice_free);
    GraphList list = { .service = META_SERVICE,
                       .path = "me/adaccounts",
                       .fields = "id,name,currency",
                       .token = access_token,
                       .take = add_choice,
                       .user = choices };

    return graph_list_walk (context, &list, error) ? g_steal_pointer (&choices) : NULL;
}
