/* exchange.h -- one request and its answer, without a socket.
 *
 * The simulated platforms are functions from a SimRequest to a SimReply; sim.c
 * carries them over HTTP, the unit tests call them. */
#pragma once
#include "base/json.h"

typedef struct {
    const char *method, *path; /* path is decoded, without the query */
    const char *authorization; /* the header, or NULL */
    const char *body;          /* NUL-terminated at body_size */
    gsize body_size;
    /* A parameter of the query by name, NULL if absent. */
    const char *(*parameter) (gconstpointer source, const char *name);
    gconstpointer source;
} SimRequest;

typedef struct {
    int status;
    const char *content_type;
    GString *body;
    char *location;     /* of a redirect, or NULL */
    GPtrArray *headers; /* further ones: name, value, name, value …; owned texts */
    guint delay;        /* milliseconds to wait before it is sent, see sim_state_slow */
    int slow;           /* the switch that says so … */
    guint set;          /* … and how often it had been set */
    gpointer holds;     /* what sim_state_done gives back: see quota.h */
} SimReply;

void sim_reply_init (SimReply *reply);
void sim_reply_clear (SimReply *reply);
/* Forget what was written so far and start an answer of that status. */
Json sim_reply_json (SimReply *reply, int status);
void sim_reply_header (SimReply *reply, const char *name, const char *value);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SimReply, sim_reply_clear)

static inline const char *
sim_request_parameter (const SimRequest *request, const char *name)
{
    return request->parameter ? request->parameter (request->source, name) : NULL;
}
