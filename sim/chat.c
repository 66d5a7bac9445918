#include "chat.h"

#include "chat_words.h"

#include <string.h>

#define A_LOT ((gsize)2 * 1024 * 1024) /* bytes of an answer without end */

/* The order of the words of the switch "chat". */
typedef enum {
    CHAT_FINE,
    CHAT_REFUSE,
    CHAT_FILTER,
    CHAT_LENGTH,
    CHAT_NULL,
    CHAT_EMPTY,
    CHAT_NO_CHOICES,
    CHAT_TYPES,
    CHAT_TOOLS,
    CHAT_HTML,
    CHAT_STRING,
    CHAT_ERROR_IN_200,
    CHAT_HUGE,
    CHAT_STREAM,
    CHAT_STREAM_ERROR,
    CHAT_PARTS,
    CHAT_FENCE,
    CHAT_THINK,
    CHAT_OTHER_FORM,
    CHAT_RATE_LIMIT,
    CHAT_QUOTA,
    CHAT_KEY,
    CHAT_NO_MODEL,
    CHAT_FAIL,
} ChatFault;

typedef struct {
    SimState *state;
    const SimRequest *request;
    SimReply *reply;
    json_t *asked;
} Chat;

/* ---- answers ------------------------------------------------------------------------------------- */

static void
put_choice (Json *json, const char *content, const char *refusal, const char *reason)
{
    json_key (json, "choices");
    json_begin_array (json);
    json_begin_object (json);
    json_put_int (json, "index", 0);
    json_key (json, "message");
    json_begin_object (json);
    json_put_text (json, "role", "assistant");
    json_put_text (json, "content", content);
    json_put_text (json, "refusal", refusal);
    json_end_object (json);
    json_put_text (json, "finish_reason", reason);
    json_end_object (json);
    json_end_array (json);
}

static void
put_usage (Json *json, gsize prompt, gsize written)
{
    json_key (json, "usage");
    json_begin_object (json);
    json_put_int (json, "prompt_tokens", (gint64)prompt / 4);
    json_put_int (json, "completion_tokens", (gint64)written / 4);
    json_put_int (json, "total_tokens", (gint64)(prompt + written) / 4);
    json_end_object (json);
}

static void
complete (Chat *chat, const char *content, const char *refusal, const char *reason)
{
    Json json = sim_reply_json (chat->reply, 200);

    json_begin_object (&json);
    json_put_text (&json, "id", "chatcmpl-1");
    json_put_text (&json, "object", "chat.completion");
    json_put_text (&json, "model", json_string_value (json_object_get (chat->asked, "model")));
    put_choice (&json, content, refusal, reason);
    put_usage (&json, chat->request->body_size, content ? strlen (content) : 0);
    json_end_object (&json);
}

static void
fail (Chat *chat, int status, const char *message, const char *type, const char *param, const char *code)
{
    Json json = sim_reply_json (chat->reply, status);

    json_begin_object (&json);
    json_key (&json, "error");
    json_begin_object (&json);
    json_put_text (&json, "message", message);
    json_put_text (&json, "type", type);
    json_put_text (&json, "param", param);
    json_put_text (&json, "code", code);
    json_end_object (&json);
    json_end_object (&json);
}

static void
raw (Chat *chat, int status, const char *type, const char *body)
{
    chat->reply->status = status;
    chat->reply->content_type = type;
    g_string_assign (chat->reply->body, body);
}

static void
stream (Chat *chat, const char *content, gboolean breaks)
{
    GString *out = chat->reply->body;
    gsize n = strlen (content);

    raw (chat, 200, "text/event-stream", "");
    for (gsize at = 0; at < n && !(breaks && at > n / 2); at += 20) {
        g_autofree char *piece = g_strndup (content + at, 20);
        Json json = JSON_INTO (g_string_append (out, "data: {\"choices\":[{\"delta\":{\"content\":"));

        json_text (&json, piece);
        g_string_append (out, "},\"finish_reason\":null}]}\n\n");
    }
    if (breaks)
        g_string_append (out, "data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\n");
    else
        g_string_append (out, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
                              "data: {\"choices\":[],\"usage\":{\"total_tokens\":77}}\n\ndata: [DONE]\n\n");
}

