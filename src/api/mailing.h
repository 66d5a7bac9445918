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

/* ---- who has left, by the link in his mails (unsubscribe.h) ---- */

/* That address is off that report or alert from now on, and gets nothing that is still to be sent for it. */
gboolean
mailing_leave (Call *call, const char *user_id, const char *origin, const char *recipient, GError **error);
/* Take away what is still to be sent to that address for it. */
gboolean
mailing_drop (Store *store, const char *user_id, const char *origin, const char *recipient, GError **error);
/* "recipients" of a change may hold nobody who has left (409 "recipient-left"), but for those that the body's
 * "readmit" names, too: they are back. In the caller's transaction. */
gboolean mailing_readmit (Call *call, const char *origin, json_t *body, GError **error);
/* All who have left reports and alerts of the user, for mailing_put_recipients. */
Rows *mailing_leavers (Call *call, GError **error);
/* The members "recipients", those who get it, and "left", those who don't any more. recipients: JSON text. */
void mailing_put_recipients (Json *json, const char *recipients, const char *origin, const Rows *leavers);

typedef void (*MailingWrite) (Json *json, const Rows *rows, guint row, const Rows *leavers);
/* The first row, as write writes it; FALSE if rows is NULL. */
gboolean mailing_reply_row (Call *call, int status, const Rows *rows, MailingWrite write, GError **error);
/* {"<name>":[…],"mail":…}: each row, and whether there is a mail server; FALSE if rows is NULL. */
gboolean
mailing_reply_rows (Call *call, const char *name, const Rows *rows, MailingWrite write, GError **error);

/* ---- its mails ---- */

/* {"mails":[…]}: those of the report or alert in the path. */
gboolean mailing_reply_mails (Call *call, GError **error);
/* Delete what the path names, by that statement, with its mails. */
gboolean mailing_delete (Call *call, const Sql *sql, const char *problem, const char *what, GError **error);
/* The members last_sent_at and last_error of a row, from these columns on. */
void mailing_put_last (Json *json, const Rows *rows, guint row, guint column);
