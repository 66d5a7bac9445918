#include "instagram.h"

#include <stdarg.h>
#include <string.h>

/* ---- errors ---- */

static gboolean
write_failure (SimReply *reply, int status, int code, int subcode, gboolean transient, const char *message)
{
    Json json = sim_reply_json (reply, status);

    json_begin_object (&json);
    json_key (&json, "error");
    json_begin_object (&json);
    json_put_text (&json, "message", message);
    json_put_text (&json, "type", code == 100 && subcode == 33 ? "GraphMethodException" : "OAuthException");
    if (transient)
        json_put_bool (&json, "is_transient", TRUE);
    json_put_int (&json, "code", code);
    if (subcode)
        json_put_int (&json, "error_subcode", subcode);
    json_put_text (&json, "fbtrace_id", "AdaymarkSimulatorTrace0");
    json_end_object (&json);
    json_end_object (&json);
    return FALSE;
}

gboolean
instagram_fail (SimReply *reply, int code, int subcode, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start (args, format);
    message = g_strdup_vprintf (format, args);
    va_end (args);
    return write_failure (reply, 400, code, subcode, FALSE, message);
}

/* ---- the request ---- */

const char *
instagram_token (const SimRequest *request)
{
    if (request->authorization && g_str_has_prefix (request->authorization, "Bearer "))
        return request->authorization + strlen ("Bearer ");
    return sim_request_parameter (request, "access_token");
}

gboolean
instagram_wants (const SimRequest *request, const char *field)
{
    const char *fields = sim_request_parameter (request, "fields");
    g_auto (GStrv) asked = g_strsplit (fields ? fields : "id", ",", -1);

    return g_strv_contains ((const char *const *)asked, field);
}

gboolean
instagram_check_fields (const SimRequest *request, const char *const *known, const char *node,
                        SimReply *reply)
{
    const char *fields = sim_request_parameter (request, "fields");
    g_auto (GStrv) asked = g_strsplit (fields ? fields : "id", ",", -1);

    for (char **field = asked; *field; field++)
        if (!g_strv_contains (known, *field))
            return instagram_fail (reply, 100, 0,
                                   "(#100) Tried accessing nonexisting field (%s) on node type (%s)", *field,
                                   node);
    return TRUE;
}

/* ---- who may ask ---- */

static gboolean
check_token (SimState *state, const SimRequest *request, SimReply *reply)
{
    static const struct {
        int subcode;
        const char *message;
    } deaths[] = {
        { 0, NULL },
        { 463,
          "Error validating access token: Session has expired on Friday, 20-Nov-26 10:00:00 PST. The current "
          "time is Saturday, 21-Nov-26 00:00:00 PST." },
        { 460,
          "Error validating access token: The session has been invalidated because the user changed their "
          "password or Facebook has changed the session for security reasons." },
        { 458, "Error validating access token: The user has not authorized application 1234567890." },
        { 467, "Error validating access token: The session is invalid because the user logged out." },
    };
    gint64 death = switch_feel (&state->switches, SWITCH_IG_TOKEN);
    const char *token = instagram_token (request);

    if (!token)
        return instagram_fail (
            reply, 2500, 0,
            "An active access token must be used to query information about the current user.");
    if (strcmp (token, INSTAGRAM_TOKEN) != 0)
        return instagram_fail (reply, 190, 0, "Invalid OAuth access token - Cannot parse access token");
    if (death)
        return instagram_fail (reply, 190, deaths[death].subcode, "%s", deaths[death].message);
    return TRUE;
}

/* The share of the limit that is used, in percent and as minutes until calls are taken again. */
static void
put_usage (SimReply *reply, gint64 percent, gint64 minutes)
{
    g_autofree char *usage = g_strdup_printf (
        "{\"" INSTAGRAM_ACCOUNT "\":[{\"type\":\"instagram\",\"call_count\":%d,\"total_cputime\":1,"
        "\"total_time\":1,\"estimated_time_to_regain_access\":%d}]}",
        (int)percent, (int)minutes);

    sim_reply_header (reply, "X-Business-Use-Case-Usage", usage);
}

static gboolean
check_limits (SimState *state, SimReply *reply)
{
    gint64 minutes = switch_feel (&state->switches, SWITCH_IG_THROTTLE);
    gint64 percent = switch_feel (&state->switches, SWITCH_IG_USAGE);

    put_usage (reply, minutes ? 118 : percent, minutes);
    if (minutes)
        return instagram_fail (
            reply, 80002, 2446079,
            "(#80002) There have been too many calls to this Instagram account. Wait a bit and try again. "
            "For more "
            "info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.");
    return TRUE;
}

