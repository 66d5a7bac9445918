/* mailer.h -- the thread that sends mail: reports whose time has come, and what alerts have seen.
 *
 * The database is the truth (012-mail.sql), so any number of instances may run one. What is due becomes rows
 * of `mails`, whose key lets each be written once; one instance takes a row by a lease and sends it. A mail
 * whose sender died is sent by another one when the lease is over. Between the mail server's "250" and our
 * own mark lies a moment in which a crash makes us send it again: then with the same Message-ID, by which
 * mail programs know it for the same. See docs/reports.md. */
#pragma once
#include "api/api.h"

#include <stdatomic.h>

typedef struct Mailer Mailer;

/* Why an attempt to send one failed. */
typedef enum {
    MAIL_REFUSED,     /* for good, by the mail server */
    MAIL_NOT_NOW,     /* for now */
    MAIL_NO_LOGIN,    /* it does not let us in */
    MAIL_UNREACHABLE, /* no connection, or no answer */
    MAIL_OTHER,       /* no TLS to trust, or our own failure to write it */
    MAIL_FAILURES
} MailFailure;

/* Since this process began. */
typedef struct {
    atomic_uint_fast64_t sent, given_up; /* mails */
    atomic_uint_fast64_t letters;        /* written; one serves all recipients of a mailing */
    atomic_uint_fast64_t failures[MAIL_FAILURES];
} MailStats;

/* NULL without a mail server. The Api must outlive it. */
Mailer *mailer_start (Api *api);
/* Any thread; NULL of NULL. */
const MailStats *mailer_stats (const Mailer *mailer);
/* There may be something to do, now. Any thread; NULL is fine. */
void mailer_nudge (Mailer *mailer);
/* Ends also a conversation with the mail server. NULL is fine. */
void mailer_stop (Mailer *mailer);
