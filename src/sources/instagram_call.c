#include "sources/instagram_call.h"

#include "base/fault.h"
#include "sources/google_call.h"

#include <string.h>

#define PERMISSIONS                                                                                         \
    "Instagram: the access token lacks a permission: it needs instagram_basic, instagram_manage_insights, " \
    "pages_show_list and pages_read_engagement, and the Instagram account must be linked to a Facebook "    \
    "Page that the token's user may see"

void
instagram_calls_init (InstagramCalls *calls, const SourceContext *context, const char *token,
                      const char *account)
{
    *calls = (InstagramCalls){
        .context = *context, .token = token, .account = account, .echo = { .time = INSTANT_NONE }
    };
    if (!calls->context.pace)
        calls->context.pace = &calls->pace;
}

void
instagram_calls_clear (InstagramCalls *calls)
{
    graph_echo_clear (&calls->echo);
}

static gboolean
is_permission (const GraphEcho *echo)
{
    return echo->code == 10 || (echo->code >= 200 && echo->code <= 299);
}

json_t *
instagram_get (InstagramCalls *calls, const char *path, const char *query, GError **error)
{
    GraphCall call = { .service = "Instagram",
                       .method = "GET",
                       .path = path,
                       .token = calls->token,
                       .parameters = query,
                       .echo = &calls->echo };
    g_autoptr (GError) failure = NULL;
    json_t *answer = graph_call (&calls->context, &call, &failure);

    if (!answer && is_permission (&calls->echo))
        fault_set (error, FAULT_DENIED, PERMISSIONS);
    else if (!answer)
        g_propagate_error (error, g_steal_pointer (&failure));
    return answer;
}

Value
instagram_count (const json_t *number)
{
    return json_is_integer (number) && json_integer_value (number) >= 0
               ? VALUE_OF_INT (json_integer_value (number))
               : VALUE_NONE;
}
