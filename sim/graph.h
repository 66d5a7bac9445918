/* graph.h -- what the nodes of Meta's Graph API have in common: versions,
 * tokens, the error envelope, parameters of the query or of a form. */
#pragma once
#include "state.h"

#define META_ACCESS_TOKEN "EAADaymarkDemoSystemUserToken0ZB"
#define META_SHORT_TOKEN  "EAADaymarkDemoShortToken0ZB"
#define META_USER_ID      "10150000000000001"
#define META_APP_ID       "700100200300400"
#define META_APP_SECRET   "daymark-demo-app-secret"

/* One request after its version was found good. */
typedef struct {
    SimState *state;
    const SimRequest *request;
    SimReply *reply;
    char *version;    /* "v25.0" */
    const char *path; /* behind the version: "act_1/insights" */
    GHashTable *form; /* of a POST, or NULL */
} GraphCall;

typedef struct {
    int status; /* HTTP */
    int code, subcode;
    const char *message;
    gboolean transient;
    const char *user_title, *user_message; /* or NULL */
} GraphError;

/* Writes {"error":{…}}; returns FALSE. */
gboolean graph_fail (SimReply *reply, const GraphError *error);
/* Code 100: "(#100) …" */
gboolean graph_invalid (SimReply *reply, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* A parameter of the form or the query; NULL if absent. */
const char *graph_parameter (const GraphCall *call, const char *name);
/* Answers 400 if the token is missing or dead, or the proof is wrong. */
gboolean graph_authorized (const GraphCall *call);
/* A cursor of a place in a list, and back; graph_cursor_read is FALSE for what is no cursor. */
char *graph_cursor (guint64 place);
gboolean graph_cursor_read (const char *cursor, guint64 *place);
/* {"paging":…} of a page of n rows that starts at from, of `all`. `next` holds the token, as Meta's does. */
void graph_write_paging (const GraphCall *call, Json *json, guint64 from, guint64 n, guint64 all);

/* FALSE: the path is not ours. */
gboolean graph_answer (SimState *state, const SimRequest *request, SimReply *reply);
/* meta_login.c: the consent dialog and its tokens. FALSE: the path is none of theirs. */
gboolean meta_login_answer (const GraphCall *call);
/* meta.c; FALSE: no such node. */
gboolean meta_node_answer (GraphCall *call);
