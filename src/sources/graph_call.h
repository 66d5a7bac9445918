/* graph_call.h -- one call to Meta's Graph API: `GET v25.0/act_1/insights`.
 *
 * The token goes in a header, never in the address; with META_APP_SECRET the
 * call also carries appsecret_proof. Every way to fail becomes a fault with a
 * plain sentence (graph_fault.h); the headers about limits are obeyed before
 * the call and read after it (graph_pace.h). No retries here. */
#pragma once
#include "sources/driver.h"
#include "sources/google_call.h"
#include "sources/graph_fault.h"

/* What an answer says besides, for callers who look closer. */
typedef struct {
    gint64 time;          /* at which it was sent, by the platform's clock; INSTANT_NONE: no answer */
    gint64 code, subcode; /* of an error; 0 */
    gboolean transient;   /* the error calls itself passing */
    char *message;        /* its words as they came: to look into, never to show; NULL */
} GraphEcho;

void graph_echo_clear (GraphEcho *echo);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GraphEcho, graph_echo_clear)

typedef struct {
    const char *service;    /* "Meta Ads", for sentences */
    const char *method;     /* "GET", or "POST" with the parameters as its form */
    const char *path;       /* without the version: "act_1/insights" */
    const char *token;      /* NULL: of a GET whose parameters say who asks */
    const char *parameters; /* name=value&…, encoded (fetch_form); or NULL */
    GraphRemedy remedy;     /* out: after a failure, what could help */
    GraphEcho *echo;        /* out, or NULL */
} GraphCall;

/* What an error has to say to people: its error_user_msg, or else its title, made safe. The
 * caller frees it. */
char *graph_advice (const json_t *failure, const char *const *secrets);
/* The answer, always an object; the caller drops its reference. */
json_t *graph_call (const SourceContext *context, GraphCall *call, GError **error);
/* META_API_VERSION, with the "v" that people leave out. The caller frees it. */
char *graph_version (const Config *config);
/* An id, which is text or, in places, a number. NULL if it is neither; the caller frees it. */
char *graph_id (const json_t *object, const char *name);