static void
in_parts (Chat *chat, const char *content)
{
    Json json = sim_reply_json (chat->reply, 200);

    g_string_append (json.out, "{\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":");
    json_text (&json, content);
    g_string_append (json.out, "}]}}]}");
}

static void
wrap (Chat *chat, const char *before, const char *content, const char *after)
{
    g_autofree char *text = g_strconcat (before, content, after, NULL);

    complete (chat, text, NULL, "stop");
}

static void
limit (Chat *chat)
{
    g_autofree char *seconds =
        g_strdup_printf ("%" G_GINT64_FORMAT, switch_value (&chat->state->switches, SWITCH_CHAT_RETRY_AFTER));

    fail (chat, 429, "Rate limit reached for requests", "requests", NULL, "rate_limit_exceeded");
    sim_reply_header (chat->reply, "Retry-After", seconds);
}

/* As careless servers do: the key that was sent stands in the answer. */
static void
refuse_key (Chat *chat)
{
    g_autofree char *message =
        g_strdup_printf ("Incorrect API key provided: %s",
                         chat->request->authorization ? chat->request->authorization : "none");

    fail (chat, 401, message, "invalid_request_error", NULL, "invalid_api_key");
}

static void
endless (Chat *chat)
{
    g_autofree char *text = g_strnfill (A_LOT, 'x');

    complete (chat, text, NULL, "stop");
}

static void
half (Chat *chat, const char *content)
{
    g_autofree char *cut = g_strndup (content, strlen (content) / 2);

    complete (chat, cut, NULL, "length");
}

static void
give (Chat *chat, ChatFault fault, const char *content)
{
    switch (fault) {
    case CHAT_FINE:
        complete (chat, content, NULL, "stop");
        break;
    case CHAT_REFUSE:
        complete (chat, NULL, "I'm sorry, I can't help with that.", "stop");
        break;
    case CHAT_FILTER:
        complete (chat, "", NULL, "content_filter");
        break;
    case CHAT_LENGTH:
        half (chat, content);
        break;
    case CHAT_NULL:
        complete (chat, NULL, NULL, "stop");
        break;
    case CHAT_EMPTY:
        raw (chat, 200, "application/json", "");
        break;
    case CHAT_NO_CHOICES:
        raw (chat, 200, "application/json", "{\"choices\":[]}");
        break;
    case CHAT_TYPES:
        raw (chat, 200, "application/json", "{\"choices\":{\"0\":7},\"usage\":[]}");
        break;
    case CHAT_TOOLS:
        complete (chat, "{\"insights\":[]}", NULL, "tool_calls");
        break;
    case CHAT_HTML:
        raw (chat, 200, "text/html", "<html><body>502 Bad Gateway</body></html>");
        break;
    case CHAT_STRING:
        raw (chat, 200, "application/json", "\"model is loading\"");
        break;
    case CHAT_ERROR_IN_200:
        fail (chat, 200, "The server had an error", "server_error", NULL, NULL);
        break;
    case CHAT_HUGE:
        endless (chat);
        break;
    case CHAT_STREAM:
        stream (chat, content, FALSE);
        break;
    case CHAT_STREAM_ERROR:
        stream (chat, content, TRUE);
        break;
    case CHAT_PARTS:
        in_parts (chat, content);
        break;
    case CHAT_FENCE:
        wrap (chat, "Here you are:\n```json\n", content, "\n```\nAnything else?");
        break;
    case CHAT_THINK:
        wrap (chat, "<think>Is {this} right?</think>", content, "");
        break;
    case CHAT_OTHER_FORM:
        complete (chat, "{\"answer\":\"Sessions fell.\"}", NULL, "stop");
        break;
    case CHAT_RATE_LIMIT:
        limit (chat);
        break;
    case CHAT_QUOTA:
        fail (chat, 429, "You exceeded your current quota", "insufficient_quota", NULL, "insufficient_quota");
        break;
    case CHAT_KEY:
        refuse_key (chat);
        break;
    case CHAT_NO_MODEL:
        fail (chat, 404, "The model does not exist", "invalid_request_error", NULL, "model_not_found");
        break;
    case CHAT_FAIL:
        raw (chat, 503, "text/html", "<h1>Service Unavailable</h1>");
        break;
    }
}

/* ---- what the endpoint knows of the protocol ---------------------------------------------------------- */

static const char *
form_of (const Chat *chat)
{
    const char *type =
        json_string_value (json_object_get (json_object_get (chat->asked, "response_format"), "type"));

    return type ? type : "";
}

static gboolean
has (const Chat *chat, const char *member)
{
    return json_object_get (chat->asked, member) != NULL;
}

/* TRUE: something is refused. */
static gboolean
refuse_request (Chat *chat)
{
    const Switches *switches = &chat->state->switches;
    gint64 json = switch_value (switches, SWITCH_CHAT_JSON);
    const char *form = form_of (chat), *param = NULL;

    if ((json >= 1 && strcmp (form, "json_schema") == 0) || (json >= 2 && *form))
        param = "response_format";
    else if (switch_value (switches, SWITCH_CHAT_CAP) && has (chat, "max_completion_tokens"))
        param = "max_completion_tokens";
    else if (switch_value (switches, SWITCH_CHAT_STORE) && has (chat, "store"))
        param = "store";
    if (param) {
        g_autofree char *message = g_strdup_printf ("Unsupported parameter: '%s'", param);

        fail (chat, 400, message, "invalid_request_error", param, "unsupported_parameter");
    }
    return param != NULL;
}

/* ---- the whole ------------------------------------------------------------------------------------------
 */

/* Under no circumstances is there anything in a request that is not needed. */
static gboolean
is_asked_well (const Chat *chat)
{
    static const char *const known[] = {
        "model", "messages", "response_format", "max_completion_tokens", "max_tokens", "store", NULL
    };
    const char *key;
    json_t *value;

    json_object_foreach (chat->asked, key, value) if (!g_strv_contains (known, key)) return FALSE;
    return json_is_array (json_object_get (chat->asked, "messages")) && has (chat, "model");
}

static void
serve (Chat *chat)
{
    Switches *switches = &chat->state->switches;
    json_t *messages = json_object_get (chat->asked, "messages");
    const char *question = json_string_value (json_object_get (json_array_get (messages, 1), "content"));
    ChatWords words = (ChatWords)switch_value (switches, SWITCH_CHAT_WORDS);
    g_autofree char *content = chat_words (words, chat->request->body, question ? question : "");

    give (chat, (ChatFault)switch_feel (switches, SWITCH_CHAT), content);
}

gboolean
chat_answer (SimState *state, const SimRequest *request, SimReply *reply)
{
    Chat chat = { .state = state, .request = request, .reply = reply };

    if (strcmp (request->path, CHAT_PATH) != 0)
        return FALSE;
    chat.asked = json_loadb (request->body ? request->body : "", request->body_size, 0, NULL);
    sim_state_slow (state, reply, SWITCH_CHAT_SLOW);
    if (!is_asked_well (&chat))
        fail (&chat, 400, "Unrecognized request argument", "invalid_request_error", NULL, NULL);
    else if (!refuse_request (&chat))
        serve (&chat);
    json_decref (chat.asked);
    return TRUE;
}
