#include "control.h"

#include "google_key.h"
#include "google_token.h"
#include "instagram.h"
#include "meta.h"

#include <string.h>

static void
fail (SimReply *reply, int status, const char *message)
{
    Json json = sim_reply_json (reply, status);

    json_begin_object (&json);
    json_put_text (&json, "error", message);
    json_end_object (&json);
}

static void
list_switches (SimState *state, const SimRequest *request, SimReply *reply)
{
    Json json = sim_reply_json (reply, 200);

    json_begin_object (&json);
    json_key (&json, "switches");
    switches_write (&state->switches, &json);
    json_end_object (&json);
}

static void
set_switches (SimState *state, const SimRequest *request, SimReply *reply)
{
    g_autoptr (GError) error = NULL;
    json_t *values = json_loadb (request->body ? request->body : "", request->body_size, 0, NULL);

    if (switches_set (&state->switches, values, &error)) {
        state->n_reports = 0; /* "growing" starts over */
        state->meta_used = 0; /* and so does meta_step */
        pthread_cond_broadcast (&state->changed);
        list_switches (state, request, reply);
    } else {
        fail (reply, 422, error->message);
    }
    json_decref (values);
}

static void
reset (SimState *state, const SimRequest *request, SimReply *reply)
{
    sim_state_reset (state);
    list_switches (state, request, reply);
}

static void
show_requests (SimState *state, const SimRequest *request, SimReply *reply)
{
    Json json = sim_reply_json (reply, 200);
    g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (state->asked), (GCompareFunc)strcmp);

    json_begin_object (&json);
    json_put_int (&json, "total", (gint64)state->n_asked);
    json_key (&json, "requests");
    json_begin_object (&json);
    for (GList *name = names; name; name = name->next)
        json_put_int (&json, name->data, GPOINTER_TO_INT (g_hash_table_lookup (state->asked, name->data)));
    json_end_object (&json);
    json_end_object (&json);
}

static void
show_truth (SimState *state, const SimRequest *request, SimReply *reply)
{
    const char *id = sim_request_parameter (request, "property");
    const char *account = sim_request_parameter (request, "account");
    const char *instagram = sim_request_parameter (request, "instagram");
    Property *property = account ? meta_account_find (state, account)
                         : id    ? world_property (state->world, id)
                                 : state->world->properties[0];
    Day from = G_MININT32, to = G_MAXINT32;
    Json json;

    day_parse (sim_request_parameter (request, "startDate"), &from);
    day_parse (sim_request_parameter (request, "endDate"), &to);
    if (instagram && instagram_truth_write (state, instagram, from, to, reply))
        return;
    if (!property || instagram) {
        fail (reply, 404, "no such property, or account");
        return;
    }
    json = sim_reply_json (reply, 200);
    if (account)
        meta_truth_write (state, property, from, to, &json);
    else
        sim_truth_write (state, property, from, to, &json);
}

static void
show_demo (SimState *state, const SimRequest *request, SimReply *reply)
{
    g_autofree char *token_url = g_strconcat (state->base_url, GOOGLE_TOKEN_PATH, NULL);
    g_autofree char *auth_url = g_strconcat (state->base_url, GOOGLE_AUTH_PATH, NULL);
    Json json = sim_reply_json (reply, 200);

    json_begin_object (&json);
    json_put_text (&json, "data_url", state->base_url);
    json_put_text (&json, "admin_url", state->base_url);
    json_put_text (&json, "token_url", token_url);
    json_put_text (&json, "auth_url", auth_url);
    json_put_text (&json, "client_id", GOOGLE_CLIENT_ID);
    json_put_text (&json, "client_secret", GOOGLE_CLIENT_SECRET);
    json_put_text (&json, "refresh_token", GOOGLE_REFRESH_TOKEN);
    json_put_text (&json, "property_id", world_presets[0].id);
    json_put_text (&json, "small_property_id", world_presets[1].id);
    json_put_text (&json, "empty_property_id", world_presets[2].id);
    json_put_text (&json, "graph_url", state->base_url);
    json_put_text (&json, "instagram_token", INSTAGRAM_TOKEN);
    json_put_text (&json, "instagram_id", INSTAGRAM_ACCOUNT);
    json_put_text (&json, "small_instagram_id", INSTAGRAM_SMALL_ACCOUNT);
    json_put_text (&json, "meta_app_id", META_APP_ID);
    json_put_text (&json, "meta_app_secret", META_APP_SECRET);
    json_put_text (&json, "meta_access_token", META_ACCESS_TOKEN);
    json_put_text (&json, "ad_account_id", meta_account_of (state->world->properties[0]));
    json_put_text (&json, "small_ad_account_id", meta_account_of (state->world->properties[1]));
    json_put_text (&json, "empty_ad_account_id", meta_account_of (state->world->properties[2]));
    json_end_object (&json);
}

static void
show_service_account (SimState *state, const SimRequest *request, SimReply *reply)
{
    g_autofree char *key = google_key_json (state);

    sim_reply_json (reply, 200);
    g_string_append (reply->body, key);
}

static const struct {
    const char *method, *path;
    void (*answer) (SimState *state, const SimRequest *request, SimReply *reply);
} routes[] = {
    { "GET", "/sim/switches", list_switches },
    { "POST", "/sim/switches", set_switches },
    { "POST", "/sim/reset", reset },
    { "GET", "/sim/requests", show_requests },
    { "GET", "/sim/truth", show_truth },
    { "GET", "/sim", show_demo },
    { "GET", "/sim/service-account", show_service_account },
};

gboolean
sim_control_is (const char *path)
{
    return strcmp (path, "/sim") == 0 || g_str_has_prefix (path, "/sim/");
}

gboolean
sim_control_answer (SimState *state, const SimRequest *request, SimReply *reply)
{
    if (!sim_control_is (request->path))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
        if (strcmp (routes[i].path, request->path) == 0 && strcmp (routes[i].method, request->method) == 0) {
            routes[i].answer (state, request, reply);
            return TRUE;
        }
    fail (reply, 404, "no such control");
    return TRUE;
}
