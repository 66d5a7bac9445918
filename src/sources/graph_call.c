#include "sources/graph_call.h"

#include "auth/hmac.h"
#include "base/fault.h"
#include "sources/graph_pace.h"
#include "sources/graph_text.h"
#include "sources/words.h"

#include <string.h>

#define TIMEOUT_MS  90000
#define MAX_BYTES   ((gsize)32 << 20)
#define BROKEN_WAIT 10 /* seconds, after an answer that is not Meta's */

char *
graph_version (const Config *config)
{
    const char *version =
        config->meta_api_version && *config->meta_api_version ? config->meta_api_version : "v25.0";

    return g_strconcat (*version == 'v' ? "" : "v", version, NULL);
}

char *
graph_id (const json_t *object, const char *name)
{
    const json_t *id = json_object_get (object, name);

    if (json_is_integer (id))
        return g_strdup_printf ("%" JSON_INTEGER_FORMAT, json_integer_value (id));
    return g_strdup (json_string_value (id));
}

/* ---- asking ---- */

/* The call's own parameters, and the proof that the token is in the hands of its app. */
static char *
write_parameters (const Config *config, const GraphCall *call)
{
    GString *text = g_string_new (call->parameters);
    char proof[HMAC_TEXT];

    if (call->token && config->meta_app_secret && *config->meta_app_secret)
        g_string_append_printf (text, "%sappsecret_proof=%s", text->len ? "&" : "",
                                hmac_sha256_hex (config->meta_app_secret, call->token, proof));
    return g_string_free (text, FALSE);
}

static FetchResponse *
send (const SourceContext *context, const GraphCall *call, GError **error)
{
    gboolean is_post = strcmp (call->method, "POST") == 0;
    g_autofree char *version = graph_version (context->config);
    g_autofree char *parameters = write_parameters (context->config, call);
    g_autofree char *path = g_strdup_printf ("/%s/%s%s%s", version, call->path,
                                             is_post || !*parameters ? "" : "?", is_post ? "" : parameters);
    g_autofree char *url = google_url (context->config->meta_graph_url, path);
    g_autofree char *bearer = call->token ? g_strconcat ("Authorization: Bearer ", call->token, NULL) : NULL;
    const char *const headers[] = { "Accept: application/json", bearer,
                                    is_post ? "Content-Type: application/x-www-form-urlencoded" : NULL,
                                    NULL };
    FetchRequest request = { .method = call->method,
                             .url = url,
                             .headers = headers,
                             .body = is_post ? parameters : NULL,
                             .body_size = is_post ? strlen (parameters) : 0,
                             .timeout_ms = TIMEOUT_MS,
                             .max_bytes = MAX_BYTES };

    return fetcher_fetch (context->fetcher, &request, error);
}

/* ---- failing ---- */

/* Neither an answer nor an error of Meta's: something in between, or its front door. */
static gboolean
fail_without_words (const GraphCall *call, const FetchResponse *response, GError **error)
{
    int asked = fetch_response_retry_after (response);

    if (response->status == 429)
        return fault_set_retry (error, FAULT_BUSY, asked > 0 ? asked : 300, "%s asks to slow down",
                                call->service);
    if (response->status == 200)
        return fault_set_retry (error, FAULT_REMOTE, BROKEN_WAIT, "%s sent an answer that is not JSON",
                                call->service);
    return fault_set_retry (error, FAULT_REMOTE, MAX (asked, BROKEN_WAIT), "%s failed (HTTP %d)",
                            call->service, response->status);
}

