/* meta_faults.c -- what goes wrong with a call, and the headers about limits. */
#include "meta.h"

#include <string.h>

#define REDUCE "Please reduce the amount of data you're asking for, then retry your request"

/* By the words of the switch meta_fault; the texts are Meta's own. */
static const GraphError errors[] = {
    { 500, 1, 99, "An unknown error occurred", .transient = TRUE },
    { 500, 2, 0, "Service temporarily unavailable", .transient = TRUE },
    { 400, 4, 1504022, "Application request limit reached", TRUE, "Too many API requests",
      "There have been too many calls from this app. Wait a bit and try again." },
    { 400, 17, 2446079, "(#17) User request limit reached", .user_title = "Ad Account Has Too Many API Calls",
      .user_message = "There have been too many calls from this ad-account. Wait a bit and try again." },
    { 400, 613, 1487742, "(#613) Calls to this api have exceeded the rate limit.",
      .user_title = "Account Has Too Many API Calls",
      .user_message = "There have been too many calls from this ad account. Wait a bit and try again." },
    { 400, 80000, 2446079,
      "(#80000) There have been too many calls to this ad-account. Wait a bit and try again. For more info, "
      "please "
      "refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
      .user_title = "Too many calls", .user_message = "There have been too many calls to this ad-account." },
    { 400, 80004, 2446079,
      "(#80004) There have been too many calls to this ad-account. Wait a bit and try again. For more info, "
      "please "
      "refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
      .user_title = "Too many calls", .user_message = "There have been too many calls to this ad-account." },
    { 400, 104, 0, "(#104) Connection timed out" },
    { 400, 190, 0, "Invalid OAuth 2.0 Access Token" },
    { 400, 190, 463,
      "Error validating access token: Session has expired on Friday, 20-Nov-26 10:00:00 PST. The current "
      "time is "
      "Saturday, 21-Nov-26 04:00:00 PST." },
    { 400, 190, 460,
      "Error validating access token: The session has been invalidated because the user changed their "
      "password or "
      "Facebook has changed the session for security reasons." },
    { 400, 190, 458,
      "Error validating access token: The user has not authorized application 700100200300400." },
    { 400, 10, 0, "(#10) Application does not have permission for this action" },
    { 403, 200, 0, "(#200) Ad account owner has NOT grant ads_management or ads_read permission" },
    { 403, 270, 0, "(#270) This Ads API request is not allowed for apps with development access level" },
    { 400, 368, 0, "The action attempted has been deemed abusive or is otherwise disallowed" },
    { 400, 100, 33,
      "Unsupported get request. Object with ID 'act_1' does not exist, cannot be loaded due to missing "
      "permissions, "
      "or does not support this operation. Please read the Graph API documentation at "
      "https://developers.facebook.com/docs/graph-api" },
    { 400, 2642, 0, "(#2642) Invalid cursors values" },
    { 400, 3018, 0,
      "(#3018) The start date of the time range cannot be beyond 37 months from the current date" },
};

/* ---- limits ---- */

static void
write_business (const GraphCall *call, int percent, int regain)
{
    g_autofree char *text = g_strdup_printf (
        "{\"66782684\":[{\"type\":\"ads_insights\",\"call_count\":%d,\"total_cputime\":%d,\"total_time\":%d,"
        "\"estimated_time_to_regain_access\":%d,\"ads_api_access_tier\":\"development_access\"}]}",
        percent, percent / 4, percent / 5, regain);

    sim_reply_header (call->reply, "X-Business-Use-Case-Usage", text);
}

static void
write_usage (const GraphCall *call, int percent, int regain)
{
    g_autofree char *app = g_strdup_printf ("{\"call_count\":%d,\"total_time\":%d,\"total_cputime\":%d}",
                                            percent, percent / 2, percent / 3);
    g_autofree char *account =
        g_strdup_printf ("{\"acc_id_util_pct\":%d.67,\"reset_time_duration\":%d,\"ads_api_access_tier\":"
                         "\"standard_access\"}",
                         percent, regain * 60);
    g_autofree char *insights = g_strdup_printf (
        "{\"app_id_util_pct\":%d,\"acc_id_util_pct\":10,\"ads_api_access_tier\":\"standard_access\"}",
        percent);

    switch (switch_value (&call->state->switches, SWITCH_META_HEADER)) {
    case 1:
        sim_reply_header (call->reply, "X-App-Usage", app);
        break;
    case 2:
        sim_reply_header (call->reply, "X-Ad-Account-Usage", account);
        break;
    case 3:
        sim_reply_header (call->reply, "X-FB-Ads-Insights-Throttle", insights);
        break;
    default:
        write_business (call, percent, regain);
    }
}

static int
count_usage (const GraphCall *call)
{
    SimState *state = call->state;

    state->meta_used += switch_value (&state->switches, SWITCH_META_STEP);
    return (int)(switch_value (&state->switches, SWITCH_META_USAGE) + state->meta_used);
}

/* Over 100 % it refuses, and refuses on: calls that are made meanwhile count too. */
static gboolean
check_usage (const GraphCall *call)
{
    int percent = count_usage (call);
    int regain = percent > 95 ? (int)switch_value (&call->state->switches, SWITCH_META_REGAIN) : 0;

    if (percent > 0)
        write_usage (call, percent, regain);
    return percent <= 100 || graph_fail (call->reply, &errors[6]);
}

/* ---- faults ---- */

static gboolean
check_broken (const GraphCall *call)
{
    gint64 broken = switch_feel (&call->state->switches, SWITCH_META_BROKEN);

    if (!broken)
        return TRUE;
    sim_reply_json (call->reply, broken == 1 ? 502 : 200);
    if (broken == 1) {
        call->reply->content_type = "text/html; charset=utf-8";
        g_string_assign (call->reply->body, "<html><head><title>502 Bad Gateway</title></head></html>");
    }
    return FALSE;
}

static gboolean
check_fault (const GraphCall *call)
{
    gint64 fault = switch_feel (&call->state->switches, SWITCH_META_FAULT);

    return fault == 0 || graph_fail (call->reply, &errors[fault - 1]);
}

/* "(#100)" subcode 1487534 is not here: it depends on the rows (meta_insights.c). */
static gboolean
check_limit (const GraphCall *call)
{
    const char *limit = graph_parameter (call, "limit");
    gint64 wanted = limit ? g_ascii_strtoll (limit, NULL, 10) : 25;

    /* The pages of a report run may be as long as one likes: it is made already. */
    return !g_str_has_prefix (call->path, "act_") || !g_str_has_suffix (call->path, "/insights") ||
           strcmp (call->request->method, "GET") != 0 ||
           wanted <= switch_value (&call->state->switches, SWITCH_META_MOST_LIMIT) ||
           graph_fail (call->reply, &(GraphError){ 500, 1, 0, REDUCE });
}

gboolean
meta_fault_check (const GraphCall *call)
{
    gboolean good = check_usage (call) && check_broken (call) && check_fault (call) && check_limit (call);

    if (!good && switch_value (&call->state->switches, SWITCH_META_STATUS_200))
        call->reply->status = 200;
    return good;
}
