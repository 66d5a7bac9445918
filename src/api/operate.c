/* operate.c -- what an operator and his monitors ask: is it alive, can it serve, what is it? */
#include "api/handlers.h"
#include "base/fault.h"
#include "query/health.h"
#include "sql.h"

gboolean
operate_health (Call *call)
{
    return call_reply_ok (call);
}

gboolean
operate_version (Call *call)
{
    GString *body = g_string_new (NULL);
    Json json = JSON_INTO (body);

    json_begin_object (&json);
    json_put_text (&json, "name", "daymark");
    json_put_text (&json, "version", DAYMARK_VERSION);
    json_put_text (&json, "tzdata", zone_data_version ());
    json_end_object (&json);
    return call_reply (call, 200, body);
}

gint64
operate_tick_age (const Call *call)
{
    const ApiOptions *options = &call->api->options;

    return options->last_tick ? clock_monotonic (options->clock) - options->last_tick (options->user) : 0;
}

/* The database answers, the scheduler looks, and no daily run is late. */
gboolean
operate_ready (Call *call, GError **error)
{
    const ApiOptions *options = &call->api->options;
    Health health;

    return health_look (call->store, options->config, options->clock, &health, error) &&
           health_judge (&health, operate_tick_age (call), error) && call_reply_ok (call);
}
