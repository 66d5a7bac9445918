/* mailer.h -- the thread that sends mail: reports whose time has come, and what alerts have seen.
 *
 * The database is the truth (012-mail.sql), so any number of instances may run one. What is due becomes rows
 * of `mails`, whose key lets each be written once; one instance takes a row by a lease and sends it. A mail
 * whose sender died is sent by another one when the lease is over. Between the mail server's "250" and our
 * own mark lies a moment in which a crash makes us send it again: then with the same Message-ID, by which
 * mail programs know it for the same. See docs/reports.md. */
#pragma once
#include "api/api.h"

typedef struct Mailer Mailer;

/* NULL without a mail server. The Api must outlive it. */
Mailer *mailer_start (Api *api);
/* There may be something to do, now. Any thread; NULL is fine. */
void mailer_nudge (Mailer *mailer);
/* Ends also a conversation with the mail server. NULL is fine. */
void mailer_stop (Mailer *mailer);
