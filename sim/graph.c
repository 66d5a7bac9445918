#include "graph.h"

#include "auth/hmac.h"

#include <string.h>

#define OLDEST_VERSION 24 /* older ones have ended */
#define NEWEST_VERSION 26

/* ---- answers ---- */

gboolean
graph_fail (SimReply *reply, const GraphError *error)
{
    Json json = sim_reply_json (reply, error->status);

    json_begin_object (&json);
    json_key (&json, "error");
    json_begin_object (&json);
    json_put_text (&json, "message", error->message);
    json_put_text (&json, "type", "OAuthException");
    json_put_int (&json, "code", error->code);
    if (error->subcode)
        json_put_int (&json, "error_subcode", error->subcode);
    if (error->transient || error->user_title)
        json_put_bool (&json, "is_transient", error->transient);
    if (error->user_title) {
        json_put_text (&json, "error_user_title", error->user_title);
        json_put_text (&json, "error_user_msg", error->user_message);
    }
    json_put_text (&json, "fbtrace_id", "ADaymarkSimulator0000000");
    json_end_object (&json);
    json_end_object (&json);
    return FALSE;
}

gboolean
graph_invalid (SimReply *reply, const char *format, ...)
{
    g_autofree char *text = NULL, *message = NULL;
    va_list args;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    message = g_strconcat ("(#100) ", text, NULL);
    return graph_fail (reply, &(GraphError){ .status = 400, .code = 100, .message = message });
}

const char *
graph_parameter (const GraphCall *call, const char *name)
{
    const char *value = call->form ? g_hash_table_lookup (call->form, name) : NULL;

    return value ? value : sim_request_parameter (call->request, name);
}

/* ---- pages ---- */

char *
graph_cursor (guint64 place)
{
    g_autofree char *text = g_strdup_printf ("at%" G_GUINT64_FORMAT, place);

    return g_base64_encode ((const guchar *)text, strlen (text));
}

gboolean
graph_cursor_read (const char *cursor, guint64 *place)
{
    gsize n;
    g_autofree guchar *bytes = g_base64_decode (cursor, &n);
    g_autofree char *text = g_strndup ((const char *)bytes, n);

    return g_str_has_prefix (text, "at") &&
           g_ascii_string_to_unsigned (text + 2, 10, 0, G_MAXINT32, place, NULL);
}

void
graph_write_paging (const GraphCall *call, Json *json, guint64 from, guint64 n, guint64 all)
{
    gboolean circle = from > 0 && switch_value (&call->state->switches, SWITCH_META_CIRCLE);
    g_autofree char *before = graph_cursor (from), *after = graph_cursor (circle ? from : from + n);

    if (n == 0)
        return;
    json_key (json, "paging");
    json_begin_object (json);
    json_key (json, "cursors");
    json_begin_object (json);
    json_put_text (json, "before", before);
    json_put_text (json, "after", after); /* also on the last page */
    json_end_object (json);
    if (from + n < all) {
        g_autofree char *next = g_strdup_printf ("%s/%s/%s?access_token=" META_ACCESS_TOKEN "&after=%s",
                                                 call->state->base_url, call->version, call->path, after);
        json_put_text (json, "next", next);
    }
    json_end_object (json);
}

/* ---- tokens ---- */

static const char *
token_of (const GraphCall *call)
{
    const char *given = call->request->authorization;

    if (given && g_ascii_strncasecmp (given, "Bearer ", 7) == 0)
        return given + 7;
    return graph_parameter (call, "access_token");
}

static gboolean
proof_is_good (const GraphCall *call, const char *token)
{
    const char *proof = graph_parameter (call, "appsecret_proof");
    char wanted[HMAC_TEXT];

    if (!proof && switch_value (&call->state->switches, SWITCH_META_PROOF))
        return graph_fail (
            call->reply,
            &(GraphError){ .status = 400,
                           .code = 100,
                           .message = "API calls from the server require an appsecret_proof argument" });
    return !proof || strcmp (proof, hmac_sha256_hex (META_APP_SECRET, token, wanted)) == 0 ||
           graph_fail (call->reply,
                       &(GraphError){ .status = 400,
                                      .code = 100,
                                      .message = "Invalid appsecret_proof provided in the API argument" });
}

gboolean
graph_authorized (const GraphCall *call)
{
    const char *token = token_of (call);

    if (!token || !*token)
        return graph_fail (
            call->reply, &(GraphError){ .status = 400,
                                        .code = 104,
                                        .message = "An access token is required to request this resource." });
    if (strcmp (token, META_ACCESS_TOKEN) != 0 && strcmp (token, META_APP_ID "|" META_APP_SECRET) != 0)
        return graph_fail (
            call->reply,
            &(GraphError){ .status = 400,
                           .code = 190,
                           .message = "Invalid OAuth access token - Cannot parse access token" });
    return proof_is_good (call, token);
}

/* ---- versions ---- */

static gboolean
read_version (const char *path, guint64 *major, const char **rest)
{
    const char *dot = strchr (path, '.');
    g_autofree char *digits = NULL;

    if (!g_str_has_prefix (path, "/v") || !dot || !g_str_has_prefix (dot, ".0/"))
        return FALSE;
    digits = g_strndup (path + 2, (gsize)(dot - path - 2));
    *rest = dot + 3;
    return g_ascii_string_to_unsigned (digits, 10, 1, 999, major, NULL);
}

static gboolean
check_version (const GraphCall *call, guint64 major)
{
    g_autofree char *unknown = g_strdup_printf ("Unknown path components: %s", call->request->path);

    if (major > NEWEST_VERSION)
        return graph_fail (call->reply, &(GraphError){ .status = 400, .code = 2500, .message = unknown });
    if (major < OLDEST_VERSION || switch_value (&call->state->switches, SWITCH_META_OLD_VERSION))
        return graph_fail (call->reply,
                           &(GraphError){ .status = 400,
                                          .code = 2635,
                                          .message =
                                              "(#2635) You are calling a deprecated version of the Ads API. "
                                              "Please update to the latest version: v26.0." });
    return TRUE;
}

/* Without a version an app gets its oldest, which for ads has ended. */
static gboolean
is_unversioned (const char *path)
{
    return g_str_has_prefix (path, "/act_") || g_str_has_prefix (path, "/me/adaccounts");
}

static void
graph_call_clear (GraphCall *call)
{
    g_free (call->version);
    g_clear_pointer (&call->form, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GraphCall, graph_call_clear)

gboolean
graph_answer (SimState *state, const SimRequest *request, SimReply *reply)
{
    g_auto (GraphCall) call = { .state = state, .request = request, .reply = reply };
    guint64 major = 0;

    if (!read_version (request->path, &major, &call.path) && !is_unversioned (request->path))
        return FALSE;
    if (!check_version (&call, major))
        return TRUE;
    call.version = g_strdup_printf ("v%" G_GUINT64_FORMAT ".0", major);
    if (request->body_size)
        call.form =
            g_uri_parse_params (request->body, (gssize)request->body_size, "&", G_URI_PARAMS_WWW_FORM, NULL);
    return meta_login_answer (&call) || meta_node_answer (&call);
}
