/* mailer_private.h -- the steps of the mailer's thread; within api/mailer*.c and api/watch.c. */
#pragma once
#include "api/call.h"
#include "api/letter.h"
#include "api/mailer.h"

/* The letter that was written last. It goes to all recipients of its mailing whose turn is the same. */
typedef struct {
    char *of; /* whose, of what and when; NULL: there is none yet */
    Letter letter;
} KeptLetter;

/* What the thread has while it works. */
typedef struct {
    Api *api;
    Store *store;
    KeptLetter *kept;
    MailStats *stats;
    gint64 now;         /* by the clock of leases */
    const gint *cancel; /* atomic */
} MailTurn;

/* A call of nobody's request, as that user. */
Call mail_call (const MailTurn *turn, const char *user_id);

/* mailer_plan.c: reports whose time has come become mails. */
gboolean mail_plan (const MailTurn *turn, GError **error);
/* watch.c: what alerts see in new numbers becomes mails. */
gboolean mail_watch (const MailTurn *turn, GError **error);
/* mailer_send.c: take one mail and send it, or say why not. *found: there was one. */
gboolean mail_deliver (const MailTurn *turn, gboolean *found, GError **error);
