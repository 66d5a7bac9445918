#include "exchange.h"

void
sim_reply_init (SimReply *reply)
{
    *reply = (SimReply){ .status = 200,
                         .content_type = "application/json; charset=UTF-8",
                         .body = g_string_new (NULL) };
}

void
sim_reply_clear (SimReply *reply)
{
    if (reply->body)
        g_string_free (reply->body, TRUE);
    g_free (reply->location);
    *reply = (SimReply){ 0 };
}

Json
sim_reply_json (SimReply *reply, int status)
{
    reply->status = status;
    g_string_truncate (reply->body, 0);
    return JSON_INTO (reply->body);
}
