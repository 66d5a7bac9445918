/* mcp.c -- POST /mcp: the Model Context Protocol, so that an assistant can ask a user's own numbers.
 *
 * JSON-RPC 2.0 over its "streamable HTTP" without the stream: each POST is answered by one JSON text, there
 * is no session, and GET is a method that this address does not have. Insights may be answered later, by
 * another thread; so a post counts what it waits for, and whoever brings the last of it sends the reply. */
#include "api/mcp.h"

#include "api/handlers.h"
#include "base/fault.h"

#include <stdatomic.h>
#include <string.h>

#define MOST_IN_BATCH 32

typedef enum {
    RPC_PARSE = -32700,
    RPC_REQUEST = -32600,
    RPC_METHOD = -32601,
    RPC_PARAMS = -32602,
} RpcCode;

/* The newest first: it is what a client is offered that asks for none of them. */
static const struct {
    const char *name;
    gboolean batches;
} versions[] = {
    { "2025-06-18", FALSE },
    { "2025-03-26", TRUE },
};

/* The HTTP request, while its messages are answered. */
typedef struct {
    Call call;
    json_t *body;
    gboolean batch;
    int status;        /* of the reply */
    atomic_uint waits; /* messages that are not answered yet, and the worker that goes through them */
    GPtrArray *messages;
} Post;

typedef struct {
    Inside inside; /* first: a tool's answer comes back by it */
    Post *post;
    json_t *id;    /* NULL: not known; of the post's body */
    GString *text; /* its response; NULL: none is due */
} Message;

static void
message_free (gpointer data)
{
    Message *message = data;

    mcp_inside_clear (&message->inside);
    if (message->text)
        g_string_free (message->text, TRUE);
    g_free (message);
}

static void
post_free (Post *post)
{
    g_ptr_array_unref (post->messages);
    json_decref (post->body);
    g_free (post);
}

/* ---- the reply ---- */

static GString *
join_texts (const Post *post)
{
    GString *all = NULL;

    for (guint i = 0; i < post->messages->len; i++) {
        const Message *message = post->messages->pdata[i];

        if (!message->text)
            continue;
        if (!all)
            all = g_string_new (post->batch ? "[" : NULL);
        else
            g_string_append_c (all, ',');
        g_string_append_len (all, message->text->str, (gssize)message->text->len);
    }
    return all && post->batch ? g_string_append_c (all, ']') : all;
}

/* Nothing is due to notifications and responses. */
static void
post_send (Post *post)
{
    GString *text = join_texts (post);

    if (text) {
        call_reply (&post->call, post->status, text);
    } else {
        call_allow_origin (&post->call);
        http_reply (post->call.http, 202, NULL, NULL, 0);
    }
    post_free (post);
}

/* The last who leaves sends, and post is gone. */
static void
post_leave (Post *post)
{
    if (atomic_fetch_sub (&post->waits, 1) == 1)
        post_send (post);
}

static Json
begin_response (Message *message)
{
    Json json = JSON_INTO (message->text = g_string_sized_new (512));
    g_autofree char *id = message->id ? json_dumps (message->id, JSON_ENCODE_ANY) : NULL;

    json_begin_object (&json);
    json_put_text (&json, "jsonrpc", "2.0");
    json_key (&json, "id");
    json_raw (&json, id ? id : "null", id ? strlen (id) : 4);
    return json;
}

/* FALSE, so that a check can end with it. */
static gboolean
refuse (Message *message, RpcCode code, const char *sentence)
{
    Json json = begin_response (message);

    json_key (&json, "error");
    json_begin_object (&json);
    json_put_int (&json, "code", code);
    json_put_text (&json, "message", sentence);
    json_end_object (&json);
    json_end_object (&json);
    if (!message->post->batch && (code == RPC_PARSE || code == RPC_REQUEST))
        message->post->status = 400;
    return FALSE;
}

/* ---- tools ---- */

/* As text for models, and as what it is for programs; a sentence alone if it is an error. */
static void
write_content (Message *message, const char *text, gsize n, gboolean error)
{
    Json json = begin_response (message);

    json_key (&json, "result");
    json_begin_object (&json);
    json_key (&json, "content");
    json_begin_array (&json);
    json_begin_object (&json);
    json_put_text (&json, "type", "text");
    json_key (&json, "text");
    json_text_n (&json, text, n);
    json_end_object (&json);
    json_end_array (&json);
    if (!error) {
        json_key (&json, "structuredContent");
        json_raw (&json, text, n);
    }
    json_put_bool (&json, "isError", error);
    json_end_object (&json);
    json_end_object (&json);
}

