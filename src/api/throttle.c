#include "api/throttle.h"

#include "base/fault.h"

/* As in the IETF's draft-ietf-httpapi-ratelimit-headers. */
static void
tell (Call *call, const RateRule *rule, const RateState *state)
{
    g_autofree char *policy = g_strdup_printf ("\"%s\";q=%u;w=%" G_GINT64_FORMAT, rule->name, rule->burst,
                                               rule->burst * rule->every / SECOND_US);
    g_autofree char *left = g_strdup_printf ("\"%s\";r=%u;t=%" G_GINT64_FORMAT, rule->name, state->left,
                                             (state->full + SECOND_US - 1) / SECOND_US);

    http_reply_header (call->http, "RateLimit-Policy", policy);
    http_reply_header (call->http, "RateLimit", left);
}

static gboolean
refuse (Call *call, const RateState *state, GError **error)
{
    gint64 seconds = MAX ((state->wait + SECOND_US - 1) / SECOND_US, 1);
    g_autofree char *retry = g_strdup_printf ("%" G_GINT64_FORMAT, seconds);

    call_reply_header (call, "Retry-After", retry);
    return call_fail (error, 429, "too-often",
                      "this was asked for too often: try again in %" G_GINT64_FORMAT " second%s", seconds,
                      seconds == 1 ? "" : "s");
}

static gboolean
take (Call *call, const char *who, guint n, GError **error)
{
    RateState state;
    gboolean taken = rates_take (call->api->rates, call->route->rate, who, n, &state);

    tell (call, &rate_rules[call->route->rate], &state);
    return taken || refuse (call, &state, error);
}

static char *
address_of (const Call *call)
{
    g_autofree char *forwarded = http_call_header_list (call->http, "X-Forwarded-For");

    return client_address (call->api->proxies, http_call_peer (call->http), forwarded);
}

gboolean
throttle_address (Call *call, GError **error)
{
    RateCount counts = rate_rules[call->route->rate].counts;
    g_autofree char *address = NULL;

    if (call->route->rate == RATE_NONE || counts == COUNT_USER)
        return TRUE;
    address = address_of (call);
    return take (call, address, counts == COUNT_ADDRESS ? 1 : 0, error);
}

gboolean
throttle_user (Call *call, GError **error)
{
    Rate rate = call->route->rate;

    return rate == RATE_NONE || rate_rules[rate].counts != COUNT_USER ||
           take (call, call->who.user_id, 1, error);
}

void
throttle_refusal (Call *call, const GError *error)
{
    g_autofree char *address = NULL;
    int status = fault_status (error);
    RateState state;

    if (!call->route || rate_rules[call->route->rate].counts != COUNT_REFUSALS ||
        (status != 401 && status != 403))
        return;
    address = address_of (call);
    rates_take (call->api->rates, call->route->rate, address, 1, &state);
}
