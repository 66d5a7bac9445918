#include "api/call.h"

#include "api/access.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/random.h"

#include <stdarg.h>
#include <string.h>

#define JSON_MOST_DEPTH 32

const char *
call_segment (const Call *call, guint i)
{
    if (call->inside)
        return i < g_strv_length (call->inside->segments) ? call->inside->segments[i] : NULL;
    return http_call_segment (call->http, i);
}

const char *
call_query (const Call *call, const char *name)
{
    if (call->inside)
        return json_string_value (json_object_get (call->inside->query, name));
    return http_call_query (call->http, name);
}

/* "application/json", with or without parameters. */
static gboolean
says_json (const char *type)
{
    static const char json[] = "application/json";
    gsize n = sizeof json - 1;

    return type && g_ascii_strncasecmp (type, json, n) == 0 && (!type[n] || type[n] == ';' || type[n] == ' ');
}

/* How deep objects and arrays nest, looking past strings. */
static guint
nesting (const char *text, gsize n)
{
    guint depth = 0, deepest = 0;
    gboolean in_text = FALSE;

    for (gsize i = 0; i < n; i++) {
        if (in_text) {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                in_text = FALSE;
        } else if (text[i] == '"') {
            in_text = TRUE;
        } else if (text[i] == '{' || text[i] == '[') {
            depth++;
            deepest = MAX (deepest, depth);
        } else if ((text[i] == '}' || text[i] == ']') && depth) {
            depth--;
        }
    }
    return deepest;
}

json_t *
call_json (const Call *call, GError **error)
{
    gsize n;
    const char *text = http_call_body (call->http, &n);
    json_error_t problem;
    json_t *body;

    if (!says_json (http_call_header (call->http, "Content-Type"))) {
        fault_set_status (error, 415, "not-json", "send the body as application/json");
        return NULL;
    }
    if (nesting (text, n) > JSON_MOST_DEPTH) {
        fault_set_status (error, 400, "bad-json", "the JSON is nested more than %d deep", JSON_MOST_DEPTH);
        return NULL;
    }
    body = json_loadb (text ? text : "", n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
    if (!body)
        fault_set_status (error, 400, "bad-json", "the body is not JSON: line %d, column %d: %s",
                          problem.line, problem.column, problem.text);
    return body;
}

json_t *
call_body (const Call *call, GError **error)
{
    json_t *body = call_json (call, error);

    if (!body || json_is_object (body))
        return body;
    json_decref (body);
    fault_set (error, FAULT_INVALID, "the body must be a JSON object");
    return NULL;
}

gboolean
call_only_members (json_t *object, const char *const *names, GError **error)
{
    const char *key;
    json_t *value;

    json_object_foreach (object, key, value) if (!g_strv_contains (names, key)) return fault_set (
        error, FAULT_INVALID, "\"%.60s\" is not a member that can be given here", key);
    return TRUE;
}

const char *
call_text_member (json_t *object, const char *name, gsize most, GError **error)
{
    json_t *member = json_object_get (object, name);
    gsize n = json_string_length (member);

    if (!json_is_string (member)) {
        fault_set (error, FAULT_INVALID, "%s is missing, or not a text", name);
        return NULL;
    }
    if (n < 1 || n > most) {
        fault_set (error, FAULT_INVALID, "%s must have 1 to %" G_GSIZE_FORMAT " bytes", name, most);
        return NULL;
    }
    return json_string_value (member);
}

gboolean
call_bool_member (json_t *object, const char *name, gboolean *value, GError **error)
{
    json_t *member = json_object_get (object, name);

    if (!member)
        return TRUE;
    *value = json_is_true (member);
    return json_is_boolean (member) || fault_set (error, FAULT_INVALID, "%s must be true or false", name);
}

Rows *
call_find (const Call *call, const Sql *sql, const char *id, const char *problem, const char *what,
           GError **error)
{
    g_autoptr (Rows) rows = NULL;

    if (uuid_is_valid (id)) {
        rows = store_ask (
            call->store, sql,
            PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }, { "id", VALUE_OF_TEXT (id) }), error);
        if (!rows)
            return NULL;
        if (rows_count (rows))
            return g_steal_pointer (&rows);
    }
    call_fail (error, 404, problem, "there is no such %s", what);
    return NULL;
}