static gboolean
check_faults (SimState *state, SimReply *reply)
{
    switch (switch_feel (&state->switches, SWITCH_IG_FAULT)) {
    case 1:
        return write_failure (reply, 500, 1, 0, TRUE, "An unknown error occurred");
    case 2:
        return write_failure (reply, 500, 2, 0, TRUE, "Service temporarily unavailable");
    case 3:
        sim_reply_json (reply, 502);
        reply->content_type = "text/html";
        g_string_assign (reply->body, "<html><title>502 Bad Gateway</title></html>");
        return FALSE;
    case 4:
        return write_failure (reply, 200, 2, 0, FALSE,
                              "An unexpected error has occurred. Please retry your request later.");
    case 5:
        return instagram_fail (reply, 4, 0, "(#4) Application request limit reached");
    default:
        return TRUE;
    }
}

static gboolean
check_permission (SimState *state, SimReply *reply)
{
    return !switch_feel (&state->switches, SWITCH_IG_DENIED) ||
           instagram_fail (reply, 10, 0, "(#10) Application does not have permission for this action");
}

/* ---- profile and pages ---- */

static void
answer_profile (SimState *state, const InstagramAccount *account, const SimRequest *request, SimReply *reply)
{
    static const char *const known[] = { "id",
                                         "username",
                                         "name",
                                         "followers_count",
                                         "follows_count",
                                         "media_count",
                                         "profile_picture_url",
                                         "biography",
                                         "website",
                                         NULL };
    Json json;

    if (!instagram_check_fields (request, known, "IGUser", reply))
        return;
    json = sim_reply_json (reply, 200);
    json_begin_object (&json);
    if (instagram_wants (request, "username"))
        json_put_text (&json, "username", account->username);
    if (instagram_wants (request, "name") && *account->name)
        json_put_text (&json, "name", account->name);
    if (instagram_wants (request, "followers_count"))
        json_put_int (&json, "followers_count",
                      instagram_followers (state, account, instagram_today (state)));
    if (instagram_wants (request, "follows_count"))
        json_put_int (&json, "follows_count", 180);
    if (instagram_wants (request, "media_count"))
        json_put_int (&json, "media_count", account->n_posts);
    json_put_text (&json, "id", account->id);
    json_end_object (&json);
}

static void
write_page (Json *json, const SimRequest *request, const char *id, const char *name,
            const InstagramAccount *account)
{
    json_begin_object (json);
    if (instagram_wants (request, "name"))
        json_put_text (json, "name", name);
    if (instagram_wants (request, "access_token"))
        json_put_text (json, "access_token", INSTAGRAM_TOKEN);
    if (account && instagram_wants (request, "instagram_business_account")) {
        json_key (json, "instagram_business_account");
        json_begin_object (json);
        json_put_text (json, "id", account->id);
        json_end_object (json);
    }
    json_put_text (json, "id", id);
    json_end_object (json);
}

static const char *const page_fields[] = { "id", "name", "access_token", "instagram_business_account", NULL };

/* Those of the switch, the accounts', and one more: a Page that is not linked to Instagram lacks the
 * member, which is not null then. */
static void
write_page_at (Json *json, const SimRequest *request, guint place, guint extra)
{
    const InstagramAccount *account =
        place >= extra && place < extra + instagram_n_accounts ? &instagram_accounts[place - extra] : NULL;
    g_autofree char *id = g_strdup_printf ("1049%011u", place);

    if (account)
        write_page (json, request, account->page_id, account->page_name, account);
    else
        write_page (json, request, place < extra ? id : "104000000000002", "Alpenglow Club", NULL);
}

static void
write_pages_paging (SimState *state, const InstagramPlace *place, guint all, Json *json)
{
    guint end = MIN (place->before + place->limit, all);
    g_autofree char *before = instagram_cursor (place->before), *after = instagram_cursor (end);
    g_autofree char *next =
        g_strdup_printf ("%s/v25.0/me/accounts?access_token=" INSTAGRAM_TOKEN "&limit=%u&after=%s",
                         state->base_url, place->limit, after);

    json_key (json, "paging");
    json_begin_object (json);
    json_key (json, "cursors");
    json_begin_object (json);
    json_put_text (json, "before", before);
    json_put_text (json, "after", after);
    json_end_object (json);
    if (end < all)
        json_put_text (json, "next", next);
    json_end_object (json);
}

