/* LISTEN: what other connections notify.
 *
 * It holds for one connection, and PostgreSQL keeps nothing for those who are
 * away. So a Store that has connected again since has lost its ear and says
 * so; only the caller knows what he may have missed. */
#include "base/fault.h"
#include "store/pg_private.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

gboolean
pg_listen (Store *store, const char *channel, GError **error)
{
    PgStore *pg = (PgStore *)store;
    g_autofree char *text = NULL;
    char *name, tag[64];

    pg->hears = 0;
    if (!pg_ready (pg, error))
        return FALSE;
    name = PQescapeIdentifier (pg->conn, channel, strlen (channel));
    text = g_strdup_printf ("LISTEN %s", name);
    PQfreemem (name);
    if (!pg_script (pg, "listen", text, tag, error))
        return FALSE;
    pg->hears = pg->session;
    return TRUE;
}

static gboolean
is_listening (const PgStore *pg)
{
    return pg->conn && pg->hears == pg->session;
}

static void
pass_on (PgStore *pg, StoreHeard heard, gpointer user)
{
    PGnotify *notice;

    while ((notice = PQnotifies (pg->conn))) {
        heard (notice->extra, user);
        PQfreemem (notice);
    }
}

/* Something may have been read together with the answer to a statement: that comes first. */
gboolean
pg_wait (Store *store, int wake_fd, int timeout_ms, StoreHeard heard, gpointer user, GError **error)
{
    PgStore *pg = (PgStore *)store;
    struct pollfd fds[2] = { { .events = POLLIN }, { .fd = wake_fd, .events = POLLIN } };

    if (!is_listening (pg))
        return pg_lost (pg, error);
    pass_on (pg, heard, user);
    fds[0].fd = PQsocket (pg->conn);
    if (poll (fds, G_N_ELEMENTS (fds), timeout_ms) < 0 && errno != EINTR)
        return pg_lost (pg, error);
    if (fds[0].revents && !PQconsumeInput (pg->conn))
        return pg_lost (pg, error);
    (void)PQisBusy (pg->conn); /* takes in what came */
    pass_on (pg, heard, user);
    return PQstatus (pg->conn) == CONNECTION_OK || pg_lost (pg, error);
}
