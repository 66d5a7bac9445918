/* A pooler between us and PostgreSQL: PgBouncer, Supabase's Supavisor, ….
 *
 * One that pools transactions gives each of ours to whatever session of the
 * server's is free. What belongs to a session is then somebody else's a moment
 * later: a statement prepared by name, a SET, LISTEN, a temporary table that
 * outlives its transaction. So nothing of a session is used there: statements
 * have no name, and each transaction brings its own settings.
 *
 * Who answers gives himself away: the number of the server's process that a
 * client is told with its connection (to cancel by) is the server's own, or one
 * that a pooler made up. A pooler that pools sessions looks the same, and only
 * the operator can tell: ?pooler=session in the address. Without that we
 * rather lose speed than get the answer to another question. */
#include "base/fault.h"
#include "store/pg_private.h"

#include <string.h>

#define PARAMETER "pooler="

/* ---- the address ---- */

static gboolean
read_mode (const char *word, PoolerMode *mode, GError **error)
{
    static const char *const words[] = {
        [POOLER_AUTO] = "auto",
        [POOLER_SESSION] = "session",
        [POOLER_TRANSACTION] = "transaction",
    };

    for (guint i = 0; i < G_N_ELEMENTS (words); i++)
        if (strcmp (word, words[i]) == 0) {
            *mode = i;
            return TRUE;
        }
    return fault_set (error, FAULT_INVALID,
                      "the database address has a pooler= that is not auto, session or transaction");
}

char *
pg_pooler_of_url (const char *url, PoolerMode *mode, GError **error)
{
    const char *question = strchr (url, '?');
    g_auto (GStrv) parts = g_strsplit (question ? question + 1 : "", "&", -1);
    g_autoptr (GString) rest = g_string_new_len (url, question ? question - url : (gssize)strlen (url));
    char mark = '?';

    *mode = POOLER_AUTO;
    for (guint i = 0; parts[i]; i++) {
        if (!g_str_has_prefix (parts[i], PARAMETER)) {
            g_string_append_printf (rest, "%c%s", mark, parts[i]);
            mark = '&';
        } else if (!read_mode (parts[i] + strlen (PARAMETER), mode, error)) {
            return NULL;
        }
    }
    return g_string_free (g_steal_pointer (&rest), FALSE);
}

/* ---- finding out ---- */

/* Asked so that the tag of the answer says it, as one question: it must not leave anything behind. */
static gboolean
is_server_itself (PgStore *pg, gboolean *itself, GError **error)
{
    g_autofree char *text =
        g_strdup_printf ("SELECT 1 WHERE pg_backend_pid () = %d", PQbackendPID (pg->conn));
    char tag[64];

    if (!pg_script (pg, "connecting", text, tag, error))
        return FALSE;
    *itself = strcmp (tag, "SELECT 1") == 0;
    return TRUE;
}

gboolean
pg_find_pooler (PgStore *pg, GError **error)
{
    gboolean itself = FALSE;

    if (pg->mode == POOLER_TRANSACTION)
        pg->pooled = TRUE;
    if (pg->mode != POOLER_AUTO || pg->pooled)
        return TRUE;
    if (!is_server_itself (pg, &itself, error))
        return FALSE;
    pg->pooled = !itself;
    return TRUE;
}

/* ---- settings: what makes both engines give back the same texts ---- */

/* A process that is stopped within a transaction holds its locks. They are gone before its lease is, so that
 * another one can take its job over. In milliseconds; from one statement to the next we take no such time. */
#define IDLE "60000"

const Sql pg_settings = {
    .name = "settings",
    .text =
        "SELECT set_config ('DateStyle', 'ISO, YMD', true), set_config ('TimeZone', 'UTC', true), "
        "set_config ('IntervalStyle', 'iso_8601', true), set_config ('statement_timeout', :timeout, true), "
        "set_config ('idle_in_transaction_session_timeout', '" IDLE "', true)",
};

int
pg_statement_timeout (const PgStore *pg)
{
    return (int)MAX (pg->base.timeout_us * 9 / 10000, 1);
}

char *
pg_settings_script (const PgStore *pg)
{
    const char *set = pg->pooled ? "SET LOCAL" : "SET";

    return g_strdup_printf ("%s DateStyle = 'ISO, YMD'; %s TimeZone = 'UTC'; %s IntervalStyle = 'iso_8601'; "
                            "%s idle_in_transaction_session_timeout = " IDLE "; %s statement_timeout = %d",
                            set, set, set, set, set, pg_statement_timeout (pg));
}
