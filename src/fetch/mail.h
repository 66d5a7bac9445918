/* mail.h -- hand one mail to the operator's mail server (SMTP submission), a seam: tests put a script in its
 * place.
 *
 * One call is one connection, one recipient, one mail, and ends within its time limit. TLS is verified
 * whenever it is used. The address is the operator's own, so it may lead into a private network.
 *
 * Errors: FAULT_BUSY (the server says 4xx: not now), FAULT_DENIED (5xx: never), FAULT_RECONNECT (it does not
 * let us in), FAULT_LOST, FAULT_TIMEOUT, FAULT_CANCELLED, FAULT_REMOTE (its certificate is not to be trusted,
 * it has no TLS); FAULT_INVALID: an address that is none. After FAULT_LOST, FAULT_TIMEOUT or FAULT_CANCELLED
 * nobody knows whether the server has taken it. Sentences hold the server's own words, never a password. */
#pragma once
#include "base/config.h"

#include <glib.h>

typedef struct {
    const char *url;             /* smtp://host:587 or smtps://host:465 */
    const char *user, *password; /* NULL: the server asks for none */
    const char *ca;              /* path of the certificates to trust; NULL: the system's */
    gboolean tls;                /* smtp:// must change to TLS before anything is said; else it never does */
} MailServer;

typedef struct {
    const char *from, *to; /* bare addresses */
    const char *data;      /* the message, lines ending in CR LF; dots are doubled on the way */
    gsize size;
    int timeout_ms;
} MailMessage;

/* As the operator has set it; borrows from config, which has an SMTP_URL. */
MailServer mail_server_of (const Config *config);
/* *cancel, if not NULL, is an atomic flag looked at at least once a second: non-zero ends it. */
gboolean mail_send (const MailServer *server, const MailMessage *message, const gint *cancel, GError **error);
/* Does it answer, with the TLS that is wanted, and let us in? Sends nothing. */
gboolean mail_probe (const MailServer *server, int timeout_ms, GError **error);
