#include "insights/model_reply.h"

#include "base/member.h"

#include <string.h>

#define MOST_STARTS 16 /* braces that are tried as the beginning of the object */

const char *
model_outcome_name (ModelOutcome outcome)
{
    static const char *const names[MODEL_OUTCOMES] = {
        [MODEL_ANSWERED] = "answered", [MODEL_REFUSED] = "refused",         [MODEL_CUT] = "cut",
        [MODEL_NONSENSE] = "nonsense", [MODEL_UNSUPPORTED] = "unsupported", [MODEL_LIMITED] = "limited",
        [MODEL_QUOTA] = "quota",       [MODEL_DENIED] = "denied",           [MODEL_FAILED] = "failed",
        [MODEL_LOST] = "lost",         [MODEL_TIMED_OUT] = "timed_out",     [MODEL_CANCELLED] = "cancelled",
    };

    return names[outcome];
}

void
model_reply_clear (ModelReply *reply)
{
    g_clear_pointer (&reply->content, g_free);
    g_clear_pointer (&reply->words, g_free);
    g_clear_pointer (&reply->param, g_free);
}

/* ---- the object in a text ---- */

/* One past the brace that closes the one at text; NULL: none does. */
static const char *
find_close (const char *text)
{
    guint depth = 0;
    gboolean quoted = FALSE;

    for (; *text; text++) {
        if (quoted && *text == '\\' && text[1])
            text++;
        else if (*text == '"')
            quoted = !quoted;
        else if (!quoted && *text == '{')
            depth++;
        else if (!quoted && *text == '}' && --depth == 0)
            return text + 1;
    }
    return NULL;
}

static gboolean
is_object (const char *text, gsize n)
{
    json_t *json = json_loadb (text, n, 0, NULL);
    gboolean is = json_is_object (json);

    json_decref (json);
    return is;
}

/* Models that think aloud end that with a mark; fences and polite words are passed over. */
static char *
find_object (const char *text)
{
    const char *thought = g_strrstr (text, "</think>");
    const char *at = thought ? thought : text;

    for (guint i = 0; i < MOST_STARTS && (at = strchr (at, '{')); i++) {
        const char *end = find_close (at);

        if (end && is_object (at, (gsize)(end - at)))
            return g_strndup (at, (gsize)(end - at));
        at = end ? end : at + 1;
    }
    return NULL;
}

/* ---- errors ---- */

/* {"error":{message,type,param,code}}, {"error":"…"}, {"message":"…"}, {"detail":"…"} or "…" */
static void
read_error (const json_t *json, ModelReply *reply)
{
    const json_t *error = json_object_get (json, "error");
    const json_t *object = json_is_object (error) ? error : json;
    const char *words = json_string_value (json_is_string (error) ? error : json);

    if (!words)
        words = member_text (object, "message");
    if (!words)
        words = member_text (object, "detail");
    g_free (reply->words);
    g_free (reply->param);
    reply->words = g_strdup (words);
    reply->param = g_strdup (member_text (object, "param"));
}

static gboolean
is_quota (const json_t *json)
{
    const json_t *error = json_object_get (json, "error");
    const char *names[] = { member_text (error, "code"), member_text (error, "type") };

    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        if (names[i] &&
            (strcmp (names[i], "insufficient_quota") == 0 || g_str_has_prefix (names[i], "billing_")))
            return TRUE;
    return FALSE;
}

/* Some servers fail over a schema that they can't make a grammar of. */
static gboolean
is_about_schema (const ModelReply *reply)
{
    g_autofree char *words = g_ascii_strdown (reply->words ? reply->words : "", -1);

    return strstr (words, "schema") || strstr (words, "grammar") || strstr (words, "response_format");
}

static ModelOutcome
outcome_of (int status, const json_t *json, const ModelReply *reply)
{
    if (status == 402 || is_quota (json))
        return MODEL_QUOTA;
    if (status == 429)
        return MODEL_LIMITED;
    if (status == 400 || status == 422 || (status >= 500 && is_about_schema (reply)))
        return MODEL_UNSUPPORTED;
    if (status >= 500 || status == 408 || status == 409)
        return MODEL_FAILED;
    return MODEL_DENIED;
}

/* An error with status 200 has its code inside, if anywhere. */
static int
status_inside (const json_t *json)
{
    const json_t *error = json_object_get (json, "error");
    const json_t *code = json_object_get (error, "code");
    const char *type = member_text (error, "type");
    json_int_t number = json_integer_value (code);

    if (number >= 400 && number < 600)
        return (int)number;
    return type && strstr (type, "rate_limit") ? 429 : 500;
}