Rows *
call_commit (const Call *call, Rows *rows, GError **error)
{
    if (rows && store_commit (call->store, error))
        return rows;
    rows_free (rows);
    store_rollback (call->store);
    return NULL;
}

gboolean
call_delete (const Call *call, const Sql *sql, const char *id, const char *problem, const char *what,
             GError **error)
{
    gint64 n = 0;

    if (uuid_is_valid (id))
        n = store_do (call->store, sql,
                      PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }, { "id", VALUE_OF_TEXT (id) }),
                      error);
    if (n == 0)
        return call_fail (error, 404, problem, "there is no such %s", what);
    return n > 0;
}

gboolean
call_fail (GError **error, int status, const char *problem, const char *format, ...)
{
    g_autofree char *sentence = NULL;
    va_list args;

    va_start (args, format);
    sentence = g_strdup_vprintf (format, args);
    va_end (args);
    return fault_set_status (error, status, problem, "%s", sentence);
}

/* ---- origins ---- */

gboolean
call_origin_is_allowed (const Call *call, const char *origin)
{
    return g_strv_contains ((const char *const *)call->api->options.config->cors_origins, origin);
}

void
call_allow_origin (Call *call)
{
    const char *origin = http_call_header (call->http, "Origin");

    if (!*call->api->options.config->cors_origins)
        return;
    http_reply_header (call->http, "Vary", "Origin");
    if (!origin || !call_origin_is_allowed (call, origin))
        return;
    http_reply_header (call->http, "Access-Control-Allow-Origin", origin);
    http_reply_header (call->http, "Access-Control-Expose-Headers",
                       "Content-Disposition, ETag, Location, Retry-After, X-Request-Id");
}

gboolean
call_is_same_origin (const Call *call, gboolean must_say)
{
    const char *site = http_call_header (call->http, "Sec-Fetch-Site");
    const char *origin = http_call_header (call->http, "Origin");
    const char *host = http_call_header (call->http, "Host");
    const char *public_url = call->api->options.config->public_url;
    g_autofree char *plain = g_strconcat ("http://", host, NULL);
    g_autofree char *tls = g_strconcat ("https://", host, NULL);

    if (site && strcmp (site, "same-origin") != 0 && strcmp (site, "none") != 0)
        return FALSE;
    if (origin)
        return strcmp (origin, public_url) == 0 ||
               (host && (strcmp (origin, plain) == 0 || strcmp (origin, tls) == 0));
    return site || !must_say;
}

/* ---- replies ---- */

void
call_reply_header (Call *call, const char *name, const char *value)
{
    if (!call->inside)
        http_reply_header (call->http, name, value);
}

gboolean
call_reply (Call *call, int status, GString *body)
{
    if (call->inside) {
        g_autoptr (GBytes) bytes = g_string_free_to_bytes (body);

        call->inside->answer (call->inside, bytes);
        return TRUE;
    }
    call_allow_origin (call);
    http_reply_header (call->http, "Cache-Control", "no-store");
    http_reply_take (call->http, status, "application/json", body);
    return TRUE;
}

gboolean
call_reply_row (Call *call, int status, const Rows *rows,
                void (*write) (Json *json, const Rows *rows, guint row))
{
    GString *body;
    Json json;

    if (!rows)
        return FALSE;
    body = g_string_new (NULL);
    json = JSON_INTO (body);
    write (&json, rows, 0);
    return call_reply (call, status, body);
}

gboolean
call_reply_rows (Call *call, const char *name, const Rows *rows,
                 void (*write) (Json *json, const Rows *rows, guint row))
{
    GString *body;
    Json json;

    if (!rows)
        return FALSE;
    body = g_string_new (NULL);
    json = JSON_INTO (body);
    json_begin_object (&json);
    json_key (&json, name);
    json_begin_array (&json);
    for (guint row = 0; row < rows_count (rows); row++)
        write (&json, rows, row);
    json_end_array (&json);
    json_end_object (&json);
    return call_reply (call, 200, body);
}

