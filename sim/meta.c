#include "meta.h"

#include "instagram.h"

#include <string.h>

static const char *const accounts[] = { "act_1010202030304040", "act_1010202030305050",
                                        "act_1010202030306060" };

const char *
meta_account_of (const Property *property)
{
    for (guint i = 0; i < MIN (world_n_presets, G_N_ELEMENTS (accounts)); i++)
        if (strcmp (world_presets[i].id, property->preset.id) == 0)
            return accounts[i];
    return NULL;
}

Property *
meta_account_find (const SimState *state, const char *id)
{
    for (guint i = 0; i < state->world->n_properties; i++)
        if (g_strcmp0 (meta_account_of (state->world->properties[i]), id) == 0)
            return state->world->properties[i];
    return NULL;
}

AdMoment
meta_moment (SimState *state, Property *property)
{
    return (AdMoment){ .today = sim_state_today (state, property),
                       .minute = sim_state_minute (state, property),
                       .drift = switch_value (&state->switches, SWITCH_META_DRIFT) != 0 };
}

/* ---- an account ---- */

static void
write_offset (Json *json, Property *property, gint64 now)
{
    gint64 seconds = now / SECOND_US;
    int interval = g_time_zone_find_interval (property->zone, G_TIME_TYPE_UNIVERSAL, seconds);

    json_put_real (json, "timezone_offset_hours_utc",
                   g_time_zone_get_offset (property->zone, interval) / 3600.0);
}

static gboolean
write_account_field (const GraphCall *call, Json *json, Property *property, const char *field)
{
    const char *id = meta_account_of (property);

    if (strcmp (field, "id") == 0)
        return TRUE; /* always there */
    if (strcmp (field, "account_id") == 0)
        json_put_text (json, field, id + strlen ("act_"));
    else if (strcmp (field, "name") == 0)
        json_put_text (json, field, property->preset.name);
    else if (strcmp (field, "currency") == 0)
        json_put_text (json, field, property->preset.currency);
    else if (strcmp (field, "timezone_name") == 0)
        json_put_text (json, field, property->preset.zone);
    else if (strcmp (field, "timezone_offset_hours_utc") == 0)
        write_offset (json, property, clock_now (call->state->clock));
    else if (strcmp (field, "account_status") == 0)
        json_put_int (json, field, 1);
    else
        return graph_invalid (call->reply, "Tried accessing nonexisting field (%s) on node type (AdAccount)",
                              field);
    return TRUE;
}

static gboolean
write_account (const GraphCall *call, Json *json, Property *property)
{
    const char *asked = graph_parameter (call, "fields");
    g_auto (GStrv) fields = g_strsplit (asked ? asked : "account_id", ",", -1);

    json_begin_object (json);
    for (char **field = fields; *field; field++)
        if (!write_account_field (call, json, property, g_strstrip (*field)))
            return FALSE;
    json_put_text (json, "id", meta_account_of (property));
    json_end_object (json);
    return TRUE;
}

static void
answer_account (const GraphCall *call, Property *property)
{
    Json json = sim_reply_json (call->reply, 200);

    write_account (call, &json, property);
}

gboolean
meta_page_read (const GraphCall *call, guint64 *from, guint64 *limit)
{
    const char *after = graph_parameter (call, "after"), *wanted = graph_parameter (call, "limit");

    *from = 0;
    *limit = 25;
    if (wanted && !g_ascii_string_to_unsigned (wanted, 10, 1, 5000, limit, NULL))
        return graph_invalid (call->reply, "Param limit must be a number between 1 and 5000");
    if (after && *after && !graph_cursor_read (after, from))
        return graph_fail (
            call->reply,
            &(GraphError){ .status = 400, .code = 2642, .message = "(#2642) Invalid cursors values" });
    return TRUE;
}

/* One that is listed and no more. */
static void
write_extra_account (Json *json, guint64 number)
{
    g_autofree char *id = g_strdup_printf ("act_90%08" G_GUINT64_FORMAT, number);

    json_begin_object (json);
    json_put_text (json, "name", "Old account");
    json_put_text (json, "currency", "USD");
    json_put_text (json, "account_id", id + strlen ("act_"));
    json_put_text (json, "id", id);
    json_end_object (json);
}