static void
fail (int status, const json_t *json, ModelReply *reply)
{
    read_error (json, reply);
    reply->outcome = outcome_of (status, json, reply);
}

/* ---- answers ---- */

/* What was heard of the first choice, in one piece or in many. */
typedef struct {
    GString *content;
    gboolean refused, filtered, cut, tools;
} Heard;

/* A text, or a list of parts of which some are texts. */
static void
hear_content (Heard *heard, const json_t *content)
{
    gsize i;
    json_t *part;

    if (json_is_string (content))
        g_string_append (heard->content, json_string_value (content));
    json_array_foreach (content, i, part)
    {
        const char *text = member_text (part, "text");

        g_string_append (heard->content, text ? text : "");
    }
}

static void
hear_choice (Heard *heard, const json_t *choice, const char *member)
{
    const json_t *message = json_object_get (choice, member);
    const char *reason = member_text (choice, "finish_reason");
    const char *refusal = member_text (message, "refusal");

    heard->refused = heard->refused || (refusal && *refusal);
    heard->filtered = heard->filtered || g_strcmp0 (reason, "content_filter") == 0;
    heard->cut = heard->cut || g_strcmp0 (reason, "length") == 0;
    heard->tools = heard->tools || g_strcmp0 (reason, "tool_calls") == 0;
    hear_content (heard, json_object_get (message, "content"));
}

static void
hear_usage (const json_t *json, ModelReply *reply)
{
    const json_t *total = json_object_get (json_object_get (json, "usage"), "total_tokens");

    if (json_is_integer (total) && json_integer_value (total) >= 0)
        reply->tokens = MIN (json_integer_value (total), G_MAXINT32);
}

static void
conclude (const Heard *heard, ModelReply *reply)
{
    if (heard->refused || heard->filtered)
        reply->outcome = MODEL_REFUSED;
    else if (heard->cut)
        reply->outcome = MODEL_CUT;
    else if (!heard->tools && (reply->content = find_object (heard->content->str)))
        reply->outcome = MODEL_ANSWERED;
}

/* FALSE: it is an error. */
static gboolean
hear (Heard *heard, const json_t *json, const char *member, ModelReply *reply)
{
    const json_t *error = json_object_get (json, "error");

    if (error && !json_is_null (error)) {
        fail (status_inside (json), json, reply);
        return FALSE;
    }
    hear_usage (json, reply);
    hear_choice (heard, json_array_get (json_object_get (json, "choices"), 0), member);
    return TRUE;
}

/* "data: {…}" lines up to "data: [DONE]". */
static void
read_stream (char *text, Heard *heard, ModelReply *reply)
{
    char *rest = text, *line;

    while ((line = strsep (&rest, "\n"))) {
        json_t *json;
        gboolean good;

        if (!g_str_has_prefix (line, "data:"))
            continue;
        json = json_loads (line + strlen ("data:"), 0, NULL);
        good = !json || hear (heard, json, "delta", reply);
        json_decref (json);
        if (!good)
            return;
    }
    conclude (heard, reply);
}

static gboolean
is_stream (const char *text)
{
    return g_str_has_prefix (text, "data:") || g_str_has_prefix (text, "event:") || *text == ':';
}

static void
read_answer (int status, char *text, ModelReply *reply)
{
    g_autoptr (GString) content = g_string_new (NULL);
    Heard heard = { .content = content };
    json_t *json;

    if (status < 300 && is_stream (text)) {
        read_stream (text, &heard, reply);
        return;
    }
    json = json_loads (text, JSON_DECODE_ANY, NULL);
    if (status >= 300)
        fail (status, json, reply);
    else if (!json_is_object (json))
        read_error (json, reply); /* a bare string may say what is wrong */
    else if (hear (&heard, json, "message", reply))
        conclude (&heard, reply);
    json_decref (json);
}

void
model_reply_read (int status, const char *text, gsize size, ModelReply *reply)
{
    g_autofree char *own = g_strndup (text ? text : "", size);
    gsize mark = g_str_has_prefix (own, "\xef\xbb\xbf") ? 3 : 0;

    *reply = (ModelReply){ .outcome = MODEL_NONSENSE, .tokens = -1 };
    read_answer (status, g_strchug (own + mark), reply);
}
