#include "exchange.h"

void
sim_reply_init (SimReply *reply)
{
    *reply = (SimReply){ .status = 200,
                         .content_type = "application/json; charset=UTF-8",
                         .body = g_string_new (NULL),
                         .headers = g_ptr_array_new_with_free_func (g_free) };
}

void
sim_reply_clear (SimReply *reply)
{
    if (reply->body)
        g_string_free (reply->body, TRUE);
    g_free (reply->location);
    if (reply->headers)
        g_ptr_array_unref (reply->headers);
    *reply = (SimReply){ 0 };
}

Json
sim_reply_json (SimReply *reply, int status)
{
    reply->status = status;
    g_string_truncate (reply->body, 0);
    return JSON_INTO (reply->body);
}

void
sim_reply_header (SimReply *reply, const char *name, const char *value)
{
    g_ptr_array_add (reply->headers, g_strdup (name));
    g_ptr_array_add (reply->headers, g_strdup (value));
}
