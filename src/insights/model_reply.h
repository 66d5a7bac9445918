/* model_reply.h -- what a chat-completions endpoint has answered, read without trust.
 *
 * Servers that call themselves compatible differ: an error may come with status 200, an answer as
 * a stream that nobody asked for, content in pieces, JSON inside a fence or after thoughts. Pure:
 * no I/O, any thread. */
#pragma once
#include <glib.h>

typedef enum {
    MODEL_ANSWERED,
    MODEL_REFUSED,     /* it won't, or a filter won't let it */
    MODEL_CUT,         /* out of tokens before the end */
    MODEL_NONSENSE,    /* not an answer, or none with a JSON object in it */
    MODEL_UNSUPPORTED, /* something of the request is not known there */
    MODEL_LIMITED,     /* slow down */
    MODEL_QUOTA,       /* its account is used up: waiting does not help */
    MODEL_DENIED,      /* the key, the model's name or the address is wrong */
    MODEL_FAILED,
    MODEL_LOST, /* no connection */
    MODEL_TIMED_OUT,
    MODEL_CANCELLED, /* we stop */
    MODEL_OUTCOMES,
} ModelOutcome;

/* "answered", "timed_out": for logs and metrics. */
const char *model_outcome_name (ModelOutcome outcome);

typedef struct {
    ModelOutcome outcome;
    char *content; /* of MODEL_ANSWERED: the JSON object in it */
    char *words;   /* what it says of an error, as it came: make it safe before it is shown. NULL: nothing */
    char *param;   /* the member that it complains of, or NULL */
    gint64 tokens; /* that it has counted; -1: it does not say */
} ModelReply;

/* text need not end with a NUL. */
void model_reply_read (int status, const char *text, gsize size, ModelReply *reply);
void model_reply_clear (ModelReply *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ModelReply, model_reply_clear)