/* On the worker's thread, or later on the one that a held request is answered by. */
static void
on_answer (Inside *inside, GBytes *body)
{
    Message *message = (Message *)inside;
    gsize n;
    const char *text = g_bytes_get_data (body, &n);

    write_content (message, text, n, FALSE);
    post_leave (message->post);
}

static void
ask_tool (Message *message, const McpTool *tool, json_t *arguments)
{
    g_autoptr (GError) error = NULL;
    Post *post = message->post;
    const char *sentence;

    atomic_fetch_add (&post->waits, 1);
    message->inside.answer = on_answer;
    if (mcp_tool_call (tool, &post->call, arguments, &message->inside, &error))
        return;
    sentence = call_sentence (&post->call, error);
    write_content (message, sentence, strlen (sentence), TRUE);
    post_leave (post);
}

static void
call_tool (Message *message, json_t *params)
{
    const char *name = json_string_value (json_object_get (params, "name"));
    json_t *given = json_object_get (params, "arguments"), *arguments = given ? given : json_object ();
    const McpTool *tool = name ? mcp_tool_find (name) : NULL;

    if (!tool)
        refuse (message, RPC_PARAMS, name ? "there is no such tool" : "params.name must say which tool");
    else if (!json_is_object (arguments))
        refuse (message, RPC_PARAMS, "params.arguments must be an object");
    else
        ask_tool (message, tool, arguments);
    if (!given)
        json_decref (arguments);
}

static void
list_tools (Message *message, json_t *params)
{
    Json json;

    if (json_object_get (params, "cursor")) { /* all are on the first page, so we never gave one */
        refuse (message, RPC_PARAMS, "params.cursor is none of ours");
        return;
    }
    json = begin_response (message);
    json_key (&json, "result");
    json_begin_object (&json);
    json_key (&json, "tools");
    mcp_tools_write (&json);
    json_end_object (&json);
    json_end_object (&json);
}

/* ---- the other methods ---- */

static int
find_version (const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
        if (strcmp (versions[i].name, name) == 0)
            return (int)i;
    return -1;
}

static void
write_server (Json *json)
{
    json_key (json, "capabilities");
    json_begin_object (json);
    json_key (json, "tools");
    json_begin_object (json);
    json_end_object (json);
    json_end_object (json);
    json_key (json, "serverInfo");
    json_begin_object (json);
    json_put_text (json, "name", "daymark");
    json_put_text (json, "title", "Daymark");
    json_put_text (json, "version", DAYMARK_VERSION);
    json_end_object (json);
    json_put_text (json, "instructions",
                   "The user's own marketing numbers, day by day. Begin with list_widgets. Name only "
                   "figures that a tool gave, and the widget and days they are of.");
}

static void
initialize (Message *message, json_t *params)
{
    const char *asked = json_string_value (json_object_get (params, "protocolVersion"));
    Json json;

    if (!asked) {
        refuse (message, RPC_PARAMS, "params.protocolVersion must be a text");
        return;
    }
    if (message->post->batch) { /* what a batch may hold is agreed on first */
        refuse (message, RPC_REQUEST, "initialize must come alone");
        return;
    }
    json = begin_response (message);
    json_key (&json, "result");
    json_begin_object (&json);
    json_put_text (&json, "protocolVersion", versions[MAX (find_version (asked), 0)].name);
    write_server (&json);
    json_end_object (&json);
    json_end_object (&json);
}

static void
ping (Message *message, json_t *params)
{
    Json json = begin_response (message);

    json_key (&json, "result");
    json_begin_object (&json);
    json_end_object (&json);
    json_end_object (&json);
}

static const struct {
    const char *name;
    void (*answer) (Message *message, json_t *params);
} methods[] = {
    { "initialize", initialize },
    { "ping", ping },
    { "tools/list", list_tools },
    { "tools/call", call_tool },
};

/* ---- messages ---- */