static void
answer_pages (SimState *state, const SimRequest *request, SimReply *reply)
{
    guint extra = (guint)switch_value (&state->switches, SWITCH_IG_EXTRA_PAGES);
    guint all = extra + instagram_n_accounts + 1;
    InstagramPlace place;
    Json json;

    if (!instagram_check_fields (request, page_fields, "Page", reply) ||
        !instagram_read_place (request, &place, reply))
        return;
    json = sim_reply_json (reply, 200);
    json_begin_object (&json);
    json_key (&json, "data");
    json_begin_array (&json);
    for (guint i = place.before; i < MIN (place.before + place.limit, all); i++)
        write_page_at (&json, request, i, extra);
    json_end_array (&json);
    write_pages_paging (state, &place, all, &json);
    json_end_object (&json);
}

static void
answer_page (const char *id, const SimRequest *request, SimReply *reply)
{
    Json json;

    if (!instagram_check_fields (request, page_fields, "Page", reply))
        return;
    json = sim_reply_json (reply, 200);
    write_page (&json, request, id, "Alpenglow", NULL);
}

/* ---- finding what is asked for ---- */

#define PAGE_PREFIX "10400000000000" /* of the ids of all pages */

/* The post with this id, of any account. */
static gboolean
find_post (SimState *state, const char *id, InstagramPost *post)
{
    Day today = instagram_today (state);

    for (guint i = 0; i < instagram_n_accounts; i++) {
        for (guint number = 1; number <= instagram_accounts[i].n_posts; number++) {
            *post = instagram_post (state, &instagram_accounts[i], number);
            if (strcmp (post->id, id) == 0)
                return TRUE;
        }
        for (Day day = today - 1; day <= today; day++) {
            *post = instagram_story (state, &instagram_accounts[i], day);
            if (strcmp (post->id, id) == 0)
                return instagram_story_lives (state, post);
        }
    }
    return FALSE;
}

static void
unknown_object (SimReply *reply, const char *id)
{
    instagram_fail (reply, 100, 33,
                    "Unsupported get request. Object with ID '%s' does not exist, cannot be loaded due to "
                    "missing permissions, or does not support this operation. Please read the Graph API "
                    "documentation at https://developers.facebook.com/docs/graph-api",
                    id);
}

static void
answer_node (SimState *state, const char *id, const char *edge, const SimRequest *request, SimReply *reply)
{
    const InstagramAccount *account = instagram_account (id);
    InstagramPost post;

    if (account && !*edge)
        answer_profile (state, account, request, reply);
    else if (account && strcmp (edge, "insights") == 0)
        instagram_answer_insights (state, account, request, reply);
    else if (account && (strcmp (edge, "media") == 0 || strcmp (edge, "stories") == 0))
        instagram_answer_media (state, account, *edge == 's', request, reply);
    else if (strcmp (edge, "insights") == 0 && find_post (state, id, &post))
        instagram_answer_post (state, &post, request, reply);
    else if (!*edge && g_str_has_prefix (id, PAGE_PREFIX))
        answer_page (id, request, reply);
    else
        unknown_object (reply, id);
}

/* What follows "/v25.0/"; NULL if the path has no version. */
static const char *
after_version (const char *path)
{
    gsize major, minor;

    if (!g_str_has_prefix (path, "/v"))
        return NULL;
    path += 2;
    major = strspn (path, "0123456789");
    if (!major || path[major] != '.')
        return NULL;
    path += major + 1;
    minor = strspn (path, "0123456789");
    return minor && path[minor] == '/' ? path + minor + 1 : NULL;
}

/* Numbers of Instagram's accounts and posts begin with 17 and are long. */
static gboolean
is_ours (const char *rest)
{
    return rest && (strcmp (rest, "me/accounts") == 0 || g_str_has_prefix (rest, PAGE_PREFIX) ||
                    (g_str_has_prefix (rest, "17") && strspn (rest, "0123456789") >= 15));
}

gboolean
instagram_answer (SimState *state, const SimRequest *request, SimReply *reply)
{
    const char *rest = after_version (request->path);
    g_auto (GStrv) parts = NULL;

    if (!is_ours (rest))
        return FALSE;
    sim_state_slow (state, reply, SWITCH_IG_SLOW);
    if (strcmp (request->method, "GET") != 0) {
        instagram_fail (reply, 100, 0, "(#100) Unsupported %s request", request->method);
        return TRUE;
    }
    if (!check_token (state, request, reply) || !check_limits (state, reply) ||
        !check_faults (state, reply) || !check_permission (state, reply))
        return TRUE;
    parts = g_strsplit (rest, "/", 2);
    if (*rest == 'm')
        answer_pages (state, request, reply);
    else
        answer_node (state, parts[0], parts[1] ? parts[1] : "", request, reply);
    return TRUE;
}
