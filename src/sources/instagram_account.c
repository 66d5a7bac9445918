/* Connecting an Instagram account: its number, its name, and whether it may be read. */
#include "base/fault.h"
#include "sources/google_call.h"
#include "sources/graph_debug.h"
#include "sources/graph_list.h"
#include "sources/instagram_call.h"
#include "sources/instagram_zone.h"
#include "sources/words.h"

#include <string.h>

#define MAX_ID_DIGITS  25
#define MAX_NAME_BYTES 200

#define WHERE_IT_IS                                                                                       \
    "find it on business.facebook.com under Settings > Accounts > Instagram accounts (a number of about " \
    "17 digits)"

/* What people paste instead. */
static const struct {
    const char *prefix, *sentence;
} mistakes[] = {
    { "@", "this is the account's name; Daymark needs its number" },
    { "http", "this is the address of a page; Daymark needs the account's number" },
    { "www.", "this is the address of a page; Daymark needs the account's number" },
    { "instagram.com", "this is the address of a page; Daymark needs the account's number" },
    { "act_", "this is an ad account, which is connected as source meta; an Instagram account is a number" },
};

char *
instagram_normal_id (const char *external_id, GError **error)
{
    char *id = g_strstrip (g_strdup (external_id ? external_id : ""));
    gsize n = strspn (id, "0123456789");
    const char *sentence = "an Instagram account is a number, such as 17841400000000001";

    if (n > 0 && n <= MAX_ID_DIGITS && id[n] == '\0' && id[0] != '0')
        return id;
    for (guint i = 0; i < G_N_ELEMENTS (mistakes); i++)
        if (g_ascii_strncasecmp (id, mistakes[i].prefix, strlen (mistakes[i].prefix)) == 0)
            sentence = mistakes[i].sentence;
    fault_set (error, FAULT_INVALID, "%s: " WHERE_IT_IS, sentence);
    g_free (id);
    return NULL;
}

/* "Alpenglow Outdoor", or "@alpenglow" for one who gave no name. */
static char *
name_of (const json_t *profile)
{
    g_autofree char *name = words_name (google_text (profile, "name"), MAX_NAME_BYTES);
    g_autofree char *username = words_name (google_text (profile, "username"), MAX_NAME_BYTES);

    if (name && *name)
        return g_steal_pointer (&name);
    return username && *username ? g_strconcat ("@", username, NULL) : NULL;
}

/* A Page, a user or a post has a number too, but none of our fields. */
static gboolean
is_something_else (const GraphEcho *echo)
{
    return echo->code == 100 && echo->message && strstr (echo->message, "nonexisting field");
}

/* Instagram's other front door has tokens of its own, for another host: they begin with IG. */
static gboolean
is_instagram_login (const GraphEcho *echo, const char *token)
{
    return echo->code == 190 && g_str_has_prefix (token, "IG");
}

gboolean
instagram_describe (const SourceContext *context, const char *access_token, const char *external_id,
                    AccountInfo *info, GError **error)
{
    g_auto (InstagramCalls) calls = { 0 };
    g_autoptr (json_t) profile = NULL;
    g_autoptr (GError) failure = NULL;

    *info = ACCOUNT_INFO_NONE;
    instagram_calls_init (&calls, context, access_token, external_id);
    profile =
        instagram_get (&calls, external_id, "fields=id,username,name,followers_count,media_count", &failure);
    if (!profile && is_something_else (&calls.echo))
        return fault_set (error, FAULT_DENIED,
                          "this is the number of something else, perhaps of the account's Facebook Page; "
                          "Daymark needs that of the Instagram professional account: " WHERE_IT_IS);
    if (!profile && is_instagram_login (&calls.echo, access_token))
        return fault_set (
            error, FAULT_RECONNECT,
            "this is a token of Instagram Login, which Daymark does not read: make one of Facebook "
            "Login, for an account that is linked to a Facebook Page, with the permissions "
            "instagram_basic, instagram_manage_insights, pages_show_list and pages_read_engagement");
    if (!profile) {
        g_propagate_error (error, g_steal_pointer (&failure));
        return FALSE;
    }
    if (!graph_debug_look (context, "Instagram", access_token, NULL, &info->expires, error))
        return FALSE;
    info->name = name_of (profile);
    info->time_zone = g_strdup (INSTAGRAM_ZONE);
    return TRUE;
}

/* ---- all accounts ---- */

/* Accounts are found through the Pages they are linked to, now and then through two; a Page without
 * one lacks the member. */
static void
add_choice (gpointer user, const json_t *page)
{
    const json_t *account = json_object_get (page, "instagram_business_account");
    g_autofree char *id = graph_id (account, "id");
    AccountChoice *choice;

    if (!id)
        return;
    choice = g_new0 (AccountChoice, 1);
    choice->external_id = g_steal_pointer (&id);
    choice->name = words_name (google_text (page, "name"), MAX_NAME_BYTES);
    account_choices_add (user, choice);
}

GPtrArray *
instagram_list_accounts (const SourceContext *context, const char *access_token, GError **error)
{
    g_autoptr (GPtrArray) choices = g_ptr_array_new_with_free_func (account_choice_free);
    GraphList list = { .service = "Instagram",
                       .path = "me/accounts",
                       .fields = "id,name,instagram_business_account",
                       .token = access_token,
                       .take = add_choice,
                       .user = choices };

    return graph_list_walk (context, &list, error) ? g_steal_pointer (&choices) : NULL;
}
