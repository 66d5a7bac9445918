/* mailing.h -- what reports and alerts have in common: their recipients, and the mails of each. */
#pragma once
#include "api/call.h"

#define RECIPIENTS_MOST 10
#define NAME_MOST       100

/* Is there a mail server? Else 409 "no-mail-server". */
gboolean mailing_is_on (const Call *call, GError **error);
/* "recipients" of a body: 1 to RECIPIENTS_MOST addresses, none twice; as JSON text, which the caller frees.
 * Without the member *recipients stays as it is, if it is there. FAULT_INVALID. */
gboolean mailing_read_recipients (json_t *body, char **recipients, GError **error);
/* "name" likewise. */
gboolean mailing_read_name (json_t *body, char **name, GError **error);

/* What is to be told, once for each occurrence and recipient: writing it again changes nothing. */
typedef struct {
    const char *user_id, *origin; /* whose; the id of the report or alert */
    const char *occurrence;
    const char *recipients; /* as JSON text */
    Day date;
    const char *event; /* JSON of an alert; NULL: a report */
    gint64 now;
} Mailing;

/* How many mails are new; -1 on error. */
int mailing_write (Store *store, Random *random, const Mailing *mailing, GError **error);

/* {"mails":[…]}: those of the report or alert in the path. */
gboolean mailing_reply_mails (Call *call, GError **error);
/* Delete what the path names, by that statement, with its mails. */
gboolean mailing_delete (Call *call, const Sql *sql, const char *problem, const char *what, GError **error);
/* The members last_sent_at and last_error of a row, from these columns on. */
void mailing_put_last (Json *json, const Rows *rows, guint row, guint column);