/* Everything that was sent and that nobody may read in a message: Meta's errors say back what they got. */
static GPtrArray *
secrets_of (const Config *config, const GraphCall *call)
{
    static const char *const names[] = {
        "code", "fb_exchange_token", "input_token", "access_token", "appsecret_proof", "client_secret", NULL
    };
    GPtrArray *secrets = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *parameters = write_parameters (config, call);
    g_auto (GStrv) parts = g_strsplit (parameters, "&", -1);

    g_ptr_array_add (secrets, g_strdup (call->token ? call->token : ""));
    g_ptr_array_add (secrets, g_strdup (config->meta_app_secret ? config->meta_app_secret : ""));
    for (char **part = parts; *part; part++) {
        g_auto (GStrv) field = g_strsplit (*part, "=", 2);
        char *value = field[0] && field[1] && g_strv_contains (names, field[0])
                          ? g_uri_unescape_string (field[1], NULL)
                          : NULL;

        if (value)
            g_ptr_array_add (secrets, value);
    }
    g_ptr_array_add (secrets, NULL);
    return secrets;
}

char *
graph_advice (const json_t *failure, const char *const *secrets)
{
    const char *text = google_text (failure, "error_user_msg");

    return words_message (text && *text ? text : google_text (failure, "error_user_title"), secrets);
}

static gboolean
fail (const SourceContext *context, GraphCall *call, const FetchResponse *response, const json_t *failure,
      GError **error)
{
    g_autofree char *version = graph_version (context->config);
    g_autoptr (GPtrArray) secrets = secrets_of (context->config, call);
    const char *const *hidden = (const char *const *)secrets->pdata;
    g_autofree char *message = words_message (google_text (failure, "message"), hidden);
    g_autofree char *advice = graph_advice (failure, hidden);
    GError *fault = NULL;
    GraphFailure said = {
        .service = call->service,
        .version = version,
        .status = response->status,
        .code = json_integer_value (json_object_get (failure, "code")),
        .subcode = json_integer_value (json_object_get (failure, "error_subcode")),
        .transient = json_is_true (json_object_get (failure, "is_transient")),
        .message = message,
        .advice = advice,
        .regain = graph_pace_read (response).seconds,
    };

    call->remedy = graph_fault_set (&said, &fault);
    graph_pace_close (context, call->token, said.code, fault);
    g_propagate_error (error, fault);
    return FALSE;
}

/* After a refusal the error says how long to wait: the pace need not say it again. */
static void
keep_pace (const SourceContext *context, const FetchResponse *response, gboolean good)
{
    if (context->pace)
        *context->pace = good ? graph_pace_read (response) : (SourcePace){ 0 };
}

void
graph_echo_clear (GraphEcho *echo)
{
    g_clear_pointer (&echo->message, g_free);
    *echo = (GraphEcho){ .time = INSTANT_NONE };
}

static void
fill_echo (GraphEcho *echo, const FetchResponse *response, const json_t *failure)
{
    graph_echo_clear (echo);
    echo->time = fetch_response_time (response);
    echo->code = json_integer_value (json_object_get (failure, "code"));
    echo->subcode = json_integer_value (json_object_get (failure, "error_subcode"));
    echo->transient = json_is_true (json_object_get (failure, "is_transient"));
    echo->message = g_strdup (google_text (failure, "message"));
}

json_t *
graph_call (const SourceContext *context, GraphCall *call, GError **error)
{
    g_autoptr (FetchResponse) response = NULL;
    g_autoptr (json_t) root = NULL;
    const json_t *failure;

    call->remedy = GRAPH_NO_REMEDY;
    if (call->echo)
        graph_echo_clear (call->echo);
    if (!graph_pace_wait (context, call->token, error))
        return NULL;
    response = send (context, call, error);
    if (!response)
        return NULL;
    root = graph_read_object (response);
    failure = json_object_get (root, "error"); /* also in answers of status 200 */
    if (call->echo)
        fill_echo (call->echo, response, failure);
    keep_pace (context, response, response->status == 200 && root && !failure);
    if (json_is_object (failure))
        fail (context, call, response, failure, error);
    else if (response->status != 200 || !root)
        fail_without_words (call, response, error);
    else
        return g_steal_pointer (&root);
    return NULL;
}
