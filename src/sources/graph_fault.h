/* graph_fault.h -- what a Graph API error means, in one table.
 *
 * Meta answers nearly everything with HTTP 400, throttling too, and sometimes
 * an error with HTTP 200: the code, the subcode and now and then the words
 * tell what it is. */
#pragma once
#include <glib.h>

/* What a caller can do about it besides failing. */
typedef enum {
    GRAPH_NO_REMEDY,
    GRAPH_ASK_FOR_LESS,  /* "reduce the amount of data": fewer rows a page, then fewer days */
    GRAPH_SPLIT,         /* 1487534: fewer days at once, a smaller page won't help */
    GRAPH_NOT_THERE_YET, /* 100/33: right after it was made, a report run may not be found */
} GraphRemedy;

typedef struct {
    const char *service; /* "Meta Ads", for sentences */
    const char *version; /* "v25.0" */
    int status;          /* HTTP, 0 if not from an answer's envelope */
    gint64 code, subcode;
    gboolean transient;  /* Meta says so */
    const char *message; /* Meta's words, made safe; "" if none */
    const char *advice;  /* those that it has for people, made safe; "" or NULL if none */
    int regain;          /* seconds until access is regained, as headers say; 0 unknown */
} GraphFailure;

/* Sets *error and returns what could help. */
GraphRemedy graph_fault_set (const GraphFailure *failure, GError **error);
