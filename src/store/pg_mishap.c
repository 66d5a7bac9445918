#include "store/pg_mishap.h"

#ifdef DAYMARK_FAILPOINTS

#include "base/mishap.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>

static _Thread_local char instead[128];
static _Thread_local gboolean goes; /* the answer to what is being sent never arrives */

const char *
pg_mishap (PGconn *conn)
{
    const char *how;

    if (!mishap (MISHAP_STATEMENT))
        return NULL;
    how = mishap_how ();
    if (strcmp (how, "lost") == 0)
        shutdown (PQsocket (conn), SHUT_RDWR);
    goes = strcmp (how, "gone") == 0;
    if (strlen (how) != strlen ("40001"))
        return NULL;
    g_snprintf (instead, sizeof instead, "DO $$BEGIN RAISE EXCEPTION 'mishap' USING ERRCODE = '%s'; END$$",
                how);
    return instead;
}

void
pg_mishap_sent (PGconn *conn)
{
    struct pollfd fd = { .fd = PQsocket (conn), .events = POLLIN };

    if (!goes)
        return;
    goes = FALSE;
    while (PQflush (conn) > 0)
        g_usleep (1000);
    poll (&fd, 1, 5000);
    shutdown (fd.fd, SHUT_RDWR);
    while (recv (fd.fd, instead, sizeof instead, 0) > 0) /* what has come already is gone, too */
        continue;
}

#endif
