/* pg_mishap.h -- what happens to a statement on its way to PostgreSQL, in a test build.
 *
 * The server itself fails it, with the SQLSTATE that is asked for; or the socket is shut down before
 * it is sent, or after it was carried out and before we have heard so. */
#pragma once
#include <glib.h>
#include <libpq-fe.h>

#ifdef DAYMARK_FAILPOINTS

/* Before a statement is sent: the text to send instead of it, or NULL. */
const char *pg_mishap (PGconn *conn);
/* When all of it has left. */
void pg_mishap_sent (PGconn *conn);

#else

static inline const char *
pg_mishap (PGconn *conn)
{
    return NULL;
}

static inline void
pg_mishap_sent (PGconn *conn)
{
}

#endif