/* A request, or something that wants no response. */
static gboolean
check_message (Message *message, json_t *value)
{
    json_t *id = json_object_get (value, "id"), *method = json_object_get (value, "method");
    const char *version = json_string_value (json_object_get (value, "jsonrpc"));

    if (!json_is_object (value))
        return refuse (message, RPC_REQUEST, "a message must be an object");
    if (id && !json_is_string (id) && !json_is_number (id))
        return refuse (message, RPC_REQUEST, "id must be a text or a number");
    message->id = id;
    if (g_strcmp0 (version, "2.0") != 0)
        return refuse (message, RPC_REQUEST, "jsonrpc must be \"2.0\"");
    if (!json_is_string (method) &&
        (method || !id || (!json_object_get (value, "result") && !json_object_get (value, "error"))))
        return refuse (message, RPC_REQUEST, "method must be a text");
    return TRUE;
}

static void
answer_message (Message *message, json_t *value)
{
    const char *method = json_string_value (json_object_get (value, "method"));
    json_t *params = json_object_get (value, "params");

    if (!check_message (message, value) || !message->id || !method)
        return;
    for (guint i = 0; i < G_N_ELEMENTS (methods); i++) {
        if (strcmp (methods[i].name, method) != 0)
            continue;
        if (params && !json_is_object (params))
            refuse (message, RPC_PARAMS, "params must be an object");
        else
            methods[i].answer (message, params);
        return;
    }
    refuse (message, RPC_METHOD, "there is no such method");
}

static Message *
add_message (Post *post)
{
    Message *message = g_new0 (Message, 1);

    message->post = post;
    g_ptr_array_add (post->messages, message);
    return message;
}

/* An absent header means the version that had none. */
static gboolean
takes_batches (const Call *call)
{
    const char *name = http_call_header (call->http, "MCP-Protocol-Version");

    return !name || versions[find_version (name)].batches;
}

static void
answer_batch (Post *post)
{
    gsize n = json_array_size (post->body);

    if (!takes_batches (&post->call))
        refuse (add_message (post), RPC_REQUEST, "this version of the protocol has no batches");
    else if (n < 1 || n > MOST_IN_BATCH)
        refuse (add_message (post), RPC_REQUEST, "a batch has 1 to " G_STRINGIFY (MOST_IN_BATCH) " messages");
    else
        post->batch = TRUE;
    for (gsize i = 0; post->batch && i < n; i++)
        answer_message (add_message (post), json_array_get (post->body, i));
}

/* ---- what is asked of the HTTP request ---- */

/* A page that has its own name lead to us (DNS rebinding) says so here; unlike elsewhere, being asked for by
 * the name in Host is no excuse. */
static gboolean
check_origin (const Call *call, GError **error)
{
    const char *origin = http_call_header (call->http, "Origin");

    if (!origin || strcmp (origin, call->api->options.config->public_url) == 0 ||
        call_origin_is_allowed (call, origin))
        return TRUE;
    return call_fail (error, 403, "cross-site", "this address does not answer pages of that origin");
}

static gboolean
check_accept (const Call *call, GError **error)
{
    const char *accept = http_call_header (call->http, "Accept");
    g_autofree char *low = accept ? g_ascii_strdown (accept, -1) : NULL;

    if (!low || strstr (low, "application/json") || strstr (low, "application/*") || strstr (low, "*/*"))
        return TRUE;
    return call_fail (error, 406, "not-acceptable", "the answer is application/json; say so in Accept");
}

static gboolean
check_version (const Call *call, GError **error)
{
    const char *name = http_call_header (call->http, "MCP-Protocol-Version");

    if (!name || find_version (name) >= 0)
        return TRUE;
    return call_fail (error, 400, "unknown-version",
                      "MCP-Protocol-Version is \"%.20s\"; it can be 2025-06-18 or 2025-03-26", name);
}

static Post *
post_new (const Call *call)
{
    Post *post = g_new0 (Post, 1);

    post->call = *call;
    post->status = 200;
    post->messages = g_ptr_array_new_with_free_func (message_free);
    atomic_init (&post->waits, 1);
    return post;
}

gboolean
mcp_post (Call *call, GError **error)
{
    g_autoptr (GError) bad = NULL;
    Post *post;
    json_t *body;

    if (!check_origin (call, error) || !check_accept (call, error) || !check_version (call, error))
        return FALSE;
    body = call_json (call, &bad);
    if (!body && fault_status (bad) != 400) {
        g_propagate_error (error, g_steal_pointer (&bad));
        return FALSE;
    }
    post = post_new (call);
    post->body = body;
    if (!body)
        refuse (add_message (post), RPC_PARSE, bad->message);
    else if (json_is_array (body))
        answer_batch (post);
    else
        answer_message (add_message (post), body);
    post_leave (post);
    return TRUE;
}