gboolean
call_reply_ok (Call *call)
{
    return call_reply (call, 200, g_string_new ("{\"ok\":true}"));
}

void
call_reply_ready (Call *call, HttpReady *ready)
{
    if (call->inside) {
        call->inside->answer (call->inside, http_ready_body (ready));
        return;
    }
    /* Headers of one request make its reply one of its own, so only where they are needed. */
    if (http_call_header (call->http, "Origin"))
        call_allow_origin (call);
    http_reply_ready (call->http, ready);
}

const char *
call_status_title (int status)
{
    static const struct {
        int status;
        const char *title;
    } titles[] = {
        { 400, "Bad request" },
        { 401, "Not signed in" },
        { 403, "Not allowed" },
        { 404, "Not found" },
        { 405, "Method not allowed" },
        { 406, "Not acceptable" },
        { 408, "Request took too long" },
        { 409, "Conflict" },
        { 412, "Changed meanwhile" },
        { 413, "Too large" },
        { 414, "Address too long" },
        { 415, "Wrong media type" },
        { 422, "Values not accepted" },
        { 429, "Too many requests" },
        { 431, "Headers too large" },
        { 500, "Internal error" },
        { 501, "Not implemented" },
        { 502, "Source failed" },
        { 503, "Busy" },
        { 507, "Storage full" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
        if (titles[i].status == status)
            return titles[i].title;
    return "Error";
}

/* Without a worker or its database it is busy; else the sentence says what is the case. */
static const char *
title_of (const GError *error, int status)
{
    return status == 503 && fault_is (error, FAULT_REQUEST) ? "Not ready" : call_status_title (status);
}

/* What a stranger may read: of our own mistakes, only that there was one. */
static const char *
public_sentence (const GError *error, int status)
{
    if (status == 500)
        return "something went wrong on our side; the request id helps to find it in the log";
    if (status == 503 && !fault_is (error, FAULT_REQUEST))
        return "the server is busy or its database is away; try again in a moment";
    if (fault_is (error, FAULT_FULL)) /* where it was full is for the log */
        return "there is no room left on the server's disk, so nothing was saved; whoever runs it has to "
               "make some";
    return error->message;
}

const char *
call_sentence (const Call *call, const GError *error)
{
    int status = fault_status (error);
    g_autofree char *cut = NULL;

    if (status >= 500)
        log_event (LOG_ERROR, "request.failed", error->message, "request", http_call_id (call->http),
                   "method", http_call_method (call->http), "path", access_path (call->http, &cut), NULL);
    return public_sentence (error, status);
}

static void
write_problem (GString *out, const Call *call, const GError *error, int status)
{
    Json json = JSON_INTO (out);

    json_begin_object (&json);
    json_put_text (&json, "type", "about:blank");
    json_put_text (&json, "title", title_of (error, status));
    json_put_int (&json, "status", status);
    json_put_text (&json, "detail", call_sentence (call, error));
    json_put_text (&json, "code", fault_problem (error));
    json_put_text (&json, "request_id", http_call_id (call->http));
    json_end_object (&json);
}

void
call_reply_problem (Call *call, const GError *error)
{
    GString *body = g_string_sized_new (256);
    int status = fault_status (error), wait = fault_retry_after (error);
    g_autofree char *seconds = g_strdup_printf ("%d", wait >= 0 ? wait : 2);

    if (status == 401)
        http_reply_header (call->http, "WWW-Authenticate", "Bearer realm=\"daymark\"");
    if (status == 503 || status == 429)
        http_reply_header (call->http, "Retry-After", seconds);
    call_allow_origin (call);
    http_reply_header (call->http, "Cache-Control", "no-store");
    write_problem (body, call, error, status);
    http_reply_take (call->http, status, "application/problem+json", body);
}