static void
answer_accounts (const GraphCall *call)
{
    guint64 extra = (guint64)switch_value (&call->state->switches, SWITCH_META_EXTRA_ACCOUNTS);
    guint64 from, limit, n = extra + call->state->world->n_properties;
    Json json;

    if (!meta_page_read (call, &from, &limit))
        return;
    json = sim_reply_json (call->reply, 200);
    json_begin_object (&json);
    json_key (&json, "data");
    json_begin_array (&json);
    for (guint64 i = from; i < MIN (n, from + limit); i++)
        if (i < extra)
            write_extra_account (&json, i);
        else if (!write_account (call, &json, call->state->world->properties[i - extra]))
            return;
    json_end_array (&json);
    graph_write_paging (call, &json, from, from < n ? MIN (limit, n - from) : 0, n);
    json_end_object (&json);
}

/* ---- the token ---- */

static void
answer_debug_token (const GraphCall *call)
{
    static const char *const scopes[] = { "ads_read", "instagram_basic", "instagram_manage_insights",
                                          "pages_show_list", "pages_read_engagement" };
    const char *input = graph_parameter (call, "input_token");
    gboolean valid = g_strcmp0 (input, META_ACCESS_TOKEN) == 0 || g_strcmp0 (input, INSTAGRAM_TOKEN) == 0;
    gint64 days = switch_value (&call->state->switches, SWITCH_META_TOKEN_DAYS);
    gint64 now = clock_now (call->state->clock) / SECOND_US;
    Json json;

    if (!input) {
        graph_invalid (call->reply, "You must provide an input_token");
        return;
    }
    json = sim_reply_json (call->reply, 200);
    json_begin_object (&json);
    json_key (&json, "data");
    json_begin_object (&json);
    json_put_text (&json, "app_id", META_APP_ID);
    json_put_text (&json, "type", "SYSTEM_USER");
    json_put_text (&json, "application", "Daymark demo");
    json_put_bool (&json, "is_valid", valid);
    json_put_int (&json, "issued_at", now - 86400);
    json_put_int (&json, "expires_at", days ? now + days * 86400 : 0);
    json_put_int (&json, "data_access_expires_at", 0);
    json_key (&json, "scopes");
    json_begin_array (&json);
    if (!switch_value (&call->state->switches, SWITCH_META_NO_SCOPE))
        for (guint i = 0; i < G_N_ELEMENTS (scopes); i++)
            json_text (&json, scopes[i]);
    json_text (&json, "public_profile");
    json_end_array (&json);
    json_put_text (&json, "user_id", META_USER_ID);
    json_end_object (&json);
    json_end_object (&json);
}

/* ---- nodes ---- */

static void
no_such_object (const GraphCall *call, const char *id)
{
    g_autofree char *message = g_strdup_printf (
        "Unsupported %s request. Object with ID '%s' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation. Please read the Graph API documentation "
        "at https://developers.facebook.com/docs/graph-api",
        strcmp (call->request->method, "POST") == 0 ? "post" : "get", id);

    graph_fail (call->reply, &(GraphError){ .status = 400, .code = 100, .subcode = 33, .message = message });
}

static void
answer_insights (const GraphCall *call, Property *property)
{
    MetaQuestion question;

    if (strcmp (call->request->method, "POST") == 0)
        meta_run_start (call, property);
    else if (meta_question_read (call, property, &question))
        meta_insights_write (call, property, &question);
}

/* "act_1/insights" */
static void
answer_act (const GraphCall *call)
{
    g_auto (GStrv) parts = g_strsplit (call->path, "/", 2);
    Property *property = meta_account_find (call->state, parts[0]);

    if (!property)
        no_such_object (call, parts[0]);
    else if (!parts[1])
        answer_account (call, property);
    else if (strcmp (parts[1], "insights") == 0)
        answer_insights (call, property);
    else
        graph_fail (call->reply,
                    &(GraphError){ .status = 400, .code = 2500, .message = "Unknown path components" });
}

gboolean
meta_node_answer (GraphCall *call)
{
    gboolean is_run = g_ascii_isdigit (*call->path) && g_str_has_prefix (call->path, META_RUN_PREFIX);
    gboolean is_act = g_str_has_prefix (call->path, "act_");
    gboolean is_list = strcmp (call->path, "me/adaccounts") == 0;
    gboolean is_debug = strcmp (call->path, "debug_token") == 0;

    if (!is_run && !is_act && !is_list && !is_debug)
        return FALSE;
    sim_state_slow (call->state, call->reply, SWITCH_META_SLOW);
    if (!graph_authorized (call))
        return TRUE;
    if (is_debug)
        answer_debug_token (call);
    else if (!meta_fault_check (call))
        return TRUE;
    else if (is_act)
        answer_act (call);
    else if (is_list)
        answer_accounts (call);
    else if (!meta_run_answer (call))
        no_such_object (call, call->path);
    return TRUE;
}
