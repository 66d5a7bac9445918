/* fault.h -- the one error domain of the program.
 *
 * Whoever first sees a failure writes the sentence; everyone above passes the
 * GError on. The code says what kind of failure it is, and one table maps the
 * code to an HTTP status, a stable problem code and "try again or not". */
#pragma once
#include <glib.h>

#define FAULT (fault_quark ())

typedef enum {
    FAULT_INVALID,   /* the caller's values are wrong: 422, never retried */
    FAULT_NOT_FOUND, /* there is no such thing, or it is another user's: 404 */
    FAULT_CONFLICT,  /* it exists already, or changed meanwhile: 409 */
    FAULT_DENIED,    /* the other side refuses for good (permission, wrong id) */
    FAULT_RECONNECT, /* a credential is dead: only its owner can mend it */
    FAULT_BUSY,      /* locked, throttled, queue full: try again later */
    FAULT_LOST,      /* the connection broke: try again */
    FAULT_TIMEOUT,   /* no answer within the limit: try again */
    FAULT_REMOTE,    /* the other side failed or answered nonsense: try again, few times */
    FAULT_FULL,      /* no space left on the disk */
    FAULT_CANCELLED, /* somebody asked us to stop */
    FAULT_FENCED,    /* the lease was lost: another worker has the job */
    FAULT_REQUEST,   /* an HTTP answer with its own status, see fault_set_status */
    FAULT_INTERNAL,  /* our own mistake: 500 */
} FaultCode;

GQuark fault_quark (void);

/* Set *error (if error is not NULL) and return FALSE, so that a function can
 * `return fault_set (error, FAULT_BUSY, "...")`. */
gboolean fault_set (GError **error, FaultCode code, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* The same for a failure that says when to come back; seconds < 0 is unknown. */
gboolean
fault_set_retry (GError **error, FaultCode code, int seconds, const char *format, ...) G_GNUC_PRINTF (4, 5);

/* The same with an HTTP status and a stable problem code ("unknown-widget");
 * problem must be a string that lives for ever. */
gboolean fault_set_status (GError **error, int status, const char *problem, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

int fault_status (const GError *error);          /* HTTP status, 500 for foreign domains */
const char *fault_problem (const GError *error); /* "not-found", "busy", ... never NULL */
int fault_retry_after (const GError *error);     /* seconds, -1 when unknown */
gboolean fault_is_transient (const GError *error);
gboolean fault_is (const GError *error, FaultCode code);
