#include "sim.h"

#include "google_key.h"
#include "http/http.h"
#include "instagram.h"
#include "meta.h"
#include "state.h"

#include <string.h>

#define WORKERS  64 /* as many as ask at once, if each may have to wait */
#define MAX_BODY 1048576
#define GRACE    1 /* seconds to finish what is under way */

struct Sim {
    SimState *state;
    HttpServer *server;
    SimDemo demo;
    char *token_url, *auth_url;
};

static const char *
parameter (gconstpointer source, const char *name)
{
    return http_call_query (source, name);
}

static void
send (HttpCall *call, SimReply *reply)
{
    if (reply->location)
        http_reply_header (call, "Location", reply->location);
    for (guint i = 0; i + 1 < reply->headers->len; i += 2)
        http_reply_header (call, reply->headers->pdata[i], reply->headers->pdata[i + 1]);
    http_reply_take (call, reply->status, reply->content_type, g_steal_pointer (&reply->body));
}

static void
work (HttpCall *call, gpointer worker, gpointer user)
{
    Sim *sim = user;
    g_auto (SimReply) reply = { 0 };
    SimRequest request = { .method = http_call_method (call),
                           .path = http_call_path (call),
                           .authorization = http_call_header (call, "Authorization"),
                           .parameter = parameter,
                           .source = call };

    request.body = http_call_body (call, &request.body_size);
    sim_reply_init (&reply);
    sim_state_answer (sim->state, &request, &reply);
    sim_state_wait (sim->state, &reply);
    sim_state_done (sim->state, &reply);
    send (call, &reply);
}

static gboolean
quick (HttpCall *call, gpointer user)
{
    return FALSE; /* all is for the workers: reports take milliseconds */
}

static void
refuse (HttpCall *call, int status, const char *reason, gpointer user)
{
    GString *body = g_string_new (NULL);
    Json json = JSON_INTO (body);

    json_begin_object (&json);
    json_key (&json, "error");
    json_begin_object (&json);
    json_put_int (&json, "code", status);
    json_put_text (&json, "message", reason);
    json_end_object (&json);
    json_end_object (&json);
    http_reply_take (call, status, "application/json; charset=UTF-8", body);
}

static gboolean
serve (Sim *sim, guint16 port, GError **error)
{
    HttpOptions options = { .address = "127.0.0.1",
                            .port = port,
                            .loops = 1,
                            .workers = WORKERS,
                            .max_body = MAX_BODY,
                            .quick = quick,
                            .work = work,
                            .refuse = refuse,
                            .user = sim };

    sim->server = http_server_start (&options, error);
    return sim->server != NULL;
}

static void
fill_demo (Sim *sim)
{
    const char *base = sim->state->base_url;
    Property **properties = sim->state->world->properties;

    sim->token_url = g_strconcat (base, GOOGLE_TOKEN_PATH, NULL);
    sim->auth_url = g_strconcat (base, GOOGLE_AUTH_PATH, NULL);
    sim->demo = (SimDemo){ .data_url = base,
                           .admin_url = base,
                           .token_url = sim->token_url,
                           .auth_url = sim->auth_url,
                           .client_id = GOOGLE_CLIENT_ID,
                           .client_secret = GOOGLE_CLIENT_SECRET,
                           .refresh_token = GOOGLE_REFRESH_TOKEN,
                           .property_id = world_presets[0].id,
                           .small_property_id = world_presets[1].id,
                           .empty_property_id = world_presets[2].id,
                           .graph_url = base,
                           .instagram_token = INSTAGRAM_TOKEN,
                           .instagram_id = INSTAGRAM_ACCOUNT,
                           .small_instagram_id = INSTAGRAM_SMALL_ACCOUNT,
                           .meta_app_id = META_APP_ID,
                           .meta_app_secret = META_APP_SECRET,
                           .meta_access_token = META_ACCESS_TOKEN,
                           .ad_account_id = meta_account_of (properties[0]),
                           .small_ad_account_id = meta_account_of (properties[1]),
                           .empty_ad_account_id = meta_account_of (properties[2]) };
}

Sim *
sim_start (const SimOptions *options, GError **error)
{
    g_autoptr (Sim) sim = g_new0 (Sim, 1);

    sim->state = sim_state_new (options, error);
    if (!sim->state || !serve (sim, options->port, error))
        return NULL;
    pthread_mutex_lock (&sim->state->lock); /* with a fixed port somebody may be asking already */
    sim_state_set_base (sim->state, http_server_port (sim->server));
    pthread_mutex_unlock (&sim->state->lock);
    fill_demo (sim);
    return g_steal_pointer (&sim);
}

guint16
sim_port (Sim *sim)
{
    return http_server_port (sim->server);
}

const SimDemo *
sim_demo (Sim *sim)
{
    return &sim->demo;
}

char *
sim_service_account (Sim *sim)
{
    char *key;

    pthread_mutex_lock (&sim->state->lock);
    key = google_key_json (sim->state);
    pthread_mutex_unlock (&sim->state->lock);
    return key;
}

/* The one parameter of a question about the truth. */
typedef struct {
    const char *name, *value;
} Whose;

static const char *
whose (gconstpointer source, const char *name)
{
    const Whose *one = source;

    return strcmp (one->name, name) == 0 ? one->value : NULL;
}

static void
append_truths (Sim *sim, GString *text, const char *title, const char *name, const char *const *ids)
{
    g_string_append_printf (text, "\"%s\":[", title);
    for (guint i = 0; ids[i]; i++) {
        g_auto (SimReply) reply = { 0 };
        Whose one = { name, ids[i] };
        SimRequest request = { .method = "GET", .path = "/sim/truth", .parameter = whose, .source = &one };

        sim_reply_init (&reply);
        sim_state_answer (sim->state, &request, &reply);
        g_string_append_printf (text, "%s%s", i ? ",\n" : "", reply.body->str);
    }
    g_string_append_c (text, ']');
}

char *
sim_truth (Sim *sim)
{
    const SimDemo *demo = &sim->demo;
    GString *text = g_string_new ("{");

    append_truths (
        sim, text, "properties", "property",
        (const char *[]){ demo->property_id, demo->small_property_id, demo->empty_property_id, NULL });
    g_string_append (text, ",\n");
    append_truths (
        sim, text, "ad_accounts", "account",
        (const char *[]){ demo->ad_account_id, demo->small_ad_account_id, demo->empty_ad_account_id, NULL });
    g_string_append (text, ",\n");
    append_truths (sim, text, "instagram_accounts", "instagram",
                   (const char *[]){ demo->instagram_id, demo->small_instagram_id, NULL });
    g_string_append (text, "}\n");
    return g_string_free (text, FALSE);
}

void
sim_stop (Sim *sim)
{
    if (!sim)
        return;
    if (sim->server) {
        pthread_mutex_lock (&sim->state->lock);
        sim_state_reset (sim->state); /* nobody is held any longer */
        pthread_mutex_unlock (&sim->state->lock);
        http_server_stop (sim->server, GRACE);
    }
    sim_state_free (sim->state);
    g_free (sim->token_url);
    g_free (sim->auth_url);
    g_free (sim);
}
