/* model_request.h -- the body of a chat-completions request, in the dialect that the endpoint takes.
 *
 * Endpoints know different parts of the protocol. A Dialect says which are used; what an endpoint
 * refuses is left out or said in an older way. Nothing else is sent: no temperature, no tools, and
 * nothing about who asks. Pure, any thread. */
#pragma once
#include "insights/model_reply.h"

#define MODEL_MOST_TOKENS 4096 /* that it may write, thoughts included */

typedef enum { FORM_SCHEMA, FORM_OBJECT, FORM_PLAIN } ModelForm; /* how JSON is asked for */
typedef enum { CAP_COMPLETION, CAP_OLD, CAP_NONE } ModelCap;     /* how tokens are limited */

typedef struct {
    ModelForm form;
    ModelCap cap;
    gboolean forgets; /* say store: false */
} Dialect;

#define DIALECT_FIRST ((Dialect){ FORM_SCHEMA, CAP_COMPLETION, TRUE })

typedef struct {
    const char *rules, *question;
    const char *schema; /* JSON text */
    const char *wrong;  /* an earlier answer, which was none: it may try once more; or NULL */
} ModelQuestion;

GString *model_request (const char *model, const ModelQuestion *question, const Dialect *dialect);
/* A simpler dialect after this refusal: without what it complains of, or else without the next thing
 * that could be it. FALSE: there is none. */
gboolean dialect_simplify (Dialect *dialect, const ModelReply *refusal);
